// What the queue makes of the vendor's events: figures merged whatever their order, changes in the audit once, poison put aside.

import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { inboundSecrets } from "../../../src/app/index.ts";
import { InboundWorker } from "../../../src/operations/index.ts";
import { runCli, workFolder } from "../../support/cli.ts";
import { startSandbox } from "../../support/sandbox.ts";
import { type InboundWorld, metricsEvent, openInboundWorld, SECRETS } from "./world.ts";

let world: InboundWorld;
beforeEach(async () => {
  world = await openInboundWorld();
});
afterEach(() => world[Symbol.asyncDispose]());

const now = () => world.opened.clock.now();
const stateChange = (id: string, status: string) => ({
  id,
  type: "omnichannel.campaign.state.change",
  occurredAt: new Date(now()).toISOString(),
  data: { campaignId: "camp_1", status, previousStatus: "active" },
});

test("a late older figure never hides a newer one, however often each comes", async () => {
  const early = metricsEvent(now() - 120_000, 0.2, "evt_early");
  const late = metricsEvent(now() - 60_000, 0.4, "evt_late");
  for (const event of [late, early, late]) await world.post(event);
  expect(await world.worker.drain()).toBe(2);
  expect(await world.metrics.latest("camp_1")).toMatchObject({ successRate: 0.4 });
  const series = await world.metrics.series("camp_1", now() - 600_000, now());
  expect(series.map(({ successRate }) => successRate)).toEqual([0.2, 0.4]);
});

test("changes of state stand in the audit, once, at the time they happened", async () => {
  await world.post(stateChange("evt_1", "paused"));
  await world.post(
    { id: "evt_2", type: "dialer.settings.updated", occurredAt: new Date(now()).toISOString(), data: { versionTag: "v2" } },
    { channel: "dialer" },
  );
  const at = new Date(now()).toISOString();
  world.opened.clock.advance(60_000);
  await world.worker.drain();
  const entries = await world.opened.store.audit.list();
  expect(entries).toMatchObject([
    {
      actor: "vendor",
      action: "vendor.campaign_state",
      subject: "camp_1",
      time: at,
      details: { status: "paused", event: "evt_1" },
    },
    { actor: "vendor", action: "vendor.dialer_settings", subject: "dialer/settings", details: { versionTag: "v2" } },
  ]);
  expect(await world.worker.drain()).toBe(0);
  expect((await world.opened.store.audit.list()).length).toBe(2);
});

test("a worker whose claim lapsed while it worked writes neither end nor audit", async () => {
  const { store, clock } = world.opened;
  await world.post(stateChange("evt_1", "paused"));
  const [claimed] = await store.inbound.claimDue("slow", 10, 60_000);
  clock.advance(60_000);
  await world.worker.drain();
  const entry = { actor: "vendor", action: "vendor.campaign_state", subject: "camp_1", details: {} };
  await store.inbound.settle("slow", [{ id: claimed?.id ?? 0, status: "done" }], new Map([[claimed?.id ?? 0, entry]]));
  expect((await store.audit.list()).length).toBe(1);
  expect(await world.events()).toMatchObject([{ status: "done", attempts: 1 }]);
});

test("types that nobody knows are kept and left alone", async () => {
  await world.post({ id: "evt_1", type: "omnichannel.campaign.renamed", occurredAt: new Date(now()).toISOString(), data: {} });
  await world.worker.drain();
  expect(await world.events()).toMatchObject([{ type: "omnichannel.campaign.renamed", status: "ignored" }]);
});

test("an event that makes no sense is put aside with the reason; the others go on; replayed, it is looked at again", async () => {
  const broken = { ...metricsEvent(now(), 0.4, "evt_broken"), data: { successRate: "high" } };
  await world.post(broken);
  await world.post(metricsEvent(now(), 0.3, "evt_good"));
  await world.worker.drain();
  expect(await world.events()).toMatchObject([
    { eventId: "evt_broken", status: "aside", reason: expect.stringContaining("campaignId") },
    { eventId: "evt_good", status: "done" },
  ]);
  expect(world.log.join("\n")).toContain("evt_broken (omnichannel.campaign.metrics.update) was put aside");
  expect(await world.opened.store.inbound.counts()).toEqual({ pending: 0, aside: 1, oldestPendingMs: null });
  expect(await world.opened.store.inbound.replay()).toBe(1);
  expect(await world.worker.drain()).toBe(1);
  expect(await world.events()).toMatchObject([{ status: "aside", attempts: 1 }, { status: "done" }]);
});

test("what fails for a while is tried again, later each time, and put aside in the end", async () => {
  const { store, clock } = world.opened;
  let failures = 0;
  const tried: number[] = [];
  const worker = new InboundWorker({
    inbound: store.inbound,
    handlers: new Map([
      [
        "omnichannel.campaign.state.change",
        async (event) => {
          tried.push(clock.now());
          failures += 1;
          if (event.eventId === "evt_mends" && failures > 2) return undefined;
          throw new Error("a hiccup");
        },
      ],
    ]),
    clock,
    by: "replica-2",
  });
  await world.post(stateChange("evt_mends", "paused"));
  for (let i = 0; i < 6; i++) {
    await worker.drain();
    clock.advance(16_000);
  }
  expect(await world.events()).toMatchObject([{ status: "done", attempts: 3, reason: null }]);
  tried.length = 0;
  await world.post(stateChange("evt_never", "paused"));
  for (let second = 0; second < 400; second++) {
    await worker.drain();
    clock.advance(1_000);
  }
  expect(tried.map((at) => (at - (tried[0] ?? 0)) / 1000)).toEqual([0, 1, 5, 21, 85, 341]);
  expect((await world.events())[1]).toMatchObject({ status: "aside", reason: "a hiccup", attempts: 6 });
});

