// Changes of dialer settings against a sandbox: each fault of the tenant and each interference of others ends in a defined state.

import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import type { DialerRuntime } from "../../../src/app/index.ts";
import { openStore } from "../../../src/store/index.ts";
import { systemClock } from "../../../src/tenant/index.ts";
import { until } from "../../support/until.ts";
import { fileOf, NEW, OLD, openWorld, type World } from "./world.ts";

let world: World;
let dialer: DialerRuntime;

async function begin(scenario: Record<string, unknown> = {}, looks = 15): Promise<void> {
  world = await openWorld(scenario, looks);
  dialer = await world.open();
}

afterEach(async () => {
  await dialer[Symbol.asyncDispose]();
  await world[Symbol.asyncDispose]();
});

const prepared = async (settings = NEW) => {
  return dialer.changes.prepare("apply", await fileOf(settings), { overrides: [], store: true });
};

test("settings are sent once onto the tag that was read, verified, kept in the history and recorded", async () => {
  await begin();
  const before = await dialer.changes.readInForce();
  const { change, state } = await world.apply(dialer);
  expect(change).toMatchObject({ outcome: "applied", version: 2, status: "done", rejected: false });
  expect(world.inForce()).toEqual(NEW);
  expect(world.writes()).toEqual([{ status: 202, ifMatch: before.tag, ratio: 2.5 }]);
  expect(state.seen?.tag).not.toBe(before.tag);
  const actions = await world.query(
    "select action, details::json->'before'->'algorithm'->>'dial_ratio' as before from outdial.audit order by seq",
  );
  expect(actions.map(({ action }) => action)).toEqual(["dialer.begin", "dialer.send", "dialer.accepted", "dialer.applied"]);
  expect(actions.at(-1)?.["before"]).toBe("2");
  expect(await world.query("select version, kind, outcome from outdial.dialer_changes order by version")).toEqual([
    { version: 1, kind: "observed", outcome: null },
    { version: 2, kind: "apply", outcome: "applied" },
  ]);
});

test("an activation that fails leaves the old settings, and the revision is remembered until it is applied", async () => {
  await begin({
    activation: { seconds: 0.1, failWhen: { field: "algorithm.dial_ratio", above: 2.4, error: "the carrier is full" } },
  });
  const { change } = await world.apply(dialer);
  expect(change).toMatchObject({ outcome: "rolled_back", rejected: true });
  expect(change.message).toContain("the carrier is full");
  expect(world.inForce()).toEqual(OLD);
  expect((await prepared()).rejection?.version).toBe(change.version);
  expect((await prepared({ ...NEW, name: "Other" })).rejection).toBeUndefined();
});

test("a change that another version of the machine began is not continued: it stands still, and that is told", async () => {
  await begin();
  const { version } = await dialer.changes.begin(await prepared(), null);
  await world.query("update outdial.dialer_changes set machine = 0 where ended_at is null");
  const { change, state } = await dialer.changes.run(version);
  expect(change).toMatchObject({ endedAt: null, status: "stopped" });
  expect(state.stop).toMatchObject({ code: "other_version", message: expect.stringContaining("another version of outdial") });
  await expect(dialer.changes.decide(version, true)).rejects.toMatchObject({ code: "other_version" });
  expect(world.writes()).toEqual([]);
  expect(world.inForce()).toEqual(OLD);
  // The version that began it goes on where it was.
  await world.query("update outdial.dialer_changes set machine = 1 where ended_at is null");
  expect(await dialer.changes.run(version)).toMatchObject({ change: { outcome: "applied" }, state: { stop: null } });
});

test("an activation that does not end in time is put back onto the current tag", async () => {
  await begin();
  // Looks show no end although the tenant has finished: to whoever looks, a timeout.
  world.sandbox.control.faults.add({
    match: { operation: "getDialerOperation" },
    times: 15,
    effect: { status: 200, body: { status: "IN_PROGRESS" } },
  });
  const { change, state } = await world.apply(dialer);
  expect(change).toMatchObject({ outcome: "rolled_back", rejected: true });
  expect(state.failure?.code).toBe("activation_timeout");
  const [first, second] = world.writes();
  expect(second).toMatchObject({ status: 202, ratio: 2 });
  expect(second?.ifMatch).not.toBe(first?.ifMatch);
  expect(world.inForce()).toEqual(OLD);
});

test("settings that are not what was sent are put back", async () => {
  await begin();
  const running = world.apply(dialer);
  await until(() => world.writes().length === 1);
  const { versionTag } = world.sandbox.control.state().dialer;
  world.sandbox.control.faults.add({
    match: { operation: "getDialerSettings" },
    times: 2,
    effect: { status: 200, body: { ...NEW, concurrency: { ...NEW.concurrency, call_spacing_ms: 999 }, versionTag } },
  });
  const { change } = await running;
  expect(change).toMatchObject({ outcome: "rolled_back" });
  expect(change.message).toContain("concurrency.call_spacing_ms is 999 instead of 150");
  expect(world.inForce()).toEqual(OLD);
});

