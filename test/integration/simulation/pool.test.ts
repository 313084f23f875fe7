// The pool of worker threads: the same results whatever their number, errors and endings told.

import { expect, test } from "vitest";
import { parseScenario, runReplication } from "../../../src/dialing/index.ts";
import { SimulationError, SimulationPool } from "../../../src/operations/index.ts";

const SCENARIO = parseScenario({ agents: 5, duration: "30m", bucket: "5m", pacing: { strategy: "ratio", ratio: 2 } });

test("replications are the same to the bit on one, two and three threads, and in order", async () => {
  const results = [];
  for (const workers of [1, 2, 3]) {
    await using pool = new SimulationPool({ workers });
    const seen: number[] = [];
    results.push(await pool.replicate(SCENARIO, { replications: 7, seed: "s", onProgress: (done) => seen.push(done) }));
    expect(seen).toEqual([1, 2, 3, 4, 5, 6, 7]);
  }
  expect(results[0]?.map(({ index }) => index)).toEqual([0, 1, 2, 3, 4, 5, 6]);
  expect(results[0]?.[3]).toEqual(runReplication(SCENARIO, "s", 3));
  expect(results[1]).toEqual(results[0]);
  expect(results[2]).toEqual(results[0]);
});

test("an error inside a replication is told, and the pool goes on", async () => {
  await using pool = new SimulationPool({ workers: 2 });
  const broken = { ...SCENARIO, calls: { ...SCENARIO.calls, talk: { kind: "lognormal" as const, mean: -1, cv: 1 } } };
  await expect(pool.replicate(broken, { replications: 1 })).rejects.toThrow(/a replication failed: mean is -1/);
  await expect(pool.replicate(SCENARIO, { replications: 2 })).resolves.toHaveLength(2);
});

test.each([1, 2])("a signal stops what has not begun, on %d threads", async (workers) => {
  await using pool = new SimulationPool({ workers });
  const stop = new AbortController();
  const reason = new Error("enough");
  const running = pool.replicate(SCENARIO, { replications: 50, signal: stop.signal, onProgress: () => stop.abort(reason) });
  await expect(running).rejects.toBe(reason);
});

test("closing rejects what is under way; a wrong number of threads is refused", async () => {
  const pool = new SimulationPool({ workers: 2 });
  const running = pool.replicate(SCENARIO, { replications: 20 });
  const rejected = expect(running).rejects.toMatchObject({ code: "simulation_stopped" });
  await pool.close();
  await pool.close();
  await rejected;
  expect(() => new SimulationPool({ workers: 0 })).toThrow(SimulationError);
});
