// The hours before the start, lived through as fast as the machine can, with the figures that somebody who watched would have seen.

import type { Clock } from "../../kernel/index.ts";
import { CampaignMetrics } from "../../operations/index.ts";
import type { HostTime, Sandbox } from "../../sandbox/index.ts";
import type { Store } from "../../store/index.ts";
import { createTenant, fetchTransport } from "../../tenant/index.ts";
import { BACKUP, PRIMARY } from "./scenario.ts";

const MINUTE_S = 60;
/** The sandbox may be behind by this much when it begins to run. */
const CLOSE_S = 0.05;
const OFF = { "outbound-write": "off", "outbound-read": "off", campaigns: "off", "dialer-write": "off", other: "off" } as const;

/** The sandbox's time; to sleep is to advance it. */
export function sandboxClock({ control }: Sandbox): Clock {
  return {
    now: () => Date.parse(control.clock().now),
    sleep: (ms) => control.advance(ms / 1000).then(() => undefined),
  };
}

/** The time of a clock as a sandbox follows it. */
export function hostTimeOf(clock: Clock): HostTime {
  return {
    now: () => clock.now(),
    after(ms, _, run) {
      const cancelled = new AbortController();
      clock.sleep(ms, cancelled.signal).then(run, () => undefined);
      return () => cancelled.abort();
    },
  };
}

/**
 * Advances a frozen sandbox minute by minute to the present, reading each campaign's figures on the way.
 * @param present ms since the epoch; may go on meanwhile
 */
export async function liveThrough(sandbox: Sandbox, store: Store, present: () => number): Promise<void> {
  const clock = sandboxClock(sandbox);
  const { clientId, clientSecret } = sandbox.ready;
  const tenant = createTenant(
    { hosts: "http://127.0.0.1", token: { auth: "basic" }, credentials: { clientId, clientSecret }, limits: OFF },
    { transport: fetchTransport(sandbox.fetch) },
  );
  try {
    const metrics = new CampaignMetrics({
      log: store.metrics,
      source: tenant.capabilities.metricsSource,
      clock,
      freshMs: 0,
    });
    const behind = () => (present() - clock.now()) / 1000;
    for (let left = behind(); left > MINUTE_S; left = behind()) {
      await sandbox.control.advance(MINUTE_S);
      for (const id of [PRIMARY, BACKUP]) await metrics.read(id, 1);
    }
  } finally {
    await tenant.close();
  }
}

/** Brings the sandbox to the present of the clock that it follows and lets it run from there. */
export async function joinPresent({ control }: Sandbox, clock: Clock): Promise<void> {
  const behind = () => (clock.now() - Date.parse(control.clock().now)) / 1000;
  for (let left = behind(); left > CLOSE_S; left = behind()) await control.advance(left);
  control.setClock("real");
}
