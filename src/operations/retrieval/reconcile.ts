// Compares vendor, lake and CRM hour by hour; the differences are lists of call ids.

import { type Clock, HOUR_MS, type Instant } from "../../kernel/index.ts";
import { ComplianceHash, digestOf, ERASED_RAW, type OutcomeLake } from "../../outcomes/index.ts";
import type { Retrieval, RetrievalLedger } from "../../store/index.ts";
import type { OutcomeSource } from "../../tenant/port.ts";
import { type ComparedRetrieval, comparedNow, isCounted } from "./compared.ts";
import { sortRows } from "./land.ts";
import type { RetrievalRequest } from "./request.ts";
import { splitWindows, type TimeWindow } from "./windows.ts";

/** Counts of the calls that started in one UTC hour. */
export interface HourCounts {
  readonly hour: Instant;
  readonly vendor: number;
  readonly lake: number;
  /** Undefined when no CRM is known: none is configured, and none was ever written to. */
  readonly crm: number | undefined;
}

/** A call that is not in all of them. */
export interface Difference {
  readonly callId: string;
  readonly hour: Instant;
  /**
   * - `not_in_lake`, `not_at_vendor`: one of the two does not have the call. `not_in_crm`: the lake has it and the CRM has not
   *   acknowledged it.
   */
  readonly kind: "not_in_lake" | "not_at_vendor" | "not_in_crm";
}

/** Receives the hours and differences of a comparison. */
export interface ReconcileSink {
  hour(counts: HourCounts): Promise<void> | void;
  difference(difference: Difference): Promise<void> | void;
}

/** The result of a comparison. */
export interface ReconcileReport {
  readonly vendor: number;
  readonly lake: number;
  readonly crm: number | undefined;
  readonly differences: Readonly<Record<Difference["kind"], number>>;
  /** Rows of the vendor that cannot be compared: calls that have not ended, and rows that are not records. */
  readonly unfinished: number;
  readonly unreadable: number;
}

/**
 * Whether all have the same calls: nothing differs, no row of the vendor was left out of the comparison, and there was something to compare. That neither has a
 * call may also be an answer that lacks them all, and a lake that nothing was retrieved into.
 */
export const isReconciled = ({
  differences,
  unreadable,
  vendor,
}: Pick<ReconcileReport, "differences" | "unreadable" | "vendor">): boolean =>
  vendor > 0 && unreadable === 0 && Object.values(differences).every((count) => count === 0);

/**
 * Compares over a window, one UTC day in memory at a time. Reads the vendor's listing once more; writes nothing. Every hour with
 * a call anywhere is reported, in order.
 */
export async function reconcile(
  parts: {
    readonly source: OutcomeSource;
    readonly lake: OutcomeLake;
    readonly ledger: Pick<RetrievalLedger, "acknowledged" | "hasAcknowledgements">;
    /** Whether a CRM is configured that takes records: what it has not acknowledged, it lacks. */
    readonly takesRecords: boolean;
    readonly clock: Clock;
    readonly signal?: AbortSignal | undefined;
  },
  request: RetrievalRequest,
  sink: ReconcileSink,
): Promise<ReconcileReport> {
  const { source, lake, ledger, takesRecords, clock, signal } = parts;
  const hasCrm = takesRecords || (await ledger.hasAcknowledgements(request.campaignId));
  const differences = { not_in_lake: 0, not_at_vendor: 0, not_in_crm: 0 };
  let [vendorTotal, lakeTotal, crmTotal, unfinished, unreadable] = [0, 0, 0, 0, 0];

  const windows = splitWindows(request);
  for (const [index, window] of windows.entries()) {
    // The instant that two neighbouring windows share is counted in the later one.
    const counted = { from: window.from, to: index === windows.length - 1 ? window.to : window.to - 1 };
    const vendor = new Map<string, Instant>();
    for await (const page of source.calls(queryOf(request, window), { signal }).pages()) {
      const context = { ...window, campaignId: request.campaignId, observedAt: clock.now(), runId: "" };
      const rows = sortRows(page.items, context);
      for (const { callId, startTime } of rows.records) if (startTime <= counted.to) vendor.set(callId, startTime);
      unfinished += rows.unfinished;
      unreadable += rows.poison.length;
    }
    const kept = new Map<string, Instant>();
    const query = { campaignId: request.campaignId, ...counted, ...(request.codes === null ? {} : { codes: request.codes }) };
    for await (const { callId, startTime } of lake.records(query)) kept.set(callId, startTime);
    const acknowledged = new Set<string>();
    if (hasCrm) {
      for await (const ids of ledger.acknowledged({ campaignId: request.campaignId, ...counted }))
        for (const id of ids) acknowledged.add(id);
    }

    const hours = new Map<Instant, { vendor: number; lake: number; crm: number; differences: Difference[] }>();
    const at = (startTime: Instant) => {
      const hour = Math.floor(startTime / HOUR_MS) * HOUR_MS;
      let counts = hours.get(hour);
      if (counts === undefined) hours.set(hour, (counts = { vendor: 0, lake: 0, crm: 0, differences: [] }));
      return { hour, counts };
    };
    for (const [callId, startTime] of vendor) {
      const { hour, counts } = at(startTime);
      counts.vendor += 1;
      if (!kept.has(callId)) counts.differences.push({ callId, hour, kind: "not_in_lake" });
    }
    for (const [callId, startTime] of kept) {
      const { hour, counts } = at(startTime);
      counts.lake += 1;
      if (!vendor.has(callId)) counts.differences.push({ callId, hour, kind: "not_at_vendor" });
      if (acknowledged.has(callId)) counts.crm += 1;
      else if (hasCrm) counts.differences.push({ callId, hour, kind: "not_in_crm" });
    }
    for (const [hour, counts] of [...hours].sort(([a], [b]) => a - b)) {
      await sink.hour({ hour, vendor: counts.vendor, lake: counts.lake, crm: hasCrm ? counts.crm : undefined });
      for (const difference of counts.differences) {
        differences[difference.kind] += 1;
        await sink.difference(difference);
      }
      vendorTotal += counts.vendor;
      lakeTotal += counts.lake;
      crmTotal += counts.crm;
    }
  }
  return { vendor: vendorTotal, lake: lakeTotal, crm: hasCrm ? crmTotal : undefined, differences, unfinished, unreadable };
}

