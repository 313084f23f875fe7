// Calls from several sources in the order in which they began.

import type { Instant } from "../../kernel/index.ts";
import type { CallStatus } from "../scenario/index.ts";
import { type CallRecord, compareCalls } from "./call-record.ts";
import type { GeneratedCalls } from "./generated-calls.ts";

/** A batch of generated calls with changes: a record with a disposition, or "moved" to the stored ones. */
export interface Batch {
  readonly calls: GeneratedCalls;
  readonly over: Map<number, CallRecord | "moved">;
  counts?: Record<CallStatus, number>;
}

/** Calls in listing order; the next can be inspected before it is taken. */
interface Source {
  peek(): CallRecord | undefined;
  take(): void;
}

export function takeEarliest(sources: readonly Source[]): CallRecord | undefined {
  let first: Source | undefined;
  let earliest: CallRecord | undefined;
  for (const source of sources) {
    const call = source.peek();
    if (call !== undefined && (earliest === undefined || compareCalls(call, earliest) < 0)) [first, earliest] = [source, call];
  }
  first?.take();
  return earliest;
}

export function keptSource(kept: readonly CallRecord[], from: number): Source {
  let place = from;
  return { peek: () => kept[place], take: () => void place++ };
}

/** Skips moved calls, and calls without a requested code, before building them. */
export function batchSource({ calls, over }: Batch, begin: Instant, to: Instant, codes: ReadonlySet<string> | undefined): Source {
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
