// The emergency stop in a race with what lets campaigns dial: a start that a gateway holds, a hand-over at its last steps, an approval, a rollback of
// settings, a second service. By the sandbox's own word: once a stop says that all is confirmed, nothing dials by what was asked for before it.

import { join } from "node:path";
import { expect, test } from "vitest";
import { stringify } from "yaml";
import { openAccess, openService, type RunningService } from "../../src/app/index.ts";
import { type StopResult, stopResult } from "../../src/operations/views/index.ts";
import { openHolds } from "../browser/holds.ts";
import { DRAFT } from "../integration/campaigns/plan-world.ts";
import { NEW, OLD, staffedSkill, textOf } from "../integration/dialer/world.ts";
import type { CliProcess } from "../support/cli.ts";
import { type HastenedClock, hastenedClock } from "../support/hastened-clock.ts";
import { type LyingTenant, type Profile, startLyingTenant } from "../support/lying-tenant.ts";
import { EASTERN } from "../support/service.ts";
import { hostOf } from "../support/stop-world.ts";
import { until } from "../support/until.ts";
import { type StartedWorld, startServe, startWorld } from "../support/world.ts";
import { standing } from "./matrix/operations.ts";

/** A Tuesday, 13:00 in New York. */
const OPEN = "2026-06-16T17:00:00Z";
/** How much faster outdial's time and the tenant's pass than the machine's, once the start is on its way: a process whose clock runs away sends none. */
const PACE = 20;
/** So long it is watched whether anything dials after the stop's end, by the clock, ms: longer than any start takes to come into force. */
const AFTERWARDS_MS = 30_000;
const PROFILES = ["rest", "acd"] as const;
const NAMES = ["camp_first", "camp_second", "camp_third"];
/** Places of the pair's campaigns, and of the one that is resumed. */
const [FIRST, SECOND, THIRD] = [0, 1, 2];

interface Setting {
  readonly profile?: Profile;
  readonly yaml?: string;
  /** Places of the campaigns that dial at first. */
  readonly dialing?: readonly number[];
  /** From an accepted start to its coming into force, s; of profile acd. */
  readonly startSeconds?: number;
  /** What the sandbox has besides. */
  readonly scenario?: Readonly<Record<string, unknown>>;
  /** Services are programs, which have the machine's time, set to the hour. */
  readonly programs?: boolean;
}

interface Said {
  readonly result: StopResult;
  readonly allConfirmed: boolean;
}

interface Door {
  readonly url: string;
  post(path: string, body: object, as?: "olga" | "oscar"): Promise<{ status: number; body: Record<string, unknown> }>;
  get(path: string): Promise<Record<string, unknown>>;
  /** Previews, and asks for what was shown. */
  ask(path: string, preview: string, body?: object): ReturnType<Door["post"]>;
  /** Gives the stop of everything. @returns its id */
  stop(): Promise<string>;
  ended(id: string): Promise<Said>;
}