test("another writer before the write: both changes are in force, and theirs is what would come back", async () => {
  await begin();
  const change = await prepared();
  world.sandbox.control.simulateEdit({ kind: "dialerSettings", body: { name: "Theirs" } });
  const { version } = await dialer.changes.begin(change, null);
  const { change: ended, state } = await dialer.changes.run(version);
  expect(ended.outcome).toBe("applied");
  expect(world.inForce()).toEqual({ ...NEW, name: "Theirs" });
  expect(state).toMatchObject({ taken: ["name"], snapshot: { settings: { ...OLD, name: "Theirs" } } });
  expect(world.writes().map(({ status }) => status)).toEqual([412, 202]);
});

test("another writer of the same field is a conflict with both values, and nothing is sent after it", async () => {
  await begin();
  const change = await prepared();
  world.sandbox.control.simulateEdit({ kind: "dialerSettings", body: { algorithm: { ...OLD.algorithm, dial_ratio: 3 } } });
  const { version } = await dialer.changes.begin(change, null);
  const { change: ended, state } = await dialer.changes.run(version);
  expect(ended).toMatchObject({ outcome: "conflict", rejected: false });
  expect(state.conflicts).toEqual([{ path: "algorithm.dial_ratio", base: 2, ours: 2.5, theirs: 3 }]);
  expect(world.writes().map(({ status }) => status)).toEqual([412]);
});

test("what came of merging is judged again", async () => {
  await begin();
  const change = await prepared();
  world.sandbox.control.simulateEdit({
    kind: "dialerSettings",
    body: { concurrency: { ...OLD.concurrency, max_simultaneous_calls: 20 } },
  });
  const { version } = await dialer.changes.begin(change, null);
  const { change: ended } = await dialer.changes.run(version);
  expect(ended.outcome).toBe("refused");
  expect(ended.message).toContain("20 calls in flight cannot keep 50 agents busy");
});

test("another writer during the activation: theirs stand and are not overwritten", async () => {
  await begin({ activation: { seconds: 3600 } });
  const running = world.apply(dialer);
  await until(() => world.writes().length === 1);
  world.sandbox.control.simulateEdit({ kind: "dialerSettings", body: { name: "Theirs" } });
  world.sandbox.control.setClock("frozen");
  await world.sandbox.control.advance(3600);
  const { change } = await running;
  expect(change.outcome).toBe("overtaken");
  expect(change.message).toContain("name");
  expect(world.inForce()).toMatchObject({ name: "Theirs" });
  expect(world.writes()).toHaveLength(1);
});

test("a validation that passes and a write that is refused: nothing changed, and the tenant's words are told", async () => {
  await begin();
  world.sandbox.control.faults.add({
    match: { operation: "putDialerSettings" },
    times: 1,
    effect: { status: 400, body: { error: { code: "invalid", message: "spacing too small for this carrier" } } },
  });
  const { change } = await world.apply(dialer);
  expect(change).toMatchObject({ outcome: "not_applied", rejected: true });
  expect(change.message).toContain("spacing too small for this carrier");
  expect(world.inForce()).toEqual(OLD);
});

test.each([
  ["after the tenant did the work", { acceptThenFail: true }, 1],
  ["before it did", { reset: true }, 2],
])("a reply lost %s is settled by reading", async (_, effect, writes) => {
  await begin();
  world.sandbox.control.faults.add({ match: { operation: "putDialerSettings" }, times: 1, effect });
  const { change } = await world.apply(dialer);
  expect(change.outcome).toBe("applied");
  expect(world.inForce()).toEqual(NEW);
  expect(world.writes()).toHaveLength(writes);
});

test("an activation whose reply says nothing is not taken for one: what came of it is read", async () => {
  await begin();
  world.sandbox.control.faults.add({ match: { operation: "putDialerSettings" }, effect: { status: 202, body: {} } });
  const { change } = await world.apply(dialer);
  expect(change.outcome).not.toBe("applied");
  expect(world.inForce()).toEqual(OLD);
});

test("a lost reply of an activation that fails ends with the old settings", async () => {
  // Each one fails: on a slow machine the first has failed before it is looked at, and is sent again.
  await begin({
    activation: { seconds: 0.3, failWhen: { field: "algorithm.dial_ratio", above: 2.4, error: "the carrier is full" } },
  });
  world.sandbox.control.faults.add({ match: { operation: "putDialerSettings" }, times: 1, effect: { acceptThenFail: true } });
  const { change } = await world.apply(dialer);
  expect(change.outcome).toBe("rolled_back");
  expect(world.inForce()).toEqual(OLD);
});

