// Failover pairs as the API shows them.

import type { FailoverHappening } from "../../store/index.ts";
import type { PairReport } from "../campaigns/failover/pair.ts";
import { pairWordsOf } from "../campaigns/failover/words.ts";
import type { FailoverHappeningView, FailoverPairView } from "./schemas/failover.ts";
import { timeText } from "./texts.ts";

/** Number of looks that may be missing before a watch counts as dead. */
const MISSED_LOOKS = 3;

/** A pair as pages show it. Instants in ms since the epoch; `held`: contacts held back; `runs`: its executor lives. */
export function pairViewOf(
  { primary, backup, policy, state, executor, order }: PairReport,
  {
    lookedAt,
    held,
    runs,
    now,
  }: { readonly lookedAt: number | null; readonly held: number; readonly runs: boolean; readonly now: number },
): FailoverPairView {
  return {
    primary,
    backup,
    phase: state.phase,
    side: state.side,
    ...pairWordsOf(state, primary),
    verdict: state.verdict?.words ?? null,
    alarms: Object.keys(state.standing),
    unanswered: state.unanswered,
    trouble: state.trouble,
    watched: lookedAt !== null && now - lookedAt <= MISSED_LOOKS * policy.everySeconds * 1000,
    lookedAt: timeText(lookedAt),
    executor,
    runs,
    held,
    order: order === null ? null : { what: order.what, by: order.by, at: timeText(order.at) },
    policy: { ...policy },
    state: { ...state },
  };
}

/** An entry of a pair's history. */
export function happeningOf({ seq, at, phase, event, alarms }: FailoverHappening): FailoverHappeningView {
  return { seq, at: timeText(at), phase, event, alarms };
}
