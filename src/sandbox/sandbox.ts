// A sandbox: one tenant at a time, its journal and control plane, reachable in process and on a socket.

import { parseInstantOrNaiveUtc, TOKEN_PATHS } from "../contract/index.ts";
import { type Instant, OutdialError } from "../kernel/index.ts";
import { ACCESS_KEY_PATH } from "./acd/paths.ts";
import { type ClockModeOption, createSandboxClock, type HostTime } from "./clock.ts";
import { createControl, type SandboxControl } from "./control.ts";
import { answerControl, isControlTarget, MAX_CONTROL_BODY_BYTES } from "./control-plane.ts";
import { createTenant, stopTenant } from "./create-tenant.ts";
import { type Listening, type ListenOptions, listen } from "./http-server.ts";
import { createFetch } from "./in-process.ts";
import { createJournal } from "./journal.ts";
import { createPipeline, MAX_BODY_BYTES } from "./pipeline.ts";
import { checkScenario, defaultScenario } from "./scenario/index.ts";
import { checkSnapshot, restoreSnapshot, takeSnapshot } from "./snapshot.ts";
import type { Tenant } from "./tenant.ts";
import { scheduleTimeline } from "./timeline.ts";
import type { SandboxRequest, SandboxResponse } from "./wire.ts";

export interface SandboxOptions {
  /** A scenario (checked), or plain data in the form of a scenario file. Default: the demo's world. */
  readonly scenario?: unknown;
  /** Seed of everything generated. Default: the scenario's, otherwise 1. */
  readonly seed?: number | string;
  /** Default "real". With `{speed: 60}` a minute passes in a second; "frozen" stands still until it is advanced. */
  readonly clock?: ClockModeOption;
  /** The time that a running clock follows. Default: this machine's. */
  readonly host?: HostTime;
  /** When the world begins: ISO 8601, or milliseconds since the epoch. Default: the system's time. */
  readonly now?: string | number;
  /** `limit`: number of requests kept in the journal; default 100,000. */
  readonly journal?: { readonly limit?: number };
  /** Delivers the vendor's webhooks. Default: the global fetch. */
  readonly webhookFetch?: typeof fetch;
}

export interface Sandbox {
  /** Sends a request without a socket; the host of its address does not matter. */
  readonly fetch: typeof fetch;
  /** Serves on a socket; default: loopback and a free port. Throws SandboxError `already_listening` when called again. */
  listen(options?: ListenOptions): Promise<{ url: string; port: number }>;
  /** Stops everything. Can be called twice. */
  close(): Promise<void>;
  readonly control: SandboxControl;
  /** Credentials of a client with the rights of the scenario's first client, as `createTenant` takes them. */
  readonly ready: { readonly clientId: string; readonly clientSecret: string };
  /** The access key of the ACD API; its password grant takes the same pair as client and as user. */
  readonly accessKey: { readonly accessKeyId: string; readonly accessKeySecret: string };
  /** Path of the token endpoint. */
  readonly tokenPath: string;
  /** Path where a client of the ACD API gets a token for its access key. */
  readonly accessKeyTokenPath: string;
}

type SandboxErrorCode = "bad_start" | "already_listening" | "closed";

/** A sandbox that cannot be started with the given options. */
export class SandboxError extends OutdialError<SandboxErrorCode> {}

function startInstant(now: string | number | undefined): Instant {
  if (now === undefined) return Date.now();
  const instant = typeof now === "number" ? now : parseInstantOrNaiveUtc(now);
  if (instant !== undefined && Number.isFinite(instant)) return instant;
  throw new SandboxError("bad_start", `now: "${String(now)}" is neither an ISO 8601 time nor milliseconds since the epoch`);
}

/**
 * Starts a sandbox with a tenant of its own: two sandboxes share nothing. Throws ScenarioError with every wrong field of the
 * scenario, SandboxError for an unreadable `now`.
 */
export function createSandbox(options: SandboxOptions = {}): Sandbox {
  const scenario = options.scenario === undefined ? defaultScenario() : checkScenario(options.scenario);
  const seed = options.seed ?? scenario.seed ?? 1;
  const journal = createJournal(options.journal ?? {});

  const build = (start: Instant): Tenant => {
    const { clock: mode = "real", host } = options;
    const clock = createSandboxClock({ start, mode, ...(host === undefined ? {} : { host }) });
    return createTenant({ scenario, seed, start, clock, webhookFetch: options.webhookFetch });
  };
  const begin = (): Tenant => {
    const fresh = build(startInstant(options.now));
    fresh.engine.sync();
    scheduleTimeline(fresh, true);
    return fresh;
  };
  let tenant = begin();
  let listening: Listening | undefined;
  let closed = false;

  const replace = (next: Tenant): void => {
    stopTenant(tenant);
    tenant = next;
    journal.clear();
  };
  const control = createControl({
    tenant: () => tenant,
    journal,
    reset: () => replace(begin()),
    takeSnapshot: () => takeSnapshot(tenant),
    restore(value) {
      const snapshot = checkSnapshot(value, seed);
      const next = build(snapshot.start);
      try {
        restoreSnapshot(next, snapshot);
      } catch (thrown) {
        stopTenant(next);
        throw thrown;
      }
      scheduleTimeline(next, false);
      replace(next);
    },
  });
  const pipeline = createPipeline({ tenant: () => tenant, journal });
  const handle = (request: SandboxRequest): Promise<SandboxResponse> =>
    isControlTarget(request.target) ? answerControl(control, request) : pipeline(request);

  const [client] = scenario.clients;
  return {
    fetch: createFetch(handle),
    control,
    ready: { clientId: client?.id ?? "", clientSecret: client?.secret ?? "" },
    accessKey: { accessKeyId: client?.id ?? "", accessKeySecret: client?.secret ?? "" },
    tokenPath: TOKEN_PATHS[0],
    accessKeyTokenPath: ACCESS_KEY_PATH,
    async listen(where = {}) {
      if (closed) throw new SandboxError("closed", "the sandbox was closed");
      if (listening !== undefined) throw new SandboxError("already_listening", `the sandbox listens on ${listening.url} already`);
      const bodyLimit = (target: string) => (isControlTarget(target) ? MAX_CONTROL_BODY_BYTES : MAX_BODY_BYTES);
      listening = await listen({ handle, bodyLimit }, where);
      return { url: listening.url, port: listening.port };
    },
    async close() {
      if (closed) return;
      closed = true;
      stopTenant(tenant);
      await listening?.close();
    },
  };
}
