// Four eyes: dangerous verbs that wait until another person has checked and agreed.

import { z } from "zod";
import { type Clock, messageOf, OutdialError } from "../../kernel/index.ts";
import { OperationError } from "../../operations/index.ts";
import {
  type ApprovalPlan,
  type ApprovalStanding,
  approvalDetail,
  approvalDetailOf,
  approvalOf,
  approvalPlan,
  approvalView,
  campaignResult,
  confirmation,
  differing,
  pageOf,
} from "../../operations/views/index.ts";
import type { Approval, ApprovalEnd, ApprovalWithPlan, ServiceRequests } from "../../store/index.ts";
import { ServerError } from "../error.ts";
import { cursor, flag, limit, pageOfItems } from "../routing/query.ts";
import { route } from "../routing/route.ts";
import type { Answer, ApiRoute, RawRequest } from "../routing/route-types.ts";

export interface ApprovalDeps {
  readonly clock: Clock;
  readonly requests: Pick<ServiceRequests, "listApprovals" | "approval" | "askerEnded" | "decideApproval" | "endApproval">;
  /** This process among those that share the store. */
  readonly replica: string;
}

/** Codes of errors after which nobody knows whether it was done. */
const UNKNOWN: ReadonlySet<string> = new Set(["unknown_outcome", "outcome_unknown"]);

const byId = z.strictObject({ id: z.string() });
const word = z.string().max(500).optional().describe("For the person who asked; kept with the approval");
/** A waiting request, in its original form. */
const waiting = z.object({
  params: z.record(z.string(), z.string()),
  query: z.record(z.string(), z.union([z.string(), z.array(z.string())])),
  body: z.unknown(),
});

/** The answer of a verb that begins a job. */
const begun = z.object({ job: z.string() });

/** @param operations the routes that may wait for an approval */
export function approvalRoutes({ clock, requests, replica: executor }: ApprovalDeps, operations: readonly ApiRoute[]) {
  const operationOf = ({ operation: id }: Approval): ApiRoute => {
    const operation = operations.find((one) => one.dangerous && one.id === id);
    if (operation !== undefined) return operation;
    throw new ServerError("not_available", `this service has no operation ${id}`);
  };
  return [
    route({
      id: "approvals.list",
      method: "get",
      path: "/approvals",
      summary: "What waits for a second person, and what became of the rest",
      role: "viewer",
      query: z.strictObject({ limit, cursor, pending: flag }),
      reply: pageOf(approvalView),
      async handle({ query: { limit: size, cursor: after, pending } }) {
        const view = async (one: Approval) => {
          const shown = approvalOf(one, clock.now());
          return shown.state === "pending" ? approvalOf(one, clock.now(), await requests.askerEnded(one)) : shown;
        };
        const read = async (most: number) =>
          Promise.all((await requests.listApprovals({ pending, limit: most, after })).map(view));
        return pageOfItems(size, read, "id");
      },
    }),
    route({
      id: "approvals.show",
      method: "get",
      path: "/approvals/{id}",
      personal: true,
      summary: "One approval: what the person who asked was shown, and whether that still holds",
      description:
        "`plan` is the preview as it was when the approval was asked for, differences, checks and prediction included; its `confirm` is the hash that approving carries out. While it waits the plan is made anew for this answer, and `standing` says whether approving would do exactly that. Telephone numbers are masked.",
      role: "viewer",
      params: byId,
      reply: approvalDetail,
      async handle({ params, ...asked }) {
        const found = await requests.approval(params.id);
        const waits = approvalOf(found, clock.now()).state === "pending";
        const ended = waits ? await requests.askerEnded(found) : undefined;
        const standing: ApprovalStanding | null =
          ended !== undefined
            ? { state: "refused", reasons: [ended] }
            : waits
              ? await standingOf(operationOf(found), found, requestOf(found, asked))
              : null;
        return approvalDetailOf(found, clock.now(), { standing, askerEnded: ended });
      },
    }),
    route({
      id: "approvals.approve",
      method: "post",
      path: "/approvals/{id}/approve",
      summary: "Agrees to exactly the plan that was asked for, which is then carried out",
      description:
        "Never by the person who asked. When what the plan relies on has moved meanwhile, nothing is done and the approval has failed.",
      role: "operator",
      params: byId,
      body: z.strictObject({ ...confirmation.shape, message: word }),
      reply: z.strictObject({ approval: approvalView, status: z.int(), answer: z.unknown() }),
      async handle({ params, body, ...asked }) {
        const { id } = params;
        const found = await requests.approval(id);
        if (found.confirm !== body.confirm)
          throw new ServerError("plan_changed", "this is not the plan that was asked for", {
            details: { confirm: found.confirm },
          });
        const operation = operationOf(found);
        await requests.decideApproval(id, {
          state: "approved",
          executor,
          by: asked.who.name,
          person: asked.who.person ?? null,
          message: body.message,
        });
        const answer = await operation
          .answer(requestOf(found, asked), async () => undefined)
          .catch(async (thrown: unknown) => {
            await requests.endApproval(id, {
              state: isUnknown(thrown) ? "outcome_unknown" : "failed",
              message: messageOf(thrown),
            });
            throw thrown;
          });
        await requests.endApproval(id, endOf(answer), begunBy(answer));
        const shown = answer.kind === "json" ? { status: answer.status, answer: answer.value } : { status: 200, answer: null };
        return { approval: approvalOf(await requests.approval(id), clock.now()), ...shown };
      },
    }),
    route({
      id: "approvals.reject",
      method: "post",
      path: "/approvals/{id}/reject",
      summary: "Rejects it, with a note for the person who asked; that person may also reject it",
      role: "operator",
      params: byId,
      body: z.strictObject({ message: word }).optional(),
      reply: approvalView,
      async handle({ params, body, who }) {
        return approvalOf(
          await requests.decideApproval(params.id, {
            state: "rejected",
            executor,
            by: who.name,
            person: who.person ?? null,
            message: body?.message,
          }),
          clock.now(),
        );
      },
    }),
  ];
}

