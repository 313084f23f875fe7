// The service on a database that was set back under it, or bound to another tenant: it says so everywhere, begins nothing, stays reachable, and goes on
// when a person accepts it, or it is bound back.

import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { CAMPAIGN, callsCsv, callsScenario } from "../../support/calls.ts";
import { runCli, workFolder } from "../../support/cli.ts";
import { headBeyond } from "../../support/heads.ts";
import { type StartedService, startService } from "../../support/service.ts";
import { until } from "../../support/until.ts";
import { NO_ALARMS } from "../../support/world.ts";

const CLIENT = {
  id: "client-1",
  secret: "s3cret-of-client-1",
  scopes: [
    "outbound:campaign:read",
    "outbound:calls:disposition:update",
    "outbound:calls:read",
    "omnichannel:campaigns:read",
    "omnichannel:campaigns:update",
  ],
};

test("readyz, page, log, metrics and event name it; jobs wait for acceptance; the emergency stop does not", async () => {
  await using elsewhere = await workFolder();
  await mkdir(join(elsewhere.path, "heads"));
  await using world = await startService({
    yaml: `limits: { outbound-write: { perSecond: 10 } }\naudit: { heads: [ { folder: "${join(elsewhere.path, "heads")}" } ] }\n`,
    environment: NO_ALARMS,
    sandbox: { scenario: callsScenario(60, { clients: [CLIENT] }) },
    headsMs: 50,
  });
  const { service, logged } = world;
  const { store } = service;
  await until(async () => (await store.audit.verify()).ok);
  expect(await world.get("/api/v1/conditions")).toEqual({ items: [] });
  // Under another clock than the database's the service is not ready, for that reason alone.
  const { status: before } = await fetch(`${service.url}/readyz`);
  const cli = (...args: string[]) =>
    runCli(["--dir", world.dir, "--config", join(world.dir, "..", "outdial.yaml"), ...args], {
      cwd: elsewhere.path,
      env: { DATABASE_URL: world.databaseUrl },
    });
  expect(await cli("audit", "verify")).toMatchObject({
    code: 0,
    stdout: expect.stringContaining("audit log verified") as string,
  });

  await writeFile(join(elsewhere.path, "list.csv"), "number\n+14155550123\n");
  await cli("dnc", "declare-empty", "--name", "Ann Lee", "--reason", "first campaign");
  expect(await cli("compliance", "gate", "list.csv", "--campaign", CAMPAIGN, "--out", "-")).toMatchObject({ code: 0 });
  const manifests = (await store.facts.listManifests({ limit: 10 })).length;

  // A head from another history, as it stands when an older database with other entries since takes this one's place.
  const [name] = (await store.audit.verify().then((verdict) => (verdict.ok ? verdict.heads : []))).flatMap(({ place }) =>
    place.startsWith(elsewhere.path) ? place : [],
  );
  const checkpoint = (await store.audit.checkpoint()) ?? "";
  await writeFile(name ?? "", headBeyond(checkpoint, store.audit.sign.bind(store.audit)));
  await until(async () => ((await world.get("/api/v1/conditions"))["items"] as unknown[]).length > 0);

  expect(await world.get("/api/v1/attention")).toMatchObject({
    items: expect.arrayContaining([
      expect.objectContaining({
        code: "audit_set_back",
        severity: "urgent",
        what: expect.stringContaining("set back or replaced") as string,
        next: expect.stringContaining("outdial audit accept-head") as string,
      }),
    ]) as unknown,
  });

  const ready = await fetch(`${service.url}/readyz`);
  expect(ready.status).toBe(before);
  expect(await ready.json()).toMatchObject({
    ready: before === 200,
    checks: expect.arrayContaining([
      { name: "audit", ok: false, message: expect.stringContaining("set back or replaced") as string },
    ]) as unknown,
  });
  expect(await (await fetch(`${service.url}/metrics`)).text()).toContain("outdial_audit_set_back 1");
  // The look that says so to the log comes after the one that found it.
  const errors = () => logged.filter((line) => line.includes('"level":"error"') && line.includes("set back"));
  await until(() => errors().length > 0);
  expect(errors()).toHaveLength(1);
  await until(async () => (await store.outbox.listDeliveries({ limit: 10 })).some(({ type }) => type === "AUDIT_SET_BACK"));
  expect(await world.post("/api/v1/audit/verify", {})).toMatchObject({ body: { ok: false } });
  expect((await cli("audit", "verify")).code).toBe(1);

  const headers = { "content-type": "text/csv" };
  const submitted = await world.ask(`/api/v1/campaigns/${CAMPAIGN}/tags`, { method: "POST", headers, body: callsCsv(2) });
  expect(await submitted.json()).toMatchObject({ code: "audit_set_back" });
  expect((await world.post("/api/v1/campaigns/stop", {})).status).toBeLessThan(300);
  await nobodyIsCalled(world, cli);
  expect((await store.facts.listManifests({ limit: 10 })).length).toBe(manifests);

  expect(await cli("audit", "accept-head", "--reason", "restored after the disk failed")).toMatchObject({ code: 2 });
  expect(await cli("audit", "accept-head", "--reason", "restored after the disk failed", "--yes")).toMatchObject({ code: 0 });
  await until(async () => ((await world.get("/api/v1/conditions"))["items"] as unknown[]).length === 0);
  expect((await cli("audit", "verify")).code).toBe(0);
  expect(await cli("compliance", "gate", "list.csv", "--campaign", CAMPAIGN, "--out", "-")).toMatchObject({ code: 0 });
  expect((await cli("dnc", "show", "+14155550123", "--json")).stdout).toContain('"setBack":null');
  expect(await readFile(name ?? "", "utf8")).not.toContain("\n9999\n");
  expect(logged.some((line) => line.includes("work continues"))).toBe(true);

  // Bound to another tenant by whatever means: the job under way waits, and nothing of it is sent.
  const sent = () => world.sandbox.control.requests({ operation: "assignDisposition" }).length;
  const begun = await world.ask(`/api/v1/campaigns/${CAMPAIGN}/tags`, { method: "POST", headers, body: callsCsv(60) });
  const { job } = (await begun.json()) as { job: { id: string; tenant: object } };
  expect(job.tenant).toEqual({ name: null, address: "this machine" });
  const other = { name: "west", address: "https://west.example.com" };
  await until(() => sent() > 0);
  await store.tenantOf.rebind(other, "somebody", "by mistake");
  const conditions = async () => (await world.get("/api/v1/conditions"))["items"];
  await until(async () => ((await conditions()) as unknown[]).length > 0);
  expect(await conditions()).toMatchObject([
    {
      name: "other_tenant",
      message: expect.stringContaining("the store belongs to the tenant west (https://west.example.com)") as string,
    },
  ]);
  const unready = await fetch(`${service.url}/readyz`);
  expect(unready.status).toBe(503);
  expect(await unready.json()).toMatchObject({
    checks: expect.arrayContaining([
      { name: "tenant", ok: false, message: expect.stringContaining("west") as string },
    ]) as unknown,
  });
  expect(logged.filter((line) => line.includes('"warn"') && line.includes("only pauses and stops are sent"))).toHaveLength(1);
  // A call that was on the wire has come back by the next heartbeat.
  const beat = async () => (await store.replicas.list()).reduce((least, { silentMs }) => Math.min(least, silentMs), 10_000);
  const nextBeat = async () => {
    const before = Date.now();
    await until(async () => (await beat()) < Date.now() - before);
  };
  await nextBeat();
  const held = sent();
  await nextBeat();
  expect(sent()).toBe(held);
  expect(held).toBeLessThan(60);
  const refused = await world.ask(`/api/v1/campaigns/${CAMPAIGN}/tags`, { method: "POST", headers, body: callsCsv(2, "again") });
  expect([refused.status, await refused.json()]).toMatchObject([409, { code: "other_tenant" }]);
  expect((await world.post("/api/v1/campaigns/stop", {})).status).toBeLessThan(300);
  await store.tenantOf.rebind({ name: null, address: "this machine" }, "somebody", "mended");
  expect(await world.ended(job.id)).toMatchObject({ status: "done", counts: { tagged: 60 } });
  expect(await conditions()).toEqual([]);
});

