// A sandbox: one tenant at a time, its journal and control plane, reachable in process and on a socket.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { z } from "zod";
import { dialerSettingsAccepted, parseInstantOrNaiveUtc, TOKEN_PATHS } from "../contract/index.ts";
import { type Instant, OutdialError, problemText } from "../kernel/index.ts";
import { ACCESS_KEY_PATH } from "./acd/paths.ts";
import { createTokenStore } from "./auth/tokens.ts";
import type { DialedCampaign, DialedSettings } from "./call-engine.ts";
import { type ClockModeOption, createSandboxClock, type HostTime, type SandboxClock } from "./clock.ts";
import { createControl, type SandboxControl } from "./control.ts";
import { createFaultList, FaultError } from "./faults.ts";
import { createJournal } from "./journal.ts";
import { createRequestLimiter } from "./limits.ts";
import { createLivingEngine } from "./living/engine.ts";
import { wholeNumber } from "./parameters.ts";
import { createPipeline, maxBodyBytes } from "./pipeline.ts";
import { splitTarget } from "./router.ts";
import { checkScenario, defaultScenario, type Scenario, type ScenarioTimelineEntry } from "./scenario/index.ts";
import { createAuditTrail } from "./state/audit-trail.ts";
import { type CampaignRecord, createCampaignBook } from "./state/campaigns.ts";
import { createDialerDesk } from "./state/dialer-desk.ts";
import { createIdempotencyKeys } from "./state/idempotency.ts";
import { createIdMaker } from "./state/ids.ts";
import { createInteractionBook } from "./state/interactions.ts";
import { createDialingOverrides } from "./state/overrides.ts";
import { createShadows } from "./state/shadows.ts";
import { activationEnded, campaignChanged, metricsUpdated } from "./state-changes.ts";
import type { Tenant } from "./tenant.ts";
import { checkSnapshot, restoreSnapshot, takeSnapshot } from "./tenant.ts";
import { createVendorWebhooks } from "./vendor-webhooks.ts";
import { badRequest, jsonReply, Refusal, refusalReply, type SandboxRequest, type SandboxResponse } from "./wire.ts";
import { createCallStore } from "./world/calls.ts";
import { createContactStore } from "./world/contacts.ts";

// Builds a tenant from a scenario, and ends it.

interface TenantOptions {
  readonly scenario: Scenario;
  readonly seed: number | string;
  readonly start: Instant;
  readonly clock: SandboxClock;
  readonly webhookFetch?: typeof fetch | undefined;
}

const DEFAULT_CALL_RATE = 12;
const DEFAULT_CALLS_IN_FLIGHT = 50;
const DEFAULT_ANSWER_RATIO = 0.85;

const dialing = z.looseObject({
  status: z.string(),
  contactListId: z.string().optional().catch(undefined),
  dialerConfig: z
    .looseObject({
      predictiveSettings: z.looseObject({
        callRate: z.number(),
        maxCallsInFlight: z.number(),
        answerRatio: z.number().optional(),
        abandonmentThreshold: z.number().optional(),
      }),
    })
    .optional()
    .catch(undefined),
  complianceConfig: z
    .looseObject({ rateLimits: z.looseObject({ maxCallsPerContactPerDay: z.number() }).optional() })
    .optional()
    .catch(undefined),
});

/** What the call engine needs to know of a campaign. */
function dialed({ document }: CampaignRecord): DialedCampaign {
  const { status, contactListId, dialerConfig, complianceConfig } = dialing.parse(document);
  return {
    id: document.id,
    status,
    contactListId,
    callRate: dialerConfig?.predictiveSettings.callRate ?? DEFAULT_CALL_RATE,
    maxCallsInFlight: dialerConfig?.predictiveSettings.maxCallsInFlight ?? DEFAULT_CALLS_IN_FLIGHT,
    answerRatio: dialerConfig?.predictiveSettings.answerRatio ?? DEFAULT_ANSWER_RATIO,
    abandonmentThreshold: dialerConfig?.predictiveSettings.abandonmentThreshold ?? 1,
    maxCallsPerContactPerDay: complianceConfig?.rateLimits?.maxCallsPerContactPerDay,
  };
}