/** Whether what was sent may have been carried out nevertheless. */
function isUnknown(thrown: unknown): boolean {
  if (!(thrown instanceof OutdialError)) return true;
  return UNKNOWN.has(thrown.code) || ("outcomeUnknown" in thrown && thrown.outcomeUnknown === true);
}

/** The job that goes on after the answer of a verb; how that ends is told with the approval. */
function begunBy(answer: Answer): string | undefined {
  return begun.safeParse(answer.kind === "json" ? answer.value : undefined).data?.job;
}

/** How it ended by the answer of the verb; undefined: it was done, or begun. */
function endOf(answer: Answer): ApprovalEnd | undefined {
  const result = campaignResult.safeParse(answer.kind === "json" ? answer.value : undefined);
  if (!result.success) return undefined;
  const { status, message } = result.data;
  if (status === "unknown") return { state: "outcome_unknown", message };
  return status === "failed" || status === "superseded" ? { state: "failed", message } : undefined;
}

/** The waiting request, in the name of the person who made it; the person who agreed is in the approval and its audit entry. */
function requestOf({ request, requestedBy }: Approval, asked: Omit<RawRequest, "params" | "query" | "body">): RawRequest {
  const { params, query, body } = waiting.parse(request);
  return { ...asked, params, query, body, who: { ...asked.who, name: requestedBy } };
}

/** Makes the plan again and compares: what approving would find. */
async function standingOf(
  operation: ApiRoute,
  { confirm, plan }: ApprovalWithPlan,
  request: RawRequest,
): Promise<ApprovalStanding> {
  try {
    const now = await operation.replan?.(request);
    if (now === undefined) return { state: "unknown", reasons: [`${operation.id} has no plan to compare with`] };
    if (now.confirm !== confirm) return { state: "changed", reasons: [changedIn(plan, now.plan), ...now.refusals] };
    return { state: now.refusals.length === 0 ? "holds" : "refused", reasons: [...now.refusals] };
  } catch (thrown) {
    const refused = thrown instanceof ServerError || thrown instanceof OperationError;
    if (refused && thrown.code === "plan_changed") return { state: "changed", reasons: [messageOf(thrown), ...movedOf(thrown)] };
    return { state: refused ? "refused" : "unknown", reasons: [messageOf(thrown)] };
  }
}

/** Parts of a preview, as text. */
const TOLD: Readonly<Record<string, string>> = {
  changes: "the difference to what is in force",
  findings: "what the checks found",
  checks: "what the checks found",
  prediction: "the prediction",
  guard: "what is watched afterwards",
  effects: "what would be done",
  suppression: "the history of the number",
};
/** Parts that have texts of their own, or are not part of what would be done. */
const ASIDE = new Set(["confirm", "refusals", "judged"]);

/** Which parts of the preview have changed. */
function changedIn(before: unknown, now: ApprovalPlan): string {
  const asked = approvalPlan.safeParse(before);
  if (!asked.success) return "what it builds upon has moved";
  const parts = differing(asked.data.preview, now.preview).map(({ path }) => path.split(".")[0] ?? path);
  const told = new Set(parts.filter((part) => !ASIDE.has(part)).map((part) => TOLD[part] ?? part));
  return told.size === 0
    ? "what it builds upon was written anew, with the same values"
    : `not as shown any more: ${[...told].join(", ")}`;
}

const moved = z.object({
  moved: z.array(z.object({ campaign: z.string(), what: z.string(), fields: z.array(z.object({ path: z.string() })) })),
});

/** What has changed at the tenant, as far as the error names it. */
function movedOf({ details }: ServerError | OperationError): string[] {
  const parsed = moved.safeParse(details);
  if (!parsed.success) return [];
  return parsed.data.moved.map(({ campaign, what, fields }) => {
    const names = fields.map(({ path }) => path).join(", ");
    return `${campaign === "" ? "the rules" : campaign}: ${what}${names === "" ? "" : ` (${names})`}`;
  });
}
