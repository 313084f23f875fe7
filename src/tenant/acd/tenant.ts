// Composition: one tenant of the profile `acd` from its configuration.

import {
  ACCESS_KEY_TOKEN_PATH,
  ACD_RATES,
  type AcdOperation,
  type AcdOperationId,
  acdOperationOf,
  acdPath,
  acdTemplate,
  acdTokenReply,
  DISCOVERY_PATH,
  discoveryReply,
  PASSWORD_TOKEN_PATH,
  SERVICES_PREFIX,
  tokenClaims,
} from "../../contract/acd/index.ts";
import { type Clock, createRandom, messageOf, newId, type RandomStream } from "../../kernel/index.ts";
import { JoinedSignals } from "../abort-groups.ts";
import { Call, type CallDependencies } from "../call.ts";
import { ClockSkew } from "../clock-skew.ts";
import { closerOf } from "../close.ts";
import { withDeadline } from "../deadline.ts";
import type { Dialect } from "../dialect.ts";
import { abortError, TenantError } from "../errors.ts";
import type { Grant } from "../grant.ts";
import { emit, type TenantHooks } from "../hooks.ts";
import type { HostAddress } from "../hosts.ts";
import type { TenantLink } from "../link.ts";
import { type Prepared, parseExactly, writeQuery } from "../prepare.ts";
import { createRateLimiter, type Lane } from "../rate-limiter.ts";
import { judgeJson, otherThing, parseJson, type ReplyReading, type VendorWords } from "../reply.ts";
import { backoffMs } from "../retry-timing.ts";
import { SecretScrubber } from "../secrets.ts";
import { systemClock } from "../system-clock.ts";
import type { TenantDependencies } from "../tenant.ts";
import { TokenSource } from "../tokens.ts";
import { headerOf, type Transport, type TransportResponse } from "../transport.ts";
import { undiciTransport } from "../undici-transport.ts";
import { type AcdTenantConfig, type ResolvedAcdConfig, resolveAcdConfig } from "./config.ts";
import { failedItems, type ReplyShape, unwrap } from "./envelope.ts";
import { parseGivenHost } from "./hosts.ts";
import { createAcdProfile } from "./profile.ts";
import type { AcdCallOptions, AcdInput, AcdReplyOf, AcdRequester, AcdResult, AnyAcdInput } from "./requester.ts";
import { ServerTime } from "./server-time.ts";

// The client of the ACD API: discovers the tenant's address once, requests the pinned version of an operation, and falls back to
// another where a tenant lacks it.

interface AcdClientDependencies extends CallDependencies {
  /** Prefix of every correlation id of this client. */
  readonly correlationPrefix: string;
  readonly correlation: (() => string | undefined) | undefined;
  /** The address of the API. */
  readonly base: (input: Pick<AnyAcdInput, "signal" | "lane">) => Promise<HostAddress>;
}

const OUTER = /^[\x21-\x7e]{1,64}$/;
/** Statuses that a tenant may answer when it does not have an operation in a version. */
const LACKING: ReadonlySet<number | undefined> = new Set([404, 405, 500]);

/** Sends the operations of the profile `acd` in a version that the tenant has, and parses the replies. Errors: TenantError. */
class AcdClient implements AcdRequester {
  readonly #with: AcdClientDependencies;
  /** The version in use, by operation. */
  readonly #settled = new Map<AcdOperationId, number>();
  readonly #tried = new Set<AcdOperationId>();
  #apiVersions: Promise<ApiVersions | undefined> | undefined;
  #calls = 0;

  constructor(dependencies: AcdClientDependencies) {
    this.#with = dependencies;
  }

  async request<Id extends AcdOperationId>(id: Id, input: AcdInput<Id>): Promise<AcdResult<AcdReplyOf<Id>>> {
    // The reply was parsed by the schema of this row, which the compiler cannot see.
    return (await this.send(id, input)) as AcdResult<AcdReplyOf<Id>>;
  }

