// outdial behind PgBouncer in transaction mode: many connections of its own on few sessions of the database.

import { chmod } from "node:fs/promises";
import { join } from "node:path";
import pg from "pg";
import { expect, test } from "vitest";
import { openService } from "../../../src/app/index.ts";
import { openStore } from "../../../src/store/index.ts";
import { CAMPAIGN, callsCsv, callsScenario } from "../../support/calls.ts";
import { workFolder } from "../../support/cli.ts";
import { createDatabase } from "../../support/database.ts";
import { hasPgBouncer, startPgBouncer } from "../../support/pgbouncer.ts";
import { manualClock } from "../../support/store.ts";
import { until } from "../../support/until.ts";
import { operatorToken, startWorld } from "../../support/world.ts";

// Debian and Ubuntu have it as the package pgbouncer.
const behind = test.skipIf(!hasPgBouncer());

behind("a store keeps its order with forty writers on three sessions, and locks hold between processes", async () => {
  const database = await createDatabase();
  await using folder = await workFolder();
  await using bouncer = await startPgBouncer(database.url, 3);
  const options = { url: bouncer.through(database.url), directUrl: database.url, clock: manualClock() };
  await expect(openStore({ ...options, directUrl: undefined, dir: join(folder.path, "none") })).rejects.toMatchObject({
    advice: expect.stringContaining("DATABASE_DIRECT_URL") as string,
  });
  const stores = await Promise.all(
    [1, 2].map((i) => openStore({ ...options, dir: join(folder.path, "one"), connections: 10 + i })),
  );
  const [first, second] = stores;
  if (first === undefined || second === undefined) throw new TypeError("two stores were opened");
  try {
    await Promise.all(
      Array.from({ length: 40 }, (_, i) =>
        (i % 2 === 0 ? first : second).audit.append([{ actor: "ann", action: "note", subject: `call_${i}` }]),
      ),
    );
    expect(await first.audit.verify()).toMatchObject({ ok: true, verified: true, size: 40 });
    // Locks that outlive a transaction hold across both.
    const order: string[] = [];
    await Promise.all(
      [first, second].map((store, i) =>
        store.locks.hold("one", async () => {
          order.push(`begin ${i}`);
          await store.audit.list({ limit: 1 });
          order.push(`end ${i}`);
        }),
      ),
    );
    expect(order.map((line) => line.split(" ")[0])).toEqual(["begin", "end", "begin", "end"]);
    // The setting belongs to each transaction, not to the session that serves others next.
    const client = new pg.Client({ connectionString: options.url });
    await client.connect();
    const { rows } = await client.query<{ idle_in_transaction_session_timeout: string }>(
      "show idle_in_transaction_session_timeout",
    );
    await client.end();
    expect(rows[0]?.idle_in_transaction_session_timeout).toBe("0");
    const inside = await first.dialer.inTurn("looking", async () => "done");
    expect(inside).toBe("done");
  } finally {
    for (const store of stores) await store.close();
    await database.dispose();
  }
});

behind("a service runs a job to its end", async () => {
  await using world = await startWorld({ sandbox: { scenario: callsScenario(60) } });
  await using bouncer = await startPgBouncer(world.databaseUrl, 4);
  const environment = {
    ...world.environment,
    DATABASE_URL: bouncer.through(world.databaseUrl),
    DATABASE_DIRECT_URL: world.databaseUrl,
  };
  const token = await operatorToken(world);
  await chmod(world.folder, 0o755);
  await using service = await openService({ cwd: world.folder }, environment, { port: 0, log: () => undefined });
  const ask = async (path: string, init: RequestInit = {}) => {
    const headers = new Headers({ authorization: `Bearer ${token}`, "content-type": "text/csv" });
    return (await fetch(`${service.url}/api/v1${path}`, { ...init, headers })).json() as Promise<Record<string, unknown>>;
  };
  const { job } = (await ask(`/campaigns/${CAMPAIGN}/tags`, { method: "POST", body: callsCsv(60) })) as { job: { id: string } };
  await until(async () => (await ask(`/jobs/${job.id}`))["finishedAt"] !== null);
  expect(await ask(`/jobs/${job.id}`)).toMatchObject({ status: "done", counts: { tagged: 60 } });
  expect(await service.store.audit.verify()).toMatchObject({ ok: true });
});
