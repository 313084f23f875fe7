// The bearer token of one credential: fetched once for all callers, renewed before it expires, dropped when the tenant refuses
// it.

import { type Clock, type Instant, messageOf, type RandomStream } from "../kernel/index.ts";
import { AbortGroups } from "./abort-groups.ts";
import { abortError, TenantError } from "./errors.ts";
import type { Grant } from "./grant.ts";
import { emit, type TenantHooks } from "./hooks.ts";
import { keptBody } from "./kept-body.ts";
import type { TokenRefusal } from "./link.ts";
import { STOP_PAUSE_MS } from "./rate-limiter.ts";
import { parseJson, vendorWords } from "./reply.ts";
import { type AttemptFailure, decideRetry } from "./retry-decision.ts";
import { retryAfterMs } from "./retry-timing.ts";
import type { SecretScrubber } from "./secrets.ts";
import type { CallSettings } from "./settings.ts";
import { headerOf, type Transport, TransportFailure, type TransportResponse } from "./transport.ts";

/** A granted token. Its value appears only in this file and in request headers. */
export interface Token {
  /** Value of the `Authorization` header. */
  readonly authorization: string;
  /** Granted scopes; undefined when the tenant did not give them. */
  readonly scopes: readonly string[] | undefined;
  /** An identity token that says for whom this one was issued, where a tenant gives one. */
  readonly idToken: string | undefined;
  readonly renewAt: Instant;
  readonly expiresAt: Instant;
}

const MAX_MARGIN_MS = 300_000;
const QUIET_AFTER_FAILURE_MS = 5_000;
/** A stop that asked for a token is assumed to wait for so long, ms. */
const STOPS_MS = 60_000;
const TOKEN_TEXT = /^[\x21-\x7e]+$/;

/** When to renew: min(300 s, 10 % of the lifetime) before expiry (contract §1). */
export function renewalInstant(from: Instant, lifetimeMs: number): Instant {
  return from + lifetimeMs - Math.min(MAX_MARGIN_MS, lifetimeMs * 0.1);
}

interface TokenDependencies {
  readonly transport: Transport;
  readonly clock: Clock;
  readonly random: RandomStream;
  readonly hooks: TenantHooks;
  readonly scrubber: SecretScrubber;
  /** Aborted when the tenant is closed. */
  readonly closing: AbortSignal;
}

/**
 * States: none → fetching → held → (from `renewAt`) held while renewing in the background → held with the new one; none again
 * past `expiresAt` or when dropped. When a renewal fails, the held token is used until it expires.
 */
export class TokenSource {
  readonly #config: CallSettings;
  readonly #grant: Grant;
  readonly #with: TokenDependencies;
  readonly #aborts = new AbortGroups();
  #held: Token | undefined;
  #fetching: Promise<Token> | undefined;
  #quietUntil: Instant = 0;
  #refusing: (TokenRefusal & { readonly by: "token endpoint" | "api" }) | undefined;
  #blockedUntil: Instant = 0;
  #stopUntil: Instant = 0;

  constructor(config: CallSettings, grant: Grant, dependencies: TokenDependencies) {
    this.#config = config;
    this.#grant = grant;
    for (const secret of grant.secrets) dependencies.scrubber.add(secret);
    this.#with = dependencies;
  }

  /** The held token if it is valid, without waiting; starts its renewal when that is due. */
  current(): Token | undefined {
    const held = this.#held;
    if (held === undefined) return undefined;
    const now = this.#with.clock.now();
    if (now < held.renewAt) return held;
    if (now >= held.expiresAt) return undefined;
    if (this.#fetching === undefined && now >= this.#quietUntil) this.#fetch().catch(() => {});
    return held;
  }

  /**
   * A valid token. Rejects with TenantError; `signal` ends this caller's waiting, not the shared fetch. @param isStop a stop waits:
   * a pause that the tenant asked for is kept for seconds only
   */
  get(signal: AbortSignal | undefined, isStop = false): Promise<Token> {
    if (isStop) this.stopWaits();
    const held = this.current();
    if (held !== undefined) return Promise.resolve(held);
    if (signal?.aborted) return Promise.reject(abortError(signal));
    const fetching = this.#fetching ?? this.#fetch();
    if (signal === undefined) return fetching;
    return new Promise((resolve, reject) => {
      const unlisten = this.#aborts.add(signal, () => reject(abortError(signal)));
      fetching.then(resolve, reject).finally(unlisten);
    });
  }

  /** A stop waits for the token, here or elsewhere. */
  stopWaits(): void {
    this.#stopUntil = this.#with.clock.now() + STOPS_MS;
  }

  /** Set while the tenant refuses the credentials, or each new token, as its last answer says; an answer that says neither leaves it. */
  get refusal(): TokenRefusal | undefined {
    if (this.#refusing === undefined) return undefined;
    const { since, message } = this.#refusing;
    return { since, message };
  }

  /** An operation refused a token that was just fetched. */
  refused(message: string): void {
    this.#refuse("api", message);
  }

  /** An operation took a token. */
  accepted(): void {
    this.#refusing = undefined;
  }

  #refuse(by: "token endpoint" | "api", message: string): void {
    this.#refusing = { by, message, since: this.#refusing?.since ?? this.#with.clock.now() };
  }

  /** Drops `token` after the tenant refused it (401). Does nothing when it was already replaced. */
  drop(token: Token): void {
    if (this.#held !== token) return;
    this.#held = undefined;
    emit(this.#with.hooks, "onToken", { outcome: "dropped" });
  }

  /** Scopes of the held token, when known. */
  grantedScopes(): readonly string[] | undefined {
    return this.#held?.scopes;
  }

  #fetch(): Promise<Token> {
    const fetching = this.#fetchWithRetry().finally(() => {
      this.#fetching = undefined;
    });
    this.#fetching = fetching;
    return fetching;
  }

