// The message about an approval. Pure.

import type { ApiTypes } from "../../server/index.ts";
import { words } from "./format.ts";

const ENDINGS: Readonly<Partial<Record<ApiTypes.ApprovalView["state"], string>>> = {
  failed: "but it failed",
  interrupted: "but the service ended while it carried it out",
  outcome_unknown: "but it is not known whether it was carried out",
};

/** What an approval is called while it is in a state. */
export const approvalCalled = (state: ApiTypes.ApprovalView["state"]): string =>
  state === "outcome_unknown" ? "Approved, outcome unknown" : words(state);

/** How carrying out what was approved ended, when it was not simply done. */
export function endingOf({ state, message }: Pick<ApiTypes.ApprovalView, "state" | "message">): string | undefined {
  const ending = ENDINGS[state];
  return ending === undefined || message === null ? ending : `${ending}: ${message}`;
}

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
  // The person who decided agreed; carrying it out is another matter.
  const ending = endingOf({ state, message });
  if (ending !== undefined) return { tone: "bad", text: `Approved by ${decidedBy}, ${summary}: ${ending}` };
  const word = message === null ? "" : `: ${message}`;
  return { tone: state === "approved" ? "good" : "bad", text: `${words(state)} by ${decidedBy}, ${summary}${word}` };
}
