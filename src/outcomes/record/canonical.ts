// What is hashed of a record: its canonical text (RFC 8785), its digest, and the hash of a whole retrieval.

import { createHash, hash } from "node:crypto";
import type { Instant } from "../../kernel/index.ts";
import type { OutcomeRecord } from "./record.ts";

/**
 * The canonical JSON (RFC 8785) of what the vendor said: members agentId, attempt, callId, campaignId, contactId, direction,
 * dispositionCode, endTime, listId, raw, startTime in this order, absent ones left out, times as ms since the epoch, `raw` as a string.
 * When and by whom it was retrieved is no part of it, so that the same call seen twice has one digest; nor is the duration, which follows.
 */
export function canonicalText(record: OutcomeRecord): string {
  const { agentId, attempt, callId, campaignId, contactId, direction, dispositionCode, listId, raw } = record;
  // Written out: on the path of every row, and a third of the time of walking the object.
  return `{${agentId === undefined ? "" : `"agentId":${jsonText(agentId)},`}${attempt === undefined ? "" : `"attempt":${attempt},`}"callId":${jsonText(callId)},"campaignId":${jsonText(campaignId)},${contactId === undefined ? "" : `"contactId":${jsonText(contactId)},`}"direction":${jsonText(direction)},"dispositionCode":${jsonText(dispositionCode)},"endTime":${digits(record.endTime)},${listId === undefined ? "" : `"listId":${jsonText(listId)},`}${raw === undefined ? "" : `"raw":${JSON.stringify(raw)},`}"startTime":${digits(record.startTime)}}`;
}

/** A text as JSON. Most are plain, which is found out sooner than the general way is gone. */
export function jsonText(text: string): string {
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit < 0x20 || unit > 0x7e || unit === QUOTE || unit === BACKSLASH) return JSON.stringify(text);
  }
  return `"${text}"`;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** An instant in digits. Those of this age are put together from two halves, as engines write small numbers many times faster than large ones. */
function digits(at: Instant): string {
  if (!(at >= 1e12 && at < 1e13)) return String(at);
  const high = Math.floor(at / 1e6);
  return `${high}${String(1e6 + (at - high * 1e6)).slice(1)}`;
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

  /** @param digests in hex, in order, joined without a separator or one by one */
  add(digests: string): void {
    this.#hash.update(digests, "hex");
    this.#count += digests.length / 64;
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
