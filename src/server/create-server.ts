// The service as a function from Request to Response. What it works on comes from outside; it opens no socket.

import { randomBytes } from "node:crypto";
import type { HttpBindings } from "@hono/node-server";
import { Hono } from "hono";
import { compress } from "hono/compress";
import { type Clock, messageOf, OutdialError } from "../kernel/index.ts";
import type { Access, AuditInput, Principal, ServiceFeed, ServiceRequests, Store, StoreCondition } from "../store/index.ts";
import { Remembered } from "./access/authenticate.ts";
import { clientAddress, type ProxyTrust } from "./access/client-address.ts";
import { isOurs, refuseWrongHost } from "./access/cross-site.ts";
import { LoginThrottle } from "./access/throttle.ts";
import { ServerError } from "./error.ts";
import { problemCodes, problemOf, problemResponse } from "./http/problem.ts";
import { FeedHub } from "./live/hub.ts";
import { StallWatch } from "./observe/stalls.ts";
import { Pages } from "./pages/pages.ts";
import { apiRoutes, type Work } from "./routes/index.ts";
import type { ServiceFacts, SessionDeps } from "./routes/session.ts";
import { describe, openApiDocument } from "./routing/openapi.ts";
import { API, formerPath } from "./routing/route.ts";
import type { ApiRoute, Upload } from "./routing/route-types.ts";
import { type RouteHost, serveRoute } from "./routing/serve-route.ts";
import { Provider, type SignInSettings, signInRoutes } from "./sign-in/index.ts";

/** The policy of the dashboard and the reference. Scripts and styles are files of our own; workers are too. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "worker-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join("; ");

const ALWAYS: Readonly<Record<string, string>> = {
  "content-security-policy": CONTENT_SECURITY_POLICY,
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "referrer-policy": "no-referrer",
  "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
};

/** Adds what every answer carries: nothing from elsewhere, nothing inline, no framing, no guessing of types. @param https whether the service is reached through https */
function secure(headers: Headers, https: boolean): void {
  for (const [name, value] of Object.entries(ALWAYS)) headers.set(name, value);
  if (https) headers.set("strict-transport-security", "max-age=31536000");
}

/** The trace id of a request (W3C). */
const TRACEPARENT = /^00-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;

/** Where log lines go. They never contain a secret. */
export type ServiceLog = (
  level: "debug" | "info" | "warn" | "error",
  message: string,
  details?: Readonly<Record<string, unknown>>,
) => void;

/** What the service needs. */
export interface ServerPorts {
  readonly clock: Clock;
  readonly access: Access;
  readonly requests: ServiceRequests;
  readonly keyFor: Store["keyFor"];
  /** This process among those that share the store. */
  readonly replica: string;
  readonly feed: ServiceFeed;
  readonly record: (entry: AuditInput) => Promise<void>;
  readonly log: ServiceLog;
  /** Conditions of the store that every page must show; none by default. */
  readonly conditions?: (() => readonly StoreCondition[]) | undefined;
  readonly setup?: SessionDeps["setup"];
  readonly work: Work;
  /** Apps that state their full addresses and authenticate their callers themselves: webhooks, metrics. */
  readonly parts?: readonly Hono[];
  /** Called after every request that was answered. */
  readonly onRequest?: (request: {
    readonly route: string;
    readonly method: string;
    readonly status: number;
    readonly ms: number;
  }) => void;
  /** Runs what a request causes so that its log lines say which request it was. */
  readonly within?: (<T>(correlation: { readonly requestId: string }, work: () => T) => T) | undefined;
  readonly settings: ServerSettings;
  readonly spool: (bytes: AsyncIterable<Uint8Array>) => Promise<Upload & AsyncDisposable>;
}

interface ServerSettings {
  readonly version: string;
  readonly fourEyes: boolean;
  /** IANA zone in which the operator's day ends. */
  readonly timeZone: string;
  /** The address people use when a proxy is in front of the service. */
  readonly publicUrl: string | undefined;
  /** Which proxies are trusted to state a client's address; none by default. */
  readonly proxy?: ProxyTrust | undefined;
  /** Largest file that is taken, bytes. */
  readonly uploadLimit: number;
  /** How long a JSON body may take to arrive, ms; 15 s by default. */
  readonly bodyMs?: number;
  /** Folder of the built dashboard. */
  readonly pages: string | undefined;
  /** The tenant is a simulation, and the pages explain what there is to see. */
  readonly demo?: boolean | undefined;
  /** Whose campaigns these are; null where no tenant is configured. */
  readonly tenant: ServiceFacts["tenant"];
  /** The tenant's vendor profile, and what that profile does not offer. */
  readonly profile: string;
  readonly lacks: ServiceFacts["lacks"];
  /** The identity provider people sign in with, beside tokens. */
  readonly signIn?: SignInSettings | undefined;
}