  /** The same without types, for code that treats all operations alike. */
  async send(id: AcdOperationId, input: AnyAcdInput): Promise<AcdResult<unknown>> {
    const operation = acdOperationOf(id);
    if (operation.reserved !== undefined)
      throw new TenantError("unsupported", `${id}: is never sent: ${operation.reserved}`, about(id, operation));
    if (this.#with.closing.aborted) throw abortError(this.#with.closing, about(id, operation));
    const { deadlineMs, ...options } = input;
    const run = (more: AcdCallOptions) => this.#versioned(id, operation, { ...options, ...more });
    if (deadlineMs === undefined) return run({});
    return withDeadline(this.#with.clock, id, deadlineMs, input.signal, (signal) => run({ signal }));
  }

  /** Versions in use so far, by operation. */
  versions(): ReadonlyMap<AcdOperationId, number> {
    return this.#settled;
  }

  async #versioned(id: AcdOperationId, operation: AcdOperation, input: AnyAcdInput): Promise<AcdResult<unknown>> {
    const { versions } = operation;
    if (versions === undefined) return this.#call(id, operation, input, 0);
    const settled = this.#settled.get(id);
    if (settled !== undefined) return this.#call(id, operation, input, settled);
    try {
      return await this.#settle(id, operation, input, versions.pin);
    } catch (thrown) {
      const { fallbacks = [] } = versions;
      if (!mayLack(thrown) || fallbacks.length === 0 || this.#tried.has(id)) throw thrown;
      this.#tried.add(id);
      for (const version of await this.#otherVersions(id, operation, input)) {
        try {
          return await this.#settle(id, operation, input, version);
        } catch (again) {
          if (!mayLack(again)) throw again;
        }
      }
      throw thrown;
    }
  }

  async #settle(id: AcdOperationId, operation: AcdOperation, input: AnyAcdInput, version: number): Promise<AcdResult<unknown>> {
    const result = await this.#call(id, operation, input, version);
    this.#settled.set(id, version);
    return result;
  }

  /** Fallback versions to try. A write uses another version only when the tenant lists it and does not list the first. */
  async #otherVersions(
    id: AcdOperationId,
    { versions, retry, method }: AcdOperation,
    input: AnyAcdInput,
  ): Promise<readonly number[]> {
    const { pin = 0, fallbacks = [] } = versions ?? {};
    this.#apiVersions ??= this.#readVersions(input);
    const known = (await this.#apiVersions)?.of(method, acdTemplate(id, pin));
    if (known === undefined || known.size === 0) return retry === "safe" ? fallbacks : [];
    return known.has(pin) ? [] : fallbacks.filter((version) => known.has(version));
  }

  async #readVersions({ signal, halt, lane }: AnyAcdInput): Promise<ApiVersions | undefined> {
    try {
      const { apiInfo } = (await this.request("getApiVersions", { signal, halt, lane })).reply;
      return new ApiVersions(apiInfo);
    } catch (thrown) {
      if (thrown instanceof TenantError && thrown.code !== "aborted") return undefined;
      this.#apiVersions = undefined;
      throw thrown;
    }
  }

  async #call(id: AcdOperationId, operation: AcdOperation, input: AnyAcdInput, version: number): Promise<AcdResult<unknown>> {
    const base = await this.#with.base(input);
    const prepared = prepareAcd(id, operation, input, base, version);
    this.#calls += 1;
    const correlationId = `${this.#belongsTo()}${this.#with.correlationPrefix}${this.#calls}`;
    const call = new Call(this.#with, id, operation, prepared, correlationId);
    const { etag: _, already: __, ...result } = await call.run(input);
    const failed = failedItems(operation, result.reply);
    const items = itemsIn(operation, result.reply);
    if (failed.length > 0 && failed.length >= items) {
      const { attempts, rateLimited, waitedMs, latencyMs, earlierUnknown } = result;
      throw new TenantError("refused", `${id}: refused in a reply of status ${result.status}: ${reasons(failed)}`, {
        ...about(id, operation),
        status: result.status,
        correlationId: result.correlationId,
        vendorMessage: failed[0]?.error,
        report: { attempts, rateLimited, waitedMs, latencyMs, earlierUnknown },
      });
    }
    return { ...result, failed, version };
  }

  /** The caller's correlation text as a prefix of the id; empty when it is not allowed in a header. */
  #belongsTo(): string {
    const given = this.#with.correlation?.();
    return given === undefined || !OUTER.test(given) ? "" : `${given}.`;
  }
}

const about = (operationId: AcdOperationId, { summary }: AcdOperation) => ({ operationId, summary });

function mayLack(thrown: unknown): boolean {
  return thrown instanceof TenantError && LACKING.has(thrown.status);
}

function itemsIn({ itemResults }: AcdOperation, reply: unknown): number {
  if (itemResults === undefined || itemResults.array.length === 0 || typeof reply !== "object" || reply === null) return 1;
  const fields: Readonly<Record<string, unknown>> = { ...reply };
  const items = itemResults.array.map((name) => fields[name]).find(Array.isArray);
  return Math.max(1, items?.length ?? 1);
}

