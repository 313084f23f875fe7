// Emergency stops given to a tenant that lies: through the service, by the command without a service, and through the library; with the store there,
// away, or frozen. What really happened is read from the sandbox itself.

import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { openService, type ServiceOptions } from "../../src/app/index.ts";
import { type Outdial, openOutdial } from "../../src/index.ts";
import type { Clock } from "../../src/kernel/index.ts";
import { type StopResult, stopResult } from "../../src/operations/views/index.ts";
import type { HostTime, Sandbox } from "../../src/sandbox/index.ts";
import { type Cable, lay } from "./cable.ts";
import { beginCli } from "./cli.ts";
import { type LeapingClock, leapingClock } from "./leaping-clock.ts";
import { type LyingTenant, type Passed, type Plan, type Profile, startLyingTenant } from "./lying-tenant.ts";
import { EASTERN } from "./service.ts";
import { startWorld } from "./world.ts";

/** A Tuesday, 13:00 in New York. */
const OPEN = "2026-06-16T17:00:00Z";

/** The emergency stop of everything, at the command line. */
export const STOP_COMMAND = ["campaign", "pause", "--all", "--yes", "--json"] as const;

export type Door = "service" | "command" | "library";
export type StoreState = "there" | "away" | "frozen";

export interface StopMode {
  readonly profile: Profile;
  readonly door: Door;
  readonly store: StoreState;
}

/** What a stop said in the end. */
export interface Said {
  /** That every campaign is confirmed paused, and that there is no problem with the list. */
  readonly allConfirmed: boolean;
  /** Of the command, or of the answer to the request. */
  readonly code: number | undefined;
  /** So long it took by outdial's clock, ms. */
  readonly lastedMs: number;
  /** A person ended it. */
  readonly interrupted: boolean;
  /** Undefined when there is none: the stop was refused. */
  readonly result: StopResult | undefined;
  /** All that was said, for a person. */
  readonly text: string;
}

export interface StopWorld extends AsyncDisposable {
  readonly mode: StopMode;
  readonly sandbox: Sandbox;
  readonly tenant: LyingTenant;
  readonly clock: LeapingClock;
  /** As outdial knows them, by their places. */
  readonly ids: readonly string[];
  /** Makes these campaigns dial, by their places, and no other. */
  dial(places: readonly number[]): void;
  /** Ids of the campaigns that dial, by the sandbox's own word. */
  dialing(): string[];
  /** Lets outdial read the tenant's list as it does for a page. */
  read(): Promise<void>;
  /** Loads what the law asks for before people are called. */
  allow(): Promise<void>;
  /** Resumes a campaign through outdial. @returns what the command said, whatever became of it */
  resume(place: number): Promise<string>;
  /** Takes the store away when the mode says so. */
  cut(): void;
  /** The same, gives the stop, and follows it to its end. */
  stop(): Promise<Said>;
  /** The same, for a test that does not wait for the end. */
  begin(): { readonly ended: Promise<Said>; leave(): void };
  /** Asks the API of the service as an administrator. */
  ask(path: string, init?: RequestInit): Promise<Response>;
  readonly databaseUrl: string;
  /** The folder of the service or of the command. */
  readonly folder: string;
  /** Gives the store back and waits until it is used. */
  mend(): Promise<void>;
}

interface StopSetting {
  readonly campaigns: number;
  /** How many people can be called; nobody by default. */
  readonly people?: number;
  readonly patience?: NonNullable<ServiceOptions["stops"]>["patience"];
  readonly yaml?: string;
}

/** After so long a stop gives up, by its clock, ms: longer than any lie that has an end. */
const GIVE_UP_MS = { service: 90_000, command: 1_800_000, library: 1_800_000 } as const satisfies Record<Door, number>;
/** A person ends a command or a library's stop after so long, by outdial's clock, ms: longer than any lie that has an end. */
const PATIENT_MS = 300_000;
/** So long is waited by the machine for what must come at last, ms. */
const AT_LAST_MS = 150_000;

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** The sandbox's time follows outdial's. */
export function hostOf(clock: Clock): HostTime {
  return {
    now: () => clock.now(),
    after(ms, _hold, run) {
      const cancelled = new AbortController();
      clock.sleep(Math.max(0, ms), cancelled.signal).then(run, () => undefined);
      return () => cancelled.abort();
    },
  };
}

