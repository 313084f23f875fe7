// One call from start to end: token, budget, attempt, judgement, then a value, another attempt or a typed error.

import type { AnyOperation } from "../contract/index.ts";
import { type Clock, type Instant, messageOf, type RandomStream } from "../kernel/index.ts";
import type { JoinedSignals } from "./abort-groups.ts";
import type { CallOptions } from "./call-options.ts";
import type { Dialect } from "./dialect.ts";
import { abortError, TenantError, type TenantErrorCode, type TenantErrorOptions } from "./errors.ts";
import { emit, type TenantHooks } from "./hooks.ts";
import { keptBody } from "./kept-body.ts";
import type { Prepared } from "./prepare.ts";
import { type Lane, type RateLimiter, STOP_PAUSE_MS } from "./rate-limiter.ts";
import { isSuccess, type ReplyReading, readOpened, type VendorWords } from "./reply.ts";
import type { Attempt, CallReport, RequestResult } from "./report.ts";
import { type AttemptFailure, decideRetry, mayHaveExecuted } from "./retry-decision.ts";
import { retryAfterMs } from "./retry-timing.ts";
import type { SecretScrubber } from "./secrets.ts";
import type { CallSettings } from "./settings.ts";
import type { Token, TokenSource } from "./tokens.ts";
import { headerOf, type Transport, TransportFailure, type TransportRequest, type TransportResponse } from "./transport.ts";

// Turns an answer other than success into a typed error with advice, from status, operation and scopes. Pure.

interface RefusalFacts {
  readonly id: string;
  readonly operation: AnyOperation;
  readonly status: number;
  readonly words: VendorWords;
  /** The body of the last 5xx reply. */
  readonly body: string | undefined;
  readonly correlationId: string;
  /** True when an `If-Match` was sent. */
  readonly locked: boolean;
  readonly grantedScopes: readonly string[] | undefined;
  readonly retryAfterMs: number | undefined;
  /** Why no further attempt is made. */
  readonly because: string;
  readonly report: CallReport;
}

/** The error for the last answer of a call. */
function refusalError(facts: RefusalFacts): TenantError {
  const { id, operation, status, words } = facts;
  const said = words.message === undefined ? "" : `: ${words.message}`;
  const outcomeUnknown =
    operation.retry !== "safe" && (mayHaveExecuted({ kind: "status", status, retryAfterMs: undefined }) || leftOpen(facts));
  const make = (code: TenantErrorCode, message: string, advice?: string, more: TenantErrorOptions = {}): TenantError =>
    new TenantError(code, `${id}: ${message}`, {
      operationId: id,
      summary: operation.summary,
      status,
      correlationId: facts.correlationId,
      vendorMessage: words.message,
      vendorBody: facts.body,
      outcomeUnknown,
      report: facts.report,
      ...(advice !== undefined && { advice }),
      ...more,
    });
  const documented = operation.refusals[status];
  const meaning = documented === undefined ? "" : ` (${documented})`;

  if (status >= 300 && status < 400) {
    return make(
      "redirect_refused",
      `answered with a redirect (${status}), which is never followed`,
      "Configure the host that the tenant really uses.",
    );
  }
  if (status === 401) {
    return make(
      "unauthorized",
      `the token was refused, also a fresh one${said}`,
      operation.scopes.length === 0
        ? "Check that the access key is active, and that its owner is an active employee."
        : "Check the client's state in the tenant's administration.",
      scopeFacts(facts),
    );
  }
  if (status === 403)
    return make("missing_scope", `forbidden: ${scopeText(facts)}${meaning}${said}`, scopeAdvice(facts), scopeFacts(facts));
  if (status === 404) return make("not_found", `not found${meaning}${said}`);
  if (isStale(facts)) {
    return make(
      "stale_lock",
      `another writer was faster (${status})${said}`,
      "Read again, merge the change and write with the new lock.",
    );
  }
  if (status === 409 || status === 412) return make("conflict", `conflict (${status})${meaning}${said}`);
  if (status === 429) {
    if (outcomeUnknown)
      return make(
        "unknown_outcome",
        `an attempt got no answer and the next ones got 429 (${facts.because})`,
        "Read back before sending again.",
      );
    return make(
      "rate_limited",
      `the rate limit of ${operation.rate} is used up (${facts.because})`,
      "Lower the rate, or let fewer clients share it.",
      {
        details: { family: operation.rate, retryAfterMs: facts.retryAfterMs },
      },
    );
  }
  if (status >= 500 || status === 408 || status === 425) {
    if (outcomeUnknown) {
      return make(
        "unknown_outcome",
        `status ${status}, the write may have been carried out (${facts.because})${said}`,
        "Read back before sending again.",
      );
    }
    return make("vendor_unavailable", `status ${status} (${facts.because})${said}`, "Try again later.");
  }
  return make("refused", `refused with ${status}${meaning}${said}`);
}

