// Every phase of every machine on the pages that show it: the machines of a service are held where they stand, and what the pages say is held against
// what the tenant has at that moment. A phase that is added to a machine and not to the tables here does not compile. Here: failover pairs, a tenant that
// cannot be read, and dialer settings.

import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import type { CampaignSummary } from "../../src/operations/views/index.ts";
import { PAIR_CASES } from "../support/failover-states.ts";
import { OUTCOMES, PHASES } from "../support/histories/phase-cases.ts";
import { until } from "../support/until.ts";
import { BACKUP, openPhases, type PhasesWorld, PRIMARY, WALKED } from "./phases-world.ts";

const MINE = WALKED.filter((one) => ["pair", "unread tenant", "settings"].includes(one));

let world: PhasesWorld;
beforeAll(async () => {
  if (MINE.length > 0) world = await openPhases();
});
afterEach(() => world?.holds.free());
afterAll(() => world?.[Symbol.asyncDispose]());

type Phase = (typeof PHASES)[number];
type Outcome = (typeof OUTCOMES)[number];
type PairPhase = NonNullable<CampaignSummary["failover"]>["phase"];

/** What the pair's figure says while it hands over to the backup or has, and the badges of primary and backup. */
const PAIR: Readonly<Record<PairPhase, readonly [words: RegExp, primary: string | null, backup: string | null]>> = {
  watching: [/^the primary dials/, null, null],
  pausing: [/^the primary is being paused/, "Handing over", "Handing over"],
  draining: [/^draining calls of the primary/, "Handing over", "Handing over"],
  "handing-over": [/^holding back the contacts that the primary has called/, "Handing over", "Handing over"],
  gating: [/^asking the gate for the backup/, "Handing over", "Handing over"],
  activating: [/^the backup is being activated/, "Handing over", "Handing over"],
  verifying: [/^reading back whether the backup is active/, "Handing over", "Handing over"],
  "failed-over": [/^the backup dials/, "Failed over", "Stands in"],
  securing: [/^the backup is being paused to be safe/, "Pausing to be safe", "Pausing to be safe"],
  halted: [/^halted: neither dials/, "Halted", "Halted"],
};
const PAIR_PHASES = Object.keys(PAIR) as PairPhase[];