const SHOWN = 3;

function reasons(failed: readonly { readonly error: string }[]): string {
  const texts = [...new Set(failed.map(({ error }) => error))];
  return `${texts.slice(0, SHOWN).join("; ")}${texts.length > SHOWN ? `; and ${texts.length - SHOWN} more` : ""}`;
}

/** Checks and writes a request. @throws TenantError `invalid_request` */
function prepareAcd(
  id: AcdOperationId,
  operation: AcdOperation,
  input: AnyAcdInput,
  base: HostAddress,
  version: number,
): Prepared {
  const parsed = parseExactly(id, "body", operation.request, input.body);
  const query = parseExactly(id, "query", operation.query, input.query);
  const { olderBody, wrapper } = operation;
  const formed = olderBody !== undefined && version <= olderBody.upTo ? olderBody.of(parsed as never) : parsed;
  const body = wrapper === undefined || formed === undefined ? formed : { [wrapper]: formed };
  let path: string;
  try {
    path = base.prefix + acdPath(id, version, input.path ?? {}) + writeQuery(operation, query);
  } catch (thrown) {
    throw new TenantError("invalid_request", `${id}: ${messageOf(thrown)}`, about(id, operation));
  }
  // Without an Accept header the API cannot answer.
  const headers: Record<string, string> = { authorization: "", accept: "application/json" };
  if (operation.paging !== undefined) headers["accept-encoding"] = "gzip";
  if (body !== undefined) headers["content-type"] = "application/json";
  return {
    origin: base.origin,
    path,
    headers,
    body: body === undefined ? undefined : JSON.stringify(body),
    lane: input.lane ?? defaultLane(operation),
    keyed: false,
    transition: false,
    open: undefined,
    flaw: (reply) => otherThing("", input.path, reply) ?? input.flaw?.(reply),
  };
}

const defaultLane = ({ paging }: AcdOperation): Lane => (paging === undefined ? "pacing" : "extraction");

/** The addresses and versions that a tenant lists, in any of its notations. */
class ApiVersions {
  readonly #known = new Map<string, Set<number>>();

  constructor(
    info: readonly {
      readonly uri?: string | undefined;
      readonly version?: string | undefined;
      readonly verb?: string | undefined;
    }[],
  ) {
    for (const { uri, version, verb } of info) {
      const number = Number.parseInt((version ?? /\/v(\d+)\.\d/i.exec(uri ?? "")?.[1] ?? "").replace(/^v/i, ""), 10);
      if (uri === undefined || Number.isNaN(number)) continue;
      for (const method of verb === undefined ? ["GET", "POST", "PUT", "PATCH", "DELETE"] : [verb.toUpperCase()]) {
        const key = `${method} ${plain(uri)}`;
        this.#known.set(key, (this.#known.get(key) ?? new Set()).add(number));
      }
    }
  }

  of(method: string, template: string): ReadonlySet<number> | undefined {
    return this.#known.get(`${method} ${plain(template)}`);
  }
}

const PREFIX = SERVICES_PREFIX.slice(1);

/** An address without prefix, version and parameter names. */
function plain(uri: string): string {
  const path = uri
    .toLowerCase()
    .replace(/\?.*$/, "")
    .replace(/\{[^}]*\}/g, "{}");
  const services = path.indexOf(PREFIX);
  const resource = (services === -1 ? path : path.slice(services + PREFIX.length)).replace(/^\/+/, "");
  return resource.replace(/^(?:v?\d+\.\d|v?\{\})\//, "").replace(/\/+$/, "");
}

// The two token grants of the ACD API, and the claims of their tokens. Source of the forms: published reference, seen in public
// clients.

const CHECK =
  "Check the access key: its id, its secret, and that it is active. Its rights are those of the employee who owns it.";