const inForce = dialerSettingsAccepted.pick({ concurrency: true, algorithm: true });

/**
 * What the call engine needs to know about the dialer settings; the scenario's settings when a writer has stored something
 * unreadable.
 */
function dialedSettings(settings: unknown, scenario: Scenario): DialedSettings {
  const { concurrency, algorithm } = inForce.catch(scenario.dialer.settings).parse(settings);
  return {
    agents: Math.floor(concurrency.max_agents * algorithm.agent_availability_estimate + 1e-9),
    lines: concurrency.max_simultaneous_calls,
    spacing: concurrency.call_spacing_ms / 1000,
    dialRatio: algorithm.dial_ratio,
    abandonmentTarget: algorithm.abandonment_rate_target,
    warmLineTimeout: algorithm.warm_line_timeout_sec,
  };
}

/** Caches what was made from an object: records and settings are replaced, never changed. */
function remembered<Key extends object, Value>(make: (key: Key) => Value): (key: Key) => Value {
  const known = new WeakMap<Key, Value>();
  return (key) => {
    let value = known.get(key);
    if (value === undefined) known.set(key, (value = make(key)));
    return value;
  };
}

/** Builds the world of a scenario. Nothing happens in it until its engine's `sync` is called. */
function createTenant({ scenario, seed, start, clock, webhookFetch }: TenantOptions): Tenant {
  const ids = createIdMaker(seed);
  const campaigns = createCampaignBook(scenario, ids, start);
  const contacts = new Map(scenario.contactLists.map((list) => [list.id, createContactStore({ list, seed, start })]));
  const calls = createCallStore({ scenario, seed, start });
  const campaignOf = remembered(dialed);
  const pacing = createDialingOverrides();
  const overridden = (record: CampaignRecord): DialedCampaign => {
    const campaign = campaignOf(record);
    const override = pacing.get(campaign.id);
    if (override === undefined) return campaign;
    const { linesPerAgent, abandonmentTarget } = override;
    return { ...campaign, linesPerAgent, abandonmentTarget };
  };
  const settingsOf = remembered((settings: object) => dialedSettings(settings, scenario));
  const tenant: Tenant = {
    scenario,
    seed,
    start,
    clock,
    ids,
    clients: new Map(scenario.clients.map((client) => [client.id, client])),
    tokens: createTokenStore({ seed, lifetimeSeconds: scenario.tokenLifetimeSeconds }),
    limiter: createRequestLimiter(scenario.limits),
    faults: createFaultList({ seed }),
    campaigns,
    contacts,
    calls,
    interactions: createInteractionBook(scenario, ids),
    dialer: createDialerDesk({ scenario, clock, ids, onEnd: (operation, before) => activationEnded(tenant, operation, before) }),
    audit: createAuditTrail(scenario, seed, start),
    webhooks: createVendorWebhooks({ clock, seed, fetch: webhookFetch }),
    engine: createLivingEngine({
      clock,
      seed,
      behaviours: scenario.contactLists.map(({ id, answerRate, abandonRate, mix, talk, wrap }) => [
        id,
        { answerRate, abandonRate, mix, talk, wrap },
      ]),
      world: {
        campaign: (id) => {
          const record = campaigns.get(id);
          return record === undefined ? undefined : overridden(record);
        },
        campaigns: () => [...campaigns.all()].map(overridden),
        contacts: (listId) => contacts.get(listId),
        settings: () => settingsOf(tenant.dialer.inForce().settings),
        mayDial: (id, phone) => pacing.mayDial(id, phone),
        calls,
      },
      onEvent(event) {
        if (event.type !== "metrics") return;
        const record = campaigns.get(event.campaignId);
        if (record !== undefined) metricsUpdated(tenant, record);
      },
    }),
    keys: createIdempotencyKeys(),
    shadows: createShadows(),
    dialects: new Map(),
    pacing,
    contactList(id) {
      let list = contacts.get(id);
      if (list === undefined) {
        list = createContactStore({ list: { id, contacts: [] }, seed, start });
        contacts.set(id, list);
      }
      return list;
    },
  };
  return tenant;
}