test("a copy that lags behind is no mismatch", async () => {
  await begin();
  world.sandbox.control.faults.add({
    match: { operation: "getDialerSettings" },
    after: 1,
    times: 1,
    effect: { staleRead: true },
  });
  expect((await world.apply(dialer)).change.outcome).toBe("applied");
  expect(world.writes()).toHaveLength(1);
});

test("a rollback that fails is an alarm that says everything a person needs", async () => {
  await begin();
  world.sandbox.control.faults.add({
    match: { operation: "getDialerOperation" },
    times: 15,
    effect: { status: 200, body: { status: "IN_PROGRESS" } },
  });
  world.sandbox.control.faults.add({
    match: { operation: "putDialerSettings" },
    after: 1,
    effect: { status: 400, body: { error: { code: "locked", message: "change freeze" } } },
  });
  const { change } = await world.apply(dialer);
  expect(change).toMatchObject({ outcome: "rollback_failed", status: "partly_failed" });
  expect(change.message).toContain("change freeze");
  const [event] = await world.query("select endpoint, type, body from outdial.outbox");
  expect(event).toMatchObject({ endpoint: "alarms", type: "DIALER_ROLLBACK_FAILED" });
  const { data } = JSON.parse(String(event?.["body"]));
  expect(data).toMatchObject({
    version: change.version,
    settingsBefore: OLD,
    settingsWanted: NEW,
    settingsSeen: NEW,
    failure: { code: "activation_timeout" },
    attempts: 2,
  });
  expect(data.advice).toContain("administration");
  const alarms = await world.query("select details::json->>'type' as type from outdial.audit where action = 'dialer.alarm'");
  expect(alarms).toEqual([{ type: "DIALER_ROLLBACK_FAILED" }]);
  // It needs somebody until a later change has settled it, however many changes of other campaigns came since.
  const store = await openStore({ url: world.databaseUrl, dir: join(world.folder, ".outdial"), clock: systemClock });
  const notBack = async () => (await store.dialer.notBack()).map(({ version }) => version);
  expect(await notBack()).toEqual([change.version]);
  const later = `insert into outdial.dialer_changes (kind, source_name, actor, settings_hash, settings, phase, created_at, ended_at, subject)
    select 'observed', 's', 'a', 'h', '{}', 'ended', now(), now(), `;
  await world.query(`${later} 'another' from generate_series(1, 300)`);
  expect(await notBack()).toEqual([change.version]);
  await world.query(`${later} ''`);
  expect(await notBack()).toEqual([]);
  await store.close();
});

test("a tenant that is away stops the change where it can go on, and going on ends it", async () => {
  await begin();
  world.sandbox.control.faults.add({ match: { operation: "putDialerSettings" }, times: 5, effect: { status: 503 } });
  world.sandbox.control.faults.add({ match: { operation: "getDialerSettings" }, after: 1, times: 5, effect: { status: 503 } });
  const stopped = await world.apply(dialer);
  expect(stopped.change).toMatchObject({ outcome: null, status: "stopped", endedAt: null });
  expect(stopped.state.stop?.code).toBe("vendor_unavailable");
  world.sandbox.control.faults.clear();
  await expect(world.apply(dialer)).rejects.toMatchObject({ code: "job_state" });
  const ended = await dialer.changes.finishOpen();
  expect(ended?.change.outcome).toBe("applied");
  expect(world.inForce()).toEqual(NEW);
});

test("rights that are missing stop the change before anything happened", async () => {
  await begin({ clients: [{ id: "client-1", secret: "s3cret-of-client-1", scopes: ["dialer:read"] }] });
  const { change, state } = await world.apply(dialer);
  expect(change).toMatchObject({ outcome: null, status: "stopped" });
  expect(state.stop).toMatchObject({ code: "missing_scope" });
  expect(state.stop?.message).toContain("dialer:write");
});

test("an earlier version comes back by its number; without one the latest change is taken back, unless others changed it since", async () => {
  await begin();
  await world.apply(dialer);
  const back = await dialer.changes.prepareRollback(undefined, { overrides: [] });
  expect(back).toMatchObject({ kind: "rollback", wanted: OLD });
  const { version } = await dialer.changes.begin(back, null);
  expect((await dialer.changes.run(version)).change.outcome).toBe("applied");
  expect(world.inForce()).toEqual(OLD);
  world.sandbox.control.simulateEdit({ kind: "dialerSettings", body: { name: "Theirs" } });
  await expect(dialer.changes.prepareRollback(undefined, { overrides: [] })).rejects.toThrow("somebody changed the settings");
  expect((await dialer.changes.prepareRollback(2, { overrides: [] })).wanted).toEqual(NEW);
  await expect(dialer.changes.prepareRollback(99, { overrides: [] })).rejects.toMatchObject({ code: "job_not_found" });
});