/** The grant for the configured credentials. */
function acdGrant(config: ResolvedAcdConfig): Grant {
  const { tokens, accessKeyId, accessKeySecret, client } = config;
  const path = client === undefined ? ACCESS_KEY_TOKEN_PATH : PASSWORD_TOKEN_PATH;
  return {
    address: { origin: tokens.origin, prefix: `${tokens.prefix}${path}` },
    scopes: [],
    secretName: "credentials.accessKeySecret",
    secret: accessKeySecret,
    secrets: client === undefined ? [] : [client.secret],
    checkCredentials: client === undefined ? CHECK : `${CHECK} Check the id and secret of the client, too.`,
    checkAddress: "Check issuer and area.",
    request: (secret) => {
      if (client === undefined) return json({ accessKeyId, accessKeySecret: secret });
      const fields = { grant_type: "password", username: accessKeyId, password: secret };
      const named = { ...fields, client_id: client.id, client_secret: client.secret };
      if (client.auth === "json") return json(named);
      if (client.auth === "form") return form(named);
      const written = client.basicEncoding === "form" ? encodeURIComponent(client.secret) : client.secret;
      return form(fields, `Basic ${Buffer.from(`${client.id}:${written}`, "utf8").toString("base64")}`);
    },
    read: (reply) => {
      // The reply may be an array of one, as a public client handles it.
      const parsed = acdTokenReply.safeParse(Array.isArray(reply) && reply.length === 1 ? reply[0] : reply);
      if (!parsed.success) return undefined;
      const { access_token, expires_in, id_token } = parsed.data;
      return { accessToken: access_token, expiresInSeconds: expires_in, scope: undefined, idToken: id_token };
    },
  };
}

const json = (fields: Readonly<Record<string, string>>) => ({
  headers: { accept: "application/json", "content-type": "application/json" },
  body: JSON.stringify(fields),
});

const form = (fields: Readonly<Record<string, string>>, authorization?: string) => ({
  headers: {
    accept: "application/json",
    "content-type": "application/x-www-form-urlencoded",
    ...(authorization !== undefined && { authorization }),
  },
  body: new URLSearchParams(fields).toString(),
});

/** For whom a token was issued, as far as it says. */
interface TokenClaims {
  readonly iss: string | undefined;
  readonly tenantId: string | undefined;
  readonly tenantName: string | undefined;
  readonly businessUnit: string | undefined;
  readonly cluster: string | undefined;
  readonly agentId: string | undefined;
}

/**
 * The claims of the tokens: of the identity token first, then of the access token. They are not verified: the tenant checks its
 * own tokens.
 */
function claimsOf(idToken: string | undefined, accessToken: string): TokenClaims | undefined {
  for (const token of [idToken, accessToken]) {
    const claims = token === undefined ? undefined : readJwt(token);
    if (claims?.tenantId === undefined) continue;
    const { iss, tenantId, tenant, icBUId, icClusterId, icAgentId } = claims;
    return { iss, tenantId, tenantName: tenant, businessUnit: icBUId, cluster: icClusterId, agentId: icAgentId };
  }
  return undefined;
}

function readJwt(token: string) {
  const [, payload = ""] = token.split(".");
  try {
    return tokenClaims.parse(JSON.parse(Buffer.from(payload, "base64url").toString("utf8")));
  } catch {
    return undefined;
  }
}

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
    relimit: (limits) => own.relimit(resolveAcdConfig({ ...config, limits }).limits),
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

// How replies of the ACD API are read: taken out of their envelope and parsed by the operation's schema; how refusals are read;
// and detection of changed shapes.

/** @param known shapes of replies seen before, by operation */
function acdDialect(hooks: TenantHooks, known: () => Readonly<Record<string, string>> = () => ({})): Dialect {
  const shapes = new Shapes(known, {
    first: (operationId, shape) => emit(hooks, "onShape", { operationId, shape }),
    drift: (operationId, before, after) => emit(hooks, "onDrift", { operationId, before, after }),
  });
  return {
    correlationHeader: "correlationid",
    throttles503: true,
    // Only the client of this table calls it, with ids of this table.
    read: (id, _, response) => readAcd(id as AcdOperationId, response, shapes),
    words: (response, scrubber) => {
      const { code, message } = acdWords(response);
      const correlationId = headerOf(response.headers, "correlationid");
      return {
        code: code === undefined ? undefined : scrubber.clean(code.slice(0, 128)),
        message: message === undefined ? undefined : scrubber.clean(message),
        correlationId: correlationId === undefined ? undefined : scrubber.clean(correlationId.slice(0, 128)),
      };
    },
  };
}

