// Single corrections against a tenant that misbehaves, and beside another system that writes all the time.

import { afterEach, beforeEach, expect, test } from "vitest";
import { runCli } from "../../support/cli.ts";
import { FIRST, interactionId, openWorld, type World } from "./world.ts";

let world: World;
beforeEach(async () => {
  world = await openWorld(1);
});
afterEach(() => world[Symbol.asyncDispose]());

const ONE = interactionId(1);
const correct = (...flags: string[]) =>
  runCli(["interaction", "disposition", ONE, "--code", "101", "--agent", "agent_b", ...flags], {
    cwd: world.folder,
    env: world.environment,
  });
const fault = (operation: string, effect: object, more: object = {}) =>
  world.sandbox.control.faults.add({ match: { operation }, effect, ...more });
const writes = () => world.sandbox.control.requests({ operation: "patchInteraction" }).map(({ status }) => status);

/** Changes the interaction again and again until the work is done; reads take long enough for that to happen in between. */
async function besideAnotherWriter<T>(work: Promise<T>): Promise<T> {
  fault("getInteraction", { delayMs: 300 });
  const over = new AbortController();
  const done = work.finally(() => over.abort());
  for (let n = 0; !over.signal.aborted; n++) {
    const other = { ...FIRST, agent_id: `other_${n}` };
    world.sandbox.control.simulateEdit({ kind: "interaction", id: ONE, body: { dispositions: [FIRST, other] } });
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return done;
}

test("another system that is always faster: both versions are shown, nothing was written", async () => {
  const ended = await besideAnotherWriter(correct());
  expect([ended.code, ended.stdout]).toEqual([1, `${ONE} conflict_persistent\n`]);
  expect(ended.stderr).toMatch(/other writers were faster 3 times[\s\S]*ours:[\s\S]*agent_b[\s\S]*there:[\s\S]*other_\d+/);
  expect(writes()).toEqual([409, 409, 409]);
});

test("refusals as outdated while nobody writes are not told as other writers", async () => {
  fault("patchInteraction", { status: 409 });
  const ended = await correct();
  expect([ended.code, ended.stdout]).toEqual([1, `${ONE} conflict_persistent\n`]);
  expect(ended.stderr).toMatch(/refused 3 writes as outdated \(409\), and its version is still \S+: nobody else wrote/);
  expect(ended.stderr).not.toContain("other writers");
});

test("the policy fail gives up at the first of them", async () => {
  const ended = await besideAnotherWriter(correct("--policy", "fail", "--json"));
  expect(JSON.parse(ended.stdout)).toMatchObject({
    result: "conflict_persistent",
    attempts: 1,
    intended: [FIRST, { agent_id: expect.stringContaining("other_") as string }, { agent_id: "agent_b" }],
    stored: [FIRST, { agent_id: expect.stringContaining("other_") as string }],
  });
  expect(writes()).toEqual([409]);
});

test.each([
  ["a lost reply", { acceptThenFail: true }],
  ["a reply that is no JSON", { garbage: true }],
  ["a success that says nothing", { body: { dispositions: [] } }],
  ["a status that the contract does not know, after the write", { acceptThenFail: true, status: 202 }],
])("%s is settled by reading back", async (_, effect) => {
  fault("patchInteraction", effect, { times: 1 });
  expect(await correct()).toMatchObject({ code: 0, stdout: `${ONE} success\n` });
  expect((await world.stored(ONE)).dispositions.map(({ agent_id }) => agent_id)).toEqual(["agent_first", "agent_b"]);
});

test("a tenant whose answers to writes never come: the entry is not there, and the result says that nobody knows", async () => {
  fault("patchInteraction", { reset: true });
  const ended = await correct();
  expect([ended.code, ended.stdout]).toEqual([1, `${ONE} unknown\n`]);
  expect((await world.stored(ONE)).dispositions).toEqual([FIRST]);
});

test("a tenant that is away for reads ends as out of retries, with its own exit code", async () => {
  const body = { error: { code: "overload", message: "overloaded" }, node: "n7", phone: "+12125550187", access_token: "MARKER" };
  fault("getInteraction", { status: 503, headers: { "retry-after": "0" }, body });
  const ended = await correct("--json");
  const row = JSON.parse(ended.stdout) as { result: string; vendorBody: string };
  expect([ended.code, row.result]).toEqual([6, "exhausted_retries"]);
  // What the tenant said of its failure stays with the row, without what is nobody's business.
  expect(row.vendorBody).toMatch(/"message":"overloaded".*"node":"n7".*"phone":"•+87".*"access_token":\[secret\]/);
  expect(writes()).toEqual([]);
});

test("what the tenant refuses is a validation error with its words", async () => {
  fault("patchInteraction", { status: 400, body: { error: { code: "bad_request", message: "Not on a Sunday." } } });
  const ended = await correct();
  expect([ended.code, ended.stdout]).toEqual([3, `${ONE} validation_error\n`]);
  expect(ended.stderr).toContain("Not on a Sunday");
});