test("many workers share the queue: each event is processed once", async () => {
  const { store, clock } = world.opened;
  const seen: string[] = [];
  const handlers = new Map([
    [
      "omnichannel.campaign.state.change",
      async ({ eventId }: { eventId: string }) => {
        seen.push(eventId);
        return undefined;
      },
    ],
  ]);
  await Promise.all(Array.from({ length: 500 }, (_, i) => world.post(stateChange(`evt_${i}`, "paused"))));
  const workers = [1, 2, 3, 4].map((n) => new InboundWorker({ inbound: store.inbound, handlers, clock, by: `worker-${n}` }));
  await Promise.all(workers.map((worker) => worker.drain()));
  expect(seen.length).toBe(500);
  expect(new Set(seen).size).toBe(500);
});

test("the vendor's own deliveries, registered with the secrets of the service, arrive and are processed", async () => {
  await using folder = await workFolder();
  await using sandbox = await startSandbox({ clock: "frozen", now: now() });
  const environment = {
    DATABASE_URL: world.opened.url,
    OUTDIAL_DIR: world.opened.dir,
    OUTDIAL_TENANT_URL: sandbox.url,
    CXONE_CLIENT_ID: sandbox.clientId,
    CXONE_CLIENT_SECRET: sandbox.clientSecret,
    OUTDIAL_INBOUND_DIALER_SECRET: SECRETS.dialer[0],
  };
  const secretFile = join(folder.path, "metrics.secret");
  await writeFile(secretFile, `${SECRETS.omnichannel[0]}\n`);
  const register = async (kind: "metrics" | "wfm", channel: string, file?: string) => {
    const url = ["--url", `${world.url}/webhooks/vendor/${channel}`];
    const secret = file === undefined ? [] : ["--secret-file", file];
    const done = await runCli(["--json", "webhooks", "register", kind, ...url, ...secret], {
      cwd: folder.path,
      env: environment,
    });
    return JSON.parse(done.stdout) as { readonly already: boolean };
  };
  expect((await register("metrics", "omnichannel", secretFile)).already).toBe(false);
  expect((await register("metrics", "omnichannel", secretFile)).already).toBe(true);
  expect((await register("wfm", "dialer")).already).toBe(false);
  const { control } = sandbox.sandbox;
  const campaignId = control.state().campaigns[0]?.id ?? "";
  control.simulateMetrics({ campaignId, successRate: 0.125, callsPlaced: 80, callsAnswered: 10 });
  control.simulateEdit({ kind: "dialerSettings", body: { name: "changed by another" } });
  expect(await control.flushWebhooks()).toEqual({ delivered: 2, failed: 0, pending: 0 });
  await world.worker.drain();
  expect(await world.metrics.latest(campaignId)).toMatchObject({ successRate: 0.125 });
  expect((await world.events()).map(({ status }) => status)).toEqual(["done", "done"]);
  const audit = JSON.stringify(await world.opened.store.audit.list());
  expect(audit).toContain("vendor.dialer_settings");
  for (const secret of [SECRETS.omnichannel[0], SECRETS.dialer[0]]) expect(audit).not.toContain(secret);
});

test("a secret file that is not there is made, for its owner alone, and its secret is what the vendor then sends", async () => {
  await using folder = await workFolder();
  await using sandbox = await startSandbox({ clock: "frozen", now: now() });
  const secretFile = join(folder.path, "new.secret");
  const environment = {
    DATABASE_URL: world.opened.url,
    OUTDIAL_DIR: world.opened.dir,
    OUTDIAL_TENANT_URL: sandbox.url,
    CXONE_CLIENT_ID: sandbox.clientId,
    CXONE_CLIENT_SECRET: sandbox.clientSecret,
  };
  const url = `${world.url}/webhooks/vendor/omnichannel`;
  const asked = ["webhooks", "register", "metrics", "--url", url, "--secret-file", secretFile];
  expect(await runCli(asked, { cwd: folder.path, env: environment })).toMatchObject({ code: 0 });
  expect((await stat(secretFile)).mode & 0o777).toBe(0o600);
  const made = (await readFile(secretFile, "utf8")).trim();
  expect(made).toMatch(/^[\w-]{43}$/);
  const { control } = sandbox.sandbox;
  const campaignId = control.state().campaigns[0]?.id ?? "";
  control.simulateMetrics({ campaignId, successRate: 0.125 });
  expect(await control.flushWebhooks(), "the service has another secret").toMatchObject({ delivered: 0, failed: 1 });
  const secrets = await inboundSecrets({ OUTDIAL_INBOUND_OMNICHANNEL_SECRET_FILE: secretFile });
  await using restarted = await openInboundWorld({ secrets: () => secrets });
  const at = restarted.opened.clock.now();
  const headers = { "x-outdial-secret": made };
  expect((await restarted.post(metricsEvent(at, 0.4), { headers })).status).toBe(202);
});
