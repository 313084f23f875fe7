// A service removes by itself what is older than its life, with what the workflow engine keeps of it, and nothing else.

import { dirname, join } from "node:path";
import pg from "pg";
import { expect, test } from "vitest";
import { openService } from "../../../src/app/index.ts";
import { CAMPAIGN, callsCsv, callsScenario } from "../../support/calls.ts";
import { runCli } from "../../support/cli.ts";
import { startService } from "../../support/service.ts";
import { until } from "../../support/until.ts";

const ROWS = 5;
const { clients: _, ...scenario } = callsScenario(2 * ROWS);

test("a job that ended long ago goes with its rows and its workflow, a younger one stays, and the audit log still verifies", async () => {
  await using first = await startService({ sandbox: { scenario } });
  const client = new pg.Client({ connectionString: first.databaseUrl });
  await client.connect();
  const ids: string[] = [];
  for (const from of [1, ROWS + 1]) {
    const headers = { "content-type": "text/csv" };
    const body = callsCsv(ROWS, "", from);
    const sent = await first.ask(`/api/v1/campaigns/${CAMPAIGN}/tags`, { method: "POST", headers, body });
    const { job } = (await sent.json()) as { job: { id: string } };
    await first.ended(job.id);
    ids.push(job.id);
  }
  await first.service[Symbol.asyncDispose]();
  const [old = "", young = ""] = ids;
  const only = async (text: string) => (await client.query<{ id: string }>(text)).rows.map(({ id }) => id);
  const workflows = () => only("select workflow_uuid as id from dbos.workflow_status order by 1");
  expect(await workflows()).toEqual([`${old}/1`, `${young}/1`].sort());
  const days = "interval '91 days'";
  await client.query(
    `update outdial.jobs set created_at = created_at - ${days}, finished_at = finished_at - ${days} where id = $1`,
    [old],
  );
  const ms = "91 * 86400000::bigint";
  await client.query(
    `update dbos.workflow_status set created_at = created_at - ${ms}, completed_at = completed_at - ${ms} where workflow_uuid = $1`,
    [`${old}/1`],
  );
  await client.query("delete from outdial.removals");

  const config = join(dirname(first.dir), "outdial.yaml");
  await using again = await openService({ config }, first.environment, { port: 0, log: () => undefined });
  await until(async () => (await only("select name as id from outdial.removals")).includes("dbos.*"));
  expect(await workflows()).toEqual([`${young}/1`]);
  expect(await only("select id from outdial.jobs")).toEqual([young]);
  expect(await only("select distinct job_id as id from outdial.job_items")).toEqual([young]);
  const told = (await again.store.audit.list({ limit: 100 })).filter(({ action }) => action === "data.removed");
  const removed = new Map(told.map(({ subject, details }) => [subject, (details as { removed: number }).removed]));
  expect([removed.get("outdial.job_items"), removed.get("outdial.jobs")]).toEqual([ROWS, 1]);
  expect(await again.store.audit.verify()).toMatchObject({ ok: true });
  // The command asks the service, as everybody can.
  const env = { OUTDIAL_URL: again.url, OUTDIAL_TOKEN: first.tokens.viewer };
  const { items } = JSON.parse((await runCli(["data", "lives", "--json"], { cwd: dirname(first.dir), env })).stdout) as {
    items: { name: string }[];
  };
  expect(items.find(({ name }) => name === "outdial.job_items")).toMatchObject({
    days: 90,
    removed: ROWS,
    changed: "kept.jobs (7 to 3653 days)",
  });
  await client.end();
});
