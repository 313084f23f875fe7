// Composition: one tenant of the profile `acd` from its configuration.

import { ACD_RATES } from "../../contract/acd/index.ts";
import { createRandom, newId } from "../../kernel/index.ts";
import { JoinedSignals } from "../abort-groups.ts";
import { ClockSkew } from "../clock-skew.ts";
import { closerOf } from "../close.ts";
import { TenantError } from "../errors.ts";
import type { TenantLink } from "../link.ts";
import { createRateLimiter } from "../rate-limiter.ts";
import { SecretScrubber } from "../secrets.ts";
import { systemClock } from "../system-clock.ts";
import type { TenantDependencies } from "../tenant.ts";
import { TokenSource } from "../tokens.ts";
import { undiciTransport } from "../undici-transport.ts";
import { AcdClient } from "./client.ts";
import { type AcdTenantConfig, resolveAcdConfig } from "./config.ts";
import { acdDialect } from "./dialect.ts";
import { Discovery, type TenantPlace } from "./discovery.ts";
import { acdGrant } from "./grant.ts";
import { createAcdProfile } from "./profile.ts";
import type { AcdRequester } from "./requester.ts";
import { ServerTime } from "./server-time.ts";

/** What the client is made with, with the reply shapes that were seen before. */
export interface AcdTenantDependencies extends TenantDependencies {
  /** Shapes of replies seen before, by operation: differences are reported through `hooks.onDrift`. */
  readonly shapes?: (() => Readonly<Record<string, string>>) | undefined;
}

/** A tenant of the profile `acd`. Contains no printable secret. */
export interface AcdTenant extends TenantLink, AcdRequester {
  readonly profile: "acd";
  /** Sends an operation of the table by its id, without types. Rejects with TenantError only. */
  send: AcdClient["send"];
  /** The address of the API, and for whom the token was issued; requested once. */
  place(): Promise<TenantPlace>;
  /** The version in use by operation, for operations that were called. */
  versions(): ReadonlyMap<string, number>;
}

/**
 * A client for one tenant of the profile `acd`. Sends nothing and opens nothing before the first call.
 * @throws TenantError `invalid_config`, `host_not_allowed`
 */
export function createAcdTenant(config: AcdTenantConfig, dependencies: AcdTenantDependencies = {}): AcdTenant {
  const resolved = resolveAcdConfig(config);
  const clock = dependencies.clock ?? systemClock;
  const random = dependencies.random ?? createRandom(crypto.randomUUID(), "tenant");
  const time = new ServerTime(clock);
  const skew = new ClockSkew(dependencies.compareClock === false ? undefined : clock);
  const hooks = skew.hearing(time.hearing(dependencies.hooks ?? {}));
  const { proxy } = dependencies;
  const transport =
    dependencies.transport ?? undiciTransport({ ...resolved, connectTimeoutMs: resolved.connectMs, clock, proxy });
  const own = createRateLimiter(resolved.limits, clock, () => performance.now());
  const limiter = dependencies.rateLimiter ?? own;
  const scrubber = new SecretScrubber();
  const closer = new AbortController();
  const closing = closer.signal;
  const tokens = new TokenSource(resolved, acdGrant(resolved), { transport, clock, random, hooks, scrubber, closing });
  const discovery = new Discovery(resolved, { transport, clock, random, scrubber, tokens, closing });
  const joined = new JoinedSignals(closing);
  const client = new AcdClient({
    config: resolved,
    dialect: acdDialect(hooks, dependencies.shapes),
    transport,
    clock,
    elapsed: clock === systemClock ? () => performance.now() : () => clock.now(),
    random,
    hooks,
    limiter,
    tokens,
    scrubber,
    correlationPrefix: `${newId("od", clock.now(), random)}-`,
    correlation: dependencies.correlation,
    refusal: dependencies.refusal,
    closing,
    joined,
    base: async ({ signal, lane }) => (await waited(discovery.place(lane === "stop"), joined.of(signal, undefined))).api,
  });
  return {
    profile: "acd",
    request: (id, input) => client.request(id, input),
    send: (id, input) => client.send(id, input),
    capabilities: createAcdProfile(client, { clock, time, ...resolved }),
    place: () => discovery.place(),
    versions: () => client.versions(),
    shares: own.shares,
    skewMs: () => skew.ms,
    refusal: () => tokens.refusal,
    limits: () => Object.fromEntries(Object.keys(ACD_RATES).map((family) => [family, limiter.status(family)])),
    authenticate: async (signal) => ({ scopes: (await tokens.get(signal)).scopes }),
    close: closerOf(closer, transport, clock),
  };
}

/** A promise that others wait for too: the signal ends only this caller's waiting. */
async function waited<T>(found: Promise<T>, signal: AbortSignal): Promise<T> {
  const aborted = Promise.withResolvers<never>();
  const onAbort = () =>
    aborted.reject(signal.reason instanceof TenantError ? signal.reason : new TenantError("aborted", "the call was aborted"));
  if (signal.aborted) onAbort();
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    return await Promise.race([found, aborted.promise]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}
