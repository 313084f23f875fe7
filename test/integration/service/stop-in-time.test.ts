// The service is stopped while hundreds of calls wait for the vendor's budget: they are dropped, and nothing is sent any more. It is stopped
// while its database does not answer: it says so, and ends.

import pg from "pg";
import { expect, test } from "vitest";
import { lay } from "../../support/cable.ts";
import { CAMPAIGN, callsCsv, callsScenario } from "../../support/calls.ts";
import { createDatabase } from "../../support/database.ts";
import { startService } from "../../support/service.ts";
import { LIMITED } from "../../support/world.ts";

const CAMPAIGNS = 700;
const ROWS = 3_000;

test("a stop ends the calls that wait and the job in the middle; no request reaches the tenant after it", async () => {
  // Without clients of its own the scenario has one that may do everything.
  const { clients: _, ...scenario } = callsScenario(ROWS);
  const [campaign] = scenario["campaigns"] as object[];
  const more = Array.from({ length: CAMPAIGNS }, (_, n) => ({ ...campaign, id: `more_${n}` }));
  const whole = await startService({ yaml: LIMITED, sandbox: { scenario: { ...scenario, campaigns: [campaign, ...more] } } });
  const { service, sandbox } = whole;
  const waiting = async () => {
    const text = await (await fetch(`${service.url}/metrics`)).text();
    const lines = text.split("\n").filter((line) => line.startsWith("outdial_budget_waiting{"));
    return lines.reduce((sum, line) => sum + Number(line.split(" ").at(-1)), 0);
  };
  const headers = { "content-type": "text/csv" };
  const response = await whole.ask(`/api/v1/campaigns/${CAMPAIGN}/tags`, { method: "POST", headers, body: callsCsv(ROWS) });
  const { id } = ((await response.json()) as { job: { id: string } }).job;
  // The client keeps to 100 requests of this kind a minute: what these wait for would go on for a quarter of an hour.
  const fresh = Promise.allSettled(more.map(({ id: one }) => whole.ask(`/api/v1/campaigns/${one}?fresh=true`)));
  await expect.poll(waiting, { timeout: 60_000 }).toBeGreaterThan(CAMPAIGNS - 100);

  await service[Symbol.asyncDispose]();
  await fresh;
  const { requests } = sandbox.control.state();
  expect(whole.logged.filter((line) => line.includes("did not end in time"))).toEqual([]);
  const client = new pg.Client({ connectionString: whole.databaseUrl });
  await client.connect();
  const { rows } = await client.query<{ status: string; code: string }>(
    "select status, error ->> 'code' as code from outdial.jobs where id = $1",
    [id],
  );
  await client.end();
  expect(rows).toEqual([{ status: "stopped", code: "interrupted" }]);
  expect(sandbox.control.state().requests).toBe(requests);
  await whole[Symbol.asyncDispose]();
});

test.each(["silent", "gone"] as const)("a stop ends in time also with a job under way and a database that is %s", async (how) => {
  await using stack = new AsyncDisposableStack();
  const database = await createDatabase();
  stack.defer(() => database.dispose());
  const cable = stack.use(await lay(database.url));
  const whole = await startService({
    yaml: LIMITED,
    sandbox: { scenario: callsScenario(ROWS) },
    environment: { DATABASE_URL: cable.url },
    stopMs: 1_500,
  });
  stack.use(whole);
  // What cannot be ended lets go of the process when its connections are cut.
  stack.defer(() => cable.pull());
  const before = whole.sandbox.control.state().requests;
  const headers = { "content-type": "text/csv" };
  await whole.ask(`/api/v1/campaigns/${CAMPAIGN}/tags`, { method: "POST", headers, body: callsCsv(ROWS) });
  await expect.poll(() => whole.sandbox.control.state().requests, { timeout: 60_000 }).toBeGreaterThan(before + 20);
  if (how === "silent") cable.silence();
  else cable.pull();
  const ended = await whole.service.end();
  if (how === "silent") expect(ended).toBe(false);
  if (!ended) expect(whole.logged.at(-1)).toContain("not everything ended within 1.5 s");
});
