// Activation of dialer settings on the sandbox's clock: success, failure, rollback, chains. Contract §2.5.

import { describe, expect, test } from "vitest";
import { type BenchTenant, openBench, settingsBody, TRANSPORTS, world } from "./bench-tenant.ts";

const SETTINGS = "/api/v1/dialer/settings";
const settings = async (tenant: BenchTenant) => (await tenant.api("GET", SETTINGS)).body;
const put = (tenant: BenchTenant, body: unknown, tag?: string) =>
  tenant.api("PUT", SETTINGS, { body, headers: tag === undefined ? {} : { "if-match": tag } });
const operation = async (tenant: BenchTenant, id: string) => (await tenant.api("GET", `/api/v1/dialer/operations/${id}`)).body;

describe.each(TRANSPORTS)("activation, %s", (transport) => {
  test("runs for its time; the announced tag is current from the start and in force at the end", async () => {
    await using tenant = await openBench(transport);
    const before = await settings(tenant);
    const { operationId, versionTag } = (await put(tenant, { ...settingsBody(3), versionTag: "tolerated" }, before.versionTag))
      .body;
    expect(versionTag).not.toBe(before.versionTag);
    expect(await operation(tenant, operationId)).toEqual({ operationId, status: "IN_PROGRESS", versionTag });
    expect((await settings(tenant)).versionTag).toBe(versionTag);
    expect((await put(tenant, settingsBody(5), before.versionTag)).status).toBe(412);
    await tenant.sandbox.control.advance(9.999);
    expect((await operation(tenant, operationId)).status).toBe("IN_PROGRESS");
    await tenant.sandbox.control.advance(0.001);
    expect(await operation(tenant, operationId)).toEqual({ operationId, status: "COMPLETED", versionTag });
    expect(await settings(tenant)).toEqual({ ...settingsBody(3), versionTag });
  });

  test("after a failure the earlier settings and tag are in force again, and a rollback with the old tag passes", async () => {
    await using tenant = await openBench(transport);
    const before = await settings(tenant);
    tenant.sandbox.control.failNextActivation(1);
    const failing = (await put(tenant, settingsBody(9), before.versionTag)).body;
    await tenant.sandbox.control.advance(10);
    expect(await operation(tenant, failing.operationId)).toMatchObject({
      status: "FAILED",
      errorDetails: expect.stringMatching(/./),
      versionTag: before.versionTag,
    });
    expect(await settings(tenant)).toEqual(before);
    const rollback = await put(tenant, before, before.versionTag);
    expect(rollback.status).toBe(202);
    await tenant.sandbox.control.advance(10);
    expect((await operation(tenant, rollback.body.operationId)).status).toBe("COMPLETED");
    expect(await settings(tenant)).toEqual({ ...before, versionTag: rollback.body.versionTag });
  });

  test("fails by the scenario's rule", async () => {
    const scenario = world({
      activation: { seconds: 2, failWhen: { field: "algorithm.dial_ratio", above: 5, error: "carrier refused" } },
    });
    await using tenant = await openBench(transport, { scenario });
    const bad = (await put(tenant, settingsBody(5.1))).body;
    await tenant.sandbox.control.advance(2);
    expect(await operation(tenant, bad.operationId)).toMatchObject({ status: "FAILED", errorDetails: "carrier refused" });
    const good = (await put(tenant, settingsBody(5))).body;
    await tenant.sandbox.control.advance(2);
    expect((await operation(tenant, good.operationId)).status).toBe("COMPLETED");
  });

  test("a second change waits for the first; when the second fails, the first is in force", async () => {
    await using tenant = await openBench(transport);
    const first = (await put(tenant, settingsBody(2))).body;
    await tenant.sandbox.control.advance(5);
    tenant.sandbox.control.failNextActivation();
    const second = (await put(tenant, settingsBody(3), first.versionTag)).body;
    expect((await settings(tenant)).versionTag).toBe(second.versionTag);
    await tenant.sandbox.control.advance(5);
    expect((await operation(tenant, first.operationId)).status).toBe("COMPLETED");
    expect((await settings(tenant)).versionTag).toBe(second.versionTag);
    await tenant.sandbox.control.advance(5);
    expect((await operation(tenant, second.operationId)).status).toBe("FAILED");
    expect(await settings(tenant)).toEqual({ ...settingsBody(2), versionTag: first.versionTag });
  });

  test("another writer's change makes the tag stale and supersedes what runs", async () => {
    await using tenant = await openBench(transport);
    const before = await settings(tenant);
    const mine = (await put(tenant, settingsBody(3), before.versionTag)).body;
    const { version } = tenant.sandbox.control.simulateEdit({ kind: "dialerSettings", body: { name: "Edited" } });
    expect(await settings(tenant)).toMatchObject({ name: "Edited", versionTag: version });
    expect((await put(tenant, settingsBody(4), mine.versionTag)).status).toBe(412);
    await tenant.sandbox.control.advance(10);
    expect(await operation(tenant, mine.operationId)).toMatchObject({ status: "FAILED", versionTag: version });
    expect((await settings(tenant)).name).toBe("Edited");
  });

  test("leaves an audit entry for each end, newest first", async () => {
    await using tenant = await openBench(transport);
    const before = await settings(tenant);
    tenant.sandbox.control.failNextActivation();
    await put(tenant, settingsBody(2));
    await tenant.sandbox.control.advance(10);
    const done = (await put(tenant, settingsBody(3))).body;
    await tenant.sandbox.control.advance(10);
    const { logs } = (await tenant.api("GET", "/api/v1/audit/logs?entity=dialer&pageSize=2")).body;
    expect(logs).toMatchObject([
      { action: "settings.update", actor: "desk", before, after: { ...settingsBody(3), versionTag: done.versionTag } },
      { action: "settings.update_failed", actor: "desk" },
    ]);
  });
});
