// In four-eyes mode, the answer to a dangerous verb may be that it waits for another person.

import type { ApiTypes } from "../../server/index.ts";
import type { Toast } from "./toasts.ts";

/** The version of a change that was begun; undefined when it waits for another person. */
export function begunVersion(answer: { readonly version: number } | ApiTypes.AwaitingApproval): number | undefined {
  return "version" in answer ? answer.version : undefined;
}

export type Message = readonly [tone: Toast["tone"], text: string];

/** The message for the answer to a verb: that it waits, or else the text of `done`. */
export function waitsForApproval<T extends object>(answer: T | ApiTypes.AwaitingApproval, done: (answer: T) => Message): Message {
  return "approval" in answer ? ["info", `Waits until another person approves it: ${answer.approval.summary}`] : done(answer);
}
