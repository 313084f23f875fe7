// Composition of a tenant's client from its configuration; everything from outside is a parameter with a default.

import {
  type OperationId,
  operationOf,
  RATE_FAMILIES,
  type RateFamily,
  type TokenAuthStyle,
  tokenReply,
} from "../contract/index.ts";
import { type Clock, createRandom, newId, type RandomStream } from "../kernel/index.ts";
import { JoinedSignals } from "./abort-groups.ts";
import { Call, type CallDependencies, type Refusal } from "./call.ts";
import { ClockSkew } from "./clock-skew.ts";
import { closerOf } from "./close.ts";
import { type ResolvedConfig, resolveConfig, type TenantConfig } from "./config.ts";
import { withDeadline } from "./deadline.ts";
import { REST_DIALECT } from "./dialect.ts";
import type { EgressProxy } from "./egress.ts";
import { abortError, TenantError } from "./errors.ts";
import type { Grant } from "./grant.ts";
import type { TenantHooks } from "./hooks.ts";
import type { TenantLink } from "./link.ts";
import { lockOf } from "./lock.ts";
import type { Locked } from "./locked.ts";
import { prepare } from "./prepare.ts";
import { createRateLimiter, type FamilyStatus, type RateLimiter } from "./rate-limiter.ts";
import type { RequestResult } from "./report.ts";
import type { AnyInput, ReplyOf, Requester, RequestInput } from "./requester.ts";
import { createResources, type Resources } from "./resources.ts";
import { createRestProfile } from "./rest-profile.ts";
import { SecretScrubber } from "./secrets.ts";
import { systemClock } from "./system-clock.ts";
import { TokenSource } from "./tokens.ts";
import type { Transport } from "./transport.ts";
import { undiciTransport } from "./undici-transport.ts";

/** What a tenant takes from outside; each has a default. */
export interface TenantDependencies {
  /** Default: keep-alive connections. `fetchTransport(sandbox.fetch)` connects to a sandbox in this process. */
  readonly transport?: Transport | undefined;
  /** The proxy through which https leaves this network; default: none. Without effect on a `transport` that is given. */
  readonly proxy?: EgressProxy | undefined;
  readonly clock?: Clock | undefined;
  readonly random?: RandomStream | undefined;
  readonly hooks?: TenantHooks | undefined;
  /**
   * Returns what a call made now belongs to, such as a request's id, as the prefix of its correlation id. Up to 64 visible ASCII
   * characters.
   */
  readonly correlation?: (() => string | undefined) | undefined;
  /** Whether a request may be sent; default: yes. */
  readonly refusal?: Refusal | undefined;
  /** False leaves `skewMs` null: for a tenant whose time is not the present. Default: true. */
  readonly compareClock?: boolean | undefined;
  /** Default: a limiter in this process. */
  readonly rateLimiter?: RateLimiter | undefined;
}

/**
 * A tenant of the profile `rest`: every operation as a method by resource, and what all profiles share. Contains no printable
 * secret.
 */
export interface Tenant extends TenantLink, Resources, Requester {
  readonly profile: "rest";
  limits(): Readonly<Record<RateFamily, FamilyStatus>>;
  /** Sends any operation of the contract. Rejects with TenantError only. */
  request<Id extends OperationId>(operationId: Id, input: RequestInput<Id>): Promise<RequestResult<ReplyOf<Id>>>;
  readLocked<Id extends OperationId>(operationId: Id, input: RequestInput<Id>): Promise<Locked<ReplyOf<Id>>>;
}

/**
 * A client for one tenant. Sends nothing and opens nothing before the first call.
 *
 * @example
 * const tenant = createTenant({ hosts: "https://api.example.com", token: { auth: "basic" }, credentials: { clientId, clientSecret } });
 * await tenant.calls.assignDisposition("call_1", { dispositionCodeId: "DISP_001", notes: "" });
 *
 * @throws TenantError `invalid_config`, `host_not_allowed`
 */
export function createTenant(config: TenantConfig, dependencies: TenantDependencies = {}): Tenant {
  const resolved = resolveConfig(config);
  const clock = dependencies.clock ?? systemClock;
  const random = dependencies.random ?? createRandom(crypto.randomUUID(), "tenant");
  const skew = new ClockSkew(dependencies.compareClock === false ? undefined : clock);
  const hooks = skew.hearing(dependencies.hooks ?? {});
  const { proxy } = dependencies;
  const transport =
    dependencies.transport ?? undiciTransport({ ...resolved, connectTimeoutMs: resolved.connectMs, clock, proxy });
  const elapsed = clock === systemClock ? () => performance.now() : () => clock.now();
  const own = createRateLimiter(resolved.limits, clock, () => performance.now());
  const limiter = dependencies.rateLimiter ?? own;
  const scrubber = new SecretScrubber();
  const closer = new AbortController();
  const closing = closer.signal;
  const tokens = new TokenSource(resolved, clientCredentials(resolved), { transport, clock, random, hooks, scrubber, closing });
  const correlationPrefix = `${newId("od", clock.now(), random)}-`;
  const client = new Client({
    config: resolved,
    dialect: REST_DIALECT,
    transport,
    clock,
    elapsed,
    random,
    hooks,
    limiter,
    tokens,
    scrubber,
    correlationPrefix,
    correlation: dependencies.correlation,
    refusal: dependencies.refusal,
    closing,
    joined: new JoinedSignals(closing),
  });

  return {
    ...createResources(client),
    request: (operationId, input) => client.request(operationId, input),
    readLocked: (operationId, input) => client.readLocked(operationId, input),
    profile: "rest",
    capabilities: createRestProfile(client),
    shares: own.shares,
    skewMs: () => skew.ms,
    refusal: () => tokens.refusal,
    limits: () =>
      Object.fromEntries(RATE_FAMILIES.map((family) => [family, limiter.status(family)])) as Record<RateFamily, FamilyStatus>,
    authenticate: async (signal) => ({ scopes: (await tokens.get(signal)).scopes }),
    close: closerOf(closer, transport, clock),
  };
}

