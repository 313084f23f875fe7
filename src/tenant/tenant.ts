// Composition of a tenant's client from its configuration; everything from outside is a parameter with a default.

import { z } from "zod";
import {
  DIALER_METRICS,
  type OPERATIONS,
  type OperationId,
  operationOf,
  type Query,
  RATE_FAMILIES,
  type RateFamily,
  type RequestBody,
  type TokenAuthStyle,
  tokenReply,
} from "../contract/index.ts";
import { type Clock, createRandom, newId, type RandomStream } from "../kernel/index.ts";
import { JoinedSignals } from "./abort-groups.ts";
import { assignDisposition } from "./assign.ts";
import { Call, type CallDependencies, type Refusal } from "./call.ts";
import type { CallOptions } from "./call-options.ts";
import type { Capabilities, FittedCampaign } from "./capabilities.ts";
import type { Capability } from "./capability.ts";
import { ClockSkew } from "./clock-skew.ts";
import { closerOf } from "./close.ts";
import { type ResolvedConfig, resolveConfig, type TenantConfig } from "./config.ts";
import { withDeadline } from "./deadline.ts";
import { REST_DIALECT } from "./dialect.ts";
import type { EgressProxy } from "./egress.ts";
import { abortError, TenantError } from "./errors.ts";
import type { Grant } from "./grant.ts";
import type { TenantHooks } from "./hooks.ts";
import type { PagedOperationId } from "./items.ts";
import { REACH_DAYS, type TenantLink } from "./link.ts";
import { lockOf } from "./lock.ts";
import type { Locked, LockStyle } from "./locked.ts";
import { type ListOptions, openedPages, type PagedList, pagedList } from "./paging.ts";
import { prepare } from "./prepare.ts";
import { createRateLimiter, type FamilyStatus, type RateLimiter } from "./rate-limiter.ts";
import type { RequestResult } from "./report.ts";
import type { AnyInput, ReplyOf, Requester, RequestInput } from "./requester.ts";
import { SecretScrubber } from "./secrets.ts";
import { systemClock } from "./system-clock.ts";
import { TokenSource } from "./tokens.ts";
import type { Transport } from "./transport.ts";
import { undiciTransport } from "./undici-transport.ts";

// The REST profile: the capabilities over the operations of the vendor contract.

const READ: Capability = { supported: true, lock: "none", asynchronous: false, writes: "none", readBack: false };
const WRITE: Capability = { supported: true, lock: "none", asynchronous: false, writes: "replaces", readBack: true };
const NO_GROUPS: Capability = {
  ...READ,
  supported: false,
  reason: "the published guides name no do-not-call groups",
  alternative: "outdial's own list is checked before every start and for every segment: outdial dnc.",
};
const NO_CALLBACKS: Capability = {
  ...READ,
  supported: false,
  reason: "the published guides name no scheduled callbacks",
  alternative: "Look at them in the vendor's administration.",
};
const unsupported = (what: string, { reason = "", alternative = "" }: Capability): TenantError =>
  new TenantError("unsupported", `this tenant cannot ${what}: ${reason}`, { advice: alternative });
const refuse = (what: string, capability: Capability) => () => Promise.reject(unsupported(what, capability));
const VERSION_TAG: LockStyle = { tagIn: "version-tag-field", required: false, staleStatus: 412 };

const withHeaders = z.object({ headers: z.record(z.string(), z.string()).optional().catch(undefined) });

/**
 * The capabilities of a tenant with the REST contract, over anything that sends its operations.
 * @param newKey makes the idempotency key of a state transition that has none
 */