function readAcd(id: AcdOperationId, response: TransportResponse, shapes: Shapes): ReplyReading {
  const operation: AcdOperation = acdOperationOf(id);
  const { reply: schema, success } = operation;
  if (schema === undefined) return { kind: "value", value: undefined };
  const size = `${response.body.length} characters`;
  if (response.body === "") {
    const nothing = nothingOf(operation);
    if (response.status === 204 && nothing !== undefined) return judgeJson(schema, nothing, response, size);
    if (success.body === "optional" && (response.status === 204 || operation.emptyStatus === undefined))
      return { kind: "value", value: undefined };
    return { kind: "unreadable", why: "an empty body instead of JSON" };
  }
  const json = parseJson(response.body);
  if (json === undefined) return judgeJson(schema, json, response, size);
  const { value, shape } = unwrap(operation, json);
  const reading = judgeJson(schema, value, response, size);
  if (reading.kind === "invalid") shapes.broken(id, reading.why);
  else if (shape !== undefined) shapes.seen(id, shape);
  return reading;
}

/** An empty list as the reply of a list operation. */
function nothingOf({ envelope, retry }: AcdOperation): object | undefined {
  const [list] = envelope?.items ?? [];
  return list === undefined || retry !== "safe" ? undefined : { totalRecords: 0, [list]: [] };
}

const CODES = ["error", "code"] as const;
const TEXTS = ["error_description", "errorDescription", "error_Description", "message", "Message", "details"] as const;

/** The message of a refusal: in its body, in any of the known spellings, or in a header. */
function acdWords({ body, headers }: TransportResponse): Pick<VendorWords, "code" | "message"> {
  const json = parseJson(body);
  const fields: Readonly<Record<string, unknown>> = typeof json === "object" && json !== null ? { ...json } : {};
  const first = (names: readonly string[]) =>
    names.map((name) => fields[name]).find((value): value is string => typeof value === "string" && value.trim() !== "");
  const code = first(CODES);
  const page =
    json === undefined
      ? body
          .slice(0, 4000)
          .replace(/<[^>]*>/g, " ")
          .trim()
      : "";
  const text = first(TEXTS) ?? headerOf(headers, "icstatusdescription") ?? (page === "" ? undefined : page);
  if (text === undefined) return { code, message: code };
  return { code, message: code === undefined || text.startsWith(code) ? text : `${code}: ${text}` };
}

// Tracks the known shapes in which a tenant answers each operation. A change is reported once, with both shapes: the tenant was
// upgraded, or answers in an unknown form. Pure apart from its own memory.

interface ShapeListeners {
  readonly first: (operationId: string, shape: string) => void;
  readonly drift: (operationId: string, before: string, after: string) => void;
}

/**
 * Compares the shape of each reply (envelope, name of the list, older field names) with the one seen before, and tells listeners
 * what differs.
 */
class Shapes {
  #seen: Map<string, string> | undefined;
  readonly #known: () => Readonly<Record<string, string>>;
  readonly #told = new Set<string>();
  readonly #listeners: ShapeListeners;

  /** @param known shapes seen before, by operation; called when the first reply has arrived */
  constructor(known: () => Readonly<Record<string, string>>, listeners: ShapeListeners) {
    this.#known = known;
    this.#listeners = listeners;
  }

  seen(operationId: string, { at, list, older }: ReplyShape): void {
    const shape = `${list === undefined ? at : `${list} at ${at}`}, ${older ? "older" : "newer"} names`;
    const seen = this.#all();
    const before = seen.get(operationId);
    if (before === shape) return;
    seen.set(operationId, shape);
    if (before === undefined) this.#listeners.first(operationId, shape);
    else this.#tell(operationId, before, shape);
  }

  /** Reports a reply that has no known shape. */
  broken(operationId: string, why: string): void {
    const before = this.#all().get(operationId);
    // When no known shape was seen before, nothing has changed: the call's error says what is wrong.
    if (before !== undefined) this.#tell(operationId, before, `not as promised: ${why}`);
  }

  #all(): Map<string, string> {
    this.#seen ??= new Map(Object.entries(this.#known()));
    return this.#seen;
  }

  #tell(operationId: string, before: string, after: string): void {
    const key = JSON.stringify([operationId, before, after]);
    if (this.#told.has(key)) return;
    this.#told.add(key);
    this.#listeners.drift(operationId, before, after);
  }
}

// Finds the address of a tenant's API once, by the token's tenant, unless the operator configured it.

/** What is known about a tenant's address. */
interface TenantPlace {
  readonly api: HostAddress;
  readonly claims: TokenClaims | undefined;
  /** `configured`: the operator gave the address. */
  readonly found: "configured" | "discovered";
  readonly area: string | undefined;
  readonly cluster: string | undefined;
}

interface DiscoveryDependencies {
  readonly transport: Transport;
  readonly clock: Clock;
  readonly random: RandomStream;
  readonly scrubber: SecretScrubber;
  readonly tokens: TokenSource;
  readonly closing: AbortSignal;
}