// The client: prepares calls, gives them their correlation id and deadline.

interface ClientDependencies extends CallDependencies {
  readonly config: ResolvedConfig;
  /** Prefix of every correlation id of this client. */
  readonly correlationPrefix: string;
  readonly correlation: (() => string | undefined) | undefined;
}

const OUTER = /^[\x21-\x7e]{1,64}$/;

/** Sends operations of the contract for one tenant. */
class Client implements Requester {
  readonly #with: ClientDependencies;
  #calls = 0;

  constructor(dependencies: ClientDependencies) {
    this.#with = dependencies;
  }

  async request<Id extends OperationId>(operationId: Id, input: RequestInput<Id>): Promise<RequestResult<ReplyOf<Id>>> {
    // The reply was parsed by the schema of this row, which the compiler cannot see.
    return (await this.#send(operationId, input)) as RequestResult<ReplyOf<Id>>;
  }

  async readLocked<Id extends OperationId>(operationId: Id, input: RequestInput<Id>): Promise<Locked<ReplyOf<Id>>> {
    const style = operationOf(operationId).lock;
    if (style === undefined) {
      throw new TenantError("unsupported", `${operationId}: has no lock`, { operationId });
    }
    const { reply, etag, status, correlationId, ...report } = await this.request(operationId, input);
    const lock = lockOf(style, etag, reply);
    if (lock === undefined && style.required) {
      throw new TenantError(
        "invalid_reply",
        `${operationId}: the reply carries no ${style.tagIn}, so no write can be based on it`,
        {
          operationId,
          status,
          correlationId,
          report,
        },
      );
    }
    return { value: reply, lock };
  }

  #send(id: OperationId, input: AnyInput): Promise<RequestResult<unknown>> {
    if (this.#with.closing.aborted) throw abortError(this.#with.closing, { operationId: id });
    const operation = operationOf(id);
    const prepared = prepare(id, operation, input, this.#with.config);
    this.#calls += 1;
    const correlationId = `${this.#belongsTo()}${this.#with.correlationPrefix}${this.#calls}`;
    const call = new Call(this.#with, id, operation, prepared, correlationId);
    if (input.deadlineMs === undefined) return call.run(input);
    const { halt, confirmed } = input;
    return withDeadline(this.#with.clock, id, input.deadlineMs, input.signal, (signal) => call.run({ signal, halt, confirmed }));
  }

  /** The caller's correlation text as a prefix of the id; empty when it is not allowed in a header. */
  #belongsTo(): string {
    const given = this.#with.correlation?.();
    return given === undefined || !OUTER.test(given) ? "" : `${given}.`;
  }
}

// The token request in its three documented forms (contract §1). Pure.

interface TokenRequest {
  readonly headers: Record<string, string>;
  readonly body: string;
}

/**
 * The request of the client-credentials grant. Basic credentials are the base64 of `id:secret` in UTF-8, without form encoding.
 */
function tokenRequest(auth: TokenAuthStyle, clientId: string, clientSecret: string, scopes: readonly string[]): TokenRequest {
  const fields: Record<string, string> = { grant_type: "client_credentials" };
  if (auth !== "basic") {
    fields["client_id"] = clientId;
    fields["client_secret"] = clientSecret;
  }
  if (scopes.length > 0) fields["scope"] = scopes.join(" ");
  const headers: Record<string, string> = {
    accept: "application/json",
    "content-type": auth === "json" ? "application/json" : "application/x-www-form-urlencoded",
  };
  if (auth === "basic")
    headers["authorization"] = `Basic ${Buffer.from(`${clientId}:${clientSecret}`, "utf8").toString("base64")}`;
  return { headers, body: auth === "json" ? JSON.stringify(fields) : new URLSearchParams(fields).toString() };
}

/** The client-credentials grant of a configuration. */
function clientCredentials({ token, clientId, clientSecret }: ResolvedConfig): Grant {
  return {
    address: token.address,
    scopes: token.scopes,
    secretName: "credentials.clientSecret",
    secret: clientSecret,
    secrets: [],
    checkCredentials: "Check credentials.clientId, credentials.clientSecret and token.auth (basic, form or json).",
    checkAddress: "Check token.url.",
    request: (secret) => tokenRequest(token.auth, clientId, secret, token.scopes),
    read: (reply) => {
      const parsed = tokenReply.safeParse(reply);
      if (!parsed.success) return undefined;
      const { access_token, expires_in, scope } = parsed.data;
      return { accessToken: access_token, expiresInSeconds: expires_in, scope };
    },
  };
}