/** The service. */
export interface Service {
  /** @param who the caller, when already known: only for requests from within this process */
  fetch(request: Request, env?: HttpBindings, who?: Principal): Promise<Response>;
  /** Every route of the API. */
  readonly routes: readonly ApiRoute[];
  /** Whether dangerous verbs wait for the approval of a second person. */
  readonly fourEyes: boolean;
  /** Number of current readers of live updates. */
  readonly readers: number;
  /** Ends live updates; requests under way go on. */
  close(): Promise<void>;
}

const BODY_MS = 15_000;

interface Variables {
  readonly requestId: string;
  readonly address: string;
}

/** What comes with a request besides what is in it. */
interface Bindings extends Partial<HttpBindings> {
  readonly who?: Principal | undefined;
}

/** Builds the service. */
export async function createServer(ports: ServerPorts): Promise<Service> {
  const { clock, settings, log } = ports;
  const https = settings.publicUrl?.startsWith("https:") ?? false;
  const throttle = new LoginThrottle(clock);
  const remembered = new Remembered(() => clock.now());
  const hub = new FeedHub({ feed: ports.feed, access: ports.access, clock, log: (message) => log("warn", message) });
  const pages = await Pages.open(settings.pages);
  const facts = { ...settings, https, startedAt: clock.now() };
  const provider = settings.signIn === undefined ? undefined : new Provider(settings.signIn, clock);
  const signIn =
    settings.signIn === undefined || provider === undefined
      ? undefined
      : { name: settings.signIn.name, signOutUrl: () => provider.signOutUrl(settings.publicUrl) };
  const routes = apiRoutes({ ...ports, throttle, facts, hub, signIn, logLine: (message) => log("warn", message) });
  const app = new Hono<{ Bindings: Bindings; Variables: Variables }>();
  const stalls = new StallWatch((ms, requests) =>
    log("warn", `the service's thread was held up for ${(ms / 1000).toFixed(1)} s: nobody was answered meanwhile`, { requests }),
  );

  app.use(async (c, next) => {
    const began = performance.now();
    // Logs, audit and problems show it: the caller's trace id when it sends one, else a new one.
    const requestId = TRACEPARENT.exec(c.req.header("traceparent") ?? "")?.[1] ?? randomBytes(16).toString("hex");
    c.set("requestId", requestId);
    c.set("address", clientAddress(c.env?.incoming?.socket.remoteAddress, c.req.raw.headers, settings.proxy));
    const end = stalls.begin({ requestId, method: c.req.method, path: c.req.path });
    try {
      await (ports.within === undefined ? next() : ports.within({ requestId }, next));
    } finally {
      end();
    }
    secure(c.res.headers, https);
    c.res.headers.set("x-request-id", requestId);
    const ms = performance.now() - began;
    ports.onRequest?.({ route: c.req.routePath, method: c.req.method, status: c.res.status, ms });
    log("debug", "request", { requestId, method: c.req.method, path: c.req.path, status: c.res.status, ms: Math.round(ms) });
  });
  // A stream of lines is not held back to be compressed; nor an answer that comes before the whole body of its request has.
  app.get(`${API}/*`, compress({ encoding: "gzip", contentTypeFilter: /^application\/json/ }));
  for (const part of ports.parts ?? []) app.route("/", part);
  app.use(async (c, next) => {
    refuseWrongHost(c.req.header("host"), (name) => isOurs(name, settings.publicUrl));
    await next();
  });
  if (settings.signIn !== undefined && provider !== undefined) {
    const { publicUrl } = settings;
    app.route(
      "/",
      signInRoutes(new Hono(), { ...ports, key: ports.keyFor("sign-in"), settings: settings.signIn, provider, https, publicUrl }),
    );
  }
  const serve = (one: ApiRoute, path: string) =>
    app.on(one.method.toUpperCase(), path.replaceAll(/\{(\w+)\}/g, ":$1"), (context) => {
      const origins = originsOf(context.req.header("host"), settings.publicUrl);
      const host: RouteHost = { ...ports, throttle, remembered, https, origins, ...settings, bodyMs: settings.bodyMs ?? BODY_MS };
      const incoming = { context, requestId: context.get("requestId"), address: context.get("address"), who: context.env?.who };
      return serveRoute(one, incoming, host);
    });
  for (const one of routes) serve(one, one.path);
  // Behind all others, so that no documented path is taken for one of these.
  for (const one of routes) if (formerPath(one) !== one.path) serve(one, formerPath(one));
  const reference = (text: () => string, type: string) => () =>
    new Response(text(), { headers: { "content-type": type, "cache-control": "no-cache" } });
  app.get(
    `${API}/openapi.json`,
    reference(() => JSON.stringify(openApiDocument(routes, settings.version)), "application/json"),
  );
  app.get(
    `${API}/reference`,
    reference(() => referencePage(routes, settings.version), "text/html; charset=utf-8"),
  );
  app.get(`${API}/reference.css`, reference(referenceStyle, "text/css; charset=utf-8"));
  app.all(`${API}/*`, (c) => {
    throw new ServerError("no_such_route", `there is no ${c.req.method} ${c.req.path}`, { advice: `See ${API}/reference.` });
  });
  app.get("*", async (c) => {
    const found = await pages.respond(c.req.path, c.req.header("accept-encoding") ?? "");
    if (found !== undefined) return found;
    const advice = Pages.isDocument(c.req.path)
      ? "The documents begin at /docs/. A checkout has them after npm run build:docs."
      : pages.built
        ? `The API is under ${API}.`
        : "The dashboard is not built here; the API is served all the same.";
    throw new ServerError("no_such_route", `there is no page ${c.req.path}`, { advice });
  });
  app.notFound((c) => {
    throw new ServerError("wrong_method", `${c.req.method} is not answered at ${c.req.path}`);
  });
  app.onError((thrown, c) => {
    const requestId = c.get("requestId");
    const problem = problemOf(thrown, requestId);
    // A caller that disconnected while its request was read or answered is not an error of the service, and gets no answer.
    if (!(thrown instanceof OutdialError) && c.req.raw.signal.aborted) {
      log("debug", `the caller broke off: ${messageOf(thrown)}`, { requestId, path: c.req.path });
      return problemResponse(problem);
    }
    if (problem.status >= 500 || !(thrown instanceof OutdialError)) {
      const details = {
        requestId,
        path: c.req.path,
        code: problem.code,
        ...(thrown instanceof OutdialError ? {} : { stack: thrown.stack }),
      };
      log("error", `request failed: ${messageOf(thrown)}`, details);
    }
    return problemResponse(problem);
  });
  return {
    fetch: async (request, env, who) => await app.fetch(request, { ...env, who } satisfies Bindings),
    routes,
    fourEyes: settings.fourEyes,
    get readers() {
      return hub.readers;
    },
    close() {
      stalls.close();
      return hub.close();
    },
  };
}

