// Who is asking: a bearer token, or the session cookie of the dashboard.

import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { inTime } from "../../operations/index.ts";
import { type Access, type Principal, type SessionValue, StoreError } from "../../store/index.ts";
import { ServerError } from "../error.ts";
import { sessionCookie, setSessionCookie } from "./cookies.ts";
import type { LoginThrottle } from "./throttle.ts";

/** A recognised caller, and the cookie that replaces the one they sent. */
export interface Recognised {
  readonly who: Principal;
  readonly setCookie: string | undefined;
}

/** How long a caller is remembered, ms, and how many are. */
const REMEMBERED_MS = 4 * 3_600_000;
const REMEMBERED = 10_000;
/** How long the database is waited for where an answer is possible without it, ms: for a caller who is remembered, and after it did not answer; else. */
const DATABASE_MS = { known: 500, away: 100, unknown: 2_000 };

/** Callers that the database recognised of late, by a hash of their secret: while it is away, a stop is taken from them. */
export class Remembered {
  readonly #now: () => number;
  readonly #callers = new Map<string, { readonly who: Principal; readonly at: number }>();
  #isAway = false;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** @param who undefined for a secret that the database does not know */
  note(secret: string, who: Principal | undefined): void {
    const key = hashOf(secret);
    this.#callers.delete(key);
    if (who === undefined) return;
    this.#callers.set(key, { who, at: this.#now() });
    if (this.#callers.size <= REMEMBERED) return;
    const [oldest] = this.#callers.keys();
    if (oldest !== undefined) this.#callers.delete(oldest);
  }

  /** Asks the database, for a limited time. */
  async ask(secret: string, look: () => Promise<Principal | undefined>): Promise<Principal | undefined> {
    const { known, away, unknown } = DATABASE_MS;
    try {
      const who = await withinMs(look(), this.find(secret) === undefined ? unknown : this.#isAway ? away : known);
      this.#isAway = false;
      return who;
    } catch (thrown) {
      this.#isAway = true;
      throw thrown;
    }
  }

  find(secret: string): Principal | undefined {
    const found = this.#callers.get(hashOf(secret));
    const now = this.#now();
    if (found === undefined || now - found.at > REMEMBERED_MS) return undefined;
    return found.who.expiresAt !== null && found.who.expiresAt <= now ? undefined : found.who;
  }
}

const hashOf = (secret: string): string => createHash("sha256").update(secret).digest("base64");

interface Deps {
  readonly access: Access;
  readonly remembered: Remembered;
  readonly throttle: LoginThrottle;
  readonly https: boolean;
  readonly now: () => number;
  /** Whether a caller who is remembered is enough while the database is away. */
  readonly storeless: boolean;
}

/** Recognises callers. Throws ServerError `not_authenticated`, `too_many_attempts`; StoreError. */
export async function authenticate(request: Request, address: string, deps: Deps): Promise<Recognised> {
  const { access, throttle, https } = deps;
  const authorization = request.headers.get("authorization");
  if (authorization !== null) {
    const token = /^Bearer ([\x21-\x7e]{1,200})$/i.exec(authorization)?.[1];
    // Looked up before the throttle is asked: the lookup costs one row by its key, and a valid token is never refused.
    const found = token === undefined ? undefined : await recognised(token, () => access.principalOfToken(token), deps);
    if (found === undefined) throw throttle.refusal(address, token ?? "", "the token is unknown, revoked or expired");
    return { who: found, setCookie: undefined };
  }
  const value = sessionCookie(request.headers.get("cookie"), https);
  let renewed: SessionValue | undefined;
  const look = async (secret: string) => {
    const session = await access.principalOfSession(secret);
    renewed = session?.renewed;
    if (renewed !== undefined) deps.remembered.note(renewed.value, session?.principal);
    return session?.principal;
  };
  const who = value === undefined ? undefined : await recognised(value, () => look(value), deps);
  if (who === undefined)
    throw new ServerError("not_authenticated", value === undefined ? "no token and no session" : "the session has ended", {
      advice: "Sign in, or send a token of outdial serve token add as Authorization: Bearer.",
    });
  const setCookie =
    renewed === undefined ? undefined : setSessionCookie(renewed.value, (renewed.expiresAt - deps.now()) / 1000, https);
  return { who, setCookie };
}

async function recognised(
  secret: string,
  look: () => Promise<Principal | undefined>,
  { remembered, storeless }: Pick<Deps, "remembered" | "storeless">,
): Promise<Principal | undefined> {
  try {
    const who = await (storeless ? remembered.ask(secret, look) : look());
    remembered.note(secret, who);
    return who;
  } catch (thrown) {
    // Whatever the database says instead of an answer: it did not recognise the caller, nor refuse it.
    const known = storeless ? remembered.find(secret) : undefined;
    if (known !== undefined) return known;
    throw storeless && thrown instanceof StoreError ? withoutStore(thrown) : thrown;
  }
}

/** What a person does whom this service does not know without its database. */
const withoutStore = ({ code, message, details, cause }: StoreError): StoreError =>
  new StoreError(code, message, {
    advice:
      "Stop without the service, at once: outdial stop --all, on any machine that has the tenant's address and credentials.",
    details,
    cause,
  });

/** Waits for the database for a limited time of this machine. Rejects with StoreError `store_unavailable`. */
export const withinMs = <T>(work: Promise<T>, ms: number): Promise<T> =>
  inTime({ sleep: (part, signal) => sleep(part, undefined, { signal }) }, ms, work, () => {
    throw new StoreError("store_unavailable", `the database did not answer within ${ms / 1000} s`);
  });
