// In four-eyes mode a dangerous verb answers that it waits for another person.

import type { ApiTypes } from "../../server/index.ts";
import type { Toast } from "./toasts.ts";

/** What begins a change answers: its version, or nothing of it when it waits. */
export interface Begun {
  readonly version?: number;
}

export type Message = readonly [tone: Toast["tone"], text: string];

/** The message for what came of a verb: that it waits, or else what `done` says. */
export function waitsForApproval(answer: object, done: () => Message): Message {
  const approval = "approval" in answer ? (answer as { readonly approval: ApiTypes.ApprovalView }).approval : undefined;
  return approval === undefined ? done() : ["info", `Waits until another person approves it: ${approval.summary}`];
}
