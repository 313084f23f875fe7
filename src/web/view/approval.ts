// The line that tells somebody of an approval. Pure.

import type { ApiTypes } from "../../server/index.ts";
import { words } from "./format.ts";

interface News {
  readonly tone: "good" | "bad" | "info";
  readonly text: string;
}

/** What a person is told when an approval has come to another state; undefined: it is no news for this person. */
export function approvalNews(
  { state, summary, requestedBy, decidedBy, message }: ApiTypes.ApprovalView,
  me: string,
): News | undefined {
  if (state === "pending")
    return requestedBy === me ? undefined : { tone: "info", text: `Waits for approval: ${summary} (${requestedBy})` };
  if (requestedBy !== me || decidedBy === me || decidedBy === null) return undefined;
  const word = message === null ? "" : `: ${message}`;
  // Whoever decided agreed; it is the carrying out that failed.
  if (state === "failed") return { tone: "bad", text: `Approved by ${decidedBy}, and failed, ${summary}${word}` };
  return { tone: state === "approved" ? "good" : "bad", text: `${words(state)} by ${decidedBy}, ${summary}${word}` };
}