export function createRestProfile(requester: Requester, newKey: () => string = () => crypto.randomUUID()): Capabilities {
  const send = requester.request.bind(requester);
  return {
    dispositionCatalog: {
      capability: READ,
      matrix: async (campaignId, options) => (await send("getDispositionMatrix", { ...options, path: { campaignId } })).reply,
    },
    dispositionWriter: {
      capability: WRITE,
      assign: (callId, assignment, options) => assignDisposition(requester, callId, assignment, options),
    },
    callReader: {
      capability: READ,
      read: (callId, options) => readCall(requester, callId, options),
      show: async (callId, options) => (await send("getCall", { ...options, path: { callId } })).reply,
    },
    campaignRunner: {
      capability: { ...WRITE, lock: "etag", writes: "merges", hoursOf: "campaign" },
      status: async (id, options) => (await send("getCampaign", { ...options, path: { id } })).reply,
      setStatus: async (id, status, options) => {
        // A pause must not wait for other requests, and with a key it may be repeated when the reply is lost.
        const lane = options?.lane ?? (status === "paused" ? "stop" : "pacing");
        const { already, attempts, rateLimited, waitedMs, latencyMs, earlierUnknown } = await send("updateCampaign", {
          idempotencyKey: `state-${status}-${newKey()}`,
          ...options,
          lane,
          path: { id },
          body: { status },
        });
        return { already, attempts, rateLimited, waitedMs, latencyMs, earlierUnknown };
      },
    },
    campaignProvisioning: {
      capability: READ,
      making: { ...WRITE, lock: "etag" },
      campaigns: (options) => pagedList(requester, "listCampaigns", {}, undefined, options),
      read: (id, options) => requester.readLocked("getCampaign", { ...options, path: { id } }),
      fit: (wanted) => Promise.resolve(wanted.map(({ document }) => fitted(document))),
      create: async (body, idempotencyKey, options) => (await send("createCampaign", { ...options, idempotencyKey, body })).reply,
      replace: (id, body, lock, idempotencyKey, options) =>
        send("updateCampaign", { ...options, idempotencyKey, lock, path: { id }, body }),
    },
    pacingSettings: {
      capability: { ...WRITE, lock: "version-tag", asynchronous: true, perCampaign: false, inPieces: false },
      read: (_, options) => requester.readLocked("getDialerSettings", { ...options }),
      validate: async (body, options) => (await send("validateDialerPolicy", { ...options, body })).reply,
      activate: async (_, body, onto, options) => {
        const lock = onto === undefined ? undefined : { tag: onto, style: VERSION_TAG };
        return (await send("putDialerSettings", { ...options, body, lock })).reply;
      },
      simulate: async (body, options) => (await send("runSimulator", { ...options, body })).reply,
      progress: async (operationId, options) => (await send("getDialerOperation", { ...options, path: { operationId } })).reply,
      making: READ,
      createCampaign: async (body, options) => (await send("createDialerCampaign", { ...options, body })).reply,
    },
    contactSource: {
      capability: READ,
      contacts: (id, query, options) => pagedList(requester, "listContacts", { id }, query, options),
    },
    outcomeSource: {
      capability: READ,
      reachDays: REACH_DAYS.rest,
      calls: (query, options) => pagedList(requester, "listCalls", {}, query, options),
      openedCalls: (query, open, options) => openedPages(requester, "listCalls", query, open, options),
    },
    metricsSource: {
      capability: READ,
      campaign: async (id, windowMinutes, options) => {
        const query = windowMinutes === undefined ? undefined : { windowMinutes };
        return (await send("getCampaignMetrics", { ...options, path: { id }, query })).reply;
      },
      hourly: ({ campaignId, metrics }, options) => {
        const asked = DIALER_METRICS.filter((name) => metrics.includes(name));
        const query = { ...(campaignId !== undefined && { campaignId }), metrics: asked, groupBy: "hour" as const };
        return pagedList(requester, "getDialerMetrics", {}, query, options);
      },
    },
    interactionDispositions: {
      capability: { ...WRITE, lock: "etag" },
      tree: async (options) => (await send("listDispositions", { ...options })).reply,
      read: (id, options) => requester.readLocked("getInteraction", { ...options, path: { id } }),
      replace: (id, dispositions, lock, options) =>
        send("patchInteraction", { ...options, path: { id }, body: { dispositions }, lock }),
    },
    vendorEvents: {
      capability: WRITE,
      registrations: async (kind, options) => {
        const operation = kind === "campaign" ? "listOmnichannelWebhooks" : "listIntegrationWebhooks";
        return (await send(operation, { ...options })).reply.webhooks;
      },
      updateCampaignEvents: async (id, body, options) => {
        // An update replaces the registration, so the headers that its deliveries have are sent again.
        const { headers } = withHeaders.parse((await send("getOmnichannelWebhook", { ...options, path: { id } })).reply);
        await send("updateOmnichannelWebhook", {
          ...options,
          path: { id },
          body: { ...body, ...((headers ?? body.headers) !== undefined && { headers: { ...headers, ...body.headers } }) },
        });
      },
      registerCampaignEvents: async (body, options) => (await send("createOmnichannelWebhook", { ...options, body })).reply.id,
      registerDialerEvents: async (body, options) => (await send("createIntegrationWebhook", { ...options, body })).reply.id,
      remove: async (kind, id, options) => {
        const operation = kind === "campaign" ? "deleteOmnichannelWebhook" : "deleteIntegrationWebhook";
        return { already: (await send(operation, { ...options, path: { id } })).already };
      },
    },
    doNotCallGroups: {
      capability: NO_GROUPS,
      companyGroup: undefined,
      mostAtOnce: 0,
      obeyed: refuse("show do-not-call groups", NO_GROUPS),
      obeying: refuse("show do-not-call groups", NO_GROUPS),
      obeyedByAll: refuse("show do-not-call groups", NO_GROUPS),
      numbers: () => {
        throw unsupported("show do-not-call groups", NO_GROUPS);
      },
      add: refuse("add to do-not-call groups", NO_GROUPS),
      find: refuse("search do-not-call groups", NO_GROUPS),
    },
    scheduledCallbacks: {
      capability: NO_CALLBACKS,
      list: refuse("show scheduled callbacks", NO_CALLBACKS),
      remove: refuse("delete scheduled callbacks", NO_CALLBACKS),
    },
    vendorAudit: {
      capability: READ,
      entries: (entity, options) => pagedList(requester, "listAuditLogs", {}, { entity }, options),
    },
  };
}