/** Of the list of campaigns: figures by name, and of each row the pills and the sentence below them. */
const LIST = `(() => {
  const figures = Object.fromEntries([...document.querySelectorAll("main .figure")].map((one) => [one.children[0].textContent, one.children[1].textContent]));
  const rows = Object.fromEntries([...document.querySelectorAll("main table.dense tbody tr")].map((row) => {
    const state = row.querySelectorAll("th, td")[2];
    const pills = [...state.querySelectorAll(".pill")].map((one) => one.textContent);
    return [row.querySelector("a").getAttribute("href").split("/").pop(), { pills, why: state.querySelector(".cell-note:not(.pair)")?.textContent ?? "" }];
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

/** Names of phases are for machines. */
const INTERNAL = /\b(?:handing-over|failed-over|gating|verifying)\b/;
/** Long after the test, as an instant of the pair's. */
const NEVER = Date.parse("2027-01-01T00:00:00Z");

/** Which of the two a text says is dialing, where that is not what the tenant has. */
function falseClaims(text: string): string[] {
  const { statusOf } = world;
  const dials = { primary: statusOf(PRIMARY) === "active", backup: statusOf(BACKUP) === "active" };
  const claims: readonly (readonly [claim: RegExp, isTrue: boolean])[] = [
    [/(?:the |camp_)primary dials/, dials.primary && !dials.backup],
    [/(?:the |camp_)backup dials|[Ff]ailed over|[Ss]tands in/, dials.backup && !dials.primary],
    [/neither dials/, !dials.primary && !dials.backup],
    [/both campaigns are active/, dials.primary && dials.backup],
    [/through outdial/, false],
    [INTERNAL, false],
  ];
  return claims.flatMap(([claim, isTrue]) => (isTrue ? [] : (claim.exec(text) ?? [])));
}

test.runIf(WALKED.includes("pair"))(
  "a pair: who dials, by each page, is who dials at the tenant",
  { timeout: 400_000 },
  async () => {
    const { whole, holds, open, agreed, statusOf } = world;
    await using home = await open("/");
    await using audit = await open("/audit?text=failover.phase");
    await using first = await open(`/campaigns/${PRIMARY}`);
    await using second = await open(`/campaigns/${BACKUP}`);
    const seen = new Set<string>();
    /** On the way back the two change places. */
    let isBack = false;
    const keyOf = (phase: string) => `${isBack ? "back: " : ""}${phase}`;
    const wordsOf = (phase: PairPhase) => {
      const [{ source }] = PAIR[phase];
      if (!isBack || phase === "watching" || phase === "failed-over") return PAIR[phase][0];
      return new RegExp(source.replace(/primary|backup/g, (side) => (side === "primary" ? "backup" : "primary")));
    };
    const look = async (phase: PairPhase) => {
      seen.add(keyOf(phase));
      const [, ...badges] = PAIR[phase];
      const words = wordsOf(phase);
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
        // A hand-over is told from its first phase until it has failed back.
        listed: phase !== "watching",
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
        if (!seen.has(keyOf(phase))) await look(phase as PairPhase);
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
    // What the gate refuses for a reason that can be removed is asked again: nobody has to decide.
    const [waiting] = PAIR_CASES.flatMap(({ state: { waiting: found = null } }) => (found === null ? [] : [found]));
    // What the machine writes at each of its looks takes it away again: it is put there before each look of ours.
    const wait = (until: unknown) =>
      holds.query(
        `update outdial.failover_pairs set state = state::jsonb || $1::jsonb
         where state::jsonb -> 'waiting' is distinct from $1::jsonb -> 'waiting'`,
        [{ waiting: until }],
      );
    const shows = (find: () => Promise<unknown>, wanted: unknown) =>
      expect
        .poll(async () => {
          await wait({ ...waiting, againAt: NEVER });
          return find();
        })
        .toEqual(wanted);
    for (const opened of [first, second])
      await shows(
        async () => (await opened.page.evaluate<Shown>(CAMPAIGN)).pair,
        "halted: neither dials until the gate opens, which is asked again by itself",
      );
    const attention = home.page.locator("main .attention");
    for (const words of ["neither dials until the gate opens", "It is tried again by itself"])
      await shows(async () => (await attention.getByText(words).count()) > 0, true);
    await wait(null);
    await agreed(`/api/v1/campaigns/${PRIMARY}/failover`);
    await walk("failed-over");
    // Back again, by a person's order.
    isBack = true;
    await agreed(`/api/v1/campaigns/${PRIMARY}/failback`);
    await walk("watching");
    isBack = false;
    // The figures of the primary have not got better.
    await walk("failed-over");
    // Somebody activates the primary at the tenant as well.
    control.simulateEdit({ kind: "campaign", id: PRIMARY, body: { status: "active" } });
    await walk("watching");
    const back = ["pausing", "draining", "handing-over", "gating", "activating", "verifying", "watching"];
    expect(seen).toEqual(new Set([...PAIR_PHASES, ...back.map((phase) => `back: ${phase}`)]));
    // The audit tells each step in words.
    await audit.page.reload();
    await audit.drawn("Audit");
    const told = audit.page.locator("main tbody td").getByText("moved a failover pair on");
    await expect.poll(() => told.count()).toBeGreaterThan(PAIR_PHASES.length);
    expect((await told.allTextContents()).join(" ")).not.toMatch(INTERNAL);
    await holds.free();
    await until(() => whole.service.store.failovers.remove(PRIMARY, []));
    expect([home.faults, first.faults, second.faults, audit.faults]).toEqual([[], [], [], []]);
  },
);

test.runIf(WALKED.includes("unread tenant"))(
  "a tenant that cannot be read: the last figures stay with their age, what failed is said, and what comes after is told again",
  { timeout: 400_000 },
  async () => {
    const { whole, open, statusOf } = world;
    const { control } = whole.sandbox;
    await using home = await open("/");
    await using one = await open(`/campaigns/${PRIMARY}`);
    const pills = async () => {
      const { rows } = await home.page.evaluate<Listed>(LIST);
      const { pills: shown } = await one.page.evaluate<Shown>(CAMPAIGN);
      return [...[PRIMARY, BACKUP].map((id) => rows[id]?.pills[0]), shown[0]];
    };
    const known = [PRIMARY, BACKUP, PRIMARY].map((id) => capital(statusOf(id)));
    await expect.poll(pills).toEqual(known);
    control.faults.add({ effect: { status: 503 } });
    // Nobody is told that it goes on as it did.
    control.simulateEdit({
      kind: "campaign",
      id: PRIMARY,
      body: { status: statusOf(PRIMARY) === "active" ? "paused" : "active" },
    });
    const attention = home.page.locator("main .attention");
    await attention.getByText("the tenant cannot be read").waitFor();
    for (const { page } of [home, one])
      await page
        .locator("main")
        .getByText(/could not be read since|not readable/)
        .first()
        .waitFor();
    expect(await pills()).toEqual(known);
    await one.page
      .locator("main .banner")
      .getByText(/Not known whether it dials|cannot be asked/)
      .first()
      .waitFor();
    control.faults.clear();
    await expect.poll(pills).toEqual([PRIMARY, BACKUP, PRIMARY].map((id) => capital(statusOf(id))));
    await attention.getByText("the tenant cannot be read").waitFor({ state: "detached" });
    expect([home.faults, one.faults]).toEqual([[], []]);
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
    isOffered: row.cells[4].querySelector("button") !== null,
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
  readonly history: readonly {
    readonly version: number;
    readonly called: string;
    readonly isInForce: boolean;
    readonly isOffered: boolean;
  }[];
}

test.runIf(WALKED.includes("settings"))(
  "dialer settings: what is in force, by each page, is what is in force at the tenant",
  { timeout: 400_000 },
  async () => {
    const { whole, holds, open, agreed } = world;
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
    const change = async (ratio: number, end: Outcome, steps: Partial<Record<Phase, () => unknown>> = {}, more: object = {}) => {
      const before = tenant();
      control.clearRequests();
      const algorithm = { ...own.algorithm, dial_ratio: ratio };
      const file = { ...own, algorithm, carrier_capacity: { max_trunks: 400 }, expected: { answer_rate: 0.2 } };
      // Which answer rate the tenant has measured by now is its traffic's affair: the gate is judged elsewhere.
      const body = { file, overrides: ["predicted_abandonment"], ...more };
      const { version } = await agreed("/api/v1/dialer/apply", body, "/api/v1/dialer/preview");
      const [row] = await holds.query<{ id: string }>("select job_id as id from outdial.dialer_changes where version = $1", [
        version,
      ]);
      const id = row?.id ?? "";
      await jobs.go(`/jobs/${id}`);
      for (let phase = await holds.phaseOf("settings", id); phase !== "ended"; phase = await holds.next("settings", id)) {
        if (!seen.has(phase)) await look(phase as Exclude<Phase, "ended">);
        await steps[phase as Phase]?.();
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
        const { called: now, isOffered } = history.find((one) => one.version === version) ?? {};
        return { called: now, isOffered, job, inForce };
      };
      const words = expect.stringMatching(called) as string;
      await expect.poll(latest).toEqual({ called: words, isOffered: false, job: words, inForce: tenant() });
    };
    const fault = (effect: object, times = 1) => control.faults.add({ match: { operation: "putDialerSettings" }, times, effect });
    const edit = (body: object) => control.simulateEdit({ kind: "dialerSettings", body });
    const others = (ratio: number) => edit({ algorithm: { ...own.algorithm, dial_ratio: ratio } });
    fault({ acceptThenFail: true });
    await change(2.1, "applied");
    fault({ status: 412 });
    edit({ name: "Edited elsewhere" });
    /** By the keyboard; answered once the change has left its phase, which is held. */
    const press = (name: string) => dialer.press(dialer.page.getByRole("button", { name }));
    const putBack = () => press("Put the old ones back");
    await change(2.2, "rolled_back", { paused: putBack }, { guardMinutes: 1 });
    expect(seen).toEqual(new Set([...PHASES, "applied", "rolled_back"]));
    await change(2.25, "applied", { paused: () => press("Keep the new settings") }, { guardMinutes: 1 });
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
    const refusePutBack = () => {
      fault({ status: 422 }, 9);
      return putBack();
    };
    await change(2.7, "rollback_failed", { paused: refusePutBack }, { guardMinutes: 1 });
    control.faults.clear();
    expect(seen).toEqual(new Set([...PHASES, ...OUTCOMES]));
    expect([dialer.faults, jobs.faults]).toEqual([[], []]);
  },
);
