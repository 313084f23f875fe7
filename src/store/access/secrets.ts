// Secrets that are shown once and stored as hashes.

import { createHash, randomBytes } from "node:crypto";

/** 256 random bits as text. @param prefix says what it is, so that secret scanners find it */
export function newSecret(prefix: string): string {
  return `${prefix}_${randomBytes(32).toString("base64url")}`;
}

/** Whether a text has the form of such a secret; other texts need not be looked up. */
export function isSecret(prefix: string, text: string): boolean {
  return text.startsWith(`${prefix}_`) && /^[\w-]{43}$/.test(text.slice(prefix.length + 1));
}

/** The stored hash of a secret. 256 random bits need no slow hash. */
export function secretHash(secret: string): Buffer {
  return createHash("sha256").update(secret).digest();
}
