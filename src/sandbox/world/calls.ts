// All calls of the tenant: generated ones are computed when needed, explicit and live ones are stored, dispositions are laid over
// both.

import type { Instant } from "../../kernel/index.ts";
import { CALL_STATUSES, type CallStatus, type Scenario, scenarioInstant } from "../scenario/index.ts";
import { type CallCursor, type CallRecord, compareCalls, type DispositionWrite, withDisposition } from "./call-record.ts";
import { type Batch, batchSource, keptSource, takeEarliest } from "./call-sources.ts";
import { createGeneratedCalls, type GeneratedCalls } from "./generated-calls.ts";

export type { CallCursor, CallDisposition, CallRecord } from "./call-record.ts";

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

export interface CallStore {
  readonly size: number;
  get(id: string): CallRecord | undefined;
  /** Adds a call or replaces the one with its id. */
  put(call: CallRecord): void;
  /** Sets the disposition and counts the write; undefined for an unknown call. The caller must check status and lock. */
  setDisposition(id: string, write: DispositionWrite, now: Instant): { changed: boolean; call: CallRecord } | undefined;
  /** Calls by start and id; `next` is the cursor of the following page and absent on the last one. */
  list(request: CallListRequest): { calls: CallRecord[]; next?: CallCursor };
  countByStatus(campaignId?: string): Record<CallStatus, number>;
  /** Sums of the calls' counters. */
  totals(): { writes: number; effects: number };
  snapshot(): CallStoreSnapshot;
  restore(snapshot: CallStoreSnapshot): void;
}

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
}): CallStore {
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
    get size() {
      return kept.length - moved + batches.reduce((sum, { calls }) => sum + calls.count, 0);
    },
    get(id) {
      const found = byId.get(id);
      if (found !== undefined) return found;
      const generated = locate(id);
      return generated === undefined ? undefined : inBatch(generated.batch, generated.index);
    },
    put,
    setDisposition(id, write, now) {
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
    list({ campaignId, from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY, codes, endedOnly = false, after, limit }) {
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
    countByStatus(campaignId) {
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
    totals() {
      const sum = { writes: 0, effects: 0 };
      const add = ({ writes, effects }: CallRecord): void => {
        sum.writes += writes;
        sum.effects += effects;
      };
      for (const call of kept) add(call);
      for (const { over } of batches) for (const record of over.values()) if (record !== "moved") add(record);
      return sum;
    },
    snapshot: () => ({ kept: [...kept], tagged: tagged() }),
    restore,
  };
}

function countBatch(calls: GeneratedCalls): Record<CallStatus, number> {
  const counts = noCounts();
  for (let index = 0; index < calls.count; index++) counts[calls.status(index)] += 1;
  return counts;
}
