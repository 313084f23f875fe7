// outdial for AI assistants: the service's routes for one workplace, offered through the Model Context Protocol. The service's
// own socket is not opened.

import type { Readable, Writable } from "node:stream";
import { lacksOf } from "../operations/index.ts";
import { createServer, listen, openMcp } from "../server/index.ts";
import { ASSISTANT_PREFIX } from "../store/index.ts";
import { capabilitiesOn } from "./capabilities.ts";
import type { Flags } from "./config.ts";
import type { Environment } from "./environment.ts";
import { Background } from "./service/background.ts";
import { workOf } from "./service/work.ts";
import { tenantShown } from "./standing.ts";
import { packageVersion } from "./version.ts";
import { openWorkplace } from "./workplace.ts";

const SETTLE_MS = 4_000;
/** Time for requests under way to end when it closes, ms. */
const DRAIN_MS = 2_000;

interface AssistanceOptions {
  /** Verbs that are allowed in addition to those that read. */
  readonly allow: readonly string[];
  /** Called with messages for a person. */
  readonly warn: (message: string) => void;
}

/** Opens the tools over a workplace. Throws ConfigError, StoreError, OutdialError `missing_package`. */
export async function openAssistance(flags: Flags, environment: Environment, options: AssistanceOptions) {
  const { allow, warn } = options;
  await using stack = new AsyncDisposableStack();
  const acts = allow.length > 0;
  const workplace = await openWorkplace(stack, flags, environment, { warn, deliver: acts });
  const { config, store, runs, actor } = workplace;
  const background = new Background(warn);
  const ended = new AbortController();
  const { beside, ...able } = await capabilitiesOn(stack, workplace, environment, { warn, background, signal: ended.signal });
  if (acts) {
    await workplace.launch();
    workplace.startDelivery();
  }
  stack.defer(async () => {
    ended.abort();
    runs.interrupt();
    await Promise.all([background.settled(SETTLE_MS), runs.settled(SETTLE_MS)]);
  });
  // Pages and tools use what was last read from the tenant: when no service reads it, this process does.
  background.start("view of the tenant", () => beside.refresh.run());
  const version = packageVersion();
  const server = await createServer({
    clock: config.clock,
    access: store.access,
    requests: store.requests,
    keyFor: store.keyFor,
    replica: workplace.replica.id,
    feed: store.feed,
    record: (entry) => store.audit.append([entry]),
    log: (level, message) => (level === "warn" || level === "error" ? warn(message) : undefined),
    conditions: () => store.health.conditions(),
    work: workOf(able, workplace),
    // No tool accepts a file.
    spool: () => Promise.reject(new Error("a file was sent, but no tool accepts files")),
    settings: {
      version,
      // Whatever the service's own setting is: a person approves an assistant's requests.
      fourEyes: true,
      timeZone: config.file.compliance?.timeZone ?? new Intl.DateTimeFormat().resolvedOptions().timeZone,
      publicUrl: undefined,
      uploadLimit: 0,
      pages: undefined,
      tenant: tenantShown(config),
      profile: workplace.tenant.profile,
      lacks: lacksOf(workplace.tenant),
    },
  });
  stack.defer(() => server.close());
  const mcp = await openMcp(server, { version, allow });
  const name = `${ASSISTANT_PREFIX}${actor}`;
  const owned = stack.move();
  return {
    /** Names of the tools. */
    tools: mcp.tools.map((tool) => tool.name),
    /** The client's name for requests over streams, as in the audit log. */
    name,
    /** Serves one assistant over two streams until the input ends or the signal is aborted. */
    serveStreams: (input: Readable, output: Writable, signal: AbortSignal) => mcp.serveStreams(input, output, name, signal),
    /** Serves clients that have a token of the service, on a loopback address. @returns the address */
    async listen(port: number) {
      const listening = await listen((request, env) => mcp.fetch(request, env), { host: "127.0.0.1", port });
      owned.defer(() => listening.stop(DRAIN_MS));
      return `${listening.url}${mcp.path}`;
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
