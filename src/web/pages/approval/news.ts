// What a person who approves is told of what came of it. Pure.

import type { ApiTypes } from "../../../server/index.ts";
import type { Message } from "../../api/approval.ts";
import { endingOf } from "../../view/approval.ts";

const BEGUN = 202;

/** A verb answers with what was read back, or that it has begun: then it is not done yet. */
export function approvedNews(given: {
  readonly approval: Pick<ApiTypes.ApprovalView, "state" | "message">;
  readonly status: number;
  readonly answer: unknown;
}): Message {
  const { approval, status, answer } = given;
  const ending = endingOf(approval);
  if (ending !== undefined) return ["bad", `Approved, ${ending}`];
  const said = typeof answer === "object" && answer !== null ? answer : {};
  if ("confirmed" in said && "message" in said && typeof said.message === "string")
    return [said.confirmed === true ? "good" : "bad", `Approved: ${said.message}`];
  return status === BEGUN ? ["info", "Approved, and begun: Jobs shows what comes of it"] : ["good", "Approved, and carried out"];
}