/** Stops timers, deliveries and calls. */
function stopTenant({ engine, webhooks, clock }: Tenant): void {
  engine.stop();
  webhooks.stop();
  clock.stop();
}

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
      const bodyLimit = (target: string) => (isControlTarget(target) ? MAX_CONTROL_BODY_BYTES : maxBodyBytes(target));
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

// The sandbox on a socket: a plain HTTP/1.1 server on loopback. Connection faults are applied to the socket.

interface HttpServerOptions {
  readonly handle: (request: SandboxRequest) => Promise<SandboxResponse>;
  /** Largest body read for a target, in bytes. */
  readonly bodyLimit: (target: string) => number;
}

interface ListenOptions {
  /** Default 0: any free port. */
  readonly port?: number;
  /** Default 127.0.0.1. */
  readonly host?: string;
}

/** A listening server. */
interface Listening {
  readonly url: string;
  readonly port: number;
  /** Stops listening and breaks open connections. */
  close(): Promise<void>;
}

/** How long idle connections are kept, ms: longer than clients keep theirs, so that a client never uses a closing one. */
const KEEP_ALIVE_MS = 65_000;
/** Bytes of an oversize body that are read before the connection is broken. */
const MOST_DISCARDED = 67_108_864;

async function listen(
  { handle, bodyLimit }: HttpServerOptions,
  { port = 0, host = "127.0.0.1" }: ListenOptions,
): Promise<Listening> {
  const server: Server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS, noDelay: true }, (incoming, outgoing) => {
    // A client that hangs up is not an error here.
    incoming.on("error", () => {});
    outgoing.on("error", () => {});
    readRequest(incoming, bodyLimit, (request) => {
      handle(request).then(
        (reply) => send(outgoing, reply),
        () => incoming.socket.destroy(),
      );
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.off("error", reject);
      resolve();
    });
  });
  const address = server.address();
  const bound = typeof address === "object" && address !== null ? address.port : port;
  const name = host.includes(":") ? `[${host}]` : host;
  return {
    url: `http://${name}:${bound}`,
    port: bound,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Reads a whole request; one whose client hangs up earlier is never reported. */
function readRequest(
  incoming: IncomingMessage,
  bodyLimit: (target: string) => number,
  tell: (request: SandboxRequest) => void,
): void {
  const { method = "GET", url: target = "/" } = incoming;
  const limit = bodyLimit(target);
  const chunks: Buffer[] = [];
  let length = 0;
  incoming.on("data", (chunk: Buffer) => {
    length += chunk.length;
    // Too much data is read and discarded: a client that is still sending would miss the refusal.
    if (length <= limit) chunks.push(chunk);
    else if (length > limit + MOST_DISCARDED) incoming.destroy();
  });
  incoming.on("end", () => {
    const [only] = chunks;
    const body = chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks);
    tell({ method, target, headers: flatten(incoming.headers), body, oversize: length > limit });
  });
}

function flatten(headers: IncomingMessage["headers"]): Record<string, string> {
  const flat: Record<string, string> = {};
  for (const name in headers) {
    const value = headers[name];
    if (typeof value === "string") flat[name] = value;
    else if (value !== undefined) flat[name] = value.join(", ");
  }
  return flat;
}