interface RaceWorld extends AsyncDisposable {
  readonly world: StartedWorld;
  readonly tenant: LyingTenant;
  readonly clock: HastenedClock;
  readonly ids: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** Opens a service in this process. */
  open(): Promise<Door & { readonly service: RunningService }>;
  /** Starts one as a program. */
  spawn(): Promise<Door & { readonly running: CliProcess }>;
  dialing(): string[];
  /** Moments at which what dials changed, by the clock, as it was looked at all the time. */
  course(): readonly { readonly at: number; readonly dialing: readonly string[] }[];
  /** Brings what the gate asks for. */
  allow(door: Door): Promise<void>;
  /** Makes the pair of the first two and orders a hand-over. */
  handOver(door: Door): Promise<void>;
  /** Judges what a stop said: waits, lets everything through that is held, waits again, and looks at what dialed since. */
  judge(said: Said, forMs?: number): Promise<void>;
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** People of their own for each campaign, all in New York. The first has nobody: no call of it is waited for; the others' people do not answer. */
const peopleOf = (place: number) => ({
  id: `list_${place}`,
  answerRate: 0,
  contacts: Array.from({ length: place === FIRST ? 0 : 40 }, (_, i) => ({
    id: `list_${place}-${i}`,
    phoneNumber: `+1${[212, 646, 917][place]}${3_450_000 + i}`,
    consentFlags: { outbound: { call: true } },
  })),
});

async function openRaces({
  profile = "rest",
  yaml = "",
  dialing = [FIRST],
  startSeconds = 0.5,
  scenario = {},
  programs = false,
}: Setting = {}): Promise<RaceWorld> {
  await using stack = new AsyncDisposableStack();
  const clock = hastenedClock(Date.parse(OPEN));
  const ids = profile === "rest" ? NAMES : NAMES.map((_, place) => String(4001 + place));
  const world = stack.use(
    await startWorld({
      profile,
      yaml: `tenant: { compareClock: false${profile === "acd" ? ", acd: { consentField: consent.call }" : ""} }\n${yaml}`,
      environment: { OUTDIAL_ACTOR: "carla", ...(programs ? standing(OPEN) : {}) },
      sandbox: {
        scenario: {
          ...scenario,
          campaigns: NAMES.map((id, place) => ({
            id,
            name: id,
            status: dialing.includes(place) ? "active" : "paused",
            contactListId: `list_${place}`,
          })),
          contactLists: NAMES.map((_, place) => peopleOf(place)),
          acd: { stopSeconds: 0.5, startSeconds },
        },
        host: hostOf(clock),
        now: clock.now(),
      },
    }),
  );
  const { sandbox, folder } = world;
  const tenant = stack.use(await startLyingTenant({ sandbox, profile, ids, now: () => clock.now() }));
  const environment = { ...world.environment, OUTDIAL_TENANT_URL: tenant.url };
  const tokens = await (async () => {
    await using access = await openAccess({ dir: join(folder, ".outdial") }, environment);
    const tokenOf = async (name: string) =>
      (await access.access.addToken({ name, role: "admin", expiresAt: null, by: "test" })).token;
    return { olga: await tokenOf("olga"), oscar: await tokenOf("oscar") };
  })();

  const isDialing = () =>
    sandbox.control.state().campaigns.flatMap(({ id, status }) => (status === "active" ? [ids[NAMES.indexOf(id)] ?? id] : []));
  const course: { at: number; dialing: string[] }[] = [];
  const looking = setInterval(() => {
    const now = isDialing();
    if (now.join() !== course.at(-1)?.dialing.join()) course.push({ at: clock.now(), dialing: now });
  }, 1);
  stack.defer(() => clearInterval(looking));

  const doorOf = (url: string): Door => {
    const asked = async (path: string, as: "olga" | "oscar", init: RequestInit = {}) => {
      const headers = { authorization: `Bearer ${tokens[as]}`, "content-type": "application/json", ...(init.headers as object) };
      const response = await fetch(`${url}/api/v1${path}`, { ...init, headers });
      return { status: response.status, body: (await response.json()) as Record<string, unknown> };
    };
    const door: Door = {
      url,
      post: (path, body, as = "olga") => asked(path, as, { method: "POST", body: JSON.stringify(body) }),
      get: async (path) => (await asked(path, "olga")).body,
      async ask(path, preview, body = {}) {
        const shown = await door.post(preview, body);
        expect(shown.status, JSON.stringify(shown.body)).toBe(200);
        return door.post(path, { ...body, confirm: shown.body["confirm"] });
      },
      async stop() {
        const given = await door.post("/campaigns/stop", { reason: "fire" });
        expect(given.status, JSON.stringify(given.body)).toBe(202);
        return String(given.body["id"]);
      },
      async ended(id) {
        for (;;) {
          const result = stopResult.parse(await door.get(`/campaigns/stops/${id}`));
          const { endedAt, listProblem, changes } = result;
          const allConfirmed = endedAt !== null && listProblem === null && changes.every(({ confirmed }) => confirmed);
          if (endedAt !== null) return { result, allConfirmed };
          await pause(5);
        }
      },
    };
    return door;
  };

  const owned = stack.move();
  return {
    world,
    tenant,
    clock,
    ids,
    environment,
    dialing: isDialing,
    course: () => course,
    async open() {
      const stops = { lookMs: 200, patience: { giveUpMs: 120_000, againMs: 200, mostMs: 500 } };
      const service = owned.use(await openService({ clock }, environment, { port: 0, log: () => undefined, stops }));
      return { ...doorOf(service.url), service };
    },
    async spawn() {
      const { running, url } = startServe({ environment, folder });
      owned.defer(async () => {
        running.child.kill("SIGKILL");
        await running.ended;
      });
      return { ...doorOf(await url), running };
    },
    async allow(door) {
      for (const registry of EASTERN) {
        const loaded = await fetch(`${door.url}/api/v1/facts/registry?registry=${registry}&asOf=2026-06-15&covers=all`, {
          method: "POST",
          headers: { authorization: `Bearer ${tokens.olga}`, "content-type": "text/csv" },
          body: "2125550199\n",
        });
        expect(loaded.ok, await loaded.text()).toBe(true);
      }
    },
    async handOver(door) {
      const [primary, backup] = [ids[FIRST] ?? "", ids[SECOND] ?? ""];
      const pair = { primary, policy: { backup, everySeconds: 5, drainMinutes: 1 } };
      const made = await door.ask("/failover/pairs", "/failover/pairs/preview", pair);
      expect(made.status, JSON.stringify(made.body)).toBeLessThan(300);
      const ordered = await door.ask(`/campaigns/${primary}/failover`, `/campaigns/${primary}/failover/preview`);
      expect(ordered.status, JSON.stringify(ordered.body)).toBe(202);
    },
    async judge({ result, allConfirmed }, forMs = AFTERWARDS_MS) {
      await clock.sleep(forMs);
      tenant.tell([]);
      tenant.release();
      await clock.sleep(forMs);
      const endedAt = Date.parse(result.endedAt ?? "");
      const told = [JSON.stringify(result), ...course.map((one) => JSON.stringify(one))].join("\n");
      expect(isDialing(), told).toEqual([]);
      if (allConfirmed)
        expect(
          course.filter(({ at, dialing: now }) => at >= endedAt && now.length > 0),
          told,
        ).toEqual([]);
    },
    async [Symbol.asyncDispose]() {
      // What is held would be waited for.
      tenant.tell([]);
      tenant.release();
      await owned.disposeAsync();
    },
  };
}

/** The looks that the tenant has answered about a campaign. */
const looksAt = ({ tenant }: RaceWorld, id: string) =>
  tenant.journal.filter(({ topic, campaign, answer }) => topic === "status" && campaign === id && answer !== undefined).length;

/** Waits for a fact while a request is under way; fails when that was answered before. */
async function reached(fact: () => boolean, request: Promise<object>): Promise<void> {
  let answer: object | undefined;
  void request.then((answered) => {
    answer = answered;
  });
  await until(() => fact() || answer !== undefined);
  expect(fact(), JSON.stringify(answer)).toBe(true);
}

test.each([
  { profile: "rest", startSeconds: 0, undone: "at once" },
  { profile: "acd", startSeconds: 0.5, undone: "at once" },
  { profile: "acd", startSeconds: 9, undone: "at once" },
  // The service that resumed pauses it again; that pause may be held, too.
  { profile: "acd", startSeconds: 9, undone: "late" },
] as const)(
  "$profile: a resume that a gateway holds for longer than the stop's first looks, in force $startSeconds s after it is let through, undone $undone",
  async ({ profile, startSeconds, undone }) => {
    await using races = await openRaces({ profile, startSeconds, dialing: [] });
    const { tenant, ids } = races;
    const door = await races.open();
    await races.allow(door);
    const id = ids[THIRD] ?? "";
    const path = `/campaigns/${id}/resume`;
    const { confirm } = (await door.post(`${path}/preview`, {})).body;
    tenant.tell([{ about: "start", how: { trick: "held" }, after: 0 }]);
    const resumed = door.post(path, { confirm });
    await reached(() => tenant.held() === 1, resumed);
    races.clock.pace(PACE);
    const stop = await door.stop();
    const before = looksAt(races, id);
    await until(() => looksAt(races, id) >= before + 3);
    tenant.tell(
      undone === "late" ? [{ about: "pause", of: [THIRD], how: { trick: "held" }, after: 0, ends: { answers: 1 } }] : [],
    );
    tenant.release();
    const said = await door.ended(stop);
    await races.judge(said);
    expect((await resumed).body).not.toMatchObject({ confirmed: true });
  },
);

test.each(
  PROFILES.flatMap((profile) =>
    (["activating, its start held", "activating", "verifying"] as const).map((phase) => ({ profile, phase })),
  ),
)("$profile: a stop that is given while a hand-over is $phase", async ({ profile, phase }) => {
  await using races = await openRaces({ profile, startSeconds: 3 });
  const { tenant, ids, world } = races;
  const door = await races.open();
  await races.allow(door);
  await using holds = await openHolds(world.databaseUrl);
  const backup = ids[SECOND] ?? "";
  const isHeld = phase === "activating, its start held";
  if (isHeld) tenant.tell([{ about: "start", how: { trick: "held" }, after: 0 }]);
  else await holds.hold("pair", [phase]);
  await races.handOver(door);
  const sent = () => tenant.journal.some(({ topic, campaign }) => topic === "start" && campaign === backup);
  await until(sent);
  const [wanted = ""] = phase.split(",");
  await until(async () => (await holds.phaseOf("pair", ids[FIRST] ?? "")) === wanted);
  if (!isHeld) await tenant.idle();
  races.clock.pace(PACE);
  const before = looksAt(races, backup);
  const stop = await door.stop();
  await until(() => looksAt(races, backup) >= before + 2);
  tenant.tell([]);
  tenant.release();
  // The pair's own step comes last: after what the stop says.
  const said = await door.ended(stop);
  const freed = holds.free();
  await races.judge(said);
  await freed;
  // What was seen before the stop may be written after it: then the backup counts as paused by hand.
  await until(async () => (await holds.phaseOf("pair", ids[FIRST] ?? "")).match(/^(halted|failed-over)$/) !== null);
});

test("two services that are given a stop at the same moment while a command resumes", async () => {
  await using races = await openRaces({ programs: true });
  const { tenant, ids, world, clock, environment } = races;
  const [one, other] = await Promise.all([races.open(), races.spawn()]);
  await races.allow(one);
  tenant.tell([{ about: "start", how: { trick: "held" }, after: 0 }]);
  const resumed = world.run(["campaign", "resume", ids[THIRD] ?? "", "--yes"], { clock, env: environment });
  await reached(() => tenant.held() === 1, resumed);
  const stops = await Promise.all([one.stop(), other.stop()]);
  tenant.tell([]);
  tenant.release();
  const said = await Promise.all(stops.map((id) => one.ended(id)));
  // Which of them replaces the other, if any, depends on their clocks.
  expect(said.some(({ result }) => result.supersededBy === null)).toBe(true);
  for (const each of said) if (each.result.supersededBy === null) await races.judge(each, 3_000);
  expect((await resumed).code).not.toBe(0);
});

test("what waits for a second person when the stop is given is refused during it and after it", async () => {
  await using races = await openRaces({ yaml: "service: { fourEyes: true }\n" });
  const { tenant, ids } = races;
  const door = await races.open();
  await races.allow(door);
  const [primary = "", backup = "", third = ""] = ids;
  await door.service.store.failovers.put({ primary, backup, policy: { backup }, actor: "olga", audit: [] });
  const waiting = async (path: string, preview = `${path}/preview`, shownOf: object = {}, body: object = {}) => {
    const shown = (await door.post(preview, shownOf)).body;
    const asked = { ...body, ...(shown["plan"] !== undefined && { plan: shown["plan"] }), confirm: shown["confirm"] };
    const { status, body: answer } = await door.post(path, asked);
    expect(status, JSON.stringify([shown, answer])).toBe(202);
    return { id: (answer["approval"] as { id: string }).id, confirm: shown["confirm"] };
  };
  const over = () => waiting(`/campaigns/${primary}/failover`);
  const resume = () => waiting(`/campaigns/${third}/resume`);
  const fileOf = (name: string) => ({
    name: `${name}.yaml`,
    text: stringify({ ...DRAFT, name, contactListId: `list_${THIRD}` }),
  });
  const look = { contactPages: 1 };
  const apply = (name: string) =>
    waiting("/campaigns/apply", "/campaigns/plan", { ...look, activate: true, files: [fileOf(name)] }, look);
  const all = [await over(), await resume(), await apply("Spring"), await over(), await resume(), await apply("Summer")];
  const approve = async ({ id, confirm }: (typeof all)[number]) =>
    expect((await door.post(`/approvals/${id}/approve`, { confirm }, "oscar")).status).toBe(409);
  // The stop goes on for as long as it cannot pause what dials.
  tenant.tell([{ about: "pause", of: [FIRST], how: { trick: "answer", status: 503 }, after: 0 }]);
  const stop = await door.stop();
  for (const one of all.slice(0, 3)) await approve(one);
  tenant.tell([]);
  const said = await door.ended(stop);
  for (const one of all.slice(3)) await approve(one);
  races.clock.pace(PACE);
  await races.judge(said);
  expect(tenant.journal.filter(({ topic }) => topic === "start")).toEqual([]);
});

test.each(PROFILES)(
  "$0: a rollback of dialer settings that is under way when the stop is given starts nothing",
  async (profile) => {
    const yaml = "dialer: { activation: { first: 20ms, most: 100ms, looks: 1000, settle: 500ms } }\n";
    const scenario = profile === "rest" ? { dialer: { settings: OLD }, activation: { seconds: 0.2 } } : {};
    await using races = await openRaces({ profile, yaml, scenario });
    const { ids, world } = races;
    const door = await races.open();
    const campaign = profile === "rest" ? {} : { campaign: ids[FIRST] ?? "" };
    const file = JSON.parse(textOf(profile === "rest" ? NEW : (await staffedSkill(world)).changed)) as object;
    const outcomeOf = async ({ status, body }: Awaited<ReturnType<Door["ask"]>>) => {
      expect(status, JSON.stringify(body)).toBe(202);
      const change = () => door.get(`/dialer/versions/${Number(body["version"])}`);
      await until(async () => ((await change())["outcome"] ?? null) !== null);
      return (await change())["outcome"];
    };
    const applied = await door.ask("/dialer/apply", "/dialer/preview", { file, ...campaign });
    expect(await outcomeOf(applied)).toBe("applied");
    const { confirm } = (await door.post("/dialer/rollback/preview", campaign)).body;
    const { control } = world.sandbox;
    // It is met before it is in force.
    const operation = profile === "rest" ? "getDialerOperation" : "acd.putCpa";
    if (profile === "acd") control.faults.add({ match: { acd: "putCpa" }, effect: { status: 503 } });
    else control.faults.add({ match: { operation }, effect: { status: 200, body: { status: "IN_PROGRESS" } } });
    const before = control.requests({ operation, limit: 1000 }).length;
    const begun = await door.post("/dialer/rollback", { ...campaign, confirm });
    await until(() => control.requests({ operation, limit: 1000 }).length > before);
    const stop = await door.stop();
    await until(() => races.dialing().length === 0);
    control.faults.clear();
    expect(await outcomeOf(begun)).toBe("applied");
    races.clock.pace(PACE);
    await races.judge(await door.ended(stop));
  },
);

test.each(PROFILES.flatMap((profile) => (["activating", "verifying"] as const).map((phase) => ({ profile, phase }))))(
  "$profile: a service that is killed amid the stop of a hand-over that is $phase",
  async ({ profile, phase }) => {
    await using races = await openRaces({ profile, programs: true, startSeconds: 3 });
    const { tenant, world, ids } = races;
    const victim = await races.spawn();
    await races.allow(victim);
    await using holds = await openHolds(world.databaseUrl);
    if (phase === "activating") tenant.tell([{ about: "start", how: { trick: "held" }, after: 0 }]);
    else await holds.hold("pair", [phase]);
    await races.handOver(victim);
    if (phase === "activating") await until(() => tenant.held() === 1);
    else await until(async () => (await holds.phaseOf("pair", ids[FIRST] ?? "")) === phase);
    const stop = await victim.stop();
    victim.running.child.kill("SIGKILL");
    await victim.running.ended;
    await holds.free();
    const next = await races.open();
    tenant.tell([]);
    tenant.release();
    // The start has no answer that anybody read: that it is settled is not said.
    races.clock.pace(PACE);
    await races.judge(await next.ended(stop));
  },
);
