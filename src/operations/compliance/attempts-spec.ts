// Files of placed calls.

import { type AnsweredCall, ATTEMPT_KINDS, classifyAnswer } from "../../compliance/index.ts";
import type { NewAttempt } from "../../store/index.ts";
import type { Cells } from "../table/records.ts";
import { everyNumber, type ImportSpec, NUMBER, SKEW_MS, shortText } from "./specs.ts";
import { instant, seconds, word } from "./values.ts";

/** Placed calls, and inbound calls that were conversations. */
export const attemptsFile: ImportSpec<
  "number" | "at" | "kind" | "subject" | "campaign" | "call_id" | "answered_by" | "connect_seconds" | "hangup_seconds",
  NewAttempt
> = {
  kind: "attempts",
  format: {
    fields: [
      NUMBER,
      { field: "at", names: ["at", "time", "start_time", "called_at"], required: true },
      { field: "kind", names: ["kind"] },
      { field: "subject", names: ["subject", "debt"] },
      { field: "campaign", names: ["campaign", "campaign_id"] },
      { field: "call_id", names: ["call_id", "id"] },
      { field: "answered_by", names: ["answered_by"] },
      { field: "connect_seconds", names: ["connect_seconds"] },
      { field: "hangup_seconds", names: ["hangup_seconds"] },
    ],
  },
  parse(cells, { now }) {
    const kind = cells.maybe("kind", (text) => word(text, ATTEMPT_KINDS));
    const answer = answerOf(cells, kind);
    const [number, ...others] = everyNumber(cells);
    const call = {
      at: cells.need("at", (text) => instant(text, now + SKEW_MS)),
      kind: kind ?? (answer === undefined ? "attempt" : KIND_OF[answer]),
      subject: shortText(cells, "subject"),
      campaign: shortText(cells, "campaign"),
      callId: shortText(cells, "call_id"),
    };
    // One call: caps count it for every number that it may have been to, the abandonment rate once.
    return [{ ...call, number, answer: answer ?? null }, ...others.map((other) => ({ ...call, number: other, answer: null }))];
  },
  write: (records, { facts, actor, importId }) => facts.addAttempts(records, { actor, importId }),
};

/** The kind of an attempt, by how it was answered. */
const KIND_OF = {
  served: "conversation",
  late: "conversation",
  hangup: "abandoned",
  dropped: "abandoned",
  machine: "attempt",
} as const satisfies Record<ReturnType<typeof classifyAnswer>, NewAttempt["kind"]>;

/** How the call was answered: as measured, or derived from its kind. */
function answerOf(
  cells: Cells<"answered_by" | "connect_seconds" | "hangup_seconds" | "kind">,
  kind: NewAttempt["kind"] | undefined,
): ReturnType<typeof classifyAnswer> | undefined {
  const answeredBy = cells.maybe("answered_by", (text) => word(text, ["person", "machine"] as const));
  const connectSeconds = cells.maybe("connect_seconds", seconds);
  const hangupSeconds = cells.maybe("hangup_seconds", seconds);
  const measured = (call: AnsweredCall) => classifyAnswer({ ...call, connectSeconds, hangupSeconds });
  if (kind === "inbound-conversation") return undefined;
  if (kind === "conversation" && answeredBy !== "machine") {
    return connectSeconds === undefined ? "served" : measured({ answeredBy: "person" });
  }
  if (kind === "abandoned" && connectSeconds !== undefined)
    cells.refuse("connect_seconds", "an abandoned call has no connect_seconds; a late one is a conversation");
  if (kind === "abandoned") return measured({ answeredBy: "person" });
  return answeredBy === undefined ? undefined : measured({ answeredBy });
}