function send(outgoing: ServerResponse, { status, headers, body, damage, declaredLength }: SandboxResponse): void {
  const { socket } = outgoing;
  if (damage === "reset") {
    socket?.resetAndDestroy();
    return;
  }
  const length = declaredLength ?? Buffer.byteLength(body);
  const all: Record<string, string | number> = { ...headers };
  if (status !== 204 && status !== 304) all["content-length"] = length;
  outgoing.writeHead(status, all);
  if (damage === "truncate" && length > Buffer.byteLength(body)) {
    outgoing.flushHeaders();
    if (body.length === 0) socket?.end(() => socket.destroy());
    else outgoing.write(body, () => socket?.destroy());
    return;
  }
  outgoing.end(status === 204 || status === 304 ? undefined : body);
}

// The sandbox as a function: a fetch without a socket. Connection faults are applied to the promise and the body stream.

const NULL_BODY: ReadonlySet<number> = new Set([204, 205, 304]);

/** An error as the platform's own fetch raises it when the connection breaks. */
function broken(message: string, code: string): TypeError {
  return new TypeError(message, {
    cause: Object.assign(new Error(code === "ECONNRESET" ? "read ECONNRESET" : "other side closed"), { code }),
  });
}

/**
 * Makes a fetch from a handler of plain requests. Rejects like a network: TypeError for a broken connection, the signal's reason
 * when aborted.
 */
function createFetch(handle: (request: SandboxRequest) => Promise<SandboxResponse>): typeof fetch {
  return async (input, init) => {
    const request = input instanceof Request && init === undefined ? input : new Request(input, init);
    request.signal.throwIfAborted();
    const url = new URL(request.url);
    const headers: Record<string, string> = { host: url.host, "x-forwarded-proto": url.protocol.slice(0, -1) };
    request.headers.forEach((value, name) => {
      headers[name] = value;
    });
    const body = new Uint8Array(await request.arrayBuffer());
    const reply = await untilAborted(
      handle({ method: request.method, target: url.pathname + url.search, headers, body }),
      request.signal,
    );
    if (reply.damage === "reset") throw broken("fetch failed", "ECONNRESET");
    return responseOf(reply);
  };
}

function responseOf({ status, headers, body, damage, declaredLength }: SandboxResponse): Response {
  if (NULL_BODY.has(status)) return new Response(null, { status, headers });
  const bytes = typeof body === "string" ? new TextEncoder().encode(body) : Uint8Array.from(body);
  const all = { ...headers, "content-length": String(declaredLength ?? bytes.length) };
  if (damage !== "truncate" || bytes.length === declaredLength) return new Response(bytes, { status, headers: all });
  let sent = false;
  const cut = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (sent || bytes.length === 0) return controller.error(broken("terminated", "UND_ERR_SOCKET"));
      sent = true;
      controller.enqueue(bytes);
    },
  });
  return new Response(cut, { status, headers: all });
}

/** The reply, unless the signal aborts first; the work goes on then, as it does on a server whose client hung up. */
async function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  let onAbort = (): void => {};
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(signal.reason);
    signal.addEventListener("abort", onAbort, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}

// The scenario's timeline: each entry is due at its time after the start.

const ACTOR = "timeline";

/** Schedules the entries of the future. Entries due at the very start are only run at a fresh start. */
function scheduleTimeline(tenant: Tenant, fresh: boolean): void {
  const now = tenant.clock.now();
  for (const entry of tenant.scenario.timeline) {
    // The scenario's check turned spans into seconds.
    const at = tenant.start + Number(entry.at) * 1000;
    if (at > now || fresh) tenant.clock.schedule(at, () => apply(tenant, entry.set));
  }
}

function apply(tenant: Tenant, set: ScenarioTimelineEntry["set"]): void {
  for (const [id, behaviour] of Object.entries(set.contactLists ?? {})) tenant.engine.setBehaviour(id, behaviour);
  for (const [id, change] of Object.entries(set.campaigns ?? {})) changeCampaign(tenant, id, change);
  if (set.limits !== undefined) tenant.limiter.set(set.limits);
  if (set.activation !== undefined) tenant.dialer.setActivation(set.activation);
  if (set.faults !== undefined && set.faults.length > 0) tenant.faults.add(set.faults);
}

