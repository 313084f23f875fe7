// The message about an approval. Pure.

import type { ApiTypes } from "../../server/index.ts";
import { words } from "./format.ts";

interface News {
  readonly tone: "good" | "bad" | "info";
  readonly text: string;
}

/** The message for a person when an approval has changed its state; undefined: it is not relevant for this person. */
export function approvalNews(
  { state, summary, requestedBy, decidedBy, message }: ApiTypes.ApprovalView,
  me: string,
): News | undefined {
  if (state === "pending")
    return requestedBy === me ? undefined : { tone: "info", text: `Waits for approval: ${summary} (${requestedBy})` };
  if (requestedBy !== me || decidedBy === me || decidedBy === null) return undefined;
  const word = message === null ? "" : `: ${message}`;
  // The person who decided agreed; carrying it out failed.
  if (state === "failed") return { tone: "bad", text: `Approved by ${decidedBy}, and failed, ${summary}${word}` };
  return { tone: state === "approved" ? "good" : "bad", text: `${words(state)} by ${decidedBy}, ${summary}${word}` };
}
