// Checks whether the lake still holds what a retrieval read: every record's digest is computed again from its columns, and the
// hash over all digests is compared with the hash that was recorded, and signed into the audit log, when the retrieval ended.

import { ComplianceHash, digestOf, type OutcomeLake } from "../../outcomes/index.ts";
import type { Retrieval } from "../../store/index.ts";
import { type ComparedRetrieval, comparedNow, isCounted } from "./compared.ts";

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
  let damaged = 0;
  for await (const record of lake.records({ runId: jobId, campaignId, from, to })) {
    const digest = digestOf(record);
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
  return { jobId, campaignId, ok, expected, found, damaged: { count: damaged, callIds: named }, whole, compared };
}
