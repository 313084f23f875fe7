// Every phase of every machine on the pages that show it: the machines of a service are held where they stand, and what the pages say is held against
// what the tenant has at that moment. A phase that is added to a machine and not to the tables here does not compile.

import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import type { ApprovalView, CampaignSummary, JobSummary } from "../../src/operations/views/index.ts";
import { hastenedClock } from "../support/hastened-clock.ts";
import { APPLY_OUTCOMES, APPLY_PHASES, OUTCOMES, PHASES } from "../support/histories/phase-cases.ts";
import { PAGES } from "../support/pages-setup.ts";
import { picked } from "../support/scale.ts";
import { type StartedService, startService } from "../support/service.ts";
import { until } from "../support/until.ts";
import { type Holds, openHolds } from "./holds.ts";
import { type DashboardBrowser, type Opened, openDashboardBrowser, WIDE } from "./world.ts";

/** A Tuesday, 13:00 in New York. */
const OPEN = "2026-06-16T17:00:00Z";
const [PRIMARY, BACKUP] = ["camp_primary", "camp_backup"] as const;
/** The watch looks every five seconds. */
const SPEED = 10;

/** The machines of this run: all at the full scale. */
const WALKED = picked(["pair", "settings", "apply", "jobs", "approval"], 2, "machines on the pages");

const people = (id: string, area: number) => ({
  id,
  contacts: Array.from({ length: 60 }, (_, i) => ({
    id: `${id}-${i}`,
    phoneNumber: `+1${area}${3_450_000 + i}`,
    consentFlags: { outbound: { call: true } },
  })),
  talk: 2,
  wrap: 1,
});
const SCENARIO = {
  campaigns: [
    { id: PRIMARY, name: "Spring", status: "active", contactListId: "list_a" },
    {
      id: BACKUP,
      name: "Spring, second list",
      status: "paused",
      contactListId: "list_b",
      dispositionCodes: [{ id: "DISP_001", name: "Sale" }],
    },
  ],
  generateCalls: [{ campaignId: BACKUP, count: 20, days: 7, prefix: "call_", digits: 7 }],
  contactLists: [people("list_a", 212), people("list_b", 646), people("list_c", 917)],
  limits: "off",
  // Longer than a look at the pages takes.
  activation: { seconds: 40 },
};

let whole: StartedService;
let holds: Holds;
let browser: DashboardBrowser;
const clock = hastenedClock(Date.parse(OPEN));
beforeAll(async () => {
  clock.pace(SPEED);
  whole = await startService({
    clock,
    pages: PAGES,
    sandbox: { scenario: SCENARIO, now: OPEN, clock: { speed: SPEED } },
    yaml: "service: { fourEyes: true }\ncompliance: {}\ndialer: { activation: { first: 200ms, most: 1s, looks: 1000, settle: 2s } }\n",
  });
  const registry = { method: "POST", headers: { "content-type": "text/csv" }, body: "2125550199\n" };
  await whole.ask("/api/v1/facts/registry?registry=US&asOf=2026-06-10", registry);
  holds = await openHolds(whole.databaseUrl);
  browser = await openDashboardBrowser(whole.service);
});
afterEach(() => holds.free());
afterAll(async () => {
  await holds?.[Symbol.asyncDispose]();
  await browser?.[Symbol.asyncDispose]();
  await whole?.[Symbol.asyncDispose]();
});

let persons = 0;
/** Opens a page whose time is the service's, for a person of its own: at this pace a session has another cookie soon, which no other profile would know. */
async function open(path: string): Promise<Opened> {
  const opened = await browser.open(WIDE, "operator", whole.service.url, `person-${++persons}`);
  await opened.page.clock.install({ time: clock.now() });
  await opened.page.goto(`${whole.service.url}${path}`);
  await opened.drawn();
  return opened;
}

/** Asks for what is dangerous, as it was previewed, and lets a second person agree. @returns what the agreed request was answered with */
async function agreed(path: string, body: object = {}, preview = `${path}/preview`): Promise<Record<string, unknown>> {
  const shown = await whole.post(preview, body);
  expect([preview, shown.status, shown.body]).toMatchObject([preview, 200, { refusals: [] }]);
  const asked = await whole.post(path, { ...body, confirm: shown.body["confirm"] });
  const { approval } = asked.body as { approval: { id: string; confirm: string } };
  const done = await whole.post(`/api/v1/approvals/${approval.id}/approve`, { confirm: approval.confirm }, "second");
  expect([path, done.status, done.body]).toMatchObject([path, 200, {}]);
  return done.body["answer"] as Record<string, unknown>;
}