function originsOf(host: string | undefined, publicUrl: string | undefined): string[] {
  const own = host === undefined ? [] : [`http://${host}`];
  return publicUrl === undefined || !URL.canParse(publicUrl) ? own : [...own, new URL(publicUrl).origin];
}

// The reference of the API as a page without scripts, with one style sheet, every text escaped.

const STYLE = `:root{color-scheme:light dark;font:16px/1.5 system-ui,sans-serif}
body{max-width:60rem;margin:2rem auto;padding:0 1rem}
h2{margin-top:2.5rem}
article{border-top:1px solid #8884;padding:.5rem 0}
code{font-family:ui-monospace,monospace}
.method{display:inline-block;min-width:4.5rem;text-transform:uppercase;font-weight:600}
.role{opacity:.75}
table{border-collapse:collapse}td,th{padding:.15rem 1rem .15rem 0;text-align:left}`;

const ESCAPES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
const escape = (text: string): string => text.replaceAll(/[&<>"']/g, (one) => ESCAPES[one] ?? one);

/** The style sheet. */
const referenceStyle = (): string => STYLE;

/** The page. */
function referencePage(routes: readonly ApiRoute[], version: string): string {
  const groups = Map.groupBy(routes, ({ id }) => id.split(".")[0] ?? "api");
  const sections = [...groups].map(
    ([name, ones]) => `<h2 id="${escape(name)}">${escape(name)}</h2>${ones.map(article).join("")}`,
  );
  const codes = problemCodes().map(
    ({ code, status, title }) =>
      `<tr id="${escape(code)}"><td><code>${escape(code)}</code></td><td>${status}</td><td>${escape(title)}</td></tr>`,
  );
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>outdial API</title><link rel="stylesheet" href="${API}/reference.css"></head>
<body><h1>outdial API</h1><p>Version ${escape(version)}. The same as a machine reads it: <a href="${API}/openapi.json">OpenAPI 3.1</a>.</p>
${sections.join("\n")}
<h2 id="problems">Codes of problems</h2><table><thead><tr><th>Code</th><th>Status</th><th>Meaning</th></tr></thead><tbody>${codes.join("")}</tbody></table>
</body></html>
`;
}

function article(route: ApiRoute): string {
  const fields = [
    ["path", route.params],
    ["query", route.query],
  ] as const;
  const names = fields.flatMap(([where, schema]) =>
    schema === undefined
      ? []
      : [
          `${where}: ${Object.keys(schema.shape)
            .map((name) => `<code>${escape(name)}</code>`)
            .join(", ")}`,
        ],
  );
  const body = route.upload === undefined ? (route.body === undefined ? [] : ["body: JSON"]) : ["body: a file"];
  return `<article id="${escape(route.id)}"><p><span class="method">${route.method}</span> <code>${escape(route.path)}</code></p>
<p>${escape(route.summary)}. <span class="role">${escape(describe(route))}</span></p><p>${[...names, ...body].join(" · ")}</p></article>`;
}
