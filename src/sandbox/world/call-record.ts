// One call of the tenant, and the order in which calls are listed.

import type { Instant } from "../../kernel/index.ts";
import type { CallStatus } from "../scenario/index.ts";

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
export function compareCalls(a: CallCursor, b: CallCursor): number {
  return a.startTime - b.startTime || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
}

/** What `assignDisposition` stores. */
export type DispositionWrite = Omit<CallDisposition, "updatedAt">;

/** The record after a disposition was set, with its counters; the same body again counts as a write without effect. */
export function withDisposition(call: CallRecord, write: DispositionWrite, now: Instant): { call: CallRecord; changed: boolean } {
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
