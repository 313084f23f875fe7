// Hashing of records: the canonical text (RFC 8785), its digest, and the hash of a whole retrieval.

import { createHash, hash } from "node:crypto";
import type { OutcomeRecord } from "./record.ts";

const DIGEST_BYTES = 32;

/**
 * The canonical JSON (RFC 8785) of what the vendor sent: members agentId, attempt, callId, campaignId, contactId, direction,
 * dispositionCode, endTime, listId, raw, startTime in this order, absent ones left out, times as ms since the epoch, `raw` as a
 * string. Time and id of the retrieval are not included, so that the same call retrieved twice has one digest. The duration is
 * not included either: it follows from the times.
 */
export function canonicalText(record: OutcomeRecord): string {
  const { agentId, attempt, callId, campaignId, contactId, direction, dispositionCode, endTime, listId, raw, startTime } = record;
  // In the member order of RFC 8785. JSON.stringify leaves out undefined members, and writes texts and numbers as RFC 8785
  // demands.
  return JSON.stringify({
    agentId,
    attempt,
    callId,
    campaignId,
    contactId,
    direction,
    dispositionCode,
    endTime,
    listId,
    raw,
    startTime,
  });
}

/** What stands in place of the vendor's further fields of a record whose person was erased: its digest is that of the record as it came. */
export const ERASED_RAW = '{"erased":true}';

/** SHA-256 of the canonical text, in hex. */
export function digestOf(record: OutcomeRecord): string {
  return hash("sha256", canonicalText(record));
}

/**
 * The compliance hash of a retrieval: SHA-256 over the digests (32 bytes each) of its records, each call once in its latest
 * version, ordered by start and then by the UTF-8 bytes of the call id. It does not depend on the page, window or process that
 * brought a record.
 */
export class ComplianceHash {
  readonly #hash = createHash("sha256");
  #count = 0;

  /** @param digests in order, one or several: in hex, or 32 bytes each */
  add(digests: string | Uint8Array): void {
    const bytes = typeof digests === "string" ? Buffer.from(digests, "hex") : digests;
    this.#hash.update(bytes);
    this.#count += bytes.byteLength / DIGEST_BYTES;
  }

  /** Number of records added. */
  get count(): number {
    return this.#count;
  }

  /** In hex. */
  digest(): string {
    return this.#hash.copy().digest("hex");
  }
}