/** True when an earlier attempt got no answer and the last one did not settle the outcome. */
function leftOpen({ status, report }: RefusalFacts): boolean {
  return report.earlierUnknown && (status === 429 || status === 408 || status === 425);
}

function isStale({ operation, status, locked }: RefusalFacts): boolean {
  if (operation.lock === undefined || operation.retry === "safe") return false;
  // 412 always means a stale lock; 409 only where the operation's lock uses it and a lock was sent.
  return status === 412 || (status === 409 && operation.lock.staleStatus === 409 && locked);
}

function scopeHeld({ operation, grantedScopes }: RefusalFacts): boolean | undefined {
  return grantedScopes === undefined ? undefined : operation.scopes.some((scope) => grantedScopes.includes(scope));
}

function scopeText(facts: RefusalFacts): string {
  if (facts.operation.scopes.length === 0) return `needs ${permissionOf(facts.operation)}`;
  const needed = facts.operation.scopes.join(" or ");
  if (facts.grantedScopes === undefined) return `needs the scope ${needed}`;
  if (scopeHeld(facts) === true) return `the token holds the scope ${needed}, so a role or another organization is in the way`;
  return `needs the scope ${needed}, the token holds ${facts.grantedScopes.join(" ") || "none"}`;
}

const permissionOf = ({ permission }: AnyOperation): string =>
  permission === undefined ? "the right to do this" : `the permission ${JSON.stringify(permission)}`;

function scopeAdvice(facts: RefusalFacts): string {
  if (facts.operation.scopes.length === 0)
    return `Have ${permissionOf(facts.operation)} given to the role of the employee who owns the access key, and check which views and business units the role may see.`;
  if (scopeHeld(facts) === true) return "Check the client's role and whether the object belongs to this organization.";
  return `Have ${facts.operation.scopes[0]} added to the client in the tenant's administration, and to token.scopes if that is set.`;
}

function scopeFacts(facts: RefusalFacts): TenantErrorOptions {
  const { scopes, permission } = facts.operation;
  if (scopes.length === 0) return { details: permission === undefined ? {} : { permission } };
  return {
    neededScopes: scopes,
    details: { neededScopes: scopes, grantedScopes: facts.grantedScopes, scopeGranted: scopeHeld(facts) },
  };
}

/** Called immediately before each request is sent; the call ends with the error it returns. */
export type Refusal = (call: { readonly lane: Lane; readonly isWrite: boolean }) => Error | undefined;

/** The parts of the client that a call uses. */
export interface CallDependencies {
  readonly config: CallSettings;
  readonly dialect: Dialect;
  readonly transport: Transport;
  readonly clock: Clock;
  /** Milliseconds from any origin, for measuring latencies. */
  readonly elapsed: () => number;
  readonly random: RandomStream;
  readonly hooks: TenantHooks;
  readonly limiter: RateLimiter;
  readonly tokens: TokenSource;
  readonly scrubber: SecretScrubber;
  /** Aborted when the tenant is closed. */
  readonly closing: AbortSignal;
  readonly refusal?: Refusal | undefined;
  /** Callers' signals joined with `closing`. */
  readonly joined: JoinedSignals;
}

/**
 * States: preparing → [token → permit → attempt] → done, over (an error), or pausing, after which the bracket is repeated. A 401
 * repeats it at once, one time, with a new token.
 */
