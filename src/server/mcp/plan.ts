// A dangerous verb as a tool: the call ends in a plan that waits for a person, bound to its hash.

import { z } from "zod";
import { awaitingApproval, maskedValue, problem } from "../../operations/views/index.ts";
import { API } from "../routing/route.ts";
import { failed, resultOf, type ToolResult, told } from "./answer.ts";
import { type Ask, requestOf, send, type Tool } from "./tools.ts";

/** A hash that no plan has: the answer to it contains the hash of the plan that would be carried out. */
const NO_PLAN = "0".repeat(64);

const otherPlan = problem.extend({ code: z.literal("plan_changed"), details: z.looseObject({ confirm: z.string() }) });

/** Requests the current plan of a verb, and leaves it for a person to approve. */
export async function askForPlan(tool: Tool, given: Readonly<Record<string, unknown>>, ask: Ask): Promise<ToolResult> {
  const looked = requestOf(tool, given, NO_PLAN);
  if (typeof looked === "string") return failed(looked);
  const found = await send(looked, ask);
  const confirm = otherPlan.safeParse(await jsonOf(found.clone())).data?.details.confirm;
  if (confirm === undefined) return resultOf(found);
  const request = requestOf(tool, given, confirm);
  if (typeof request === "string") return failed(request);
  const asked = await send(request, ask);
  const waiting = awaitingApproval.safeParse(await jsonOf(asked.clone()));
  if (!asked.ok || !waiting.success) return resultOf(asked);
  const { id, expiresAt } = waiting.data.approval;
  const shown = await ask(`${API}/approvals/${id}`, {});
  const plan = shown.ok ? await jsonOf(shown) : waiting.data.approval;
  return told(
    JSON.stringify({
      done: false,
      next: `Nothing was done. A person approves or refuses the plan in the dashboard, at /approvals/${id}, before ${expiresAt}.`,
      approval: maskedValue(plan),
    }),
  );
}

async function jsonOf(response: Response): Promise<unknown> {
  return response.json().catch(() => undefined);
}
