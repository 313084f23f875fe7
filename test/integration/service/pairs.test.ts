// Failover pairs of a service: each is a run of the engine that never ends. Jobs do not wait behind them, a look leaves nothing in the engine, a pair that
// is removed ends its run, a database that was away is waited for, and a service that leaves lets go of all of them.

import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import pg from "pg";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Clock } from "../../../src/kernel/index.ts";
import { failoverPolicySchema } from "../../../src/operations/index.ts";
import { systemClock } from "../../../src/tenant/index.ts";
import { type Cable, lay } from "../../support/cable.ts";
import { CAMPAIGN, callsCsv, callsScenario } from "../../support/calls.ts";
import { workFolder } from "../../support/cli.ts";
import { createDatabase } from "../../support/database.ts";
import { headBeyond } from "../../support/heads.ts";
import { type ServiceSetting, type StartedService, startService } from "../../support/service.ts";
import { until } from "../../support/until.ts";

const PAIRS = 32;
const ROWS = 60;
const CLIENT = {
  id: "client-1",
  secret: "s3cret-of-client-1",
  scopes: [
    "outbound:campaign:read",
    "outbound:calls:disposition:update",
    "outbound:calls:read",
    "omnichannel:campaigns:read",
    "analytics:read",
  ],
};
const PRIMARIES = Array.from({ length: PAIRS }, (_, n) => `first_${n}`);
const backupOf = (primary: string) => primary.replace("first", "second");
const ONE = "first_7";

const calls = callsScenario(ROWS, { clients: [CLIENT] });
const campaigns = [
  ...(calls["campaigns"] as object[]),
  ...PRIMARIES.flatMap((primary) => [
    { id: primary, name: primary, status: "active" },
    { id: backupOf(primary), name: backupOf(primary), status: "paused" },
  ]),
];

let stack: AsyncDisposableStack;
let cable: Cable;
let admin: pg.Client;
let at: StartedService;
beforeEach(async () => {
  stack = new AsyncDisposableStack();
  const database = await createDatabase();
  stack.defer(() => database.dispose());
  cable = stack.use(await lay(database.url));
  admin = new pg.Client({ connectionString: database.url });
  await admin.connect();
  stack.defer(() => admin.end());
});
afterEach(() => stack.disposeAsync());

async function serve(more: ServiceSetting = {}): Promise<void> {
  const environment = { DATABASE_URL: cable.url };
  at = stack.use(await startService({ sandbox: { scenario: { ...calls, campaigns } }, environment, ...more }));
}

async function arm(primary: string): Promise<void> {
  const backup = backupOf(primary);
  const policy = failoverPolicySchema.parse({ backup, everySeconds: 3600 });
  await at.service.store.failovers.put({ primary, backup, policy, actor: "olga", audit: [] });
}

const count = async (statement: string, values: readonly unknown[] = []) =>
  Number((await admin.query<{ count: string }>(statement, [...values])).rows[0]?.count);
const watched = () => count("select count(*) from outdial.failover_pairs where executor is not null and looked_at is not null");
const RUNS = "select count(*) from dbos.workflow_status where workflow_uuid like 'failover/%'";
/** Of one pair: looked at since a moment, by the process that has it. */
const looked = async (primary: string, since: number) => {
  const found = await at.service.store.failovers.find(primary);
  return found?.executor !== null && (found?.lookedAt ?? 0) >= since;
};

test("many pairs beside a job, one removed and made again, the database away, the service gone", async () => {
  await serve();
  await arm(ONE);
  // As it stands after an update: a process of the version before watched it, which knew no runs.
  await admin.query("update outdial.failover_pairs set executor = 'gone-1-x', run = 0");
  for (const primary of PRIMARIES) if (primary !== ONE) await arm(primary);
  await until(async () => (await watched()) === PAIRS);

  const headers = { "content-type": "text/csv" };
  const begun = await at.ask(`/api/v1/campaigns/${CAMPAIGN}/tags`, { method: "POST", headers, body: callsCsv(ROWS) });
  const { job } = (await begun.json()) as { job: { id: string } };
  expect(await at.ended(job.id)).toMatchObject({ status: "done", counts: { tagged: ROWS } });
  expect(await count(`${RUNS} and status = 'PENDING'`)).toBe(PAIRS);
  expect(await count("select count(*) from dbos.operation_outputs where workflow_uuid like 'failover/%'")).toBe(0);

  await at.ask(`/api/v1/failover/pairs/${ONE}`, { method: "DELETE" });
  await until(async () => (await count(`${RUNS} and status = 'PENDING'`)) === PAIRS - 1);
  let since = Date.now();
  await arm(ONE);
  await until(() => looked(ONE, since));
  // Removed and made again before its process has noticed.
  await at.ask(`/api/v1/failover/pairs/${ONE}`, { method: "DELETE" });
  since = Date.now();
  await arm(ONE);
  await until(() => looked(ONE, since));
  expect(at.logged.filter((line) => line.includes('"warn"') && line.includes("failover"))).toEqual([]);

  const refused = cable.refused();
  since = Date.now();
  cable.pull();
  await at.service.store.failovers.list().catch(() => undefined);
  await until(() => cable.refused() > refused + 3);
  cable.putBack();
  await until(async () => (await watched()) === PAIRS);

  // What has ended stays until its life is over; of each pair one run goes on.
  await until(async () => (await count(`${RUNS} and status = 'PENDING'`)) === PAIRS);
  await at.service[Symbol.asyncDispose]();
  expect(await count("select count(*) from outdial.failover_pairs where executor is not null")).toBe(0);
});

test("no pair is looked at on a database that was set back, until a person accepts it", async () => {
  const heads = join(stack.use(await workFolder()).path, "heads");
  await mkdir(heads);
  // An hour between two looks is over at once.
  const clock: Clock = { ...systemClock, sleep: (ms, signal) => systemClock.sleep(Math.min(ms, 100), signal) };
  await serve({ clock, yaml: `audit: { heads: [ { folder: "${heads}" } ] }\n`, headsMs: 50 });
  const { failovers, replicas, audit } = at.service.store;
  const seq = async () => (await failovers.find(ONE))?.seq ?? 0;
  const beats = async (wanted: number) => {
    const silent = async () => (await replicas.list())[0]?.silentMs ?? 0;
    for (let seen = 0, before = await silent(); seen < wanted; ) {
      const now = await silent();
      if (now < before) seen += 1;
      before = now;
    }
  };
  await arm(ONE);
  await until(async () => (await seq()) > 5);
  const verdict = await audit.verify();
  const [head = ""] = (verdict.ok ? verdict.heads : []).flatMap(({ place }) => (place.startsWith(heads) ? place : []));
  await writeFile(head, headBeyond((await audit.checkpoint()) ?? "", audit.sign.bind(audit)));
  await until(() => audit.isHeld);
  // A look that was under way has ended by the next heartbeats.
  await beats(3);
  const held = await seq();
  await beats(10);
  expect(await seq()).toBe(held);
  await audit.acceptHeads("olga", "restored after the disk failed");
  await until(async () => (await seq()) > held);
});