/** Fields of campaign files that only tenants of the other profile hold. */
const NOT_HELD = ["reportingGroup", "callerId", "doNotCallGroups", "contactListFile", "skillControl"] as const;

/** A campaign is one document and is replaced as a whole. */
function fitted(document: Readonly<Record<string, unknown>>): FittedCampaign {
  const held = Object.fromEntries(Object.entries(document).filter(([field]) => !NOT_HELD.some((name) => name === field)));
  return { document: held, merges: false, unsaid: [], why: {}, refused: [] };
}

async function readCall(requester: Requester, callId: string, options: CallOptions | undefined) {
  try {
    const { reply } = await requester.request("getCall", { ...options, path: { callId } });
    return { status: reply.status, ...(reply.disposition && { disposition: reply.disposition }) };
  } catch (thrown) {
    if (thrown instanceof TenantError && thrown.code === "not_found") return undefined;
    throw thrown;
  }
}

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
    relimit: (limits) => own.relimit(resolveConfig({ ...config, limits }).limits),
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

// The operations as methods, grouped by resource. The table below gives the names; types and behaviour come from the operation
// table.

/** Group and method of every operation. */
const RESOURCE_TABLE = {
  calls: { get: "getCall", list: "listCalls", assignDisposition: "assignDisposition" },
  dispositions: { matrix: "getDispositionMatrix", tree: "listDispositions" },
  interactions: { get: "getInteraction", patch: "patchInteraction" },
  campaigns: {
    create: "createCampaign",
    get: "getCampaign",
    list: "listCampaigns",
    update: "updateCampaign",
    metrics: "getCampaignMetrics",
  },
  contacts: { list: "listContacts" },
  campaignWebhooks: {
    create: "createOmnichannelWebhook",
    list: "listOmnichannelWebhooks",
    get: "getOmnichannelWebhook",
    update: "updateOmnichannelWebhook",
    delete: "deleteOmnichannelWebhook",
  },
  dialer: {
    createCampaign: "createDialerCampaign",
    validatePolicy: "validateDialerPolicy",
    settings: "getDialerSettings",
    activateSettings: "putDialerSettings",
    operation: "getDialerOperation",
    metrics: "getDialerMetrics",
    simulate: "runSimulator",
  },
  dialerWebhooks: {
    create: "createIntegrationWebhook",
    list: "listIntegrationWebhooks",
    get: "getIntegrationWebhook",
    update: "updateIntegrationWebhook",
    delete: "deleteIntegrationWebhook",
  },
  auditLogs: { list: "listAuditLogs" },
} as const satisfies Record<string, Record<string, OperationId>>;