export class Call {
  readonly id: string;
  readonly #with: CallDependencies;
  readonly #operation: AnyOperation;
  readonly #prepared: Prepared;
  readonly #correlationId: string;
  readonly #attempts: Attempt[] = [];
  #rateLimited = 0;
  #failures = 0;
  #waitedMs = 0;
  #waitedBeforeMs = 0;
  #firstSentAt: number | undefined;
  #deadline: Instant = Number.POSITIVE_INFINITY;
  /** Whether an attempt before the last one may have been executed. */
  #earlierUnknown = false;
  #lastUnknown = false;
  #reauthorized = false;
  /** Body of the last 5xx reply, as it may be kept. */
  #body: string | undefined;

  constructor(dependencies: CallDependencies, id: string, operation: AnyOperation, prepared: Prepared, correlationId: string) {
    this.#with = dependencies;
    this.id = id;
    this.#operation = operation;
    this.#prepared = prepared;
    this.#correlationId = correlationId;
    prepared.headers[dependencies.dialect.correlationHeader] = correlationId;
  }

  async run({ signal, halt, confirmed }: Pick<CallOptions, "signal" | "halt" | "confirmed">): Promise<RequestResult<unknown>> {
    // Ends what waits; a request on the wire is ended by `signal` alone.
    const ended = this.#with.joined.of(signal, halt);
    for (;;) {
      // The token comes first: permits taken while a token is being fetched would all be used at once when it arrives.
      let token = this.#with.tokens.current() ?? (await this.#awaitToken(ended));
      if (!this.#with.limiter.tryAcquire(this.#operation.rate, this.#prepared.lane)) {
        await this.#awaitPermit(ended);
        token = this.#with.tokens.current() ?? (await this.#awaitToken(ended));
      }
      if (ended.aborted) throw this.#aborted(ended);
      const unconfirmed = confirmed?.();
      if (unconfirmed !== undefined) {
        await this.#awaitConfirmed(unconfirmed, ended);
        // The permit is not kept: permits kept during this wait would all be used at once afterwards.
        continue;
      }
      const refusal = this.#with.refusal?.({ lane: this.#prepared.lane, isWrite: this.#isWrite });
      if (refusal !== undefined) throw refusal;
      const outcome = await this.#attempt(token, signal);
      if (!(outcome instanceof Failed)) return outcome;
      if (outcome.again === "now") continue;
      await this.#pause(outcome, ended);
    }
  }

