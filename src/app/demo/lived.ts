// Simulates the hours before the start as fast as the machine can, and stores the figures that would have been read during them.

import type { Clock } from "../../kernel/index.ts";
import { CampaignMetrics } from "../../operations/index.ts";
import type { HostTime, Sandbox } from "../../sandbox/index.ts";
import type { Store } from "../../store/index.ts";
import { createTenant, fetchTransport, type Profile, systemClock, type TenantLink } from "../../tenant/index.ts";
import { IDS } from "./scenario.ts";

const MINUTE_S = 60;
/** How far the sandbox may be behind when it begins to run, s. */
const CLOSE_S = 0.05;
const OFF = { "outbound-write": "off", "outbound-read": "off", campaigns: "off", "dialer-write": "off", other: "off" } as const;

const ACD_OFF = { "acd-read": "off", "acd-write": "off", "acd-report": "off", "acd-extract": "off" } as const;

const ORIGIN = "http://127.0.0.1";

async function acdOn(sandbox: Sandbox) {
  const { createAcdTenant } = await import("../../tenant/acd/index.ts");
  const transport = fetchTransport(sandbox.fetch);
  // A client on another clock would take figures of an earlier minute for present ones.
  const clock: Clock = { ...systemClock, now: () => sandboxClock(sandbox).now() };
  return createAcdTenant({ issuer: ORIGIN, credentials: sandbox.accessKey, limits: ACD_OFF }, { transport, clock });
}

/** Makes a do-not-call group that both skills obey. @returns its id */
export async function makeDoNotCallGroup(sandbox: Sandbox): Promise<string> {
  const tenant = await acdOn(sandbox);
  try {
    const made = await tenant.request("createDncGroup", { body: { dncGroupName: "Company" } });
    const groupId = made.reply?.dncGroups[0]?.dncGroupId;
    if (groupId === undefined) throw new Error("the sandbox made no do-not-call group");
    for (const skillId of Object.values(IDS.acd)) await tenant.request("addScrubbedSkill", { path: { groupId, skillId } });
    return groupId;
  } finally {
    await tenant.close();
  }
}

/** A tenant of a profile on a sandbox, without the network and without limits. */
async function tenantOn(sandbox: Sandbox, profile: Profile): Promise<TenantLink> {
  if (profile === "acd") return acdOn(sandbox);
  const transport = fetchTransport(sandbox.fetch);
  const { clientId, clientSecret } = sandbox.ready;
  return createTenant(
    { hosts: ORIGIN, token: { auth: "basic" }, credentials: { clientId, clientSecret }, limits: OFF },
    { transport },
  );
}

/** The sandbox's time as a clock; sleeping advances it. */
export function sandboxClock({ control }: Sandbox): Clock {
  return {
    now: () => Date.parse(control.clock().now),
    sleep: (ms) => control.advance(ms / 1000).then(() => undefined),
  };
}

/** A clock's time in the form that a sandbox follows. */
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
 * @param present ms since the epoch; may advance meanwhile
 */
export async function liveThrough(sandbox: Sandbox, profile: Profile, store: Store, present: () => number): Promise<void> {
  const clock = sandboxClock(sandbox);
  const tenant = await tenantOn(sandbox, profile);
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
      for (const id of Object.values(IDS[profile])) await metrics.read(id, 1);
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