const ADVICE = "Set tenant.acd.api to the address of the tenant's API, such as https://api-na1.niceincontact.com.";
const MAX_BODY = 64 * 1024;

/** Nothing is sent to another tenant than the one that is meant. Throws TenantError `refused`. */
function requireSame(what: string, given: string | undefined, meant: string | undefined, why: string): void {
  if (given === undefined || meant === undefined || given.toLowerCase() === meant.toLowerCase()) return;
  throw new TenantError("refused", `${what} of tenant ${given}, and ${why} ${meant}`, {
    advice: "Set tenant.acd.tenantId, and an access key of that tenant.",
  });
}

/** Finds the tenant's address: the configured one, or by its area and token. Only one request is made. */
class Discovery {
  readonly #config: ResolvedAcdConfig;
  readonly #with: DiscoveryDependencies;
  #place: Promise<TenantPlace> | undefined;

  constructor(config: ResolvedAcdConfig, dependencies: DiscoveryDependencies) {
    this.#config = config;
    this.#with = dependencies;
  }

  /** Found once for all callers; a failure is not cached. @param isStop a stop waits for it */
  place(isStop = false): Promise<TenantPlace> {
    if (isStop) this.#with.tokens.stopWaits();
    this.#place ??= this.#find().catch((thrown: unknown) => {
      this.#place = undefined;
      throw thrown;
    });
    return this.#place;
  }

  async #find(): Promise<TenantPlace> {
    const { authorization, idToken } = await this.#with.tokens.get(this.#with.closing);
    const claims = claimsOf(idToken, authorization.slice("Bearer ".length));
    const { api, issuer, tenantId } = this.#config;
    requireSame("the token is", claims?.tenantId, tenantId, "tenant.acd.tenantId names");
    if (api !== undefined) return { api, claims, found: "configured", area: undefined, cluster: claims?.cluster };
    const asked = tenantId ?? claims?.tenantId;
    const found = await this.#ask(asked);
    requireSame("the answer of discovery is", found.tenantId, asked, "it was asked for");
    const given = parseGivenHost(found.api_endpoint, "the tenant's discovery: api_endpoint", issuer);
    return { api: given, claims, found: "discovered", area: found.area, cluster: found.cluster };
  }

  async #ask(tenantId: string | undefined) {
    const { issuer, retry } = this.#config;
    const { clock, random, closing } = this.#with;
    // A regional host answers without a tenant id as well.
    const query = tenantId === undefined ? "" : `?tenantId=${encodeURIComponent(tenantId)}`;
    const deadline = clock.now() + retry.totalMs;
    for (let failures = 1; ; failures += 1) {
      const answer = await this.#attempt(`${issuer.prefix}${DISCOVERY_PATH}${query}`, deadline);
      if ("reply" in answer) return answer.reply;
      const pause = backoffMs(failures, retry, random);
      if (!answer.again || failures >= retry.maxAttempts || clock.now() + pause >= deadline) throw answer.error;
      await clock.sleep(pause, closing);
    }
  }

  async #attempt(path: string, deadline: number) {
    const { transport, scrubber, closing } = this.#with;
    const { issuer, headersMs, bodyMs } = this.#config;
    const failed = (
      code: "vendor_unavailable" | "refused" | "invalid_reply",
      message: string,
      status?: number,
      cause?: unknown,
    ) =>
      new TenantError(code, `the tenant's address was not found at ${issuer.origin}: ${scrubber.clean(message)}`, {
        advice: ADVICE,
        status,
        cause,
      });
    try {
      const { status, body } = await transport({
        method: "GET",
        origin: issuer.origin,
        path,
        headers: { accept: "application/json" },
        signal: closing,
        headersTimeoutMs: headersMs,
        bodyTimeoutMs: bodyMs,
        deadline,
        maxBodyBytes: MAX_BODY,
      });
      if (status === 429 || status >= 500)
        return { again: true, error: failed("vendor_unavailable", `status ${status}`, status) };
      if (status !== 200) return { again: false, error: failed("refused", `status ${status}`, status) };
      const parsed = discoveryReply.safeParse(parseJson(body));
      if (parsed.success) return { reply: parsed.data };
      return { again: false, error: failed("invalid_reply", "a reply without api_endpoint", status) };
    } catch (thrown) {
      return { again: true, error: failed("vendor_unavailable", messageOf(thrown), undefined, thrown) };
    }
  }
}