/** Opens a tenant that lies, and outdial before it. */
export async function openStopWorld(
  mode: StopMode,
  { campaigns, patience, yaml = "", people = 0 }: StopSetting,
): Promise<StopWorld> {
  const { profile, door, store } = mode;
  await using stack = new AsyncDisposableStack();
  const around: { readonly isBusy: () => boolean; readonly happened: () => number }[] = [];
  const clock = leapingClock(Date.parse(OPEN), {
    isBusy: () => around.some(({ isBusy }) => isBusy()),
    happened: () => around.reduce((sum, { happened }) => sum + happened(), 0),
  });
  const names = Array.from({ length: campaigns }, (_, place) => `camp_${String(place).padStart(5, "0")}`);
  const ids = profile === "rest" ? names : names.map((_, place) => String(4001 + place));
  const world = stack.use(
    await startWorld({
      profile,
      yaml: `tenant: { compareClock: false${profile === "acd" ? ", acd: { consentField: consent.call }" : ""} }\n${yaml}`,
      environment: { OUTDIAL_ACTOR: "olga" },
      sandbox: {
        scenario: {
          campaigns: names.map((id) => ({ id, status: "paused" as const, contactListId: "people" })),
          contactLists: [{ id: "people", generate: { count: people, consentRate: 1, zones: ["America/New_York"] } }],
          acd: { stopSeconds: 0.5, startSeconds: 0.5 },
        },
        host: hostOf(clock),
        now: clock.now(),
      },
    }),
  );
  const { sandbox, folder } = world;
  const tenant = stack.use(await startLyingTenant({ sandbox, profile, ids, now: () => clock.now() }));
  const cable: Cable = stack.use(await lay(world.databaseUrl));
  around.push(
    { isBusy: () => !tenant.isIdle(), happened: () => tenant.happened() },
    { isBusy: () => cable.awaits(), happened: () => cable.passed() },
  );
  const direct = { ...world.environment, OUTDIAL_TENANT_URL: tenant.url };
  const environment = { ...direct, DATABASE_URL: cable.url };

  let ask: StopWorld["ask"] = () => Promise.reject(new Error("there is no service"));
  let doorOf: {
    readonly read: () => Promise<void>;
    readonly stop: (left: AbortSignal) => Promise<Answer>;
    readonly mend: () => Promise<void>;
  };
  if (door === "service") {
    const stops = { lookMs: 500, patience: { giveUpMs: GIVE_UP_MS.service, shortListMs: 10_000, ...patience } };
    const service = stack.use(await openService({ clock }, environment, { port: 0, log: () => undefined, stops }));
    const token = (await service.store.access.addToken({ name: "olga", role: "admin", expiresAt: null, by: "test" })).token;
    ask = (path, init = {}) =>
      fetch(`${service.url}/api/v1${path}`, {
        ...init,
        headers: { authorization: `Bearer ${token}`, "content-type": "application/json", ...(init.headers as object) },
      });
    doorOf = {
      read: async () => void (await (await ask("/campaigns?fresh=true")).text()),
      async stop(left) {
        const given = await ask("/campaigns/stop", { method: "POST", body: JSON.stringify({ reason: "fire" }) });
        const begun = (await given.json()) as { id?: string };
        if (!given.ok || begun.id === undefined) return refused(`${given.status} ${JSON.stringify(begun)}`, given.status);
        const until = performance.now() + AT_LAST_MS;
        for (let said = ""; performance.now() < until && !left.aborted; await pause(10)) {
          const looked = await ask(`/campaigns/stops/${begun.id}`);
          said = await looked.text();
          if (!looked.ok) continue;
          const result = stopResult.parse(JSON.parse(said));
          if (result.endedAt !== null) return { ...readingOf(result), code: given.status, text: said };
        }
        return refused("it has not ended");
      },
      async mend() {
        const until = performance.now() + AT_LAST_MS;
        while (!(await ask("/campaigns/stops?limit=1")).ok) {
          if (performance.now() > until) throw new Error("the service does not use its store any more");
          await pause(10);
        }
      },
    };
  } else {
    const beside = door === "command" ? direct : environment;
    const outdial: Outdial = stack.use(await openOutdial({ environment: beside, clock, deliver: false }));
    const read = async () => void (await outdial.campaigns.list(true));
    doorOf = {
      read,
      stop:
        door === "command" ? (left) => byCommand(folder, environment, clock, left) : (left) => byLibrary(outdial, clock, left),
      async mend() {
        const until = performance.now() + AT_LAST_MS;
        for (;;) {
          try {
            await outdial.campaigns.stops(1);
            return;
          } catch (thrown) {
            if (performance.now() > until) throw thrown;
            await pause(10);
          }
        }
      },
    };
  }
  const { read, stop, mend } = doorOf;
  const cut = () => {
    if (store === "away") cable.pull();
    if (store === "frozen") cable.silence();
  };
  const begin: StopWorld["begin"] = () => {
    cut();
    const began = clock.now();
    const left = new AbortController();
    const ended = leaping(clock, () => stop(left.signal)).then((said) => ({
      interrupted: false,
      ...said,
      lastedMs: clock.now() - began,
    }));
    return { ended, leave: () => left.abort() };
  };
  // With the store away nothing would end in order.
  stack.defer(() => {
    clock.leap(true);
    cable.pull();
    cable.putBack();
  });
  const owned = stack.move();
  return {
    mode,
    sandbox,
    tenant,
    clock,
    ids,
    cut,
    dial(places) {
      for (const [place, id] of names.entries())
        sandbox.control.simulateEdit({ kind: "campaign", id, body: { status: places.includes(place) ? "active" : "paused" } });
    },
    dialing() {
      return sandbox.control
        .state()
        .campaigns.flatMap(({ id, status }) => (status === "active" ? [ids[names.indexOf(id)] ?? id] : []));
    },
    read: () => leaping(clock, read),
    async allow() {
      const registry = join(folder, "registry.txt");
      await writeFile(registry, "2125550199\n");
      for (const list of EASTERN) {
        const args = [
          "dnc",
          "import",
          registry,
          "--list",
          "national",
          "--registry",
          list,
          "--covers",
          "all",
          "--as-of",
          "2026-06-15",
        ];
        const loaded = await world.run(args, { clock, env: direct });
        if (loaded.code !== 0) throw new Error(`the registry ${list} was not loaded: ${loaded.stderr}`);
      }
    },
    async resume(place) {
      const { code, stdout, stderr } = await world.run(["campaign", "resume", ids[place] ?? "", "--yes"], { clock, env: direct });
      return `exit ${code}: ${stdout}${stderr}`;
    },
    ask,
    databaseUrl: world.databaseUrl,
    folder,
    stop: () => begin().ended,
    begin,
    mend: () =>
      leaping(clock, async () => {
        if (store === "there") return;
        // What waits in silence would wait for as long as the system waits for lost packets.
        cable.pull();
        cable.putBack();
        await mend();
      }),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** Lets outdial's time pass while something is done. */
async function leaping<T>(clock: LeapingClock, work: () => Promise<T>): Promise<T> {
  clock.leap(true);
  try {
    return await work();
  } finally {
    clock.leap(false);
  }
}

type Answer = Omit<Said, "lastedMs" | "interrupted"> & { readonly interrupted?: boolean };

const refused = (text: string, code?: number): Answer => ({ allConfirmed: false, code, result: undefined, text });

function readingOf(result: StopResult): Pick<Said, "allConfirmed" | "result"> {
  const { endedAt, listProblem, changes } = result;
  return { result, allConfirmed: endedAt !== null && listProblem === null && changes.every(({ confirmed }) => confirmed) };
}

async function byCommand(
  cwd: string,
  env: Readonly<Record<string, string>>,
  clock: LeapingClock,
  left: AbortSignal,
): Promise<Answer> {
  const run = beginCli(STOP_COMMAND, { cwd, env, clock });
  let interrupted = false;
  const interrupt = () => {
    interrupted = true;
    run.interrupt();
  };
  const began = clock.now();
  const latest = performance.now() + AT_LAST_MS;
  const timer = setInterval(() => {
    if (!interrupted && (clock.now() - began > PATIENT_MS || performance.now() > latest)) interrupt();
  }, 20);
  left.addEventListener("abort", interrupt, { once: true });
  const { code, stdout, stderr } = await run.ended;
  clearInterval(timer);
  left.removeEventListener("abort", interrupt);
  const parsed = stdout.startsWith("{") ? stopResult.safeParse(JSON.parse(stdout)) : undefined;
  return {
    allConfirmed: code === 0,
    code: code ?? undefined,
    interrupted,
    result: parsed?.data,
    text: `exit ${code}: ${stdout}\n${stderr}`,
  };
}

async function byLibrary({ campaigns }: Outdial, clock: LeapingClock, left: AbortSignal): Promise<Answer> {
  const began = clock.now();
  const latest = performance.now() + AT_LAST_MS;
  const isPatient = () => clock.now() - began <= PATIENT_MS && performance.now() < latest;
  try {
    let result = await campaigns.stop("olga", "fire");
    while (result.endedAt === null && isPatient() && !left.aborted) {
      await pause(10);
      result = await campaigns.stopped(result.id);
    }
    const interrupted = result.endedAt === null;
    return { ...readingOf(result), interrupted, code: undefined, text: JSON.stringify(result) };
  } catch (thrown) {
    return refused(String(thrown));
  }
}

/** Carries a plan out. @returns what is wrong with what the stop said or did; undefined when nothing is */
export async function carryOut(world: StopWorld, { dialing, before, during }: Plan): Promise<string | undefined> {
  const { tenant } = world;
  tenant.tell([]);
  world.dial(dialing);
  await world.read();
  if (before.length > 0) {
    tenant.tell(before);
    await world.read().catch(() => undefined);
  }
  tenant.tell(during);
  const said = await world.stop();
  const wrong = judged(world, said);
  await tenant.idle();
  // What was under way may still have come into force.
  await pause(10);
  const later = judged(world, said);
  tenant.tell([]);
  await world.mend();
  return wrong ?? later;
}

/** That it says more than is so and more than it can know, or that it is over by itself and before its time although campaigns dial. */
function judged(world: StopWorld, said: Said): string | undefined {
  const dials = world.dialing().filter((id) => !isExcused(world, id));
  if (dials.length === 0) return undefined;
  if (said.allConfirmed) return `it says that all is confirmed, and ${dials.join(", ")} dial: ${tellOf(world, said)}`;
  if (said.interrupted || said.lastedMs >= GIVE_UP_MS[world.mode.door]) return undefined;
  return `it is over after ${said.lastedMs} ms, and ${dials.join(", ")} dial: ${tellOf(world, said)}`;
}

/**
 * Whether a stop cannot know that a campaign dials: asked about it by itself after the stop was given, the tenant said that it is paused; or nothing
 * ever named it, and the tenant's lists name as many as they say that there are.
 */
export function isExcused({ mode, tenant }: StopWorld, id: string): boolean {
  const { journal } = tenant;
  if (journal.some((passed) => passed.topic === "status" && tenant.shown(passed)?.get(id) === true)) return true;
  const isKnown = mode.door !== "command" || mode.store === "there";
  if (isKnown) return false;
  const lists = journal.filter(({ topic }) => topic === "list");
  const named = new Set(lists.flatMap((passed) => [...(tenant.shown(passed)?.keys() ?? [])]));
  if (named.has(id)) return false;
  return lists.every((passed) => (tenant.total(passed) ?? 0) <= named.size);
}

function tellOf({ tenant }: StopWorld, { text }: Said): string {
  const lines = tenant.journal
    .filter(({ topic }) => topic !== "other" && topic !== "token")
    .slice(0, 60)
    .map(lineOf);
  return `${text.slice(0, 2000)}\n${lines.join("\n")}`;
}

export function lineOf({ at, topic, campaign, method, path, lie, forwarded, answer }: Passed): string {
  const how = lie === undefined ? "" : ` [${JSON.stringify(lie.how)}]`;
  return `${new Date(at).toISOString().slice(14, 23)} ${method} ${topic} ${campaign ?? path} → ${answer?.status ?? "nothing"}${forwarded ? "" : ", not forwarded"}${how}`;
}
