// What a test of the vendor's events works with: a store on a database of its own, the addresses on a free loopback port, the queue's worker.

import { request } from "node:http";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import { serve } from "@hono/node-server";
import { CampaignMetrics, InboundWorker, Intake, vendorEventHandlers } from "../../../src/operations/index.ts";
import { type InboundAnswer, type InboundRoutesOptions, inboundRoutes } from "../../../src/server/index.ts";
import type { InboundEvent } from "../../../src/store/index.ts";
import { openTestStore, type TestStore } from "../../support/store.ts";

export const SECRETS = { omnichannel: ["omnichannel-secret-1"], dialer: ["dialer-secret-1"] } as const;

export interface InboundWorld extends AsyncDisposable {
  readonly opened: TestStore;
  readonly url: string;
  readonly metrics: CampaignMetrics;
  readonly worker: InboundWorker;
  /** How requests were answered, in order. */
  readonly answers: readonly InboundAnswer[];
  readonly log: readonly string[];
  post(body: unknown, options?: PostOptions): Promise<{ status: number; body: unknown }>;
  events(): Promise<InboundEvent[]>;
}

export interface PostOptions {
  readonly channel?: "omnichannel" | "dialer";
  readonly headers?: Readonly<Record<string, string>>;
}

/** @param overrides of the routes' options */
export async function openInboundWorld(overrides: Partial<InboundRoutesOptions> = {}): Promise<InboundWorld> {
  const opened = await openTestStore();
  const { store, clock } = opened;
  const answers: InboundAnswer[] = [];
  const log: string[] = [];
  const never = () => Promise.reject(new Error("nobody asks the vendor here"));
  const capability = { supported: false, lock: "none", asynchronous: false, writes: "none", readBack: false } as const;
  const metrics = new CampaignMetrics({
    log: store.metrics,
    source: { capability, campaign: never, hourly: () => Readable.from([]) },
    clock,
  });
  const worker = new InboundWorker({
    inbound: store.inbound,
    handlers: vendorEventHandlers(metrics),
    clock,
    by: "replica-1",
    log: (level, message) => log.push(`${level} ${message}`),
  });
  const app = inboundRoutes({
    intake: new Intake(store.inbound),
    secrets: () => SECRETS,
    // The body's timeout is off the standing clock: it would be over at once.
    clock: { now: () => clock.now(), sleep: () => new Promise(() => undefined) },
    onAnswer: (answer) => answers.push(answer),
    ...overrides,
  });
  const server = serve({ fetch: app.fetch, hostname: "127.0.0.1", port: 0 });
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  return {
    opened,
    url,
    metrics,
    worker,
    answers,
    log,
    post: (body, options) => post(url, body, options),
    events: async () => (await store.inbound.list({ limit: 10_000 })).reverse(),
    async [Symbol.asyncDispose]() {
      await worker.stop();
      await new Promise((resolve) => server.close(resolve));
      await opened.dispose();
    },
  };
}

async function post(url: string, body: unknown, { channel = "omnichannel", headers }: PostOptions = {}) {
  const secret: Record<string, string> =
    channel === "omnichannel" ? { "x-outdial-secret": SECRETS.omnichannel[0] } : { authorization: `Bearer ${SECRETS.dialer[0]}` };
  const response = await fetch(`${url}/webhooks/vendor/${channel}`, {
    method: "POST",
    headers: { "content-type": "application/json", ...secret, ...headers },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
  return { status: response.status, body: await response.json() };
}

/** Sends headers, and then the pieces when asked: for bodies that come slowly, or too long without saying so. */
export function openRequest(url: string, headers: Readonly<Record<string, string>>) {
  const sent = request(url, { method: "POST", headers: { ...headers } });
  const answered = new Promise<number>((resolve, reject) => {
    sent.once("response", (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    sent.once("error", reject);
  });
  return { write: (piece: string) => sent.write(piece), end: () => sent.end(), destroy: () => sent.destroy(), answered };
}

/** A metrics event as the vendor sends it. */
export function metricsEvent(at: number, successRate: number, id = `evt_${at}_${successRate}`) {
  const time = new Date(at).toISOString();
  return {
    id,
    type: "omnichannel.campaign.metrics.update",
    occurredAt: time,
    data: {
      campaignId: "camp_1",
      windowMinutes: 30,
      successRate,
      activeCalls: 12,
      callsPlaced: 200,
      callsAnswered: 90,
      lastUpdated: time,
    },
  };
}