  async #fetchWithRetry(): Promise<Token> {
    const { clock, hooks, closing } = this.#with;
    let deadline = clock.now() + this.#config.retry.totalMs;
    try {
      let failures = 0;
      let rateLimited = 0;
      for (;;) {
        const blocked = this.#blockedUntil - clock.now();
        if (blocked > 0) {
          await this.#pause(blocked);
          deadline = clock.now() + this.#config.retry.totalMs;
        }
        const result = await this.#attempt(deadline);
        if (!(result instanceof Problem)) return result;
        if (result.failure.kind === "status" && result.failure.status === 429) rateLimited += 1;
        else failures += 1;
        const decision = decideRetry(
          {
            failure: result.failure,
            retryClass: "safe",
            keyed: false,
            failures,
            rateLimited,
            remainingMs: deadline - clock.now(),
          },
          this.#config.retry,
          this.#with.random,
        );
        if (!decision.retry) {
          this.#block(result.failure);
          throw result.error;
        }
        await this.#pause(decision.delayMs);
      }
    } catch (thrown) {
      this.#quietUntil = clock.now() + QUIET_AFTER_FAILURE_MS;
      const error = thrown instanceof TenantError || !closing.aborted ? thrown : abortError(closing);
      // The token that is held works until it expires.
      const held = this.#held !== undefined && clock.now() < this.#held.expiresAt;
      if (!held && error instanceof TenantError && (error.code === "unauthorized" || error.code === "missing_scope"))
        this.#refuse("token endpoint", error.message);
      emit(hooks, "onToken", { outcome: "failed", ...(error instanceof TenantError && { code: error.code }) });
      throw error;
    }
  }

  /** Ends early when a stop waits for the token. */
  async #pause(ms: number): Promise<void> {
    const { clock, closing } = this.#with;
    for (let left = ms; left > 0; left -= STOP_PAUSE_MS) {
      await clock.sleep(Math.min(left, STOP_PAUSE_MS), closing);
      if (clock.now() < this.#stopUntil) return;
    }
  }

  /** After a 429 that was not waited out, the next fetch waits first. */
  #block(failure: AttemptFailure): void {
    if (failure.kind !== "status" || failure.status !== 429) return;
    const { maxDelayMs, maxRetryAfterMs } = this.#config.retry;
    this.#blockedUntil = this.#with.clock.now() + Math.min(failure.retryAfterMs ?? maxDelayMs, maxRetryAfterMs);
  }

  async #attempt(deadline: Instant): Promise<Token | Problem> {
    const { origin, prefix } = this.#grant.address;
    const { clock, scrubber, transport, closing } = this.#with;
    const secret = await this.#secret();
    const request = this.#grant.request(secret);
    const basic = request.headers["authorization"];
    if (basic !== undefined) scrubber.add(basic.slice("Basic ".length));
    const sentAt = clock.now();
    let response: TransportResponse;
    try {
      response = await transport({
        method: "POST",
        origin,
        path: prefix,
        headers: request.headers,
        body: request.body,
        signal: closing,
        headersTimeoutMs: this.#config.headersMs,
        bodyTimeoutMs: this.#config.bodyMs,
        deadline,
        maxBodyBytes: Math.min(this.#config.maxBodyBytes, 1024 ** 2),
      });
    } catch (thrown) {
      if (thrown instanceof TransportFailure && thrown.kind === "aborted") throw abortError(closing, { cause: thrown });
      return new Problem(
        { kind: "lost" },
        new TenantError(
          "vendor_unavailable",
          `the token endpoint ${origin} did not answer: ${scrubber.clean(messageOf(thrown))}`,
          { cause: thrown },
        ),
      );
    }
    return response.status >= 200 && response.status < 300 ? this.#hold(response, sentAt) : this.#refusal(response);
  }

  async #secret(): Promise<string> {
    try {
      const secret = await this.#grant.secret();
      if (typeof secret !== "string" || secret === "") throw new TypeError("it gave no message");
      this.#with.scrubber.add(secret);
      return secret;
    } catch (thrown) {
      // An error of a vault's client may contain anything: only its name is kept.
      const name = thrown instanceof Error ? thrown.name : "an error";
      throw new TenantError("unauthorized", `${this.#grant.secretName} could not be fetched (${name})`);
    }
  }

  #refusal(response: TransportResponse): Problem {
    const { status } = response;
    const { clock, scrubber } = this.#with;
    const words = vendorWords(response, scrubber);
    const wait = retryAfterMs(headerOf(response.headers, "retry-after"), headerOf(response.headers, "date"), clock.now());
    const vendorBody = status >= 500 ? keptBody(response.body, scrubber) : undefined;
    const about = { status, vendorMessage: words.message, vendorBody, correlationId: words.correlationId };
    const said = words.message === undefined ? "" : `: ${words.message}`;
    const at = `the token endpoint ${this.#grant.address.origin}`;
    const failure: AttemptFailure = { kind: "status", status, retryAfterMs: wait };
    const problem = (error: TenantError) => new Problem(failure, error);

    if (status >= 300 && status < 400)
      return problem(new TenantError("redirect_refused", `${at} answered with a redirect (${status})`, about));
    if (status === 429) {
      return problem(new TenantError("rate_limited", `${at} kept answering 429`, { ...about, details: { retryAfterMs: wait } }));
    }
    if (status === 400 && words.code === "invalid_scope") {
      const neededScopes = this.#grant.scopes;
      return problem(
        new TenantError("missing_scope", `${at} grants none of the scopes asked for${said}`, {
          ...about,
          neededScopes,
          advice: "Correct token.scopes, or have the scopes added to the client in the tenant's administration.",
        }),
      );
    }
    if (status === 400 || status === 401 || status === 403) {
      return problem(
        new TenantError("unauthorized", `${at} refused the credentials (${status})${said}`, {
          ...about,
          advice: this.#grant.checkCredentials,
        }),
      );
    }
    if (status < 500)
      return problem(
        new TenantError("refused", `${at} answered ${status}${said}`, { ...about, advice: this.#grant.checkAddress }),
      );
    return problem(new TenantError("vendor_unavailable", `${at} answered ${status}${said}`, about));
  }

  #hold(response: TransportResponse, sentAt: Instant): Token | Problem {
    const { hooks, scrubber } = this.#with;
    const granted = this.#grant.read(parseJson(response.body));
    if (granted === undefined || !TOKEN_TEXT.test(granted.accessToken)) {
      const message = `the token endpoint ${this.#grant.address.origin} answered ${response.status} without a usable token`;
      const advice = `${this.#grant.checkAddress.replace(/\.$/, "")}: this looks like another server's page.`;
      return new Problem({ kind: "unreadable" }, new TenantError("invalid_reply", message, { status: response.status, advice }));
    }
    const { accessToken, expiresInSeconds, scope, idToken } = granted;
    const lifetimeMs = expiresInSeconds * 1000;
    const scopes = scope?.split(" ").filter((each) => each !== "");
    const missingScopes = scopes === undefined ? [] : this.#grant.scopes.filter((each) => !scopes.includes(each));
    if (this.#previous !== undefined) scrubber.remove(this.#previous);
    this.#previous = this.#value;
    this.#value = accessToken;
    scrubber.add(accessToken);
    if (idToken !== undefined) scrubber.add(idToken);
    const held = {
      authorization: `Bearer ${accessToken}`,
      scopes,
      idToken,
      renewAt: renewalInstant(sentAt, lifetimeMs),
      expiresAt: sentAt + lifetimeMs,
    };
    this.#held = held;
    // What refuses each new token may still do so.
    if (this.#refusing?.by === "token endpoint") this.#refusing = undefined;
    emit(hooks, "onToken", { outcome: "fetched", expiresInSeconds, grantedScopes: scopes, missingScopes });
    return held;
  }

  // The last two values stay scrubbed: replies to running requests may still contain the older one.
  #value: string | undefined;
  #previous: string | undefined;
}

/** An attempt without a token: the facts for the decision, and the error if it is the last. */
class Problem {
  readonly failure: AttemptFailure;
  readonly error: TenantError;
  constructor(failure: AttemptFailure, error: TenantError) {
    this.failure = failure;
    this.error = error;
  }
}