/** What lets people be called is refused, whoever asks; what shows says why it may be wrong; what makes fewer calls goes on. */
async function nobodyIsCalled(world: StartedService, cli: (...args: string[]) => ReturnType<typeof runCli>): Promise<void> {
  const refused = { code: "audit_set_back" };
  const headers = { "content-type": "text/csv" };
  const gate = `/api/v1/compliance/gate?campaign=${CAMPAIGN}&callType=telemarketing&verdicts=true`;
  const judged = await world.ask(gate, { method: "POST", headers, body: "number\n+14155550123\n" });
  expect([judged.status, await judged.json()]).toMatchObject([409, refused]);
  expect(await world.post("/api/v1/contacts/list_primary/segment", {})).toMatchObject({ status: 409, body: refused });
  const preview = await world.post(`/api/v1/campaigns/${CAMPAIGN}/resume/preview`, {});
  expect(preview.body).toMatchObject({
    checks: [
      {
        check: "database",
        verdict: "not_ok",
        forbids: true,
        text: expect.stringContaining("also opt-outs, may be missing") as string,
      },
      {},
    ],
  });
  for (const verb of ["resume", "failover"])
    expect(await world.post(`/api/v1/campaigns/${CAMPAIGN}/${verb}`, { confirm: "0".repeat(64) })).toMatchObject({
      status: 409,
      body: refused,
    });
  const told = await cli("compliance", "gate", "list.csv", "--campaign", CAMPAIGN, "--out", "-");
  expect(told).toMatchObject({ code: 3, stdout: "", stderr: expect.stringContaining("nothing new is started") as string });

  const first = /^the database was set back or replaced; newer entries, also opt-outs, may be missing: /;
  for (const show of [
    ["compliance", "explain"],
    ["dnc", "show"],
  ]) {
    expect(await cli(...show, "+14155550123")).toMatchObject({ code: 0, stdout: expect.stringMatching(first) as string });
    expect(JSON.parse((await cli(...show, "+14155550123", "--json")).stdout)).toMatchObject({
      setBack: expect.stringMatching(first) as string,
    });
  }
  const asked = await world.post("/api/v1/compliance/explain", { number: "+14155550123", callType: "telemarketing" });
  expect(asked.body).toMatchObject({ setBack: expect.stringMatching(first) as string });
  expect(await cli("dnc", "add", "+14155550124", "--reason", "asked on the phone")).toMatchObject({
    code: 0,
    stderr: expect.stringContaining("also opt-outs, may be missing") as string,
  });
}