type Phase = (typeof PHASES)[number];
type Outcome = (typeof OUTCOMES)[number];
type ApplyPhase = (typeof APPLY_PHASES)[number];
type ApplyOutcome = (typeof APPLY_OUTCOMES)[number];
type JobStatus = JobSummary["status"];
type PairPhase = NonNullable<CampaignSummary["failover"]>["phase"];

/** What the pair's figure says, and the badges of primary and backup. */
const PAIR: Readonly<Record<PairPhase, readonly [words: RegExp, primary: string | null, backup: string | null]>> = {
  watching: [/^the primary dials/, null, null],
  pausing: [/^the primary is being paused/, "Handing over", "Handing over"],
  draining: [/^waiting for the calls of the primary to end/, "Handing over", "Handing over"],
  "handing-over": [/^holding back whom the primary has called/, "Handing over", "Handing over"],
  gating: [/^asking the gate for the backup/, "Handing over", "Handing over"],
  activating: [/^the backup is being activated/, "Handing over", "Handing over"],
  verifying: [/^reading back whether the backup is active/, "Handing over", "Handing over"],
  "failed-over": [/^the backup dials/, "Failed over", "Stands in"],
  securing: [/^the backup is being paused to be safe/, "Pausing to be safe", "Pausing to be safe"],
  halted: [/^halted: neither dials/, "Halted", "Halted"],
};
const PAIR_PHASES = Object.keys(PAIR) as PairPhase[];

const statusOf = (id: string) => whole.sandbox.control.state().campaigns.find((one) => one.id === id)?.status ?? "";

/** Of the list of campaigns: figures by name, and of each row the pills and the sentence below them. */
const LIST = `(() => {
  const figures = Object.fromEntries([...document.querySelectorAll("main .figure")].map((one) => [one.children[0].textContent, one.children[1].textContent]));
  const rows = Object.fromEntries([...document.querySelectorAll("main table.dense tbody tr")].map((row) => {
    const state = row.querySelectorAll("th, td")[1];
    const pills = [...state.querySelectorAll(".pill")].map((one) => one.textContent);
    return [row.querySelector("a").getAttribute("href").split("/").pop(), { pills, why: state.querySelector(".cell-note")?.textContent ?? "" }];
  }));
  return { figures, rows, attention: document.querySelector("main .attention")?.textContent ?? "" };
})()`;
/** Of a campaign's page. */
const CAMPAIGN = `(() => ({
  pills: [...document.querySelectorAll(".page-head .pill")].map((one) => one.textContent),
  why: document.querySelector("main .banner")?.textContent ?? "",
  pair: [...document.querySelectorAll("main .figure")].find((one) => one.textContent.startsWith("Failover"))?.children[1].textContent ?? "",
}))()`;

interface Listed {
  readonly figures: Readonly<Record<string, string>>;
  readonly rows: Readonly<Record<string, { readonly pills: readonly string[]; readonly why: string }>>;
  readonly attention: string;
}
interface Shown {
  readonly pills: readonly string[];
  readonly why: string;
  readonly pair: string;
}

