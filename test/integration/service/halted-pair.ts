// A failover pair of a whole service that was halted during its hand-over: neither of its campaigns dials.

import pg from "pg";
import { expect } from "vitest";
import { HALT, PAIR_CASES } from "../../support/failover-states.ts";
import type { StartedService } from "../../support/service.ts";

/** Pauses the primary, makes the pair, waits until it was looked at, and writes what its watch decides when the gate or the lists forbid the backup. */
export async function haltPair(at: StartedService, primary: string, backup: string): Promise<void> {
  await at.post(`/api/v1/campaigns/${primary}/pause`, {});
  const policy = { backup, everySeconds: 3600 };
  await at.service.store.failovers.put({ primary, backup, policy, actor: "olga", audit: [] });
  const pair = () => at.get(`/api/v1/failover/pairs/${primary}`, "viewer");
  // After its first look the watch sleeps: nothing overwrites what is written now.
  await expect.poll(pair, { timeout: 60_000, interval: 200 }).toMatchObject({ lookedAt: expect.any(String) as string });
  const halted = PAIR_CASES.find(({ name }) => name === "halted on the way to its backup")?.state;
  const alarms = [{ name: "NEITHER_DIALS", message: `neither campaign dials: ${HALT}` }];
  const client = new pg.Client({ connectionString: at.databaseUrl });
  await client.connect();
  try {
    await client.query("update outdial.failover_pairs set state = $2, phase = 'halted' where primary_id = $1", [primary, halted]);
    await client.query(
      "insert into outdial.failover_events (primary_id, seq, at, event, phase, alarms) values ($1, 1000000, $3, '{}', 'halted', $2)",
      // By the clock of this process, as the events before it: the database's may say another day.
      [primary, JSON.stringify(alarms), new Date()],
    );
  } finally {
    await client.end();
  }
}
