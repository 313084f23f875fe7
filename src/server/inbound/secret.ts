// Whether a delivery of the vendor carries the secret it was registered with.

import { createHash, timingSafeEqual } from "node:crypto";

/** Whether a request's headers hold one of the secrets. */
export type SecretCheck = (headers: Headers) => boolean;

const BEARER = /^Bearer +(\S+)$/i;

/**
 * A check for the header of that name or a bearer token. Every secret is compared, each in constant time (by hash, so that
 * lengths do not leak either). Without secrets every request is refused.
 * @param secrets the current one, and during a rotation the previous one
 */
export function secretCheck(header: string, secrets: readonly string[]): SecretCheck {
  const wanted = secrets.filter((secret) => secret !== "").map(digest);
  return (headers) => {
    const bearer = BEARER.exec(headers.get("authorization") ?? "")?.[1];
    const given = headers.get(header) ?? bearer;
    if (given === undefined) return false;
    const hash = digest(given);
    let found = false;
    for (const one of wanted) if (timingSafeEqual(one, hash)) found = true;
    return found;
  };
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