const capital = (text: string) => `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;

/** Which of the two a text says is dialing, where that is not what the tenant has. */
function falseClaims(text: string): string[] {
  const dials = { primary: statusOf(PRIMARY) === "active", backup: statusOf(BACKUP) === "active" };
  const claims: readonly (readonly [claim: RegExp, isTrue: boolean])[] = [
    [/(?:the |camp_)primary dials/, dials.primary && !dials.backup],
    [/(?:the |camp_)backup dials|[Ff]ailed over|[Ss]tands in/, dials.backup && !dials.primary],
    [/neither dials/, !dials.primary && !dials.backup],
    [/both campaigns are active/, dials.primary && dials.backup],
    [/through outdial/, false],
    // Names of phases are for machines.
    [/\b(?:handing-over|failed-over|gating|draining|verifying)\b/, false],
  ];
  return claims.flatMap(([claim, isTrue]) => (isTrue ? [] : (claim.exec(text) ?? [])));
}

test.runIf(WALKED.includes("pair"))(
  "a pair: who dials, by each page, is who dials at the tenant",
  { timeout: 400_000 },
  async () => {
    await using home = await open("/");
    await using first = await open(`/campaigns/${PRIMARY}`);
    await using second = await open(`/campaigns/${BACKUP}`);
    const seen = new Set<string>();
    const look = async (phase: PairPhase) => {
      seen.add(phase);
      const [words, ...badges] = PAIR[phase];
      const ids = [PRIMARY, BACKUP];
      for (const id of ids) await whole.get(`/api/v1/campaigns/${id}?fresh=true`);
      const status = ids.map((id) => capital(statusOf(id)));
      const isStuck = phase === "halted" || phase === "securing";
      // Nobody loads a page anew: what is shown follows by itself.
      const listed = async () => {
        const { figures, rows, attention } = await home.page.evaluate<Listed>(LIST);
        const { Dialing: dialing, "Failed over": over, "Halted pairs": stuck } = figures;
        const told = ids.map((id) => rows[id]?.why ?? "");
        return {
          phase,
          figures: [dialing, over, stuck],
          pills: ids.map((id) => rows[id]?.pills),
          told: told.map((why) => [why !== "", ...falseClaims(why)]),
          listed: /camp_primary|Spring/.test(attention),
        };
      };
      await expect.poll(listed).toEqual({
        phase,
        figures: [
          `${status.filter((one) => one === "Active").length} of 2`,
          phase === "failed-over" ? "1" : "0",
          isStuck ? "1" : undefined,
        ],
        pills: status.map((one, i) => [one, badges[i] ?? []].flat()),
        told: status.map((one) => [one === "Paused"]),
        listed: isStuck,
      });
      for (const [i, opened] of [first, second].entries()) {
        const shown = async () => {
          const { pills, why, pair } = await opened.page.evaluate<Shown>(CAMPAIGN);
          return { phase, pill: pills[0], pair, isSaid: why.startsWith("Not dialing"), claims: falseClaims(`${why} ${pair}`) };
        };
        const pair = expect.stringMatching(words) as string;
        await expect.poll(shown).toEqual({ phase, pill: status[i], pair, isSaid: status[i] === "Paused", claims: [] });
      }
    };
    const walk = async (last: PairPhase) => {
      for (let phase = ""; phase !== last; ) {
        phase = await holds.next("pair", PRIMARY);
        if (!seen.has(phase)) await look(phase as PairPhase);
      }
    };
    const policy = { backup: BACKUP, everySeconds: 5, skewSeconds: 3600, staleAfterMinutes: 1440, coolDownMinutes: 0 };
    await whole.service.store.failovers.put({ primary: PRIMARY, backup: BACKUP, policy, actor: "olga", audit: [] });
    await until(async () => (await whole.get(`/api/v1/failover/pairs/${PRIMARY}`))["lookedAt"] !== null);
    await holds.hold("pair", PAIR_PHASES);
    await look("watching");

    // The tenant activates the backup at no asking.
    const { control } = whole.sandbox;
    const path = `/api/v2/omnichannel/campaigns/${BACKUP}`;
    control.faults.add({ match: { operation: "updateCampaign", path }, effect: { status: 422 } });
    const failing = { successRate: 0.01, callsPlaced: 2000, callsAnswered: 20, activeCalls: 0, abandonmentRate: 0 };
    control.simulateMetrics({ campaignId: PRIMARY, ...failing });
    await walk("halted");
    control.faults.clear();
    await agreed(`/api/v1/campaigns/${PRIMARY}/failover`);
    await walk("failed-over");
    // Somebody activates the primary at the tenant as well.
    control.simulateEdit({ kind: "campaign", id: PRIMARY, body: { status: "active" } });
    await walk("watching");
    expect(seen).toEqual(new Set(PAIR_PHASES));
    await holds.free();
    await until(() => whole.service.store.failovers.remove(PRIMARY, []));
    expect([home.faults, first.faults, second.faults]).toEqual([[], [], []]);
  },
);

/** What a change is called while it is in a phase, and whether it is known then which settings are in force. */
const CHANGE: Readonly<Record<Exclude<Phase, "ended">, readonly [called: string, isKnown: boolean]>> = {
  sending: ["sending", true],
  sent: ["sent, no answer yet", false],
  settling: ["answer lost, reading", false],
  polling: ["being activated", false],
  watching: ["answer lost, watching", false],
  verifying: ["reading back", false],
  merging: ["merging", true],
  checking: ["checking what was merged", true],
  guarding: ["in force, figures watched", true],
  paused: ["in force, waits for a decision", true],
  examining: ["did not hold, reading", false],
};
/** What it is called at its end, and whose settings are in force then. */
const ENDS: Readonly<Record<Outcome, readonly [called: RegExp, inForce: readonly ("old" | "new" | "others")[]]>> = {
  applied: [/^applied, read back$/, ["new"]],
  not_applied: [/^refused by the tenant, the settings from before are in force$/, ["old"]],
  rolled_back: [/^rolled back, the settings from before are in force$/, ["old"]],
  refused: [/^refused by a rule, nothing of ours is in force$/, ["old"]],
  conflict: [/^in conflict .* nothing of ours is in force$/, ["others"]],
  overtaken: [/^overtaken, somebody else's settings stand$/, ["others"]],
  rollback_failed: [/^rollback failed, what is in force is not sure$/, ["new"]],
};

/** Of the Dialer page. A part that is not there gives null. */
const DIALER = `(() => {
  const STEPS = [["Send the settings", "sending"], ["Wait until the vendor reports", "polling"], ["Read them back", "verifying"]];
  const region = (name) => document.querySelector('main section[aria-label="' + name + '"]');
  const ratio = (name) => {
    const fact = [...(region(name)?.querySelectorAll("dl.facts dt") ?? [])].find((one) => one.textContent === "Dial ratio");
    return fact === undefined ? null : Number(fact.nextElementSibling.textContent);
  };
  const card = region("Change under way");
  const history = [...(region("History")?.querySelectorAll("tbody tr") ?? [])].map((row) => ({
    version: Number(row.cells[0].textContent),
    called: row.cells[1].querySelector(".pill").textContent,
    isInForce: row.cells[4].querySelector(".pill")?.textContent === "in force",
  }));
  return {
    called: card?.querySelector(".pill").textContent ?? null,
    done: [...(card?.querySelectorAll("li.done") ?? [])].map((one) => STEPS.find(([start]) => one.textContent.includes(start))?.[1]),
    inForce: ratio("In force"),
    history,
  };
})()`;
interface DialerShown {
  readonly called: string | null;
  readonly done: readonly string[];
  readonly inForce: number | null;
  readonly history: readonly { readonly version: number; readonly called: string; readonly isInForce: boolean }[];
}

test.runIf(WALKED.includes("settings"))(
  "dialer settings: what is in force, by each page, is what is in force at the tenant",
  { timeout: 400_000 },
  async () => {
    await using dialer = await open("/dialer");
    await using jobs = await open("/jobs");
    const { control } = whole.sandbox;
    const tenant = () => {
      const { inForce } = control.snapshot().dialer as unknown as {
        inForce: { settings: { algorithm: { dial_ratio: number } } };
      };
      return inForce.settings.algorithm.dial_ratio;
    };
    await holds.hold("settings", PHASES);
    const seen = new Set<string>();
    const { settings } = (await whole.get("/api/v1/dialer?fresh=true")) as unknown as { settings: { algorithm: object } };
    const { versionTag: _, ...own } = settings as { versionTag?: string; algorithm: object };
    const shown = async () => {
      const { called, done, ...rest } = await dialer.page.evaluate<DialerShown>(DIALER);
      const job = await jobs.page.locator("main section[aria-label=Progress] .pill").first().textContent();
      return { ...rest, called: [called, job], done: new Set(done) };
    };
    /** What both pages say while a change goes on. */
    const look = async (phase: Exclude<Phase, "ended">) => {
      seen.add(phase);
      await whole.get("/api/v1/dialer?fresh=true");
      const [called, isKnown] = CHANGE[phase];
      const inForce = tenant();
      await expect
        .poll(async () => ({ phase, ...(await shown()) }))
        .toMatchObject({ phase, called: [called, called], inForce: isKnown ? inForce : null });
      const { done, history } = await shown();
      // What is called done has happened at the tenant.
      if (done.has("sending")) await until(() => control.requests({ operation: "putDialerSettings" }).length > 0);
      if (done.has("polling")) expect.soft([phase, control.state().dialer.operationsRunning]).toEqual([phase, 0]);
      expect.soft([phase, history.filter(({ isInForce }) => isInForce).length]).toEqual([phase, isKnown ? 1 : 0]);
    };
    /** Changes the ratio, and looks at the pages in each phase that was not looked at before, and at the end. */
    const change = async (
      ratio: number,
      end: Outcome,
      steps: Partial<Record<Phase, (version: number) => unknown>> = {},
      more: object = {},
    ) => {
      const before = tenant();
      control.clearRequests();
      const algorithm = { ...own.algorithm, dial_ratio: ratio };
      const file = { ...own, algorithm, carrier_capacity: { max_trunks: 400 }, expected: { answer_rate: 0.2 } };
      const { version } = await agreed("/api/v1/dialer/apply", { file, ...more }, "/api/v1/dialer/preview");
      const [row] = await holds.query<{ id: string }>("select job_id as id from outdial.dialer_changes where version = $1", [
        version,
      ]);
      const id = row?.id ?? "";
      await jobs.go(`/jobs/${id}`);
      for (let phase = await holds.phaseOf("settings", id); phase !== "ended"; phase = await holds.next("settings", id)) {
        if (!seen.has(phase)) await look(phase as Exclude<Phase, "ended">);
        await steps[phase as Phase]?.(version as number);
      }
      seen.add("ended").add(end);
      await whole.get("/api/v1/dialer?fresh=true");
      const [called, whose] = ENDS[end];
      const named = tenant() === ratio ? "new" : tenant() === before ? "old" : "others";
      expect([end, whose]).toEqual([end, expect.arrayContaining([named])]);
      const latest = async () => {
        const {
          history,
          inForce,
          called: [, job],
        } = await shown();
        return { called: history.find((one) => one.version === version)?.called, job, inForce };
      };
      const words = expect.stringMatching(called) as string;
      await expect.poll(latest).toEqual({ called: words, job: words, inForce: tenant() });
    };
    const fault = (effect: object, times = 1) => control.faults.add({ match: { operation: "putDialerSettings" }, times, effect });
    const edit = (body: object) => control.simulateEdit({ kind: "dialerSettings", body });
    const others = (ratio: number) => edit({ algorithm: { ...own.algorithm, dial_ratio: ratio } });
    fault({ acceptThenFail: true });
    await change(2.1, "applied");
    fault({ status: 412 });
    edit({ name: "Edited elsewhere" });
    /** Answered once the change has left its phase, which is held. */
    const putBack = (version: number) => void whole.post(`/api/v1/dialer/versions/${version}/resume`, { decision: "rollBack" });
    await change(2.2, "rolled_back", { paused: putBack }, { guardMinutes: 1 });
    expect(seen).toEqual(new Set([...PHASES, "applied", "rolled_back"]));
    fault({ status: 422 });
    await change(2.3, "not_applied");
    fault({ status: 412 });
    await change(2.4, "conflict", { sending: () => others(2.9) });
    fault({ status: 412 });
    await change(2.5, "refused", {
      sending: () => edit({ algorithm: { ...own.algorithm, dial_ratio: 2.9, abandonment_rate_target: 0.2 } }),
    });
    edit(own);
    fault({ acceptThenFail: true });
    await change(2.6, "overtaken", { sent: () => others(3.1) });
    edit(own);
    const refusePutBack = (version: number) => {
      fault({ status: 422 }, 9);
      putBack(version);
    };
    await change(2.7, "rollback_failed", { paused: refusePutBack }, { guardMinutes: 1 });
    control.faults.clear();
    expect(seen).toEqual(new Set([...PHASES, ...OUTCOMES]));
    expect([dialer.faults, jobs.faults]).toEqual([[], []]);
  },
);

/** What an apply is called while it is in a phase, and after its end. */
const APPLY: Readonly<Record<Exclude<ApplyPhase, "ended">, string>> = {
  looking: "looking at what is there",
  intending: "about to send",
  sending: "sending",
  settling: "answer lost, reading",
  verifying: "reading back",
  registering: "registering webhooks",
  gating: "asking the gate",
  activating: "activating",
  confirming: "reading back whether it is active",
};
const APPLIED: Readonly<Record<ApplyOutcome, string>> = {
  applied: "applied, read back",
  partly_applied: "applied in part",
  not_applied: "not applied",
};

const fileOf = (name: string) => `name: ${name}
contactListId: list_c
queueId: default_outbound_queue
status: active
dialerConfig:
  type: predictive
  predictiveSettings: { answerRatio: 0.5, maxCallsInFlight: 20, callRate: 12, abandonmentThreshold: 0.03 }