type CampaignChange = NonNullable<ScenarioTimelineEntry["set"]["campaigns"]>[string];

function changeCampaign(tenant: Tenant, id: string, { status, callRate, metrics }: CampaignChange): void {
  const before = tenant.campaigns.get(id);
  if (before === undefined) return;
  // Figures of the timeline are set on purpose, so they take precedence over measured ones.
  if (metrics !== undefined) tenant.campaigns.setFigures(id, "pinned", { ...before.pinned, ...metrics });
  if (status === undefined && callRate === undefined) return;
  const after = tenant.campaigns.merge(
    id,
    {
      ...(status === undefined ? {} : { status }),
      ...(callRate === undefined ? {} : { dialerConfig: withCallRate(before.document["dialerConfig"], callRate) }),
    },
    tenant.clock.now(),
  );
  if (after !== undefined) campaignChanged(tenant, before, after, ACTOR);
}

function withCallRate(config: unknown, callRate: number): unknown {
  const old = typeof config === "object" && config !== null ? config : { type: "predictive" };
  const settings = "predictiveSettings" in old && typeof old.predictiveSettings === "object" ? old.predictiveSettings : undefined;
  const base = settings ?? { answerRatio: 0.85, maxCallsInFlight: 50, abandonmentThreshold: 0.03 };
  return { ...old, predictiveSettings: { ...base, callRate } };
}

// The control plane over HTTP, under /__sandbox (contract §3). It needs no token.

/** No path of the vendor begins with it. */
const CONTROL_PREFIX = "/__sandbox";

/** Larger bodies are refused; a snapshot may be large. */
const MAX_CONTROL_BODY_BYTES = 268_435_456;

interface ControlCall {
  readonly body: unknown;
  readonly query: URLSearchParams;
}

type Action = (control: SandboxControl, call: ControlCall) => unknown;

const clockChange = z.strictObject({
  advanceSeconds: z.number().min(0).optional(),
  mode: z.enum(["real", "frozen", "accelerated"]).optional(),
  speed: z.number().positive().max(100_000).optional(),
});
const revocation = z.strictObject({ clientId: z.string().optional() });
const failures = z.strictObject({ count: z.int().min(1).max(1_000_000).default(1) });
const MANY = 1_000_000_000;

function check<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const result = schema.safeParse(value ?? {});
  if (result.success) return result.data;
  throw badRequest(`Invalid body: ${problemText(schema, value ?? {}, result.error, "body")}`);
}

async function changeClock(control: SandboxControl, body: unknown): Promise<unknown> {
  const { advanceSeconds, mode, speed } = check(clockChange, body);
  let next: ClockModeOption | undefined;
  if (mode === "real" || mode === "frozen") next = mode;
  else if (speed !== undefined) next = { speed };
  else if (mode === "accelerated") throw badRequest("An accelerated clock needs a speed.");
  if (next !== undefined) control.setClock(next);
  return advanceSeconds === undefined ? control.clock() : await control.advance(advanceSeconds);
}