function queryOf(request: RetrievalRequest, { from, to }: TimeWindow) {
  return {
    campaignId: request.campaignId,
    startDateTime: new Date(from).toISOString(),
    endDateTime: new Date(to).toISOString(),
    limit: request.limit,
    ...(request.codes === null ? {} : { dispositionCode: [...request.codes] }),
  };
}

// Checks whether the lake still holds what a retrieval read: every record's digest is computed again from its columns, and the
// hash over all digests is compared with the hash that was recorded, and signed into the audit log, when the retrieval ended.

/** Most ids that are named; all are counted. */
const NAMED = 20;

/** Whether the lake still holds what a retrieval stored. */
export interface RunVerdict {
  readonly jobId: string;
  readonly campaignId: string;
  readonly ok: boolean;
  /** Recorded when the retrieval ended. */
  readonly expected: { readonly calls: number; readonly hash: string };
  /** Computed from the lake as it is now. */
  readonly found: { readonly calls: number; readonly hash: string };
  /** Calls whose columns do not match their stored digest: how many, and the first of them. */
  readonly damaged: { readonly count: number; readonly callIds: readonly string[] };
  /** Calls of which a person was erased: of them the digest of the record as it came is left, and their columns are compared with nothing. */
  readonly erased: number;
  /** Whether the lake has what the retrieval brought, and that was all calls as far as known; null when nothing counts the calls of its time, and when
   * only some codes were asked for. */
  readonly whole: boolean | null;
  readonly compared: ComparedRetrieval;
}

/** Whether the lake has what the retrieval brought, and that was all: not known where nothing counts all calls of its time. */
export function wholeOf({
  ok,
  codes,
  compared,
}: Pick<RunVerdict, "ok" | "compared"> & Pick<Retrieval, "codes">): RunVerdict["whole"] {
  if (!ok || compared.short) return false;
  return codes === null && isCounted(compared.numbers ?? []) ? true : null;
}

/** Verifies one retrieval; undefined when it has not ended and so has no hash yet. Constant memory. */
export async function verifyRetrieval(lake: OutcomeLake, retrieval: Retrieval): Promise<RunVerdict | undefined> {
  const { jobId, campaignId, from, to, codes, calls, complianceHash } = retrieval;
  if (complianceHash === null || calls === null) return undefined;
  const fold = new ComplianceHash();
  const named: string[] = [];
  let [damaged, erased] = [0, 0];
  for await (const record of lake.records({ runId: jobId, campaignId, from, to })) {
    const isErased = record.raw === ERASED_RAW;
    if (isErased) erased += 1;
    const digest = isErased ? record.digest : digestOf(record);
    fold.add(digest);
    if (digest === record.digest) continue;
    damaged += 1;
    if (named.length < NAMED) named.push(record.callId);
  }
  const found = { calls: fold.count, hash: fold.digest() };
  const ok = damaged === 0 && found.calls === calls && found.hash === complianceHash;
  const compared = await comparedNow(lake, retrieval);
  const whole = wholeOf({ ok, codes, compared });
  const expected = { calls, hash: complianceHash };
  return { jobId, campaignId, ok, expected, found, damaged: { count: damaged, callIds: named }, erased, whole, compared };
}
