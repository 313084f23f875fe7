// Secrets handed out once and kept as hashes.

import { createHash, randomBytes } from "node:crypto";

/** 256 random bits as text. @param prefix says what it is, so that a scanner of secrets finds it */
export function newSecret(prefix: string): string {
  return `${prefix}_${randomBytes(32).toString("base64url")}`;
}

/** Whether a text has the form of such a secret: what has not need not be looked up. */
export function isSecret(prefix: string, text: string): boolean {
  return text.startsWith(`${prefix}_`) && /^[\w-]{43}$/.test(text.slice(prefix.length + 1));
}

/** What is kept of a secret. A secret of 256 random bits needs no slow hash. */
export function secretHash(secret: string): Buffer {
  return createHash("sha256").update(secret).digest();
}
