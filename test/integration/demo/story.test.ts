// The demo's story on the tenant's own clock, at hours of every kind: a list turns bad, the watch is sure of it and hands over, the second one dials.

import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openDemoStage, openFailover } from "../../../src/app/index.ts";
import type { Clock } from "../../../src/kernel/index.ts";
import { openStore } from "../../../src/store/index.ts";
import { createAcdTenant } from "../../../src/tenant/acd/index.ts";
import { createTenant, systemClock } from "../../../src/tenant/index.ts";
import { workFolder } from "../../support/cli.ts";
import { createDatabase } from "../../support/database.ts";
import { picked } from "../../support/scale.ts";
import { UNLIMITED_ACD } from "../../support/world.ts";

/** The last hour is not what is tested here. */
const LIVED_MS = 4 * 60_000;
/** Nothing is expected any more when so much of the tenant's time has passed; the ACD API's figures are of quarters of an hour. */
const LONGEST_MS = { rest: 15 * 60_000, acd: 30 * 60_000 };
const NEVER = new AbortController().signal;

const INSTANTS = [
  "2025-06-15T06:30:00Z", // a Sunday
  "2025-06-15T08:00:00Z",
  "2025-11-23T06:30:00Z", // another one, in winter
  "2025-11-23T08:00:00Z",
  "2025-06-16T03:00:00Z", // a Monday
  "2025-06-17T13:00:00Z",
  "2025-06-18T17:45:00Z",
  "2025-06-19T10:30:00Z",
  "2025-06-20T20:15:00Z",
  "2025-06-21T23:30:00Z",
  "2025-12-10T09:30:00Z", // hardly anybody may be called for two hours
  "2025-12-25T15:00:00Z",
  "2025-03-09T06:59:00Z", // the clocks change in America
  "2025-03-09T09:30:00Z",
  "2025-11-02T05:59:30Z",
  "2025-03-30T00:59:00Z", // and in Europe
  "2025-10-26T01:00:00Z",
  "2025-12-31T23:58:00Z",
  "2024-02-29T12:00:00Z",
  "2024-02-28T23:59:59Z",
];

/** So often the backup's figures are looked at, every half a minute of the tenant's time, until they have a call. */
const FIGURES_LOOKS = 6;

type Profile = keyof typeof LONGEST_MS;

/** A client of the stage's tenant, with the environment of those who work with it. */
function tenantOf({ sandbox, tenantUrl, clock }: Awaited<ReturnType<typeof openDemoStage>>, profile: Profile) {
  const { clientId, clientSecret } = sandbox.ready;
  if (profile === "acd") {
    const tenant = createAcdTenant(
      { issuer: tenantUrl, credentials: sandbox.accessKey, limits: UNLIMITED_ACD },
      { clock: { ...systemClock, now: () => clock.now() } },
    );
    return {
      tenant,
      environment: { OUTDIAL_PROFILE: profile, CXONE_ACCESS_KEY_ID: clientId, CXONE_ACCESS_KEY_SECRET: clientSecret },
    };
  }
  const limits = { "outbound-read": "off", campaigns: "off", other: "off" } as const;
  const tenant = createTenant({ hosts: tenantUrl, token: { auth: "basic" }, credentials: { clientId, clientSecret }, limits });
  return { tenant, environment: { CXONE_CLIENT_ID: clientId, CXONE_CLIENT_SECRET: clientSecret } };
}

async function play(now: number, profile: Profile = "rest") {
  await using stack = new AsyncDisposableStack();
  const stage = stack.use(await openDemoStage(now, { livedMs: LIVED_MS, clock: systemClock, profile, limits: "off" }));
  const folder = stack.use(await workFolder());
  const database = await createDatabase();
  stack.defer(() => database.dispose());
  const config = join(folder.path, "outdial.yaml");
  await writeFile(config, stage.configText);
  const store = await openStore({ dir: join(folder.path, ".outdial"), url: database.url, clock: stage.clock });
  stack.defer(() => store.close());
  await stage.liveUpTo(store, () => now);

  const { tenant, environment: credentials } = tenantOf(stage, profile);
  stack.defer(() => tenant.close());
  const report = stage.callReports({ tenant, store, clock: stage.clock });
  const clock: Clock = {
    now: () => stage.clock.now(),
    async sleep(ms, signal = NEVER) {
      await stage.clock.sleep(ms, signal);
      await report(signal);
    },
  };
  const environment = { ...credentials, DATABASE_URL: database.url };
  const flags = { config, dir: join(folder.path, ".outdial"), tenantUrl: stage.tenantUrl };
  const options = { warn: () => undefined, deliver: false, limits: "off", clock } as const;
  const { failover } = stack.use(await openFailover(flags, environment, options));
  const { primary, backup, policy } = stage.pair;
  await failover.put(primary, policy);
  const phases: string[] = [];
  let [badSince, halt]: [number | null, string | null] = [null, null];
  await failover.watch(primary, {
    signal: NEVER,
    until: (state, { at, type }) => {
      if (phases.at(-1) !== state.phase) phases.push(state.phase);
      if (badSince === null && type === "looked") {
        badSince = at;
        stage.turnListBad();
      }
      halt = state.halt;
      return ["failed-over", "halted"].includes(state.phase) || at - (badSince ?? at) > LONGEST_MS[profile];
    },
  });
  let callsPlaced: number | null | undefined = 0;
  // Over the ACD API the tenant tells its figures anew once a minute.
  for (let looks = 0; !((callsPlaced ?? 0) > 0) && looks < FIGURES_LOOKS; looks += 1) {
    await stage.clock.sleep(30_000);
    ({ callsPlaced } = await tenant.capabilities.metricsSource.campaign(backup, 1));
  }
  const numbers = stage.world.contacts.map(({ phoneNumber }) => phoneNumber);
  return {
    halt,
    phases,
    statuses: stage.sandbox.control.state().campaigns.map(({ status }) => status),
    dials: (callsPlaced ?? 0) > 0,
    shared: numbers.length - new Set(numbers).size,
  };
}

/** `npm run test:dates` asks for an instant of its own. */
const asked = process.env["TEST_NOW"];

const rest = [...(asked === undefined ? [] : [asked]), ...picked(INSTANTS, 8, "instants")];
const acd = picked(INSTANTS, 1, "instants over the ACD API");

test.each([...rest.map((at) => [at, "rest"] as const), ...acd.map((at) => [at, "acd"] as const)])(
  "a demo that is started at %s (%s) hands over and ends well",
  async (at, profile) => {
    expect(await play(Date.parse(at), profile)).toEqual({
      halt: null,
      phases: ["watching", "pausing", "draining", "handing-over", "gating", "activating", "verifying", "failed-over"],
      statuses: ["paused", "active"],
      dials: true,
      shared: 0,
    });
  },
);
