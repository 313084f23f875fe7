// What is hashed of a record: its canonical text (RFC 8785), its digest, and the hash of a whole retrieval.

import { createHash, hash } from "node:crypto";
import type { OutcomeRecord } from "./record.ts";

const DIGEST_BYTES = 32;

/**
 * The canonical JSON (RFC 8785) of what the vendor said: members agentId, attempt, callId, campaignId, contactId, direction,
 * dispositionCode, endTime, listId, raw, startTime in this order, absent ones left out, times as ms since the epoch, `raw` as a string.
 * When and by whom it was retrieved is no part of it, so that the same call seen twice has one digest; nor is the duration, which follows.
 */
export function canonicalText(record: OutcomeRecord): string {
  const { agentId, attempt, callId, campaignId, contactId, direction, dispositionCode, endTime, listId, raw, startTime } = record;
  // Members in the order in which RFC 8785 sorts them; JSON.stringify leaves out what is undefined and writes texts and numbers as it asks for.
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

/** SHA-256 of the canonical text, in hex. */
export function digestOf(record: OutcomeRecord): string {
  return hash("sha256", canonicalText(record));
}

/** Of two versions of one call, whether `other` takes the place of `record`: the later observation, for equal ones the greater digest. */
export function supersedes(
  other: { readonly observedAt: number; readonly digest: string },
  record: { readonly observedAt: number; readonly digest: string },
): boolean {
  return other.observedAt === record.observedAt ? other.digest > record.digest : other.observedAt > record.observedAt;
}

/**
 * The compliance hash of a retrieval: SHA-256 over the digests (32 bytes each) of its records, each call once in its latest version, ordered
 * by start and then by the UTF-8 bytes of the call id. Which page, window or process brought a record does not matter.
 */
export class ComplianceHash {
  readonly #hash = createHash("sha256");
  #count = 0;

  /** @param digests in order, one or many: in hex, or 32 bytes each */
  add(digests: string | Uint8Array): void {
    const bytes = typeof digests === "string" ? Buffer.from(digests, "hex") : digests;
    this.#hash.update(bytes);
    this.#count += bytes.byteLength / DIGEST_BYTES;
  }

  /** How many records were added. */
  get count(): number {
    return this.#count;
  }

  /** In hex. */
  digest(): string {
    return this.#hash.copy().digest("hex");
  }
}
