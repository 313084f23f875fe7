// The client of the ACD API: discovers the tenant's address once, requests the pinned version of an operation, and falls back to
// another where a tenant lacks it.

import {
  type AcdOperation,
  type AcdOperationId,
  acdOperationOf,
  acdPath,
  acdTemplate,
  SERVICES_PREFIX,
} from "../../contract/acd/index.ts";
import { messageOf } from "../../kernel/index.ts";
import { Call, type CallDependencies } from "../call.ts";
import { withDeadline } from "../deadline.ts";
import { abortError, TenantError } from "../errors.ts";
import type { HostAddress } from "../hosts.ts";
import { type Prepared, parseExactly, writeQuery } from "../prepare.ts";
import type { Lane } from "../rate-limiter.ts";
import { otherThing } from "../reply.ts";
import { failedItems } from "./envelope.ts";
import type { AcdCallOptions, AcdInput, AcdReplyOf, AcdRequester, AcdResult, AnyAcdInput } from "./requester.ts";

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
export class AcdClient implements AcdRequester {
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
    flaw: (reply) => otherThing("", input.path, reply),
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
