// kill -9 in the middle of an emergency stop: whichever service is there, or comes next, goes on until every campaign is paused at the tenant.

import { afterEach, beforeEach, expect, test } from "vitest";
import { openService, type RunningService } from "../../src/app/index.ts";
import type { AuditEntry } from "../../src/store/index.ts";
import { type CliProcess, runCli, startCli } from "../support/cli.ts";
import { operatorToken, type StartedWorld, startServe, startWorld } from "../support/world.ts";

const dialerConfig = {
  type: "predictive" as const,
  predictiveSettings: { answerRatio: 0.85, maxCallsInFlight: 2, callRate: 1, abandonmentThreshold: 0.03 },
};
const QUICK = Array.from({ length: 4 }, (_, i) => `camp_quick_${i}`);
const SLOW = Array.from({ length: 8 }, (_, i) => `camp_slow_${i}`);
const ALL = [...QUICK, ...SLOW];
const TIMING = { lookMs: 50, patience: { againMs: 50, mostMs: 200, resumedMs: 50 } };

let stack: AsyncDisposableStack;
let world: StartedWorld;
let token: string;
let children: CliProcess[];
beforeEach(async () => {
  stack = new AsyncDisposableStack();
  children = [];
  world = stack.use(
    await startWorld({
      environment: { OUTDIAL_ACTOR: "service" },
      sandbox: {
        scenario: {
          campaigns: ALL.map((id) => ({ id, status: "active" as const, contactListId: "list_1", dialerConfig })),
          contactLists: [{ id: "list_1", generate: { count: 100, consentRate: 1, zones: ["America/New_York"] } }],
          limits: "off",
        },
        clock: { speed: 60 },
      },
    }),
  );
  token = await operatorToken(world);
});
afterEach(async () => {
  for (const { child, ended } of children) {
    child.kill("SIGKILL");
    await ended;
  }
  await stack[Symbol.asyncDispose]();
});

const open = async (): Promise<RunningService> =>
  stack.use(await openService({}, world.environment, { port: 0, log: () => undefined, stops: TIMING }));

/** A service in a process of its own. */
async function spawn(): Promise<{ readonly running: CliProcess; readonly url: string }> {
  const { running, url } = startServe(world);
  children.push(running);
  return { running, url: await url };
}

const paused = () =>
  world.sandbox.control
    .state()
    .campaigns.filter(({ status }) => status === "paused")
    .map(({ id }) => id)
    .sort();

/** The slow campaigns cannot be paused until `tenantAnswers`. */
const tenantStalls = () =>
  world.sandbox.control.faults.add({
    match: { operation: "updateCampaign", path: "/api/v2/omnichannel/campaigns/camp_slow" },
    effect: { status: 503 },
  });
const tenantAnswers = () => world.sandbox.control.faults.clear();

async function killedHalfWay(victim: Awaited<ReturnType<typeof spawn>>): Promise<void> {
  tenantStalls();
  const asked = fetch(`${victim.url}/api/v1/campaigns/stop`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify({ reason: "a wrong list" }),
  }).catch(() => undefined);
  await expect.poll(paused, { timeout: 120_000 }).toEqual(QUICK);
  victim.running.child.kill("SIGKILL");
  await victim.running.ended;
  await asked;
  tenantAnswers();
  expect(paused()).toEqual(QUICK);
}

interface StopView {
  readonly id: string;
  readonly actor: string;
  readonly endedAt: string | null;
  readonly listProblem: unknown;
  readonly changes: readonly { campaignId: string; status: string; confirmed: boolean; message: string }[];
  readonly seenPaused: readonly string[];
  readonly alreadyPaused: readonly string[];
}

async function stopOf({ url }: Pick<RunningService, "url">): Promise<StopView> {
  const get = async (path: string): Promise<unknown> =>
    (await fetch(`${url}/api/v1${path}`, { headers: { authorization: `Bearer ${token}` } })).json();
  const { items } = (await get("/campaigns/stops")) as { items: StopView[] };
  expect(items).toHaveLength(1);
  return (await get(`/campaigns/stops/${items[0]?.id}`)) as StopView;
}

/** Every campaign is paused at the tenant, the stop says so, and the audit tells each thing once. */
async function expectStopped(service: RunningService, by: { readonly taken: number }): Promise<AuditEntry[]> {
  await expect.poll(async () => (await stopOf(service)).endedAt, { timeout: 240_000 }).not.toBeNull();
  const stop = await stopOf(service);
  expect(paused()).toEqual(ALL);
  expect({ actor: stop.actor, listProblem: stop.listProblem }).toEqual({ actor: "olga", listProblem: null });
  expect([...stop.changes.map(({ campaignId }) => campaignId), ...stop.seenPaused].sort()).toEqual(ALL);
  expect(stop.alreadyPaused).toEqual([]);
  expect(stop.changes.filter(({ status, confirmed }) => status !== "paused" || !confirmed)).toEqual([]);
  // The service says that it has ended, then the database does.
  const ends = async () =>
    (await service.store.audit.list({ limit: 1000 })).filter(({ action }) => action === "campaign.stop.end");
  await expect.poll(ends, { timeout: 240_000 }).toHaveLength(1);
  const audit = await service.store.audit.list({ limit: 1000 });
  const told = (action: string) => audit.filter((entry) => entry.action === action);
  expect(told("campaign.stop")).toHaveLength(1);
  expect(told("campaign.stop.taken-up")).toHaveLength(by.taken);
  expect(told("campaign.stop.end")).toMatchObject([{ details: { notConfirmed: [], listProblem: null } }]);
  const keys = told("campaign.pause").map(({ details }) => (details as { key: string }).key);
  expect(new Set(keys).size).toBe(keys.length);
  return audit;
}

test("the services beside a killed one go on with its stop, exactly one of them", async () => {
  const [victim, , service] = await Promise.all([spawn(), spawn(), open()]);
  await killedHalfWay(victim);
  await expectStopped(service, { taken: 1 });
});

test("with no other service there, its last sign of life and what to do are told, and the next start goes on", async () => {
  await killedHalfWay(await spawn());
  const told = await runCli(["campaign", "stops"], { cwd: world.folder, env: world.environment });
  expect(told.stdout).not.toContain("a service carries it out");
  expect(told.stdout).toMatch(/its service's last sign of life: \d{4}-\d\d-\d\dT/);
  expect(told.stdout).toContain("start a service (outdial serve), or give the stop again (outdial stop)");
  await expectStopped(await open(), { taken: 1 });
});

test("a stop of the command line that is killed is gone on with by the service on its folder", async () => {
  const service = await open();
  tenantStalls();
  const command = startCli(["stop", "--all", "--reason", "fire"], {
    cwd: world.folder,
    env: { ...world.environment, OUTDIAL_ACTOR: "olga", DATABASE_URL: "postgresql://nobody@127.0.0.1:1/none" },
  });
  children.push(command);
  await expect.poll(paused, { timeout: 120_000 }).toEqual(QUICK);
  command.child.kill("SIGKILL");
  await command.ended;
  tenantAnswers();
  await expectStopped(service, { taken: 1 });
});
