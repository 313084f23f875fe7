// Why some work is under leases (src/operations/run/lease.ts, RetrievalSchedules) and no run of the engine: what the engine does with it, shown on the
// engine itself. When one of these fails after an update of DBOS, the reason is gone. The last one shows what the watch over failover pairs builds upon.

import { DBOS } from "@dbos-inc/dbos-sdk";
import pg from "pg";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type EngineKind, launchEngine } from "../../../src/operations/index.ts";
import { lay } from "../../support/cable.ts";
import { createDatabase, type TestDatabase } from "../../support/database.ts";
import { until } from "../../support/until.ts";

let database: TestDatabase;
let stack: AsyncDisposableStack;
beforeEach(async () => {
  stack = new AsyncDisposableStack();
  database = await createDatabase();
  stack.defer(() => database.dispose());
});
afterEach(() => stack.disposeAsync());

async function launch(body: EngineKind["body"], databaseUrl = database.url) {
  const kinds = { change: { scope: "tenant", body } };
  const engine = await launchEngine({ databaseUrl, executor: "replica", serves: true, kinds, log: { warn: () => undefined } });
  stack.defer(() => engine.close());
  const run = (jobId: string) => ({ kind: "change", jobId, run: 1 });
  return {
    engine,
    begin: (jobId: string) => engine.startHere(run(jobId)),
    enqueue: (jobId: string, partition: string) => engine.enqueue(run(jobId), { scope: "tenant", partition }),
    phase: async (jobId: string) => (await engine.phase(run(jobId))).phase,
  };
}

test("in a queue a pause waits until the resume of its campaign has ended", async () => {
  const begun: string[] = [];
  const resumeEnds = Promise.withResolvers<void>();
  const { enqueue, phase } = await launch(async (jobId) => {
    begun.push(jobId);
    if (jobId === "resume") await resumeEnds.promise;
  });
  await enqueue("resume", "camp_1");
  await until(async () => (await phase("resume")) === "running");
  await enqueue("pause", "camp_1");
  // One that was entered later and has ended shows that the queue was looked at.
  for (const other of ["other_1", "other_2"]) {
    await enqueue(other, other);
    await until(async () => (await phase(other)) === "ended");
  }
  expect(await phase("pause")).toBe("queued");
  expect(begun).toEqual(["resume", "other_1", "other_2"]);
  resumeEnds.resolve();
  await until(async () => (await phase("pause")) === "ended");
});

test("a run does not begin while the database is away, where an emergency stop must be sent all the same", async () => {
  const cable = await lay(database.url);
  stack.use(cable);
  const url = new URL(database.url);
  url.host = new URL(cable.url).host;
  let begun = 0;
  const { begin } = await launch(async () => {
    begun += 1;
  }, url.href);
  cable.pull();
  const beginning = begin("stop");
  await until(() => cable.refused() > 3);
  expect(begun).toBe(0);
  cable.putBack();
  await beginning;
  await until(() => begun === 1);
});

test("its schedules are crontabs, which cannot say every seven minutes: the turns begin anew with each hour", async () => {
  const turn = DBOS.registerWorkflow(async () => undefined, { name: "turn" });
  await launch(async () => undefined);
  await DBOS.createSchedule({ scheduleName: "seven", workflowFn: turn, schedule: "*/7 * * * *" });
  const turns = await DBOS.backfillSchedule("seven", new Date("2020-01-01T00:00:00Z"), new Date("2020-01-01T02:00:00Z"));
  const minutes = turns.map(({ workflowID }) => Date.parse(workflowID.replace(/^sched-seven-/, "")) / 60_000);
  const gaps = new Set(minutes.slice(1).map((minute, place) => minute - (minutes[place] ?? 0)));
  expect(gaps).toEqual(new Set([7, 4]));
});

test("a run without an end is taken over each time, and the engine does not count how often", async () => {
  const runs: number[] = [];
  const { engine, enqueue, phase } = await launch((_, run) => {
    runs.push(run);
    return new Promise<never>(() => undefined);
  });
  await enqueue("pair", "camp_1");
  for (let taken = 1; taken <= 3; taken += 1) {
    await until(async () => runs.length === taken && (await phase("pair")) === "running");
    await engine.resume(await engine.underWay());
  }
  await until(() => runs.length === 4);
  expect(runs).toEqual([1, 1, 1, 1]);
  // After a number of attempts it would give the run up.
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  const { rows } = await client.query<{ attempts: string }>("select recovery_attempts as attempts from dbos.workflow_status");
  await client.end();
  expect(rows.map(({ attempts }) => Number(attempts))).toEqual([1]);
});