type Table = typeof RESOURCE_TABLE;
type Row<Id extends OperationId> = (typeof OPERATIONS)[Id];

/** One string for each placeholder of the path, in order. */
type PathArguments<Path extends string> = Path extends `${string}{${infer _Name}}${infer Rest}`
  ? [id: string, ...PathArguments<Rest>]
  : [];
type BodyArguments<Id extends OperationId> = RequestBody<Id> extends undefined ? [] : [body: RequestBody<Id>];
type QueryArguments<Id extends OperationId> = Query<Id> extends undefined ? [] : [query?: Query<Id>];

/**
 * A method takes the path's ids, then the body, the query and options, as far as the operation has them. Lists return a
 * `PagedList`, everything else a promise of the parsed reply. Rejects with TenantError.
 */
type Method<Id extends OperationId> = Id extends PagedOperationId
  ? (...args: [...PathArguments<Row<Id>["path"]>, ...QueryArguments<Id>, options?: ListOptions<Id>]) => PagedList<Id>
  : ((
      ...args: [...PathArguments<Row<Id>["path"]>, ...BodyArguments<Id>, ...QueryArguments<Id>, options?: CallOptions]
    ) => Promise<ReplyOf<Id>>) &
      (Row<Id> extends { lock: object; retry: "safe" }
        ? {
            /** The value with the lock of its version. */ locked(
              ...args: [...PathArguments<Row<Id>["path"]>, options?: CallOptions]
            ): Promise<Locked<ReplyOf<Id>>>;
          }
        : unknown);

/** Every operation as a method, for example `resources.calls.assignDisposition(callId, body)`. */
type Resources = {
  readonly [Group in keyof Table]: {
    readonly [Name in keyof Table[Group]]: Table[Group][Name] extends OperationId ? Method<Table[Group][Name]> : never;
  };
};

const PLACEHOLDER = /\{(\w+)\}/g;

/** Makes the methods over anything that sends operations. */
function createResources(requester: Requester): Resources {
  const groups = Object.entries(RESOURCE_TABLE).map(([group, methods]) => {
    const built = Object.entries(methods).map(([name, id]) => [name, methodOf(requester, id)]);
    return [group, Object.freeze(Object.fromEntries(built))];
  });
  // The type is made from the same table.
  return Object.freeze(Object.fromEntries(groups)) as Resources;
}

function methodOf(requester: Requester, id: OperationId): unknown {
  const operation = operationOf(id);
  const names = [...operation.path.matchAll(PLACEHOLDER)].map((match) => match[1] ?? "");
  const read = (args: unknown[]) => {
    const path: Record<string, string> = {};
    let next = 0;
    for (const name of names) path[name] = args[next++] as string;
    const body = operation.request === undefined ? undefined : args[next++];
    const query = operation.query === undefined ? undefined : args[next++];
    return { path, body, query, options: (args[next] ?? {}) as CallOptions };
  };
  // Arguments are typed by `Method`, and checked by the client before anything is sent.
  if (operation.paging !== undefined) {
    return (...args: unknown[]) => {
      const { path, query, options } = read(args);
      return pagedList(requester, id as PagedOperationId, path, query as Query<PagedOperationId>, options);
    };
  }
  const inputOf = (args: unknown[]) => {
    const { options, ...content } = read(args);
    return { ...options, ...content } as unknown as RequestInput<OperationId>;
  };
  const method = async (...args: unknown[]) => (await requester.request(id, inputOf(args))).reply;
  if (operation.lock === undefined || operation.retry !== "safe") return method;
  return Object.assign(method, { locked: (...args: unknown[]) => requester.readLocked(id, inputOf(args)) });
}
