// A stop that a later one goes on with, as who asked a service for it is told: what the later one says.

import { expect, test } from "vitest";
import { runCli } from "../../support/cli.ts";
import { startScriptedServer } from "../../support/scripted-server.ts";
import { TEMPORARY } from "../../support/temporary.ts";

const stop = (id: string, more: object) => ({
  id,
  actor: "olga",
  reason: null,
  createdAt: "2026-06-16T17:00:00Z",
  endedAt: null,
  supersededBy: null,
  carriedOut: true,
  lastSign: null,
  listProblem: null,
  changes: [],
  seenPaused: [],
  alreadyPaused: [],
  ...more,
});
const ended = "2026-06-16T17:00:09Z";
const change = {
  campaignId: "camp_1",
  confirmed: false,
  already: false,
  status: "failed",
  message: "no answer",
  code: "unreachable",
  activeCalls: null,
  known: "listed",
  settled: false,
};

test.each([
  ["is not confirmed", { endedAt: ended, changes: [change] }, 1],
  [
    "is confirmed",
    { endedAt: ended, changes: [{ ...change, status: "paused", message: "", code: null, confirmed: true, settled: true }] },
    0,
  ],
])("a stop that was replaced before its campaigns were known %s as the later one", async (_, later, code) => {
  await using service = await startScriptedServer({
    api: ({ method, url }) => {
      if (method === "POST") return { status: 202, json: { ...stop("stop_1", {}), ignored: [] } };
      if (url.endsWith("stop_1")) return { json: stop("stop_1", { endedAt: ended, supersededBy: "stop_2" }) };
      if (url.endsWith("stop_2")) return { json: stop("stop_2", later) };
      return { status: 404, json: {} };
    },
  });
  const cwd = TEMPORARY;
  const env = { OUTDIAL_URL: service.url, OUTDIAL_TOKEN: "x".repeat(43) };
  const said = await runCli(["stop", "--all", "--yes"], { cwd, env });
  expect([said.code, said.stderr]).toEqual([code, expect.stringContaining("stop_1 was replaced by stop_2")]);
});

test.each([
  ["goes on", stop("stop_1", {})],
  ["was replaced", stop("stop_1", { endedAt: ended, supersededBy: "stop_2" })],
])("one that %s when it is left, without a campaign that is known yet, does not end with 0", async (_, at) => {
  await using service = await startScriptedServer({
    api: ({ method }) => (method === "POST" ? { status: 202, json: { ...at, ignored: [] } } : { json: at }),
  });
  const env = { OUTDIAL_URL: service.url, OUTDIAL_TOKEN: "x".repeat(43) };
  expect((await runCli(["stop", "--all", "--yes", "--for", "0s"], { cwd: TEMPORARY, env })).code).toBe(4);
});

test("one that begins without a campaign that is known yet is followed, though nobody waits for calls", async () => {
  const later = [{ alreadyPaused: ["camp_1"] }, { endedAt: ended, seenPaused: ["camp_1"] }];
  await using service = await startScriptedServer({
    api: ({ method }) =>
      method === "POST"
        ? { status: 202, json: { ...stop("stop_1", {}), ignored: [] } }
        : { json: stop("stop_1", later.shift() ?? {}) },
  });
  const env = { OUTDIAL_URL: service.url, OUTDIAL_TOKEN: "x".repeat(43) };
  expect((await runCli(["stop", "--all", "--yes", "--timeout", "0s"], { cwd: TEMPORARY, env })).code).toBe(0);
});

test("a pause of which the service's answer says nothing is not done", async () => {
  await using service = await startScriptedServer({ api: () => ({ json: { items: [] } }) });
  const env = { OUTDIAL_URL: service.url, OUTDIAL_TOKEN: "x".repeat(43) };
  const said = await runCli(["campaign", "pause", "camp_1", "--timeout", "0s"], { cwd: TEMPORARY, env });
  expect([said.code === 0, said.stdout]).toEqual([false, expect.stringContaining("NOT KNOWN")]);
});
