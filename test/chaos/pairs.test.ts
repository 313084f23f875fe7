// Two services and the pairs of a store: when the one that watches them dies, the other one does; when that is told to end, a command finds the pairs free.

import { expect, test } from "vitest";
import { openFailover } from "../../src/app/index.ts";
import { failoverPolicySchema } from "../../src/operations/index.ts";
import { until } from "../support/until.ts";
import { NO_ALARMS, startServe, startWorld } from "../support/world.ts";

const campaign = (id: string, status: string) => ({ id, name: id, status });
const PRIMARIES = ["first_1", "first_2", "first_3"];
const campaigns = PRIMARIES.flatMap((id) => [campaign(id, "active"), campaign(id.replace("first", "second"), "paused")]);

test("the other service takes over the pairs of one that is killed; one that ends lets go of them", async () => {
  await using world = await startWorld({ sandbox: { scenario: { campaigns } }, environment: NO_ALARMS });
  const services = [startServe(world), startServe(world)];
  await Promise.all(services.map(({ url }) => url));
  {
    await using beside = await openFailover({}, world.environment, { warn: () => undefined, deliver: false });
    for (const primary of PRIMARIES)
      await beside.failover.put(
        primary,
        failoverPolicySchema.parse({ backup: primary.replace("first", "second"), everySeconds: 3600 }),
      );
  }
  /** The process of each pair that has looked at it since a moment; undefined when not each pair has one. */
  const owners = async (since: number) => {
    const rows = await world.query<{ pid: number }>(
      `select pid from outdial.failover_pairs p join outdial.replicas r on r.id = p.executor where looked_at > $1`,
      [new Date(since)],
    );
    return rows.length === PRIMARIES.length ? rows.map(({ pid }) => pid) : undefined;
  };
  await until(async () => (await owners(0)) !== undefined);
  const [first] = (await owners(0)) ?? [];
  const killed = services.find(({ running }) => running.child.pid === first);
  const other = services.find((one) => one !== killed);
  const since = Date.now();
  killed?.running.child.kill("SIGKILL");
  await killed?.running.ended;
  await until(async () => {
    const rows = await world.query<{ pid: number }>(
      "select pid from outdial.failover_pairs p join outdial.replicas r on r.id = p.executor",
    );
    return rows.length === PRIMARIES.length && rows.every(({ pid }) => pid === other?.running.child.pid);
  });
  process.stderr.write(`taken over ${Date.now() - since} ms after the end of the killed one\n`);

  other?.running.child.kill("SIGTERM");
  expect((await other?.running.ended)?.code).toBe(0);
  expect(await world.query("select 1 from outdial.failover_pairs where executor is not null")).toEqual([]);
  // Several pairs at once, in a process that launches its engine for the first.
  const { code, stderr, stdout } = await world.run(["campaign", "failover", "watch", "--once", "--yes", "--json"]);
  expect({ code, stderr }).toMatchObject({ code: 0, stderr: expect.not.stringContaining("another process") });
  expect(
    stdout
      .trim()
      .split("\n")
      .slice(-PRIMARIES.length)
      .map((line) => JSON.parse(line).primary),
  ).toEqual(PRIMARIES);
  expect(await world.query("select 1 from outdial.failover_pairs where executor is not null")).toEqual([]);
});
