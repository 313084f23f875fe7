// The API's description without a service: for the file that is published and for its check.

import type { Clock } from "../kernel/index.ts";
import type { Access, ServiceFeed, ServiceRequests } from "../store/index.ts";
import { LoginThrottle } from "./access/throttle.ts";
import { FeedHub } from "./live/hub.ts";
import type { AnyAsking } from "./operation.ts";
import { apiRoutes, type Work } from "./routes/index.ts";
import { openApiDocument } from "./routing/openapi.ts";
import type { Answer, RawRequest, Upload } from "./routing/route-types.ts";

/** The OpenAPI 3.1 document of the service. @param version of the package */
export function serviceOpenApi(version: string): object {
  return openApiDocument(describedRoutes(), version);
}

/** Method and path of every operation, as a file of the dashboard. */
export function routeTable(): string {
  const rows = describedRoutes().map(({ id, method, path }) => `  "${id}": ["${method.toUpperCase()}", "${path}"],`);
  return [
    "// Generated from the routes of the service by npm run generate.",
    "",
    'import type { Api } from "../../server/index.ts";',
    "",
    "export const ROUTES = {",
    ...rows,
    '} as const satisfies Readonly<Record<Api["id"], readonly [string, string]>>;',
    "",
  ].join("\n");
}

/** An operation answered in this process, in somebody's name. @param work what it needs of the use cases. Throws OutdialError */
export async function answeredHere(
  id: string,
  {
    params = {},
    query = {},
    body,
    file,
    signal = new AbortController().signal,
  }: AnyAsking & {
    readonly file?: Pick<Upload, "bytes" | "rereadable" | "size"> | undefined;
    readonly signal?: AbortSignal | undefined;
  },
  work: { readonly [Group in keyof Work]?: object },
  name: string,
): Promise<Answer> {
  const groups = Object.fromEntries(Object.entries(work).map(([group, part]) => [group, () => part]));
  const route = describedRoutes(groups).find((one) => one.id === id);
  if (route === undefined) throw new TypeError(`there is no operation ${id}`);
  const raw: RawRequest = {
    params: textsOf(params) as RawRequest["params"],
    query: textsOf(query),
    body,
    ignored: [],
    upload: file && {
      name: "",
      contentType: "",
      bytes: () => file.bytes(),
      size: file.size,
      rereadable: file.rereadable !== false,
    },
    headers: new Headers(),
    who: { name, role: "admin", via: "token", expiresAt: null, sessionId: null, tokenId: null },
    requestId: "",
    address: "",
    signal,
  };
  return route.answer(raw, () => Promise.resolve(undefined));
}

/** As they stand in an address. */
function textsOf(given: NonNullable<AnyAsking["query"]>): RawRequest["query"] {
  const known = Object.entries(given).filter(([, value]) => value !== undefined);
  return Object.fromEntries(known.map(([name, value]) => [name, typeof value === "object" ? value : String(value)]));
}

/** Every route. @param work what the routes act on; without it they are only described */
export function describedRoutes(work: Partial<Work> = {}) {
  const clock = absent<Clock>();
  const feed = absent<ServiceFeed>();
  return apiRoutes({
    clock,
    feed,
    hub: new FeedHub({ feed, access: absent<Access>(), clock, log: nothing }),
    throttle: new LoginThrottle(clock),
    facts: { version: "", fourEyes: false, timeZone: "UTC", startedAt: 0, https: false, tenant: null, profile: "", lacks: [] },
    logLine: nothing,
    access: absent<Access>(),
    requests: absent<ServiceRequests>(),
    replica: "",
    work: absent<Work>(work),
  });
}

/** What has nothing but what is given. */
const absent = <Port extends object>(given: Partial<Port> = {}): Port =>
  new Proxy(given, { get: (own, name) => Reflect.get(own, name) ?? nothing }) as Port;

/** What a route that is only described has to act on. */
function nothing(): never {
  throw new TypeError("the API is described here, not served");
}