  async #awaitToken(signal: AbortSignal): Promise<Token> {
    const since = this.#with.elapsed();
    try {
      return await this.#with.tokens.get(signal, this.#isStop);
    } catch (thrown) {
      throw this.#whileWaiting(thrown, signal);
    } finally {
      this.#waitedMs += this.#with.elapsed() - since;
    }
  }

  async #awaitPermit(signal: AbortSignal): Promise<void> {
    const since = this.#with.elapsed();
    const { limiter } = this.#with;
    try {
      await limiter.acquire(this.#operation.rate, this.#prepared.lane, signal, this.#attempts.length > 0);
    } catch (thrown) {
      const error = this.#whileWaiting(thrown, signal);
      const { pausedMs } = limiter.status(this.#operation.rate);
      if (error.code === "deadline_exceeded" && pausedMs > 0)
        error.message += `: the tenant answered 429 or 503 before, and nothing is sent for another ${Math.ceil(pausedMs / 1000)} s`;
      throw error;
    } finally {
      this.#waitedMs += this.#with.elapsed() - since;
    }
  }

  async #awaitConfirmed(confirmed: Promise<void>, signal: AbortSignal): Promise<void> {
    const since = this.#with.elapsed();
    const aborted = Promise.withResolvers<void>();
    const onAbort = () => aborted.resolve();
    signal.addEventListener("abort", onAbort, { once: true });
    try {
      await Promise.race([confirmed, aborted.promise]);
    } finally {
      signal.removeEventListener("abort", onAbort);
      this.#waitedMs += this.#with.elapsed() - since;
    }
    if (signal.aborted) throw this.#aborted(signal);
  }

  /** One attempt. Returns the value, or a failure after which another attempt follows; throws when the call is over. */
  async #attempt(token: Token, signal: AbortSignal | undefined): Promise<RequestResult<unknown> | Failed> {
    const { hooks, transport, clock, elapsed } = this.#with;
    const sentAt = elapsed();
    if (this.#firstSentAt === undefined) {
      this.#firstSentAt = sentAt;
      this.#waitedBeforeMs = this.#waitedMs;
      this.#deadline = clock.now() + this.#with.config.retry.totalMs;
    }
    this.#earlierUnknown ||= this.#lastUnknown;
    this.#lastUnknown = false;
    if (hooks.onRequest !== undefined) this.#tellRequest(hooks);
    let response: TransportResponse;
    try {
      response = await transport(this.#request(token, signal));
    } catch (thrown) {
      return this.#noReply(thrown, sentAt, signal);
    }
    const latencyMs = elapsed() - sentAt;
    this.#attempts.push({ status: response.status, latencyMs });
    if (response.status >= 500) this.#body = keptBody(response.body, this.#with.scrubber);
    if (hooks.onResponse !== undefined) this.#tellResponse(hooks, response, latencyMs);
    if (this.#isStop && response.status !== 429 && response.status < 500) this.#with.limiter.relieve(this.#operation.rate);
    if (!isSuccess(this.#operation, response.status)) return this.#refusal(response, token);
    this.#with.tokens.accepted();
    const { open } = this.#prepared;
    const reading =
      open === undefined
        ? this.#with.dialect.read(this.id, this.#operation, response)
        : await readOpened(this.#operation, response, open);
    return this.#success(response, reading);
  }

  #request(token: Token, signal: AbortSignal | undefined): TransportRequest {
    const { config, clock } = this.#with;
    const { origin, path, headers, body } = this.#prepared;
    headers["authorization"] = token.authorization;
    const first = this.#attempts.length === 0;
    const left = first ? config.retry.totalMs : Math.max(1, this.#deadline - clock.now());
    return {
      method: this.#operation.method,
      origin,
      path,
      headers,
      body,
      signal,
      headersTimeoutMs: Math.min(config.headersMs, left),
      bodyTimeoutMs: Math.min(config.bodyMs, left),
      deadline: this.#deadline,
      maxBodyBytes: config.maxBodyBytes,
      asBytes: this.#prepared.open !== undefined,
    };
  }

  #success(response: TransportResponse, read: ReplyReading): RequestResult<unknown> | Failed {
    const flaw = read.kind === "value" ? this.#prepared.flaw?.(read.value) : undefined;
    const reading: ReplyReading = flaw === undefined ? read : { kind: "invalid", why: flaw };
    if (reading.kind === "value") return this.#result(response, reading.value, false);
    this.#lastUnknown = true;
    const error = (because: string) =>
      this.#error("invalid_reply", `status ${response.status} with ${reading.why} (${because})`, response.status, {
        advice: this.#isWrite
          ? "The write may have been carried out: read it back."
          : "Check that the configured host is the tenant's.",
        outcomeUnknown: this.#isWrite,
      });
    // A write whose reply has an unexpected form was executed: repeating it would not help. For a read it may be a temporary
    // fault on the way.
    if (reading.kind === "invalid" && this.#isWrite) throw error("not what the contract promises");
    return this.#decide({ kind: "unreadable" }, error);
  }

  #refusal(response: TransportResponse, token: Token): RequestResult<unknown> | Failed {
    const { tokens, clock, scrubber, config, limiter, hooks, dialect } = this.#with;
    const { status, headers } = response;
    if (status === this.#operation.alreadyStatus && this.#prepared.transition) return this.#result(response, undefined, true);
    if (status === 401) {
      tokens.drop(token);
      if (!this.#reauthorized) {
        this.#reauthorized = true;
        return new Failed("now", 0, "401");
      }
      tokens.refused(`${this.id} was answered with 401, also after a new token was fetched`);
    }
    if (status >= 200 && status < 300) {
      this.#lastUnknown = true;
      throw this.#error("invalid_reply", `status ${status}, which the contract does not know for this operation`, status, {
        advice: this.#isWrite ? "The write may have been carried out: read it back." : undefined,
        outcomeUnknown: this.#isWrite,
      });
    }
    const said = retryAfterMs(headerOf(headers, "retry-after"), headerOf(headers, "date"), clock.now());
    // A stop comes again within seconds, whatever pause the tenant asks for; the others keep it.
    const asked = this.#isStop && said !== undefined ? Math.min(said, STOP_PAUSE_MS) : said;
    // Where 503 means throttling, the whole family pauses, not only this call.
    if (status === 503 && dialect.throttles503)
      limiter.penalize(this.#operation.rate, Math.min(said ?? config.retry.baseDelayMs, config.retry.maxRetryAfterMs));
    if (status === 429) {
      this.#rateLimited += 1;
      limiter.penalize(this.#operation.rate, Math.min(said ?? config.retry.baseDelayMs, config.retry.maxRetryAfterMs));
      if (hooks.onRateLimited !== undefined) {
        emit(hooks, "onRateLimited", {
          ...this.#event(),
          family: this.#operation.rate,
          lane: this.#prepared.lane,
          retryAfterMs: asked,
        });
      }
    }
    const failure: AttemptFailure = { kind: "status", status, retryAfterMs: asked };
    this.#lastUnknown = mayHaveExecuted(failure);
    return this.#decide(failure, (because) =>
      refusalError({
        id: this.id,
        operation: this.#operation,
        status,
        words: dialect.words(response, scrubber),
        body: this.#body,
        correlationId: this.#correlationOf(response),
        locked: this.#prepared.headers["if-match"] !== undefined,
        grantedScopes: token.scopes,
        retryAfterMs: asked,
        because,
        report: this.#report(),
      }),
    );
  }

  #noReply(thrown: unknown, sentAt: number, signal: AbortSignal | undefined): Failed {
    const { scrubber, hooks, elapsed } = this.#with;
    const failure =
      thrown instanceof TransportFailure ? thrown : new TransportFailure("network", true, messageOf(thrown), { cause: thrown });
    const latencyMs = elapsed() - sentAt;
    const message = scrubber.clean(failure.message);
    this.#attempts.push({ error: message, latencyMs });
    if (hooks.onResponse !== undefined) emit(hooks, "onResponse", { ...this.#event(), error: message, latencyMs });
    this.#lastUnknown = failure.sent;
    if (failure.kind === "aborted" && signal?.aborted) throw this.#aborted(signal);
    if (failure.kind === "body_too_large") {
      throw this.#error("body_too_large", message, failure.status, {
        outcomeUnknown: this.#isWrite,
        advice: "Ask for smaller pages or raise maxBodyBytes.",
      });
    }
    return this.#decide(failure.sent ? { kind: "lost" } : { kind: "not_sent" }, (because) => {
      const unknown = this.#isWrite && (this.#lastUnknown || this.#earlierUnknown);
      const code = unknown ? "unknown_outcome" : "vendor_unavailable";
      const advice = unknown
        ? "The write may have been carried out: read back before sending again."
        : "Check the host, the network and the tenant's state.";
      return this.#error(code, `no reply from ${this.#prepared.origin}: ${message} (${because})`, failure.status, {
        outcomeUnknown: unknown,
        advice,
        cause: failure,
      });
    });
  }

  /** Decides on another attempt, or throws the error that ends the call. */
  #decide(failure: AttemptFailure, error: (because: string) => TenantError): Failed {
    const { config, random, clock } = this.#with;
    if (!(failure.kind === "status" && failure.status === 429)) this.#failures += 1;
    const decision = decideRetry(
      {
        failure,
        retryClass: this.#operation.retry,
        keyed: this.#prepared.keyed,
        failures: this.#failures,
        rateLimited: this.#rateLimited,
        remainingMs: this.#deadline - clock.now(),
      },
      config.retry,
      random,
    );
    if (!decision.retry) throw error(decision.because);
    return new Failed("later", decision.delayMs, failure.kind === "status" ? String(failure.status) : failure.kind);
  }

  async #pause(failed: Failed, signal: AbortSignal): Promise<void> {
    const { hooks, clock } = this.#with;
    if (hooks.onRetry !== undefined)
      emit(hooks, "onRetry", { ...this.#event(), delayMs: failed.delayMs, because: failed.because });
    try {
      await clock.sleep(failed.delayMs, signal);
    } catch (thrown) {
      throw this.#whileWaiting(thrown, signal);
    }
  }

  #result(response: TransportResponse, reply: unknown, already: boolean): RequestResult<unknown> {
    return {
      reply,
      status: response.status,
      already,
      etag: headerOf(response.headers, "etag"),
      correlationId: this.#correlationOf(response),
      ...this.#report(),
    };
  }

  #report(): CallReport {
    return {
      attempts: this.#attempts,
      rateLimited: this.#rateLimited,
      waitedMs: this.#waitedMs,
      // Waiting for the budget between attempts is not counted as the call's own time.
      latencyMs:
        this.#firstSentAt === undefined ? 0 : this.#with.elapsed() - this.#firstSentAt - (this.#waitedMs - this.#waitedBeforeMs),
      earlierUnknown: this.#earlierUnknown,
    };
  }

  get #isStop(): boolean {
    return this.#prepared.lane === "stop";
  }

  get #isWrite(): boolean {
    return this.#operation.retry !== "safe";
  }

  #correlationOf(response: TransportResponse): string {
    const theirs = headerOf(response.headers, this.#with.dialect.correlationHeader);
    return theirs === undefined || theirs === this.#correlationId
      ? this.#correlationId
      : this.#with.scrubber.clean(theirs.slice(0, 128));
  }

  #error(
    code: "invalid_reply" | "unknown_outcome" | "vendor_unavailable" | "body_too_large",
    message: string,
    status: number | undefined,
    more: { advice?: string | undefined; outcomeUnknown?: boolean; cause?: unknown },
  ): TenantError {
    const { advice, ...rest } = more;
    return new TenantError(code, `${this.id}: ${message}`, {
      operationId: this.id,
      summary: this.#operation.summary,
      vendorBody: this.#body,
      status,
      correlationId: this.#correlationId,
      report: this.#report(),
      ...(advice !== undefined && { advice }),
      ...rest,
    });
  }

  #aborted(signal: AbortSignal): TenantError {
    const outcomeUnknown = this.#isWrite && (this.#lastUnknown || this.#earlierUnknown);
    return abortError(signal, {
      vendorBody: this.#body,
      operationId: this.id,
      summary: this.#operation.summary,
      correlationId: this.#correlationId,
      report: this.#report(),
      outcomeUnknown,
    });
  }

  /**
   * The error of a call that was waiting between attempts: from the signal, or the token's own error with the facts of this call.
   */
  #whileWaiting(thrown: unknown, signal: AbortSignal): TenantError {
    if (signal.aborted) return this.#aborted(signal);
    const outcomeUnknown = this.#isWrite && (this.#lastUnknown || this.#earlierUnknown);
    const cause = thrown instanceof TenantError ? thrown : undefined;
    return new TenantError(cause?.code ?? "vendor_unavailable", `${this.id}: ${this.#with.scrubber.clean(messageOf(thrown))}`, {
      operationId: this.id,
      summary: this.#operation.summary,
      status: cause?.status,
      correlationId: cause?.correlationId ?? this.#correlationId,
      neededScopes: cause?.neededScopes,
      vendorMessage: cause?.vendorMessage,
      vendorBody: cause?.vendorBody ?? this.#body,
      details: cause?.details ?? {},
      report: this.#report(),
      outcomeUnknown,
      ...(cause?.advice !== undefined && { advice: cause.advice }),
      cause: thrown,
    });
  }

  #event() {
    return { operationId: this.id, correlationId: this.#correlationId, attempt: this.#attempts.length };
  }

  #tellResponse(hooks: TenantHooks, { status, headers }: TransportResponse, latencyMs: number): void {
    const body = status >= 500 && this.#body !== undefined ? { body: this.#body } : {};
    const tenantTime = Date.parse(headerOf(headers, "date") ?? "");
    const time = Number.isNaN(tenantTime) ? {} : { tenantTime };
    emit(hooks, "onResponse", { ...this.#event(), status, latencyMs, ...body, ...time });
  }

  #tellRequest(hooks: TenantHooks): void {
    const { origin, path } = this.#prepared;
    const host = origin.slice(origin.indexOf("//") + 2);
    emit(hooks, "onRequest", {
      ...this.#event(),
      attempt: this.#attempts.length + 1,
      method: this.#operation.method,
      host,
      path,
    });
  }
}

/** A failed attempt after which another follows: `now`, or after a pause. */
class Failed {
  readonly again: "now" | "later";
  readonly delayMs: number;
  readonly because: string;
  constructor(again: "now" | "later", delayMs: number, because: string) {
    this.again = again;
    this.delayMs = delayMs;
    this.because = because;
  }
}
