// A database without room: the service says so and stays reachable, nothing more is sent, and what was stopped goes on by itself when there is room.

import pg from "pg";
import { expect, test } from "vitest";
import { CAMPAIGN, callsCsv, callsScenario } from "../../support/calls.ts";
import { startService } from "../../support/service.ts";
import { until } from "../../support/until.ts";

const FILLED = ["job_items", "replicas"];

test("readyz and pages name the shortage, and the job that it stopped ends when it is over", async () => {
  await using world = await startService({ sandbox: { scenario: callsScenario(40) }, leftMs: 50 });
  const { service } = world;
  // Under another clock than the database's the service is not ready, for that reason alone.
  const { status: before } = await fetch(`${service.url}/readyz`);
  const client = new pg.Client({ connectionString: world.databaseUrl });
  await client.connect();
  await using _ended = { [Symbol.asyncDispose]: () => client.end() };
  await client.query(
    `create function refuse() returns trigger language plpgsql as $$ begin raise exception 'could not extend file: No space left on device' using errcode = '53100'; end $$`,
  );
  for (const table of FILLED)
    await client.query(
      `create trigger full_disk before insert or update on outdial.${table} for each statement execute function refuse()`,
    );
  // Nor can the job's row be written.
  await client.query(
    `create trigger full_disk before update on outdial.jobs for each row when (new.status = 'stopped') execute function refuse()`,
  );
  const headers = { "content-type": "text/csv" };
  const begun = await world.ask(`/api/v1/campaigns/${CAMPAIGN}/tags`, { method: "POST", headers, body: callsCsv(40) });
  const { job } = (await begun.json()) as { job: { id: string } };
  const conditions = async () =>
    (await world.get("/api/v1/conditions", "viewer"))["items"] as { name: string; message: string }[];
  await until(async () => (await conditions()).length > 0);
  expect(await conditions()).toMatchObject([{ name: "store_full", message: expect.stringContaining("No space left") as string }]);
  // No heartbeat can be written either; requests are not sent away for that.
  const ready = await fetch(`${service.url}/readyz`);
  expect({ status: ready.status, body: await ready.json() }).toMatchObject({
    status: before,
    body: {
      ready: before === 200,
      checks: expect.arrayContaining([expect.objectContaining({ name: "room", ok: false })]) as unknown,
    },
  });
  expect(await (await fetch(`${service.url}/metrics`)).text()).toContain("outdial_store_full 1");
  expect(await world.get(`/api/v1/jobs/${job.id}`)).toMatchObject({
    status: "running",
    stop: { code: "store_full", message: expect.stringMatching(/^it stands still: .*No space left/) as string },
  });

  for (const table of [...FILLED, "jobs"]) await client.query(`drop trigger full_disk on outdial.${table}`);
  await until(async () => (await world.get(`/api/v1/jobs/${job.id}`))["status"] === "done");
  expect(await world.get(`/api/v1/jobs/${job.id}`)).toMatchObject({ stop: null });
  await until(async () => (await conditions()).length === 0);
  expect(world.sandbox.control.state().requests).toBeGreaterThan(0);
});
