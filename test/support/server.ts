// A service of a test's own: a store on a fresh database, the server over it, on a socket of the loopback when asked for.

import { randomUUID } from "node:crypto";
import { usCaUk2026 } from "../../src/compliance/index.ts";
import { AuditUseCases, compileRulePack, DeliveryUseCases } from "../../src/operations/index.ts";
import { createServer, listen, type ServerPorts, type Service } from "../../src/server/index.ts";
import { askedIn, requireProblem } from "./messages.ts";
import { openTestStore, type TestStore } from "./store.ts";

export interface StartedServer extends AsyncDisposable {
  readonly world: TestStore;
  readonly service: Service;
  /** Tokens by role. */
  readonly tokens: Readonly<Record<"viewer" | "operator" | "admin", string>>;
  /** Everything that was logged, as text. */
  readonly logged: string[];
  /** Asks in process. */
  ask(path: string, init?: RequestInit & { readonly token?: string | undefined }): Promise<Response>;
  /** Serves on a socket, ended with the world. @returns the address */
  listen(): Promise<string>;
}

export async function startServer(
  settings: Partial<ServerPorts["settings"]> = {},
  ports: Partial<ServerPorts> = {},
): Promise<StartedServer> {
  const world = await openTestStore();
  const { store, clock } = world;
  const logged: string[] = [];
  const deliveries = new DeliveryUseCases({ store, clock }, () => ({}));
  const audit = new AuditUseCases({ store, clock }, async () => {
    const pack = usCaUk2026();
    return { pack, compiled: compileRulePack(pack) };
  });
  const service = await createServer({
    clock,
    access: store.access,
    requests: store.requests,
    keyFor: store.keyFor,
    replica: "test",
    feed: store.feed,
    record: (entry) => store.audit.append([entry]),
    log: (level, message, details) => logged.push(JSON.stringify({ level, message, details })),
    work: {
      attention: notHere,
      campaigns: notHere,
      campaignFiles: notHere,
      contacts: notHere,
      failover: notHere,
      jobs: notHere,
      interactions: notHere,
      dialer: notHere,
      simulate: notHere,
      outcomes: notHere,
      outcomesCrm: notHere,
      compliance: notHere,
      facts: notHere,
      vendorWebhooks: notHere,
      tenant: notHere,
      audit: () => audit,
      deliveries: () => deliveries,
      inbound: () => store.inbound,
      lives: () => ({ list: () => store.lives.list(), find: notHere, planErasure: notHere, erase: notHere, eraseAgain: notHere }),
    },
    spool,
    ...ports,
    settings: {
      version: "0.0.0-test",
      fourEyes: false,
      timeZone: "UTC",
      publicUrl: undefined,
      uploadLimit: 1_000_000,
      pages: undefined,
      profile: "rest",
      tenant: null,
      lacks: [],
      ...settings,
    },
  });
  const tokenOf = async (role: "viewer" | "operator" | "admin") =>
    (await store.access.addToken({ name: role, role, expiresAt: null, by: "test" })).token;
  const tokens = { viewer: await tokenOf("viewer"), operator: await tokenOf("operator"), admin: await tokenOf("admin") };
  const closing: (() => Promise<void>)[] = [];
  return {
    world,
    service,
    tokens,
    logged,
    async ask(path, { token, ...init } = {}) {
      const headers = new Headers(init.headers);
      headers.set("host", "127.0.0.1:1");
      if (token !== undefined) headers.set("authorization", `Bearer ${token}`);
      const response = await service.fetch(new Request(`http://127.0.0.1:1${path}`, { ...init, headers }));
      await requireProblem(response, askedIn(path, init.body));
      return response;
    },
    async listen() {
      const listening = await listen((request, env) => service.fetch(request, env), { host: "127.0.0.1", port: 0 });
      closing.push(() => listening.stop(100));
      return listening.url;
    },
    async [Symbol.asyncDispose]() {
      await service.close();
      for (const close of closing) await close();
      await world.dispose();
    },
  };
}

/** What a tenant is needed for is tested over a whole service. */
function notHere(): never {
  throw new Error("there is no tenant in this test");
}

/** Files in memory: tests send small ones. */
async function spool(bytes: AsyncIterable<Uint8Array>) {
  const chunks: Uint8Array[] = [];
  for await (const chunk of bytes) chunks.push(chunk);
  return {
    name: randomUUID(),
    contentType: "",
    bytes: async function* () {
      yield* chunks;
    },
    [Symbol.asyncDispose]: async () => undefined,
  };
}
