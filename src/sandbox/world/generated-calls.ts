// Generated calls of one scenario entry: call i is computed from (seed, i). Starts increase with i, so that calls can be found by
// time.

import { DAY_MS, type Instant } from "../../kernel/index.ts";
import type { CallStatus, ScenarioGeneratedCalls } from "../scenario/index.ts";
import type { CallRecord } from "./call-record.ts";
import { hash, seedWord, unit, weighted } from "./derive.ts";

/** How long before the sandbox's start the last generated call starts. */
const QUIET_MS = 600_000;

/** Outcomes of calls when a scenario gives no mix. */
const DEFAULT_MIX = {
  CONVERTED: 8,
  APPOINTMENT_SET: 5,
  INTERESTED: 10,
  CALLBACK_REQUESTED: 9,
  NOT_INTERESTED: 26,
  BUSY: 8,
  NO_ANSWER: 26,
  DISCONNECTED: 5,
  WRONG_NUMBER: 3,
};
const UNANSWERED = new Set(["BUSY", "NO_ANSWER", "DISCONNECTED"]);
const OVER = new Set<CallStatus>(["wrap_up", "completed", "abandoned", "failed"]);

const Purpose = { start: 0, code: 1, untagged: 2, status: 3, duration: 4, agent: 5 };

export interface GeneratedCalls {
  readonly campaignId: string;
  readonly count: number;
  /** Ids are the entry's prefix and a number from 1. */
  id(index: number): string;
  indexOf(id: string): number | undefined;
  startTime(index: number): Instant;
  /** The first index whose call starts at `time` or later; `count` when there is none. */
  firstFrom(time: Instant): number;
  code(index: number): string | undefined;
  status(index: number): CallStatus;
  build(index: number): CallRecord;
}

export function createGeneratedCalls(entry: ScenarioGeneratedCalls, seed: number | string, start: Instant): GeneratedCalls {
  const { campaignId, count, digits, lockedEvery, untaggedRate, statuses } = entry;
  const prefix = entry.prefix ?? `${campaignId}-c`;
  const word = seedWord(seed, `calls/${prefix}`);
  const span = entry.days * DAY_MS;
  const from = start - span;
  const slot = (span - Math.min(QUIET_MS, span / 10)) / Math.max(1, count);
  const drawCode = weighted(entry.mix ?? DEFAULT_MIX);
  const drawStatus = statuses === undefined ? undefined : weighted<CallStatus>(statuses);

  const id = (index: number): string => prefix + String(index + 1).padStart(digits, "0");
  const startTime = (index: number): Instant => Math.floor(from + (index + unit(word, index, Purpose.start)) * slot);
  const code = (index: number): string | undefined =>
    untaggedRate > 0 && unit(word, index, Purpose.untagged) < untaggedRate
      ? undefined
      : drawCode(unit(word, index, Purpose.code));
  const status = (index: number): CallStatus => drawStatus?.(unit(word, index, Purpose.status)) ?? "completed";

  return {
    campaignId,
    count,
    id,
    startTime,
    code,
    status,
    indexOf(sought) {
      if (!sought.startsWith(prefix) || sought.length !== prefix.length + digits) return undefined;
      const index = Number(sought.slice(prefix.length)) - 1;
      return index >= 0 && index < count && id(index) === sought ? index : undefined;
    },
    firstFrom(time) {
      let index = Math.min(count, Math.max(0, Math.floor((time - from) / slot)));
      while (index > 0 && startTime(index - 1) >= time) index -= 1;
      while (index < count && startTime(index) < time) index += 1;
      return index;
    },
    build(index) {
      const begun = startTime(index);
      const state = status(index);
      const outcome = code(index);
      const draw = unit(word, index, Purpose.duration);
      const seconds = outcome !== undefined && UNANSWERED.has(outcome) ? 12 + draw * 28 : 30 + draw * draw * 570;
      return {
        id: id(index),
        campaignId,
        status: state,
        dispositionCode: OVER.has(state) ? outcome : undefined,
        startTime: begun,
        endTime: OVER.has(state) ? Math.min(start, begun + Math.round(seconds * 1000)) : undefined,
        direction: "OUTBOUND",
        locked: lockedEvery !== undefined && (index + 1) % lockedEvery === 0,
        agentId: `agent_${String(1 + (hash(word, index, Purpose.agent) % 40)).padStart(3, "0")}`,
        writes: 0,
        effects: 0,
      };
    },
  };
}