complianceConfig:
  timeZone: America/New_York
  dialingRules: { startTime: "12:00:00", endTime: "20:00:00", allowedDays: [Monday, Tuesday, Wednesday, Thursday, Friday] }
  rateLimits: { maxCallsPerContactPerDay: 1, maxCallsPerContactPerWeek: 3, maxCallsPerDay: 5000 }
consent: { required: true, attribute: consentFlags.outbound.call }
`;

/** Of the page of campaign files: what the apply is called, there and in the list of applies, and each campaign's step. */
const FILES = `(() => ({
  called: document.querySelector('main section[aria-label="Apply"] .pill')?.textContent ?? null,
  listed: document.querySelector('main section[aria-label="Applies"] tbody .pill')?.textContent ?? null,
  steps: [...document.querySelectorAll('main section[aria-label="Apply"] ol.steps li')].map((one) => [one.className, one.querySelector(".break").textContent]),
}))()`;
interface FilesShown {
  readonly called: string | null;
  readonly listed: string | null;
  readonly steps: readonly (readonly [state: string, text: string])[];
}

test.runIf(WALKED.includes("apply"))(
  "an apply of campaigns: what is done, by each page, is done at the tenant",
  { timeout: 400_000 },
  async () => {
    await using files = await open("/campaign-files");
    await using jobs = await open("/jobs");
    const { control } = whole.sandbox;
    /** Of the campaigns that the tenant has under these names: whether each dials. */
    const tenant = () =>
      new Map(control.snapshot().campaigns.map(({ document: { name, status } }) => [String(name), status === "active"]));
    await holds.hold("apply", APPLY_PHASES);
    const seen = new Set<string>();
    const shown = async () => {
      const { called, listed, steps } = await files.page.evaluate<FilesShown>(FILES);
      const job = await jobs.page.locator("main section[aria-label=Progress] .pill").first().textContent();
      return { called: [called, listed, job], steps };
    };
    const apply = async (names: readonly string[], end: ApplyOutcome, before?: () => unknown) => {
      const given = {
        files: names.map((name) => ({ name: `${name}.yaml`, text: fileOf(name) })),
        contactPages: 1,
        activate: true,
      };
      const { body: plan } = await whole.post("/api/v1/campaigns/plan", given);
      expect(plan).toMatchObject({ violations: [] });
      const { plan: hash, confirm } = plan;
      const asked = await whole.post("/api/v1/campaigns/apply", {
        plan: hash,
        confirm,
        contactPages: 1,
        sourceName: names.join(" "),
      });
      const { approval } = asked.body as { approval: { id: string; confirm: string } };
      await before?.();
      const done = await whole.post(`/api/v1/approvals/${approval.id}/approve`, { confirm: approval.confirm }, "second");
      const { job: id } = (done.body as { answer: { job: string } }).answer;
      await Promise.all([files.go(`/campaign-files?apply=${id}`), jobs.go(`/jobs/${id}`)]);
      for (let phase = await holds.phaseOf("apply", id); phase !== "ended"; phase = await holds.next("apply", id)) {
        if (seen.has(phase)) continue;
        seen.add(phase);
        const called = APPLY[phase as Exclude<ApplyPhase, "ended">];
        await expect
          .poll(async () => ({ phase, called: (await shown()).called }))
          .toEqual({ phase, called: [called, called, called] });
        expect.soft([phase, (await shown()).steps.map(([state]) => state)]).toEqual([phase, ["running"]]);
      }
      seen.add("ended").add(end);
      const words = APPLIED[end];
      await expect.poll(async () => (await shown()).called).toEqual([words, words, words]);
      // Done is what the tenant has, and lets dial.
      const { steps } = await shown();
      expect
        .soft([end, steps.map(([state]) => state === "done")])
        .toEqual([end, names.map((name) => tenant().get(name) === true)]);
    };
    const fault = (effect: object, after = 0) => control.faults.add({ match: { operation: "createCampaign" }, after, effect });
    await apply(["Autumn"], "applied", () => fault({ acceptThenFail: true }));
    expect(seen).toEqual(new Set([...APPLY_PHASES, "applied"]));
    control.faults.clear();
    await apply(["Winter", "Snow"], "partly_applied", () => fault({ status: 422 }, 1));
    control.faults.clear();
    await apply(["Summer"], "not_applied", () => fault({ status: 422 }));
    control.faults.clear();
    expect(seen).toEqual(new Set([...APPLY_PHASES, ...APPLY_OUTCOMES]));
    expect([files.faults, jobs.faults]).toEqual([[], []]);
  },
);

/** What a job is called while it is in a state, and what a person can do then. */
const JOB: Readonly<Record<JobStatus, readonly [called: string, verbs: readonly string[]]>> = {
  planning: ["Planning", ["Cancel"]],
  ready: ["Ready", ["Resume", "Cancel"]],
  running: ["Running", ["Cancel"]],
  stopped: ["Stopped", ["Resume", "Cancel"]],
  failed: ["Failed", ["Resume", "Cancel"]],
  done: ["Done", []],
  partly_failed: ["Partly failed", []],
  cancelled: ["Cancelled", []],
};

/** Of the first job of the list, and of a job's own page. */
const JOBS = `(() => {
  const table = [...document.querySelectorAll("main table")].find((one) => one.caption?.textContent === "Jobs");
  const cells = [...(table?.tBodies[0].rows[0]?.cells ?? [])];
  return { called: cells[1]?.textContent ?? "", progress: cells[2]?.textContent ?? "", results: cells[3]?.textContent ?? "" };
})()`;
const JOB_PAGE = `(() => ({
  called: document.querySelector(".page-head .pill")?.textContent ?? "",
  verbs: [...document.querySelectorAll(".page-head button")].map((one) => one.textContent),
  words: document.querySelector("main")?.textContent ?? "",
}))()`;
interface JobsShown {
  readonly called: string;
  readonly progress: string;
  readonly results: string;
}
interface JobShown {
  readonly called: string;
  readonly verbs: readonly string[];
  readonly words: string;
}

test.runIf(WALKED.includes("jobs"))(
  "jobs: which rows are tagged and which calls are home, by each page, is so at the tenant and in the lake",
  {
    timeout: 400_000,
  },
  async () => {
    await using list = await open("/jobs");
    await using one = await open("/jobs");
    const { control } = whole.sandbox;
    const tagged = () => control.state().calls.effects;
    const seen = new Set<string>();
    const look = async (id: string, status: JobStatus, told: { progress: RegExp; results: RegExp }) => {
      seen.add(status);
      await one.go(`/jobs/${id}`);
      const [called, verbs] = JOB[status];
      const progress = expect.stringMatching(told.progress) as string;
      const results = expect.stringMatching(told.results) as string;
      await expect
        .poll(async () => ({ status, ...(await list.page.evaluate<JobsShown>(JOBS)) }))
        .toEqual({ status, called, progress, results });
      // Somebody works on what is ready and held: nothing is to be gone on with then.
      const offered = status === "ready" ? [["Cancel"], [...verbs]] : [[...verbs]];
      await expect
        .poll(async () => {
          const shown = await one.page.evaluate<JobShown>(JOB_PAGE);
          return [status, shown.called, offered.some((right) => right.join() === shown.verbs.join())];
        })
        .toEqual([status, called, true]);
    };
    const submit = async (name: string, rows: readonly string[]) => {
      const body = ["call_id,disposition_code_id", ...rows.map((row) => `${row},DISP_001`), ""].join("\n");
      const path = `/api/v1/campaigns/${BACKUP}/tags?name=${name}`;
      const sent = whole.ask(path, { method: "POST", headers: { "content-type": "text/csv" }, body });
      const found = async () =>
        (await holds.query<{ id: string }>("select id from outdial.jobs where source_name = $1", [name]))[0]?.id;
      await until(async () => (await found()) !== undefined);
      return { id: (await found()) ?? "", sent };
    };
    const calls = (from: number, to: number) =>
      Array.from({ length: to - from }, (_, i) => `call_${String(from + i).padStart(7, "0")}`);

    await holds.hold("job", ["planning", "ready", "running"]);
    const { id, sent } = await submit("whole.csv", calls(1, 6));
    await look(id, "planning", { progress: /^(counting rows|0 of 5)$/, results: /^–$/ });
    expect(await holds.next("job", id)).toBe("ready");
    await sent;
    await look(id, "ready", { progress: /^0 of 5$/, results: /^–$/ });
    expect(tagged()).toBe(0);
    expect(await holds.next("job", id)).toBe("running");
    await until(() => tagged() === 5);
    await look(id, "running", { progress: /^[0-5] of 5$/, results: /^(–|Tagged [1-5])$/ });
    expect(await holds.next("job", id)).toBe("done");
    await look(id, "done", { progress: /^5 of 5$/, results: /^Tagged 5$/ });
    await holds.free();

    // A call that the tenant does not know; the rest of the file is tagged.
    const partly = await submit("partly.csv", [...calls(6, 9), "call_nobody"]);
    await partly.sent;
    await whole.ended(partly.id);
    await look(partly.id, "partly_failed", { progress: /^4 of 4$/, results: /Tagged 3/ });
    expect(tagged()).toBe(8);
    // The tenant takes the credentials no more.
    control.faults.add({ match: { operation: "assignDisposition" }, effect: { status: 401 } });
    const stopped = await submit("stopped.csv", calls(9, 12));
    await stopped.sent;
    await whole.ended(stopped.id);
    await look(stopped.id, "stopped", { progress: /^0 of 3$/, results: /^–$/ });
    control.faults.clear();
    await whole.post(`/api/v1/jobs/${stopped.id}/cancel`, {});
    await look(stopped.id, "cancelled", { progress: /^0 of 3$/, results: /^–$/ });
    expect(tagged()).toBe(8);
    // Nothing ends so today; what another version wrote is told as it is.
    await holds.query("update outdial.jobs set status = 'failed' where id = $1", [stopped.id]);
    await list.page.reload();
    await look(stopped.id, "failed", { progress: /^0 of 3$/, results: /^–$/ });
    await holds.query("update outdial.jobs set status = 'cancelled' where id = $1", [stopped.id]);
    expect(seen).toEqual(new Set(Object.keys(JOB)));

    // A retrieval, of which the list tells how far it is and what it brought.
    const to = new Date(clock.now()).toISOString();
    const from = new Date(clock.now() - 8 * 86_400_000).toISOString();
    const begun = await whole.post("/api/v1/outcomes/retrievals", { campaignId: BACKUP, from, to });
    const retrieval = String(begun.body["jobId"]);
    const ended = (await whole.ended(retrieval)) as { status: JobStatus; retrieval: { rows: number; windows: number } };
    const home = control
      .calls(1000)
      .filter(({ campaignId, startTime }) => campaignId === BACKUP && startTime >= from && startTime < to).length;
    expect([ended.status, ended.retrieval.rows]).toEqual(["done", home]);
    const { windows } = ended.retrieval;
    await look(retrieval, "done", {
      progress: new RegExp(`^${windows} of ${windows} windows$`),
      results: new RegExp(`^Rows ${home}New ${home}$`),
    });
    expect([list.faults, one.faults]).toEqual([[], []]);
  },
);

type ApprovalState = ApprovalView["state"];
/** What came of an approval, whether it was done at the tenant, and whether it can still be decided. */
const APPROVAL: Readonly<Record<ApprovalState, readonly [called: string, isDone: boolean, isOpen: boolean]>> = {
  pending: ["Pending", false, true],
  approved: ["Approved", true, false],
  rejected: ["Rejected", false, false],
  failed: ["Failed", false, false],
  expired: ["Expired", false, false],
  interrupted: ["Interrupted", false, false],
  outcome_unknown: ["Approved, outcome unknown", false, false],
};

test.runIf(WALKED.includes("approval"))(
  "an approval: what was done, by each page, was done at the tenant",
  { timeout: 400_000 },
  async () => {
    // A process that is late for its heartbeats sends nothing: at ten times the pace this one would be.
    clock.pace(1);
    await using list = await open("/approvals");
    await using one = await open("/approvals");
    await whole.post(`/api/v1/campaigns/${PRIMARY}/pause`, {});
    await whole.post(`/api/v1/campaigns/${BACKUP}/pause`, {});
    /** Asks for the resume of a campaign, which is done when it dials. */
    const ask = async () => {
      const path = `/api/v1/campaigns/${PRIMARY}/resume`;
      const { body: shown } = await whole.post(`${path}/preview`, {});
      const asked = await whole.post(path, { confirm: shown["confirm"], reason: String(seen.size) });
      return (asked.body as { approval: { id: string; confirm: string } }).approval;
    };
    const seen = new Set<ApprovalState>();
    const look = async (state: ApprovalState, { id }: { readonly id: string }) => {
      seen.add(state);
      const [called, isDone, isOpen] = APPROVAL[state];
      await one.go(`/approvals/${id}`);
      const row = list.page.locator("main tbody tr").filter({ has: list.page.locator(`a[href="/approvals/${id}"]`) });
      await expect
        .poll(async () => ({
          state,
          list: await row.locator("td .pill").first().textContent(),
          page: await one.page.locator(".page-head .pill").first().textContent(),
          decide: [await row.getByRole("button").count(), await one.page.locator(".page-head button").count()],
        }))
        .toEqual({ state, list: called, page: called, decide: isOpen ? [2, 2] : [0, 0] });
      expect([state, statusOf(PRIMARY) === "active"]).toEqual([state, isDone]);
    };
    const decide = ({ id, confirm }: { readonly id: string; readonly confirm: string }) =>
      whole.post(`/api/v1/approvals/${id}/approve`, { confirm }, "second");
    const pending = await ask();
    await look("pending", pending);
    await whole.post(`/api/v1/approvals/${pending.id}/reject`, {}, "second");
    await look("rejected", pending);
    const expired = await ask();
    await holds.query("update outdial.approvals set expires_at = requested_at where id = $1", [expired.id]);
    await list.page.reload();
    await look("expired", expired);
    // The process that carried it out is gone.
    const interrupted = await ask();
    await holds.query(
      "update outdial.approvals set state = 'approved', decided_by = 'oscar', decided_at = requested_at, executor = 'gone' where id = $1",
      [interrupted.id],
    );
    await until(async () => (await whole.get(`/api/v1/approvals/${interrupted.id}`))["state"] === "interrupted");
    await list.page.reload();
    await look("interrupted", interrupted);
    const failed = await ask();
    whole.sandbox.control.simulateEdit({ kind: "campaign", id: PRIMARY, body: { contactListId: "list_nobody" } });
    expect((await decide(failed)).status).toBeGreaterThanOrEqual(400);
    await look("failed", failed);
    whole.sandbox.control.simulateEdit({ kind: "campaign", id: PRIMARY, body: { contactListId: "list_a" } });
    // The tenant breaks off, and nobody knows whether it has done it.
    whole.sandbox.control.faults.add({ match: { operation: "updateCampaign" }, effect: { reset: true } });
    const unknown = await ask();
    expect((await decide(unknown)).body).toMatchObject({ answer: { status: "unknown" } });
    await look("outcome_unknown", unknown);
    await one.go("/");
    const concern = one.page.locator(".attention li").filter({ has: one.page.locator(`a[href="/approvals/${unknown.id}"]`) });
    await concern.getByText("it is not known whether it was carried out").waitFor();
    whole.sandbox.control.faults.clear();
    const approved = await ask();
    const done = await decide(approved);
    expect([done.status, done.body["answer"]]).toEqual([200, expect.objectContaining({ confirmed: true })]);
    await look("approved", approved);
    expect(seen).toEqual(new Set(Object.keys(APPROVAL)));
    expect([list.faults, one.faults]).toEqual([[], []]);
  },
);
