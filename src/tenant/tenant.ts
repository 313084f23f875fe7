// Composition of a tenant's client from its configuration; everything from outside is a parameter with a default.

import type { OperationId, RateFamily } from "../contract/index.ts";
import { RATE_FAMILIES } from "../contract/index.ts";
import { type Clock, createRandom, newId, type RandomStream } from "../kernel/index.ts";
import { JoinedSignals } from "./abort-groups.ts";
import type { Refusal } from "./call.ts";
import { Client } from "./client.ts";
import { ClockSkew } from "./clock-skew.ts";
import { closerOf } from "./close.ts";
import { resolveConfig, type TenantConfig } from "./config.ts";
import { REST_DIALECT } from "./dialect.ts";
import type { EgressProxy } from "./egress.ts";
import type { TenantHooks } from "./hooks.ts";
import type { TenantLink } from "./link.ts";
import type { Locked } from "./locked.ts";
import { createRateLimiter, type FamilyStatus, type RateLimiter } from "./rate-limiter.ts";
import type { RequestResult } from "./report.ts";
import type { ReplyOf, Requester, RequestInput } from "./requester.ts";
import { createResources, type Resources } from "./resources.ts";
import { createRestProfile } from "./rest-profile.ts";
import { SecretScrubber } from "./secrets.ts";
import { systemClock } from "./system-clock.ts";
import { clientCredentials } from "./token-request.ts";
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
