// All calls of the tenant: generated ones are computed when needed, explicit and live ones are stored, dispositions are laid over
// both.

import { DAY_MS, type Instant } from "../../kernel/index.ts";
import {
  CALL_STATUSES,
  type CallStatus,
  type Scenario,
  type ScenarioGeneratedCalls,
  scenarioInstant,
} from "../scenario/index.ts";
import { hash, seedWord, unit, weighted } from "./derive.ts";

// Generated calls of one scenario entry: call i is computed from (seed, i). Starts increase with i, so that calls can be found by
// time.

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

type GeneratedCalls = Readonly<ReturnType<typeof createGeneratedCalls>>;

function createGeneratedCalls(entry: ScenarioGeneratedCalls, seed: number | string, start: Instant) {
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
    /** Ids are the entry's prefix and a number from 1. */
    id,
    startTime,
    code,
    status,
    indexOf(sought: string): number | undefined {
      if (!sought.startsWith(prefix) || sought.length !== prefix.length + digits) return undefined;
      const index = Number(sought.slice(prefix.length)) - 1;
      return index >= 0 && index < count && id(index) === sought ? index : undefined;
    },
    /** The first index whose call starts at `time` or later; `count` when there is none. */
    firstFrom(time: Instant): number {
      let index = Math.min(count, Math.max(0, Math.floor((time - from) / slot)));
      while (index > 0 && startTime(index - 1) >= time) index -= 1;
      while (index < count && startTime(index) < time) index += 1;
      return index;
    },
    build(index: number): CallRecord {
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

/** A batch of generated calls with changes: a record with a disposition, or "moved" to the stored ones. */
interface Batch {
  readonly calls: GeneratedCalls;
  readonly over: Map<number, CallRecord | "moved">;
  counts?: Record<CallStatus, number>;
}

/** Calls in listing order; the next can be inspected before it is taken. */
interface Source {
  peek(): CallRecord | undefined;
  take(): void;
}

function takeEarliest(sources: readonly Source[]): CallRecord | undefined {
  let first: Source | undefined;
  let earliest: CallRecord | undefined;
  for (const source of sources) {
    const call = source.peek();
    if (call !== undefined && (earliest === undefined || compareCalls(call, earliest) < 0)) [first, earliest] = [source, call];
  }
  first?.take();
  return earliest;
}

function keptSource(kept: readonly CallRecord[], from: number): Source {
  let place = from;
  return { peek: () => kept[place], take: () => void place++ };
}

/** Skips moved calls, and calls without a requested code, before building them. */
function batchSource({ calls, over }: Batch, begin: Instant, to: Instant, codes: ReadonlySet<string> | undefined): Source {
  const end = calls.firstFrom(to + 1);
  let index = calls.firstFrom(begin);
  let current: CallRecord | undefined;
  return {
    peek() {
      for (; current === undefined && index < end; index++) {
        const record = over.get(index);
        if (record === "moved") continue;
        if (record === undefined && codes !== undefined && !codes.has(calls.code(index) ?? "")) continue;
        current = record ?? calls.build(index);
      }
      return current;
    },
    take() {
      current = undefined;
    },
  };
}

interface CallListRequest {
  readonly campaignId?: string | undefined;
  /** Earliest and latest start, both inclusive. */
  readonly from?: Instant | undefined;
  readonly to?: Instant | undefined;
  readonly codes?: ReadonlySet<string> | undefined;
  /** Excludes calls that have not ended. */
  readonly endedOnly?: boolean | undefined;
  readonly after?: CallCursor | undefined;
  readonly limit: number;
}

export interface CallStoreSnapshot {
  readonly kept: readonly CallRecord[];
  readonly tagged: readonly CallRecord[];
}

export type CallStore = Readonly<ReturnType<typeof createCallStore>>;

const noCounts = (): Record<CallStatus, number> => {
  const counts: Partial<Record<CallStatus, number>> = {};
  for (const status of CALL_STATUSES) counts[status] = 0;
  return counts as Record<CallStatus, number>;
};

export function createCallStore(options: {
  readonly scenario: Pick<Scenario, "calls" | "generateCalls">;
  readonly seed: number | string;
  /** The sandbox's start, which relative times count from. */
  readonly start: Instant;
}) {
  const { scenario, seed, start } = options;
  const batches: Batch[] = scenario.generateCalls.map((entry) => ({
    calls: createGeneratedCalls(entry, seed, start),
    over: new Map(),
  }));
  /** Stored calls in listing order, and by id. */
  let kept: CallRecord[] = [];
  const byId = new Map<string, CallRecord>();
  let moved = 0;

  const placeOf = (cursor: CallCursor): number => {
    let [low, high] = [0, kept.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      const record = kept[middle];
      if (record !== undefined && compareCalls(record, cursor) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  const locate = (id: string): { batch: Batch; index: number } | undefined => {
    for (const batch of batches) {
      const index = batch.calls.indexOf(id);
      if (index !== undefined) return batch.over.get(index) === "moved" ? undefined : { batch, index };
    }
    return undefined;
  };
  const inBatch = ({ calls, over }: Batch, index: number): CallRecord => {
    const record = over.get(index);
    return record === undefined || record === "moved" ? calls.build(index) : record;
  };

  const put = (call: CallRecord): void => {
    const before = byId.get(call.id);
    byId.set(call.id, call);
    if (before !== undefined) {
      const place = placeOf(before);
      if (before.startTime === call.startTime) {
        kept[place] = call;
        return;
      }
      kept.splice(place, 1);
    } else {
      const generated = locate(call.id);
      if (generated !== undefined) {
        generated.batch.over.set(generated.index, "moved");
        moved += 1;
      }
    }
    const last = kept.at(-1);
    if (last === undefined || compareCalls(last, call) < 0) kept.push(call);
    else kept.splice(placeOf(call), 0, call);
  };

  const restore = (snapshot: CallStoreSnapshot): void => {
    for (const batch of batches) batch.over.clear();
    kept = [];
    byId.clear();
    moved = 0;
    for (const call of [...snapshot.kept].sort(compareCalls)) put(call);
    for (const call of snapshot.tagged) {
      const generated = locate(call.id);
      if (generated === undefined) put(call);
      else generated.batch.over.set(generated.index, call);
    }
  };
  const tagged = (): CallRecord[] => batches.flatMap(({ over }) => [...over.values()].filter((record) => record !== "moved"));

  restore({
    kept: scenario.calls.map((call) => ({
      ...call,
      startTime: scenarioInstant(call.startTime, start),
      endTime: call.endTime === undefined ? undefined : scenarioInstant(call.endTime, start),
      direction: "OUTBOUND" as const,
      writes: 0,
      effects: 0,
    })),
    tagged: [],
  });

  return {
    get size(): number {
      return kept.length - moved + batches.reduce((sum, { calls }) => sum + calls.count, 0);
    },
    get(id: string): CallRecord | undefined {
      const found = byId.get(id);
      if (found !== undefined) return found;
      const generated = locate(id);
      return generated === undefined ? undefined : inBatch(generated.batch, generated.index);
    },
    /** Adds a call or replaces the one with its id. */
    put,
    /** Sets the disposition and counts the write; undefined for an unknown call. The caller must check status and lock. */
    setDisposition(id: string, write: DispositionWrite, now: Instant): { changed: boolean; call: CallRecord } | undefined {
      const found = byId.get(id);
      if (found !== undefined) {
        const result = withDisposition(found, write, now);
        put(result.call);
        return result;
      }
      const generated = locate(id);
      if (generated === undefined) return undefined;
      const result = withDisposition(inBatch(generated.batch, generated.index), write, now);
      generated.batch.over.set(generated.index, result.call);
      return result;
    },
    /** Calls by start and id; `next` is the cursor of the following page and absent on the last one. */
    list({
      campaignId,
      from = Number.NEGATIVE_INFINITY,
      to = Number.POSITIVE_INFINITY,
      codes,
      endedOnly = false,
      after,
      limit,
    }: CallListRequest): { calls: CallRecord[]; next?: CallCursor } {
      const begin = after === undefined ? from : Math.max(from, after.startTime);
      const fits = (call: CallRecord): boolean =>
        (campaignId === undefined || call.campaignId === campaignId) &&
        (codes === undefined || (call.dispositionCode !== undefined && codes.has(call.dispositionCode))) &&
        (!endedOnly || call.endTime !== undefined) &&
        (after === undefined || compareCalls(call, after) > 0);
      const sources = batches
        .filter(({ calls }) => campaignId === undefined || calls.campaignId === campaignId)
        .map((batch) => batchSource(batch, begin, to, codes));
      sources.push(keptSource(kept, placeOf({ startTime: begin, id: "" })));

      const calls: CallRecord[] = [];
      for (let call = takeEarliest(sources); call !== undefined && call.startTime <= to; call = takeEarliest(sources)) {
        if (!fits(call)) continue;
        const last = calls.at(-1);
        if (calls.length === limit && last !== undefined) return { calls, next: { startTime: last.startTime, id: last.id } };
        calls.push(call);
      }
      return { calls };
    },
    countByStatus(campaignId?: string): Record<CallStatus, number> {
      const counts = noCounts();
      const wanted = (id: string): boolean => campaignId === undefined || id === campaignId;
      for (const batch of batches) {
        if (!wanted(batch.calls.campaignId)) continue;
        batch.counts ??= countBatch(batch.calls);
        for (const status of CALL_STATUSES) counts[status] += batch.counts[status];
        if (moved > 0) for (const [index, record] of batch.over) if (record === "moved") counts[batch.calls.status(index)] -= 1;
      }
      for (const call of kept) if (wanted(call.campaignId)) counts[call.status] += 1;
      return counts;
    },
    /** Sums of the calls' counters. */
    totals(): { writes: number; effects: number } {
      const sum = { writes: 0, effects: 0 };
      const add = ({ writes, effects }: CallRecord): void => {
        sum.writes += writes;
        sum.effects += effects;
      };
      for (const call of kept) add(call);
      for (const { over } of batches) for (const record of over.values()) if (record !== "moved") add(record);
      return sum;
    },
    snapshot: (): CallStoreSnapshot => ({ kept: [...kept], tagged: tagged() }),
    restore,
  };
}

function countBatch(calls: GeneratedCalls): Record<CallStatus, number> {
  const counts = noCounts();
  for (let index = 0; index < calls.count; index++) counts[calls.status(index)] += 1;
  return counts;
}

// One call of the tenant, and the order in which calls are listed.

/** The disposition set through the API. */
export interface CallDisposition {
  readonly dispositionCodeId: string;
  readonly reasonCodeId?: string | undefined;
  readonly notes: string;
  readonly tag: readonly string[];
  readonly updatedAt: Instant;
}

/** A call. Records never change; the store replaces them. */
export interface CallRecord {
  readonly id: string;
  readonly campaignId: string;
  readonly status: CallStatus;
  /** The code of the disposition that was set, otherwise the outcome of the call. */
  readonly dispositionCode?: string | undefined;
  readonly startTime: Instant;
  /** Absent while the call goes on. */
  readonly endTime?: Instant | undefined;
  readonly direction: "OUTBOUND";
  /** A locked call refuses dispositions. */
  readonly locked: boolean;
  readonly contactId?: string | undefined;
  readonly phoneNumber?: string | undefined;
  readonly agentId?: string | undefined;
  /** Of a live call: when a person or a machine answered, and when an agent began to speak. */
  readonly answeredTime?: Instant | undefined;
  readonly connectedTime?: Instant | undefined;
  readonly disposition?: CallDisposition | undefined;
  /** Number of dispositions applied, including repetitions of the same body. */
  readonly writes: number;
  /** Number of dispositions that changed something. */
  readonly effects: number;
}

/** A place in the listing: after the call with this start and id. */
export interface CallCursor {
  readonly startTime: Instant;
  readonly id: string;
}

/** The order of a listing: by start, then by id. */
function compareCalls(a: CallCursor, b: CallCursor): number {
  return a.startTime - b.startTime || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
}

/** What `assignDisposition` stores. */
type DispositionWrite = Omit<CallDisposition, "updatedAt">;

/** The record after a disposition was set, with its counters; the same body again counts as a write without effect. */
function withDisposition(call: CallRecord, write: DispositionWrite, now: Instant): { call: CallRecord; changed: boolean } {
  const before = call.disposition;
  const changed =
    before === undefined ||
    before.dispositionCodeId !== write.dispositionCodeId ||
    before.reasonCodeId !== write.reasonCodeId ||
    before.notes !== write.notes ||
    before.tag.length !== write.tag.length ||
    before.tag.some((tag, i) => tag !== write.tag[i]);
  if (!changed) return { call: { ...call, writes: call.writes + 1 }, changed };
  const disposition = { ...write, tag: [...write.tag], updatedAt: now };
  return {
    call: { ...call, dispositionCode: write.dispositionCodeId, disposition, writes: call.writes + 1, effects: call.effects + 1 },
    changed,
  };
}
