// The interaction commands, as a shell runs them.

import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type CliResult, runCli } from "../../support/cli.ts";
import { FIRST, interactionId, openWorld, TIME, type World } from "./world.ts";

let world: World;
beforeEach(async () => {
  world = await openWorld();
});
afterEach(() => world[Symbol.asyncDispose]());

const run = (...args: string[]): Promise<CliResult> =>
  runCli(["interaction", ...args], { cwd: world.folder, env: world.environment });
const ndjson = (text: string) =>
  text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);
const ONE = interactionId(1);

test("show, dry run, correction, and the same once more", async () => {
  const shown = await run("show", ONE);
  expect([shown.code, shown.stdout]).toEqual([0, "102  Issue Escalated  agent_first  2026-04-30T09:00:00Z  agent\n"]);

  const given = ["disposition", ONE, "--code", "101", "--agent", "agent_b", "--timestamp", TIME];
  const dry = await run(...given, "--dry-run");
  expect(dry.code).toBe(0);
  expect(dry.stderr).toContain("  + 101  Issue Resolved   agent_b");
  expect((await world.stored(ONE)).dispositions).toEqual([FIRST]);

  const done = await run(...given, "--json");
  expect(done.code).toBe(0);
  const entry = { code: "101", description: "Issue Resolved", agent_id: "agent_b", timestamp: TIME, source: "api" };
  expect(JSON.parse(done.stdout)).toMatchObject({
    interactionId: ONE,
    result: "success",
    before: [FIRST],
    stored: [FIRST, entry],
  });
  expect((await world.stored(ONE)).dispositions).toEqual([FIRST, entry]);

  const audit = await runCli(["audit", "list", "--subject", ONE, "--json"], { cwd: world.folder, env: world.environment });
  expect((JSON.parse(audit.stdout) as { items: object[] }).items).toMatchObject([
    {
      action: "interaction.disposition",
      details: {
        result: "success",
        before: [FIRST],
        after: [FIRST, entry],
        agent: "agent_b",
        etagBefore: expect.stringMatching(/^W\//),
        etagAfter: expect.stringMatching(/^W\//),
      },
    },
  ]);
  const deliveries = await runCli(["webhooks", "deliveries", "--json"], { cwd: world.folder, env: world.environment });
  const [event] = (JSON.parse(deliveries.stdout) as { items: object[] }).items;
  expect(event).toMatchObject({ endpoint: "analytics", type: "DISPOSITION_UPDATED", subject: ONE });
  const [sent] = await world.query<{ body: string }>("select body from outdial.outbox");
  expect(JSON.parse(sent?.body ?? "")).toMatchObject({
    specversion: "1.0",
    data: { interaction_id: ONE, code: "101", agent_id: "agent_b", timestamp: TIME, latency_ms: expect.any(Number) },
  });

  expect((await run(...given)).stdout).toBe(`${ONE} unchanged\n`);
});

test("a correction upon a version that is named", async () => {
  const { tag } = JSON.parse((await run("show", ONE, "--json")).stdout) as { tag: string };
  expect((await run("show", ONE)).stderr).toContain(`version ${tag}`);
  const correct = (agent: string, etag: string, ...flags: string[]) =>
    run("disposition", ONE, "--code", "101", "--agent", agent, "--etag", etag, ...flags);
  expect((await correct("b", "")).stderr).toContain("the etag is empty");
  expect((await correct("b", tag)).stdout).toBe(`${ONE} success\n`);
  const stale = await correct("c", tag, "--dry-run");
  expect([stale.code, stale.stderr]).toEqual([3, expect.stringContaining(`not the requested ${tag}`)]);
  const refused = await correct("c", tag);
  expect([refused.code, refused.stdout]).toEqual([1, `${ONE} conflict_persistent\n`]);
  expect(refused.stderr).toContain(`not the requested ${tag}`);
  expect(refused.stderr).toContain(`see it: outdial interaction show ${ONE}`);
  expect(refused.stderr).not.toMatch(/ours:|there:/);
  expect((await world.stored(ONE)).dispositions).toHaveLength(2);
});

test.each([
  [["--code", "1O1", "--agent", "b"], 3, "did you mean 101?"],
  [["--code", "103", "--agent", "b"], 3, '"103" (Old Way) is retired'],
  [["--code", "104", "--agent", "b"], 3, 'belongs under "103", which is retired'],
  [["--code", "201", "--agent", "b"], 3, "102 of agent_first and the new code 201 exclude each other"],
  [["--code", "101", "--agent", "b", "--timestamp", "2026-05-01T10:00:00"], 3, "has no offset"],
  [["--code", "101", "--agent", "b", "--policy", "overwrite"], 2, "not one of append, replace, fail"],
])("%j is refused", async (flags, code, message) => {
  const refused = await run("disposition", ONE, ...flags);
  expect([refused.code, refused.stderr]).toEqual([code, expect.stringContaining(message)]);
  expect((await world.stored(ONE)).dispositions).toEqual([FIRST]);
  const preview = await run("disposition", ONE, ...flags, "--dry-run");
  expect([preview.code, preview.stderr]).toEqual([code, expect.stringContaining(message)]);
});

test("a rule of one's own takes the place of the shipped one", async () => {
  await world.configure("interactions: { exclusive: [[102, '103']] }\n".replace("102", "'102'"));
  expect((await run("disposition", ONE, "--code", "201", "--agent", "b", "--policy", "replace")).stdout).toBe(`${ONE} success\n`);
  expect((await run("disposition", interactionId(2), "--code", "201", "--agent", "b")).code).not.toBe(0);
});

test("an interaction that is not there, or another organization's", async () => {
  expect(await run("show", "nowhere")).toMatchObject({ code: 1, stderr: expect.stringContaining("not found") });
  expect(await run("disposition", "nowhere", "--code", "101", "--agent", "b")).toMatchObject({
    code: 1,
    stdout: "nowhere not_found\n",
  });
  expect(await run("disposition", "elsewhere", "--code", "101", "--agent", "b")).toMatchObject({
    code: 5,
    stdout: "elsewhere forbidden\n",
  });
});

test("many from a file: checked whole, sent, reported; recognised by its content; shown by jobs", async () => {
  const file = [
    "interaction_id,code,description,agent_id,timestamp,policy",
    `${ONE},101,,agent_b,${TIME},`,
    `${ONE},101,,agent_c,${TIME},`,
    `${interactionId(2)},201,,agent_b,${TIME},replace`,
    `${interactionId(3)},201,,agent_b,${TIME},`,
    `${interactionId(4)},999,,agent_b,2026-05-01,`,
    `elsewhere,101,,agent_b,${TIME},`,
    `${ONE},101,,agent_b,${TIME},`,
    `nowhere,101,,agent_b,${TIME},`,
  ];
  await writeFile(join(world.folder, "c.csv"), `${file.join("\n")}\n`);
  const dry = await run("dispositions", "c.csv", "--dry-run", "--json");
  expect(dry.code).toBe(4);
  expect(JSON.parse(dry.stdout)).toMatchObject({
    plan: { rows: 8, toSend: 6, refused: 1, duplicates: 1, problems: { unknown_code: 1, malformed_timestamp: 1 } },
  });
  expect(world.sandbox.control.state().requests).toBeGreaterThan(0);

  const done = await run("dispositions", "c.csv", "--out", "-", "--json");
  expect(done.code).toBe(4);
  const { stdout } = await runCli(["audit", "list", "--limit", "100", "--json"], { cwd: world.folder, env: world.environment });
  const agents = (JSON.parse(stdout) as { items: { details: { agent?: string; result?: string } }[] }).items.map(
    ({ details }) => [details.result, details.agent],
  );
  // Also of rows that were not sent.
  for (const unsent of ["validation_error", "duplicate"])
    expect(agents).toContainEqual([unsent, expect.stringMatching(/^agent_/)]);
  expect(agents).not.toContainEqual(["validation_error", undefined]);
  const rows = ndjson(done.stdout);
  expect(rows.slice(0, -1).map(({ line, result }) => [line, result])).toEqual([
    [2, "success"],
    [3, "success"],
    [4, "success"],
    [5, "validation_error"],
    [6, "validation_error"],
    [7, "forbidden"],
    [8, "duplicate"],
    [9, "not_found"],
  ]);
  expect(rows[2]).toMatchObject({ before: [FIRST], stored: [{ code: "201", agent_id: "agent_b", source: "api" }] });
  const job = rows.at(-1)?.["job"] as { id: string; metrics: unknown };
  expect(job).toMatchObject({
    kind: "dispositions",
    status: "partly_failed",
    metrics: {
      successes: 3,
      validationErrors: 2,
      apiErrors: 2,
      errorRate: { numerator: 4, denominator: 8, rate: 0.5 },
      latency: { count: 6 },
      conflicts: 0,
    },
  });
  expect((await world.stored(ONE)).dispositions.map(({ agent_id }) => agent_id)).toEqual(["agent_first", "agent_b", "agent_c"]);

  const again = await run("dispositions", "c.csv");
  expect(again.stderr).toContain(`was run before as ${job.id}`);
  const cli = (...args: string[]) => runCli(["jobs", ...args], { cwd: world.folder, env: world.environment });
  expect((await cli("list")).stdout).toContain(job.id);
  expect((await cli("show", job.id, "--out", "-", "--result", "forbidden")).stdout).toContain('"interactionId":"elsewhere"');
  expect(await cli("resume", job.id)).toMatchObject({ code: 4, stdout: `${job.id} partly_failed\n` });
  expect((await cli("cancel", job.id)).stderr).toContain("partly failed already");
});

test("missing rights stop the job with its own exit code, and it goes on once they are there", async () => {
  await writeFile(join(world.folder, "c.csv"), `interaction_id,code,agent_id,timestamp\n${ONE},101,agent_b,${TIME}\n`);
  world.sandbox.control.faults.add({ match: { operation: "getInteraction" }, effect: { status: 401 } });
  const stopped = await run("dispositions", "c.csv");
  expect([stopped.code, stopped.stdout]).toEqual([5, expect.stringMatching(/^job_\w+ stopped\n$/)]);
  world.sandbox.control.faults.clear();
  expect((await run("dispositions", "c.csv")).code).toBe(0);
});