const ACTIONS: Readonly<Record<string, Readonly<Record<string, Action>>>> = {
  "/state": {
    GET: (control, { query }) => {
      if (!query.has("calls")) return control.state();
      return { ...control.state(), callList: control.calls(wholeNumber(query, "limit", { default: 1000, min: 1, max: MANY })) };
    },
  },
  "/reset": {
    POST: (control) => {
      control.reset();
      return control.state();
    },
  },
  "/snapshot": {
    GET: (control) => control.snapshot(),
    POST: (control, { body }) => {
      control.restore(body);
      return control.state();
    },
  },
  "/clock": {
    GET: (control) => control.clock(),
    POST: (control, { body }) => changeClock(control, body),
  },
  "/requests": {
    GET: (control, { query }) => ({
      total: control.state().requests,
      requests: control.requests({
        since: wholeNumber(query, "since", { default: 0, min: 0, max: MANY }),
        limit: wholeNumber(query, "limit", { default: 1000, min: 1, max: MANY }),
        operation: query.get("operation") ?? undefined,
      }),
    }),
    DELETE: (control) => {
      control.clearRequests();
      return { total: 0 };
    },
  },
  "/faults": {
    GET: (control) => ({ faults: control.faults.list() }),
    POST: (control, { body }) => ({ faults: control.faults.add(body) }),
    DELETE: (control, { query }) => ({ cleared: control.faults.clear(query.get("id") ?? undefined) }),
  },
  "/tokens/revoke": {
    POST: (control, { body }) => ({ revoked: control.revokeTokens(check(revocation, body).clientId) }),
  },
  "/activation/fail-next": {
    POST: (control, { body }) => {
      const { count } = check(failures, body);
      control.failNextActivation(count);
      return { count };
    },
  },
  "/simulate/metrics": { POST: (control, { body }) => control.simulateMetrics(body) },
  "/simulate/call": { POST: (control, { body }) => control.simulateCall(body) },
  "/simulate/edit": { POST: (control, { body }) => control.simulateEdit(body) },
  "/simulate/list": { POST: (control, { body }) => control.simulateList(body) },
  "/webhooks/flush": { POST: (control) => control.flushWebhooks() },
  "/webhooks/deliveries": { GET: (control) => ({ deliveries: control.deliveries() }) },
};

/** Whether a request target belongs to the control plane. */
function isControlTarget(target: string): boolean {
  if (!target.startsWith(CONTROL_PREFIX)) return false;
  const next = target.charAt(CONTROL_PREFIX.length);
  return next === "" || next === "/" || next === "?";
}

/** Answers a request to the control plane. Never rejects. */
async function answerControl(control: SandboxControl, request: SandboxRequest): Promise<SandboxResponse> {
  const correlationId = request.headers["x-correlation-id"]?.replace(/[^\x21-\x7e]/g, "") || "control";
  try {
    const { path, search } = splitTarget(request.target);
    const name = path.slice(CONTROL_PREFIX.length);
    const actions = Object.hasOwn(ACTIONS, name) ? ACTIONS[name] : undefined;
    if (actions === undefined) {
      throw new Refusal(404, "not_found", `The control plane has no ${path}.`, {
        items: Object.keys(ACTIONS).map((known) => CONTROL_PREFIX + known),
      });
    }
    const action = Object.hasOwn(actions, request.method) ? actions[request.method] : undefined;
    if (action === undefined) {
      const allow = Object.keys(actions).join(", ");
      throw new Refusal(405, "method_not_allowed", `${request.method} is not possible on ${path}; possible: ${allow}.`, {
        headers: { allow },
      });
    }
    if (request.oversize === true) throw new Refusal(413, "payload_too_large", "The body is too large.");
    const body = await action(control, { body: parse(request.body), query: new URLSearchParams(search) });
    return jsonReply(200, body, correlationId);
  } catch (thrown) {
    return refusalReply(refusalOf(thrown), correlationId);
  }
}

function parse(bytes: Uint8Array): unknown {
  if (bytes.length === 0) return undefined;
  try {
    return JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8"));
  } catch {
    throw badRequest("The body is not JSON.");
  }
}

/** An expected error of a control function is the caller's mistake and becomes a refusal. */
function refusalOf(thrown: unknown): Refusal {
  if (thrown instanceof Refusal) return thrown;
  if (thrown instanceof FaultError) return badRequest(thrown.message, thrown.problems);
  if (thrown instanceof OutdialError || thrown instanceof z.ZodError) return badRequest(thrown.message);
  return new Refusal(500, "internal", "The sandbox failed inside; this is a defect of the sandbox.");
}
