// What a person who approves is told of what came of it. Pure.

import type { Message } from "../../api/approval.ts";

const BEGUN = 202;

/** A verb answers with what was read back, or that it has begun: then it is not done yet. */
export function approvedNews({ status, answer }: { readonly status: number; readonly answer: unknown }): Message {
  const given = typeof answer === "object" && answer !== null ? answer : {};
  if ("confirmed" in given && "message" in given && typeof given.message === "string")
    return [given.confirmed === true ? "good" : "bad", `Approved: ${given.message}`];
  return status === BEGUN ? ["info", "Approved, and begun: Jobs shows what comes of it"] : ["good", "Approved, and carried out"];
}
