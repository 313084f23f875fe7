// Bearer tokens: issued, looked up, revoked. Contract §1: a new token revokes no other, a token is valid on every host, scopes
// that the client does not have are left out.

import { createHash } from "node:crypto";
import type { Instant } from "../../kernel/index.ts";

/** What the tenant knows of an API client. */
export interface TokenClient {
  readonly id: string;
  readonly scopes: readonly string[];
}

interface TokenGrant {
  readonly accessToken: string;
  readonly expiresInSeconds: number;
  /** Granted scopes, in the order of the client's scopes. */
  readonly scopes: readonly string[];
}

export interface TokenHolder {
  readonly clientId: string;
  readonly scopes: ReadonlySet<string>;
}

export interface TokenStoreSnapshot {
  readonly issued: number;
  readonly tokens: readonly { token: string; clientId: string; scopes: string[]; expiresAt: Instant; revoked: boolean }[];
}

export type TokenStore = ReturnType<typeof createTokenStore>;

interface Issued extends TokenHolder {
  readonly expiresAt: Instant;
  revoked: boolean;
}

/** Above this many tokens, expired and revoked ones are forgotten (they then count as unknown). */
const SWEEP_ABOVE = 10_000;

const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");

/**
 * Tokens have the form of a JWT, which existing clients expect; their third part is a digest of the seed and a counter, not a
 * signature.
 */
export function createTokenStore(options: { readonly seed: number | string; readonly lifetimeSeconds: number }) {
  const tokens = new Map<string, Issued>();
  const header = encode({ alg: "HS256", typ: "JWT" });
  let issued = 0;
  let sweepAt = SWEEP_ABOVE;

  const sweep = (now: Instant): void => {
    for (const [token, entry] of tokens) if (entry.revoked || entry.expiresAt <= now) tokens.delete(token);
    sweepAt = Math.max(SWEEP_ABOVE, tokens.size * 2);
  };

  return {
    /**
     * Issues a token. Without requested scopes it has all of the client's; scopes that the client does not have are left out;
     * "invalid_scope" when it has none of the requested ones.
     */
    grant(
      client: TokenClient,
      requestedScopes: readonly string[] | undefined,
      now: Instant,
      claims: Readonly<Record<string, unknown>> = {},
    ): TokenGrant | "invalid_scope" {
      const scopes =
        requestedScopes === undefined ? [...client.scopes] : client.scopes.filter((scope) => requestedScopes.includes(scope));
      if (requestedScopes !== undefined && scopes.length === 0) return "invalid_scope";
      if (tokens.size >= sweepAt) sweep(now);
      issued += 1;
      const expiresAt = now + options.lifetimeSeconds * 1000;
      const payload = encode({
        ...claims,
        sub: client.id,
        iat: Math.floor(now / 1000),
        exp: Math.floor(expiresAt / 1000),
        jti: issued,
      });
      const digest = createHash("sha256").update(`${options.seed}/${issued}/${payload}`).digest("base64url");
      const accessToken = `${header}.${payload}.${digest}`;
      tokens.set(accessToken, { clientId: client.id, scopes: new Set(scopes), expiresAt, revoked: false });
      return { accessToken, expiresInSeconds: options.lifetimeSeconds, scopes };
    },
    lookup(token: string, now: Instant): TokenHolder | "expired" | "revoked" | "unknown" {
      const entry = tokens.get(token);
      if (entry === undefined) return "unknown";
      if (entry.revoked) return "revoked";
      return entry.expiresAt <= now ? "expired" : entry;
    },
    /** Revokes all tokens, or those of one client; returns how many were valid. */
    revoke(clientId: string | undefined, now: Instant): number {
      let count = 0;
      for (const entry of tokens.values()) {
        if (clientId !== undefined && entry.clientId !== clientId) continue;
        if (!entry.revoked && entry.expiresAt > now) count += 1;
        entry.revoked = true;
      }
      return count;
    },
    /** Tokens neither expired nor revoked. */
    alive: (now: Instant): number =>
      tokens.values().reduce((sum, entry) => sum + (entry.revoked || entry.expiresAt <= now ? 0 : 1), 0),
    snapshot: (): TokenStoreSnapshot => ({
      issued,
      tokens: [...tokens].map(([token, entry]) => ({
        token,
        clientId: entry.clientId,
        scopes: [...entry.scopes],
        expiresAt: entry.expiresAt,
        revoked: entry.revoked,
      })),
    }),
    restore(snapshot: TokenStoreSnapshot): void {
      issued = snapshot.issued;
      tokens.clear();
      for (const { token, scopes, ...entry } of snapshot.tokens) tokens.set(token, { ...entry, scopes: new Set(scopes) });
    },
  };
}
