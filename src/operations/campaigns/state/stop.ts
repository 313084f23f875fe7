// A stop: pauses campaigns until each is confirmed paused or its time is over. One loop, with a database and without one: it works on what it has
// in memory, and writes that to a record when there is one that answers.
//
// Whatever says that a campaign may dial, it is paused: the tenant's list, what this store knows, what was last seen or set active, starts under
// way. A list that says nothing, less, or "paused" takes none of them out. For each campaign:
//
//   may dial → pause → answered → looked at → shown paused, no call under way: settled
//     ▲          │ refused, lost, silent: again        │ shown in another state: again, under a new key
//     │          └ a person resumed it: left alone     └ calls under way: looked at again
//   shown paused by every source → looked at by itself → paused: seen, nothing was sent
//
// In this order: seen dialing, the latest first; listed as active, as the pages come; what failed, again; looks at what was paused; known, but not
// named by the list; looks at what every source shows paused.

import { createHash } from "node:crypto";
import { doubledMs, type Instant, MINUTE_MS, messageOf, OutdialError } from "../../../kernel/index.ts";
import type { ListProblem, Stop, StopEvidence, StopPause, StoppedCampaign, StopRow } from "../../../store/index.ts";
import { type CampaignProvisioning, type CampaignRunner, TenantError } from "../../../tenant/port.ts";
import { inTime } from "../../in-time.ts";
import {
  type ChangeDeps,
  type ChangeOptions,
  changeState,
  type FirstFigures,
  isStill,
  lookAgain,
  MAY_START,
  type StateChange,
} from "./change.ts";
import { LATE_MS } from "./left-changes.ts";

/** The time limits of a stop, ms. */
export interface StopPatience {
  /** After so long without a page of the list, known campaigns that it has not named are paused as well. */
  readonly listMs: number;
  /** For one request with its repetitions. */
  readonly sendMs: number;
  /** Between two attempts: at first, and at most. */
  readonly againMs: number;
  readonly mostMs: number;
  /** For calls under way, once a campaign is shown paused. */
  readonly callsMs: number;
  /** After this time, what is not confirmed is reported as not confirmed. */
  readonly giveUpMs: number;
  /** Once everything else has settled: for a list that lacks known campaigns, or names none. */
  readonly shortListMs: number;
  /** Between two checks whether somebody resumed a campaign. */
  readonly resumedMs: number;
  /** For an answer of the record: after it, the stop goes on without it. */
  readonly recordMs: number;
}

/** How long a stop waits and tries again. */
export const STOP_PATIENCE: StopPatience = {
  listMs: 2_000,
  sendMs: 30_000,
  againMs: 1_000,
  mostMs: 10_000,
  callsMs: Number.POSITIVE_INFINITY,
  giveUpMs: 30 * MINUTE_MS,
  shortListMs: MINUTE_MS,
  resumedMs: 1_000,
  recordMs: 2_000,
};

/** Where a stop is written down besides memory. */
export interface StopRecord {
  /**
   * @returns the campaigns that a person has resumed since. Rejects with `not_owner` when another process carries the stop out, or
   * it has ended
   */
  write(
    rows: readonly StopRow[],
    pauses: readonly StopPause[],
    problem: ListProblem | null,
  ): Promise<readonly Pick<StoppedCampaign, "campaignId" | "message">[]>;
}

/** What is known of campaigns besides the tenant's list. */
export interface KnownOfCampaigns {
  readonly evidence: readonly StopEvidence[];
  /** Why that may be less than there is to know, such as a start that was sent just before; undefined when it is not. */
  readonly doubt?: string | undefined;
}

/** What carrying out a stop needs. */
export interface StopRunDeps extends Pick<ChangeDeps, "figures" | "clock"> {
  readonly runner: CampaignRunner;
  readonly provisioning: Pick<CampaignProvisioning, "campaigns">;
  /** What is known of campaigns besides the tenant's list. Rejects when that cannot be read now. */
  readonly evidence: () => Promise<KnownOfCampaigns>;
  /** Resolves when every process on the store knows of the stop, or cannot be told: a start that was asked for before may be sent until then. */
  readonly told: Promise<unknown>;
  /** Absent for a stop that nothing but its notes remembers. */
  readonly record?: StopRecord | undefined;
  /** Stores a list of campaigns that was read to its end and lacks nothing. @param at when the reading began */
  readonly keepList?: (list: readonly ListedCampaign[], at: number) => Promise<void>;
  readonly patience: StopPatience;
  /** Called before a pause of a campaign is sent, and when the tenant has answered it. */
  readonly onBegun?: (campaignId: string) => void;
  readonly onPause?: (pause: StopPause) => void;
  /** Called whenever a campaign's state has changed. */
  readonly onRow?: (row: StoppedCampaign) => void;
  /** Called once when the record does not answer, and when it does again. */
  readonly onAway?: (problem: unknown) => void;
  readonly onBack?: () => void;
}

interface ListedCampaign {
  readonly id: string;
  readonly name: string;
  readonly status: string;
}

/** What is to be done next about a campaign, in the order in which it is done. */
const STEPS = ["seen", "listed", "again", "look", "known", "shown"] as const;
type Step = (typeof STEPS)[number];
const isPause = (step: Step): boolean => step === "seen" || step === "listed" || step === "again" || step === "known";

/** Requests under way at once: pauses of what may dial; of what is only known; looks. Few, so that what matters more waits for few others. */
const MOST_PAUSES = 32;
const MOST_KNOWN = 8;
const MOST_LOOKS = 16;
/** Rows that are written at once. */
const ROWS = 500;
/** An answer of the record is good for so long before a pause is sent, ms. */
const FRESH_MS = 250;
/** At most so much time passes between two looks at the clock, ms: what seems more is a clock that was set, or a machine that slept. */
const MOST_AT_ONCE_MS = MINUTE_MS;
/** Others are waited for so long that are told of the stop, ms. */
const TOLD_MS = 5_000;
/** What the list shows as dialing after the pauses is paused again and the list is read again, so often. */
const LAST_LOOKS = 3;

interface Entry {
  row: StoppedCampaign;
  /** What it is in the queue for, what is being done about it, what it waits to be queued for. */
  step: Step | undefined;
  doing: Step | undefined;
  after: Step | undefined;
  /** Something said that it may dial while it was looked at. */
  mustPause: boolean;
  /** Number of the key that is sent; a new one after a refusal, and after an answer that turned out to be an old one. */
  key: number;
  waits: number;
  /** A request of this stop may have been carried out without an answer. */
  isSent: boolean;
  answeredAt: Instant | undefined;
  /** The same in time that the stop had worked, ms. */
  answeredAfterMs: number | undefined;
  /** The first figures that were read after the pause. */
  figures: FirstFigures;
  /** A start that was asked for before the stop may reach the tenant; after the stop had worked for so long, ms, it was known that none may. */
  mayStart: boolean;
  startsUntilMs: number;
  isTried: boolean;
  isDirty: boolean;
  /** Nothing more will be done. */
  isOver: boolean;
}

/** A stop while it is carried out. */
export class StopRun {
  readonly stop: Stop;
  readonly #deps: StopRunDeps;
  readonly #over = new AbortController();
  /** Aborted until the stop is carried out: nothing begins before. */
  #signal = AbortSignal.abort();
  readonly #entries = new Map<string, Entry>();
  readonly #queues = new Map<Step, Entry[]>(STEPS.map((step) => [step, []]));
  readonly #busy = new Map<Step, number>(STEPS.map((step) => [step, 0]));
  readonly #dirty = new Set<Entry>();
  #pauses: StopPause[] = [];
  readonly #first = Promise.withResolvers<void>();
  /** Time that has passed, ms, and until when that was counted. */
  #spentMs = 0;
  #countedTo: Instant;
  #open = 0;
  #untried = 0;
  #idle: PromiseWithResolvers<void> | undefined;
  #isListTried = false;
  /** Campaigns that the last reading of the list shows as dialing, and that by themselves are shown paused. */
  #disputed = 0;
  #problem: ListProblem | null = null;
  #unread: ListProblem | null = null;
  #evidence: readonly StopEvidence[] = [];
  /** What is known was read, or could not be read at first. */
  #isGathered = false;
  /** What the last list named that was read to its end. */
  #named: Named | undefined;
  #failure: unknown;
  #isProblemDirty = false;
  #writtenAt: Instant;
  #writing: Promise<void> | undefined;
  #isAway = false;

  /** @param before what an earlier process did of it */
  constructor(deps: StopRunDeps, stop: Stop, before: readonly StoppedCampaign[] = []) {
    this.#deps = deps;
    this.stop = stop;
    this.#writtenAt = deps.clock.now();
    this.#countedTo = deps.clock.now();
    for (const row of before) this.#enter(row);
  }

  /** Settles when the list was requested once and every campaign was tried once, or nothing more is done. */
  get firstRound(): Promise<void> {
    return this.#first.promise;
  }

  /** Its campaigns, by id. */
  get campaigns(): StoppedCampaign[] {
    return [...this.#entries.values()]
      .map(({ row }) => row)
      .sort((a, b) => (a.campaignId < b.campaignId ? -1 : a.campaignId > b.campaignId ? 1 : 0));
  }

  /** Why campaigns may be missing, or may dial although they were not looked at. */
  get listProblem(): ListProblem | null {
    return this.#problem ?? this.#unread;
  }

  /** Pauses that the record has not got yet. */
  get unrecorded(): readonly StopPause[] {
    return this.#pauses;
  }

  /** Writes what the record has not got yet. @returns whether it has everything */
  async recorded(): Promise<boolean> {
    await (this.#writing ?? this.#writeOnce());
    return this.#dirty.size === 0 && this.#pauses.length === 0 && !this.#isProblemDirty;
  }

  /** The record did not answer: nothing waits for it until it does. */
  withoutRecord(): void {
    this.#isAway = true;
  }

  /** Carries the stop out, once. Rejects when aborted, and with `not_owner` when another process has it. */
  async carry(signal: AbortSignal): Promise<void> {
    const { scope } = this.stop;
    this.#signal = AbortSignal.any([signal, this.#over.signal]);
    this.#pump();
    const writing = this.#keepRecord();
    try {
      if (scope === null) await Promise.all([this.#gather(), this.#list()]);
      else {
        for (const id of new Set(scope)) this.#take(id, "named", "seen");
        this.#isListTried = true;
        this.#tellFirst();
        await this.#gather(scope);
      }
      await this.#settled();
      await this.#toldInTime();
      if (scope === null) await this.#lastLooks();
      else {
        for (let looks = 0; await this.#lookAgainAt(scope); looks += 1) {
          await this.#settled();
          if (looks < LAST_LOOKS) continue;
          this.#disagrees("the tenant goes on to show campaigns as dialing after each pause");
          break;
        }
      }
      await this.#write();
    } catch (thrown) {
      throw this.#failure ?? thrown;
    } finally {
      this.#over.abort(new OutdialError("aborted", "the stop is over"));
      this.#first.resolve();
      await writing;
    }
    if (this.#failure !== undefined) throw this.#failure;
  }

  /**
   * Reads the list again until it shows nothing that dials. What it shows active for long, although each by itself is shown paused,
   * is told: which of them is true is not known. So is what dials again after each pause.
   */
  async #lastLooks(): Promise<void> {
    const { clock, patience } = this.#deps;
    const since = this.#workedMs();
    for (let looks = 0, turn = 0; ; turn += 1) {
      if (await this.#lastLook()) {
        looks += 1;
        await this.#settled();
        if (looks > LAST_LOOKS) {
          this.#disagrees("the tenant goes on to list campaigns as dialing after each pause");
          return;
        }
      } else if (this.#problem !== null || this.#disputed === 0) return;
      if (this.#disputed > 0 && (this.#workedMs() - since >= patience.shortListMs || this.#leftMs() <= 0)) {
        this.#disagrees(
          `the tenant's list goes on to show ${this.#disputed} as dialing that by ${this.#disputed === 1 ? "itself is" : "themselves are"} shown paused`,
        );
        return;
      }
      await clock.sleep(doubledMs(patience.againMs, patience.mostMs, turn), this.#signal);
    }
  }

  #disagrees(message: string): void {
    this.#problem = { code: "list_disagrees", message };
    this.#isProblemDirty = true;
  }

  /** Waits until the others know of the stop, for a limited time. */
  async #toldInTime(): Promise<void> {
    const { clock, told } = this.#deps;
    const over = new AbortController();
    await Promise.race([told.catch(() => undefined), clock.sleep(TOLD_MS, AbortSignal.any([over.signal, this.#signal]))]).finally(
      () => over.abort(),
    );
  }

  /** Reads what is known, again until it is certain or the time is up; what may dial goes first. */
  async #gather(scope?: readonly string[]): Promise<void> {
    const { evidence, clock, patience } = this.#deps;
    const isUp = scope === undefined ? this.#waitsFor() : () => this.#open === 0 || this.#leftMs() <= 0;
    for (let turn = 0; ; turn += 1) {
      const before = this.#unread?.message;
      try {
        const { evidence: known, doubt } = await this.#inTime(evidence());
        this.#unread = doubt === undefined ? null : unread(doubt);
        this.#evidence = scope === undefined ? known : known.filter(({ campaignId }) => scope.includes(campaignId));
        for (const { campaignId, mayDial } of this.#evidence) if (mayDial) this.#take(campaignId, "known", "seen");
        // What is only remembered of starts is not that they were answered.
        if (doubt === undefined)
          this.#expectStarts(new Set(known.filter(({ mayStart }) => mayStart).map(({ campaignId }) => campaignId)));
        // The list was faster, or it cannot be read.
        if (this.#named !== undefined) {
          const compared = this.#compared(this.#named);
          if (this.#problem === null || isShort(this.#problem)) this.#problem = compared ?? this.#problem;
        } else if (this.#problem !== null) this.#takeKnown();
      } catch (thrown) {
        if (this.#signal.aborted) throw thrown;
        this.#unread ??= unread(messageOf(thrown));
      }
      this.#isProblemDirty ||= before !== this.#unread?.message;
      this.#isGathered = true;
      this.#pump();
      if ((this.#unread === null && !this.#entries.values().some((entry) => entry.mayStart && !entry.isOver)) || isUp()) return;
      await clock.sleep(doubledMs(patience.againMs, patience.mostMs, turn), this.#signal);
    }
  }

  /** Nothing that the tenant shows of a campaign is final while a start may be on its way, or was until it was looked at. */
  #expectStarts(ids: ReadonlySet<string>): void {
    for (const entry of this.#entries.values()) {
      const mayStart = ids.has(entry.row.campaignId) && entry.row.outcome !== "resumed";
      if (entry.mayStart && !mayStart) entry.startsUntilMs = this.#workedMs();
      if (!entry.mayStart && mayStart && entry.isOver) this.#reopen(entry);
      entry.mayStart = mayStart;
    }
  }

  /** Reads the list until it is whole and lacks nothing, or the time is up. */
  async #list(): Promise<void> {
    const { clock, patience } = this.#deps;
    const isUp = this.#waitsFor();
    for (let turn = 0; ; turn += 1) {
      const before = this.listProblem;
      this.#problem = await this.#listOnce();
      if (this.#problem !== null && !isShort(this.#problem)) this.#takeKnown();
      this.#isProblemDirty ||= before?.code !== this.listProblem?.code;
      this.#isListTried = true;
      this.#tellFirst();
      if (this.#problem === null || this.#leftMs() <= 0) return;
      // It has answered, what is known was read, and everything that the list lacks is paused: waiting for other answers has an end.
      if (isUp() && this.#unread === null && isShort(this.#problem)) return;
      await clock.sleep(doubledMs(patience.againMs, patience.mostMs, turn), this.#signal);
    }
  }

  /** Whether everything that is known has settled so long ago that waiting for more knowledge ends. */
  #waitsFor(): () => boolean {
    const { patience } = this.#deps;
    let settledAt: number | undefined;
    return () => {
      const now = this.#workedMs();
      settledAt = this.#open === 0 && this.#isListTried ? (settledAt ?? now) : undefined;
      return this.#leftMs() <= 0 || (settledAt !== undefined && now - settledAt >= patience.shortListMs);
    };
  }

  async #listOnce(): Promise<ListProblem | null> {
    const { clock, keepList, patience } = this.#deps;
    const at = clock.now();
    const stalled = new AbortController();
    let page = at;
    const watching = (async () => {
      for (let left = patience.listMs; left > 0; left = page + patience.listMs - clock.now())
        await clock.sleep(left, AbortSignal.any([this.#signal, stalled.signal]));
      this.#takeKnown();
    })().catch(() => undefined);
    let problem: ListProblem | null = null;
    try {
      problem = await this.#readList(
        () => {
          page = clock.now();
        },
        ({ id, status }) => this.#take(id, "listed", status === "paused" ? "shown" : "listed"),
        keepList === undefined ? undefined : (listed) => void keepList(listed, at).catch(() => undefined),
      );
    } finally {
      stalled.abort();
      await watching;
    }
    return problem;
  }

  /**
   * Reads the list to its end, as far as it goes on, and compares it with what is known; the first list and each later one alike. Each campaign is
   * told as its page comes. @returns why it is not known to be whole
   */
  async #readList(
    onPage: () => void,
    onCampaign: (one: ListedCampaign) => void,
    onWhole?: (listed: readonly ListedCampaign[]) => void,
  ): Promise<ListProblem | null> {
    const named = new Map<string, ListedCampaign>();
    let total: number | undefined;
    let problem: ListProblem | null = null;
    let pages = 0;
    try {
      for await (const { items, reply } of this.#pages()) {
        onPage();
        pages += 1;
        const before = named.size;
        if (typeof reply.total === "number") total = Math.max(total ?? 0, reply.total);
        const { page } = reply as { readonly page?: unknown };
        if (typeof page === "number" && page !== pages)
          problem ??= incomplete(`the tenant answered page ${page} of its list where page ${pages} was asked for`);
        for (const item of items) {
          const { id, name, status } = idAndStatus(item);
          if (id === undefined) problem ??= incomplete("an entry of the list of campaigns has no id");
          else {
            if (named.has(id)) problem ??= incomplete(`the list of campaigns names ${id} twice`);
            const one = { id, name: name ?? id, status: typeof status === "string" ? status : "unknown" };
            named.set(id, one);
            onCampaign(one);
          }
        }
        if (items.length > 0 && named.size === before) {
          problem ??= incomplete("the pages of the list of campaigns repeat themselves");
          break;
        }
      }
    } catch (thrown) {
      if (!(thrown instanceof TenantError) || this.#signal.aborted) throw thrown;
      return { message: messageOf(thrown), code: thrown.code };
    }
    this.#named = { ids: new Set(named.keys()), total };
    problem ??= this.#compared(this.#named);
    if (problem === null && this.#unread === null) onWhole?.([...named.values()]);
    return problem;
  }

  /** A list that was read to its end, compared with what is known: what it lacks is paused by id. */
  #compared({ ids, total }: Named): ListProblem | null {
    const lacking = new Set(
      this.#evidence.flatMap(({ campaignId, expected }) => (expected && !ids.has(campaignId) ? [campaignId] : [])),
    );
    // What an earlier list named is known, too.
    for (const { row } of this.#entries.values())
      if (row.source === "listed" && !ids.has(row.campaignId)) lacking.add(row.campaignId);
    for (const campaignId of lacking) this.#take(campaignId, "known", "known");
    if (ids.size === 0) this.#takeKnown();
    return shortness(ids.size, total, lacking.size, this.#evidence.length);
  }

  #pages() {
    const { provisioning, patience } = this.#deps;
    return provisioning.campaigns({ lane: "stop", signal: this.#signal, deadlineMs: patience.sendMs }).pages();
  }

  #takeKnown(): void {
    for (const { campaignId, mayDial } of this.#evidence) this.#take(campaignId, "known", mayDial ? "seen" : "known");
  }

  /**
   * Reads the list once more: a start that reached the tenant just before the stop, of whomever, may show late. What it shows in
   * another state than paused, and what it lacks, is looked at by itself; it is read again until it is whole. @returns whether
   * something is to be done again
   */
  async #lastLook(): Promise<boolean> {
    if (this.#problem !== null) return false;
    const { clock, patience } = this.#deps;
    const isUp = this.#waitsFor();
    for (let turn = 0; ; turn += 1) {
      const started: string[] = [];
      const problem = await this.#readList(
        () => undefined,
        ({ id, status }) => {
          if (status !== "paused") started.push(id);
        },
      );
      const again = await this.#lookAgainAt(started, problem === null ? [] : this.#unnamed());
      this.#isProblemDirty ||= (problem === null) !== (this.#problem === null);
      this.#problem =
        problem === null || again
          ? null
          : { ...problem, message: `the list could not be read again after the pauses: ${problem.message}` };
      if (again || problem === null) return again;
      if (isUp()) return false;
      await clock.sleep(doubledMs(patience.againMs, patience.mostMs, turn), this.#signal);
    }
  }

  /** Campaigns that are over with and that the latest list does not name. */
  #unnamed(): string[] {
    return [...this.#entries.keys()].filter((id) => this.#named?.ids.has(id) !== true);
  }

  /** Pauses again what is not paused any more. @returns whether something is to be done again */
  async #lookAgainAt(started: readonly string[], unnamed: readonly string[] = []): Promise<boolean> {
    const before = this.#open;
    this.#disputed = 0;
    for (const [i, id] of [...started, ...unnamed].entries()) {
      const entry = this.#entries.get(id);
      if (entry === undefined) this.#take(id, "listed", "listed");
      else if (entry.isOver && entry.row.settled && entry.row.outcome !== "resumed") {
        const isPaused = await this.#isPaused(id);
        const isListed = i < started.length;
        if (isPaused === false || (isPaused === null && isListed)) this.#reopen(entry);
        else if (isListed) this.#disputed += 1;
      }
    }
    return this.#open > before;
  }

  /** Whether a campaign that was confirmed paused still is; a list may be older than the pause. Null when the tenant does not say. */
  async #isPaused(id: string): Promise<boolean | null> {
    const { runner, patience } = this.#deps;
    try {
      const { status } = await runner.status(id, { lane: "pacing", signal: this.#signal, deadlineMs: patience.sendMs });
      return isStill(status);
    } catch (thrown) {
      if (!(thrown instanceof TenantError) || this.#signal.aborted) throw thrown;
      return null;
    }
  }

  #reopen(entry: Entry): void {
    entry.isOver = false;
    entry.key += 1;
    entry.answeredAt = undefined;
    entry.answeredAfterMs = undefined;
    this.#open += 1;
    this.#change(entry, {
      outcome: null,
      shown: null,
      confirmed: false,
      activeCalls: null,
      message: null,
      code: null,
      settled: false,
    });
    this.#queue(entry, "listed");
  }

  /** A campaign that was found; one that is there already may go earlier than it did. */
  #take(campaignId: string, source: StoppedCampaign["source"], step: Step): void {
    const there = this.#entries.get(campaignId);
    if (there === undefined) {
      const outcome = step === "shown" ? "listed" : null;
      this.#enter(
        {
          campaignId,
          source,
          outcome,
          shown: null,
          confirmed: false,
          activeCalls: null,
          message: null,
          code: null,
          settled: false,
          updatedAt: this.#deps.clock.now(),
        },
        step,
      );
      return;
    }
    if (source === "listed" && there.row.source === "known") this.#change(there, { source });
    const { row } = there;
    if (there.isOver) {
      // It was seen paused before a source said otherwise.
      if (row.outcome === "seen" && (step === "listed" || step === "seen")) this.#reopen(there);
      return;
    }
    if (step === "shown") return;
    if (there.doing === "shown") there.mustPause = true;
    const waits = there.step ?? there.after;
    if (waits === undefined || waits === "again" || waits === "look") return;
    if (STEPS.indexOf(step) < STEPS.indexOf(waits)) {
      if (row.outcome === "listed") this.#change(there, { outcome: null });
      this.#queue(there, step);
    }
  }

  /** @param step absent for a campaign that an earlier process had found */
  #enter(row: StoppedCampaign, step?: Step): void {
    const isTried = row.settled || (step === undefined && row.outcome !== null);
    const entry: Entry = {
      row,
      step: undefined,
      doing: undefined,
      after: undefined,
      mustPause: false,
      // An earlier process may have sent the first ones.
      key: step === undefined ? 1_000 + this.stop.run * 1_000 : 1,
      waits: 0,
      isSent: step === undefined,
      answeredAt: undefined,
      answeredAfterMs: undefined,
      figures: {},
      mayStart: false,
      startsUntilMs: 0,
      isTried,
      isDirty: false,
      isOver: row.settled,
    };
    this.#entries.set(row.campaignId, entry);
    if (!isTried) this.#untried += 1;
    if (row.settled) return;
    this.#open += 1;
    if (step !== undefined) this.#mark(entry);
    this.#queue(entry, step ?? (row.outcome === "listed" ? "shown" : "seen"));
  }

  #change(entry: Entry, change: Partial<StoppedCampaign>): void {
    entry.row = { ...entry.row, ...change, updatedAt: this.#deps.clock.now() };
    this.#mark(entry);
    this.#deps.onRow?.(entry.row);
  }

  #mark(entry: Entry): void {
    if (this.#deps.record !== undefined) this.#dirty.add(entry);
  }

  #queue(entry: Entry, step: Step): void {
    entry.step = step;
    entry.after = undefined;
    this.#queues.get(step)?.push(entry);
    this.#pump();
  }

  /** Begins what may begin now. */
  #pump(): void {
    while (!this.#signal.aborted) {
      const step = this.#next();
      if (step === undefined) return;
      const entry = this.#queues.get(step)?.shift();
      // It went on under another step.
      if (entry === undefined || entry.step !== step || entry.isOver) continue;
      entry.step = undefined;
      entry.doing = step;
      this.#busy.set(step, this.#at(step) + 1);
      void this.#do(entry, step).finally(() => {
        if (entry.doing === step) entry.doing = undefined;
        this.#busy.set(step, this.#at(step) - 1);
        this.#pump();
      });
    }
  }

  #at = (step: Step): number => this.#busy.get(step) ?? 0;
  #waits = (step: Step): boolean => (this.#queues.get(step)?.length ?? 0) > 0;

  #next(): Step | undefined {
    const pauses = this.#at("seen") + this.#at("listed") + this.#at("again");
    const looks = this.#at("look") + this.#at("shown");
    const first = (["seen", "listed", "again"] as const).find((step) => this.#waits(step));
    if (first !== undefined) return pauses < MOST_PAUSES ? first : undefined;
    if (this.#waits("look") && looks < MOST_LOOKS) return "look";
    if (this.#waits("known")) return this.#at("known") + pauses < MOST_KNOWN ? "known" : undefined;
    // Until it is known what may dial, a look proves little: a start may be under way.
    if (!this.#isGathered) return undefined;
    return this.#waits("shown") && this.#at("known") === 0 && pauses === 0 && looks < MOST_LOOKS ? "shown" : undefined;
  }

  async #do(entry: Entry, step: Step): Promise<void> {
    try {
      if (isPause(step)) await this.#pause(entry);
      else if (step === "look") await this.#look(entry);
      else await this.#lookAtShown(entry);
    } catch (thrown) {
      if (!this.#signal.aborted) this.#fail(thrown);
    }
  }

  /** An error that is not the tenant's ends the run. */
  #fail(thrown: unknown): void {
    this.#failure ??= thrown;
    this.#over.abort(thrown);
    this.#idle?.resolve();
  }

  async #pause(entry: Entry): Promise<void> {
    await this.#fresh();
    if (entry.isOver) return;
    const { runner, patience, clock, onPause } = this.#deps;
    const { campaignId } = entry.row;
    const key = keyOf(this.stop.id, campaignId, entry.key);
    this.#deps.onBegun?.(campaignId);
    try {
      const options = { idempotencyKey: key, lane: "stop", signal: this.#signal, deadlineMs: patience.sendMs } as const;
      const { already, earlierUnknown } = await runner.setStatus(campaignId, "paused", options);
      if (entry.isOver) return;
      const outcome = already && !entry.isSent && !earlierUnknown ? "already" : "changed";
      entry.answeredAt = clock.now();
      entry.answeredAfterMs = this.#workedMs();
      entry.figures = {};
      entry.isSent = true;
      entry.mustPause = false;
      entry.waits = 0;
      const pause: StopPause = { campaignId, key, outcome, at: entry.answeredAt };
      if (this.#deps.record !== undefined) this.#pauses.push(pause);
      onPause?.(pause);
      const message = "the tenant answered that it is paused; this is not read back yet";
      this.#change(entry, { outcome, shown: null, confirmed: false, activeCalls: null, message, code: null });
      this.#tried(entry);
      this.#queue(entry, "look");
    } catch (thrown) {
      if (!(thrown instanceof TenantError) || this.#signal.aborted) throw thrown;
      entry.isSent ||= thrown.outcomeUnknown;
      if (!thrown.outcomeUnknown) entry.key += 1;
      const { code, message } = thrown;
      if (!entry.isOver)
        this.#change(entry, { outcome: thrown.outcomeUnknown ? "unknown" : "failed", shown: null, message, code });
      this.#tried(entry);
      await this.#later(entry, "again");
    }
  }

  async #look(entry: Entry): Promise<void> {
    const { patience, clock, runner } = this.#deps;
    const { campaignId } = entry.row;
    const since = entry.answeredAt ?? clock.now();
    const { sendMs } = patience;
    const began = this.#workedMs();
    const seen = await lookAgain(this.#deps, campaignId, {
      timeoutMs: 0,
      sendMs,
      signal: this.#signal,
      since,
      figures: entry.figures,
    });
    if (entry.isOver) return;
    const { shown, activeCalls, code } = seen;
    const wasPaused = entry.row.shown === true;
    const mayStart = shown === true && (entry.mayStart || began < entry.startsUntilMs);
    const confirmed = seen.confirmed && !mayStart;
    const message = mayStart && seen.confirmed ? MAY_START : seen.message;
    const isCallsOver = shown === true && !mayStart && this.#workedMs() - (entry.answeredAfterMs ?? 0) >= patience.callsMs;
    this.#change(entry, { confirmed, shown, activeCalls, message, code, settled: confirmed || isCallsOver });
    if (confirmed || isCallsOver) this.#end(entry);
    else if (shown === false && !(runner.capability.asynchronous && clock.now() - since < LATE_MS)) {
      // The answer to its key was an old one, or somebody else made it active again.
      entry.key += 1;
      entry.answeredAt = undefined;
      entry.answeredAfterMs = undefined;
      // A start has arrived since: people are called, and the time between looks is no reason to wait.
      if (wasPaused) {
        entry.waits = 0;
        this.#queue(entry, "again");
      } else await this.#later(entry, "again");
    } else await this.#later(entry, "look");
  }

  async #lookAtShown(entry: Entry): Promise<void> {
    const { runner, patience } = this.#deps;
    const { campaignId } = entry.row;
    try {
      const { status } = await runner.status(campaignId, { lane: "pacing", signal: this.#signal, deadlineMs: patience.sendMs });
      if (entry.isOver) return;
      this.#tried(entry);
      if (isStill(status) && !entry.mustPause) {
        this.#change(entry, { outcome: "seen", shown: true, message: null, code: null, settled: true });
        this.#end(entry);
        return;
      }
      this.#change(entry, { outcome: null, shown: isStill(status) });
      this.#queue(entry, "listed");
    } catch (thrown) {
      if (!(thrown instanceof TenantError) || this.#signal.aborted) throw thrown;
      this.#tried(entry);
      this.#change(entry, { message: `it could not be looked at: ${thrown.message}`, code: thrown.code });
      await this.#later(entry, "shown");
    }
  }

  /** Time that the stop has worked, ms: waits are measured by it. A clock that is set forward, and a sleep of the machine, use up little of it. */
  #workedMs(): number {
    const now = this.#deps.clock.now();
    this.#spentMs += Math.min(Math.max(0, now - this.#countedTo), MOST_AT_ONCE_MS);
    this.#countedTo = now;
    return this.#spentMs;
  }

  /** Time until it gives up, ms. */
  #leftMs(): number {
    return this.#deps.patience.giveUpMs - this.#workedMs();
  }

  /** Puts a campaign back into the queue after a wait that doubles, unless the time is up. */
  async #later(entry: Entry, step: Step): Promise<void> {
    const { clock, patience } = this.#deps;
    if (entry.isOver) return;
    const wait = Math.min(doubledMs(patience.againMs, patience.mostMs, entry.waits), this.#leftMs());
    entry.waits += 1;
    if (wait <= 0) {
      this.#end(entry);
      return;
    }
    // The place of its request is free meanwhile.
    entry.after = step;
    void clock.sleep(wait, this.#signal).then(
      () => (entry.isOver || entry.after !== step ? undefined : this.#queue(entry, step)),
      () => undefined,
    );
  }

  #tried(entry: Entry): void {
    if (entry.isTried) return;
    entry.isTried = true;
    this.#untried -= 1;
    this.#tellFirst();
  }

  /** Nothing more is done about a campaign. */
  #end(entry: Entry): void {
    if (entry.isOver) return;
    entry.isOver = true;
    entry.step = undefined;
    this.#open -= 1;
    this.#tried(entry);
    if (this.#open === 0) this.#idle?.resolve();
  }

  /** Waits until nothing more is done about any campaign. */
  async #settled(): Promise<void> {
    while (this.#open > 0 && !this.#signal.aborted) {
      this.#idle = Promise.withResolvers<void>();
      const idle = this.#idle;
      const wake = () => idle.resolve();
      this.#signal.addEventListener("abort", wake, { once: true });
      await idle.promise;
      this.#signal.removeEventListener("abort", wake);
    }
    if (this.#failure !== undefined) throw this.#failure;
    this.#signal.throwIfAborted();
  }

  #tellFirst(): void {
    if (this.#isListTried && this.#untried === 0) this.#first.resolve();
  }

  // The record.

  async #keepRecord(): Promise<void> {
    const { record, clock, patience } = this.#deps;
    if (record === undefined) return;
    while (!this.#signal.aborted) {
      await this.#write();
      await clock.sleep(patience.resumedMs, this.#signal).catch(() => undefined);
    }
  }

  /** Before a pause is sent, it is known whether a person has resumed the campaign; a record that does not answer is not waited for twice. */
  async #fresh(): Promise<void> {
    const { record, clock } = this.#deps;
    const age = clock.now() - this.#writtenAt;
    if (record === undefined || this.#isAway || (age >= 0 && age < FRESH_MS)) return;
    await this.#write();
  }

  /** Writes what is not written yet. Never rejects: a record that does not answer in time is away, and is tried again. */
  #write(): Promise<void> {
    this.#writing ??= this.#writeOnce().finally(() => {
      this.#writing = undefined;
    });
    return this.#inTime(this.#writing).catch((thrown: unknown) => this.#away(thrown));
  }

  async #writeOnce(): Promise<void> {
    const { record, clock, onBack } = this.#deps;
    if (record === undefined) return;
    do {
      const entries = [...this.#dirty].slice(0, ROWS);
      for (const entry of entries) this.#dirty.delete(entry);
      const pauses = this.#pauses.splice(0, ROWS);
      const isProblem = this.#isProblemDirty;
      this.#isProblemDirty = false;
      try {
        const rows = entries.map(({ row }) => row);
        const resumed = await record.write(rows, pauses, this.listProblem);
        this.#writtenAt = clock.now();
        if (this.#isAway) onBack?.();
        this.#isAway = false;
        for (const { campaignId, message } of resumed) this.#leave(campaignId, message);
      } catch (thrown) {
        for (const entry of entries) this.#dirty.add(entry);
        this.#pauses.unshift(...pauses);
        this.#isProblemDirty ||= isProblem;
        if (thrown instanceof OutdialError && thrown.code === "not_owner") this.#fail(thrown);
        else this.#away(thrown);
        return;
      }
    } while (this.#dirty.size > 0 || this.#pauses.length > 0 || this.#isProblemDirty);
  }

  #away(thrown: unknown): void {
    if (this.#isAway || this.#signal.aborted) return;
    this.#isAway = true;
    this.#deps.onAway?.(thrown);
  }

  /** A person resumed it after the stop. */
  #leave(campaignId: string, message: string | null): void {
    const entry = this.#entries.get(campaignId);
    const resumed = { outcome: "resumed", shown: null, confirmed: false, message, code: null, settled: true } as const;
    if (entry?.row.outcome === "resumed") return;
    if (entry === undefined) {
      this.#enter({ campaignId, source: "known", activeCalls: null, updatedAt: this.#deps.clock.now(), ...resumed });
      return;
    }
    this.#change(entry, resumed);
    this.#dirty.delete(entry);
    this.#end(entry);
  }

  #inTime<T>(work: Promise<T>): Promise<T> {
    const { clock, patience } = this.#deps;
    const late = () => {
      throw new OutdialError("store_unavailable", `no answer within ${patience.recordMs / 1000} s`);
    };
    return inTime(clock, patience.recordMs, work, late, this.#signal);
  }
}

/** Every attempt of the same pause has the same key, in whichever process. */
const keyOf = (stop: string, campaignId: string, n: number): string =>
  `stop-${createHash("sha256")
    .update(JSON.stringify([stop, campaignId, n]))
    .digest("hex")
    .slice(0, 32)}`;

const unread = (why: string): ListProblem => ({
  code: "known_unread",
  message: `what is known of campaigns could not be read: ${why}`,
});
const incomplete = (message: string): ListProblem => ({ code: "list_incomplete", message });
const SHORT = ["empty_list", "list_lacks_known", "list_without_total"];
/** The tenant has answered with a list that may be true, and everything that is known is paused by its id. */
const isShort = ({ code }: ListProblem): boolean => SHORT.includes(code);

/** A list that was read to its end. */
interface Named {
  readonly ids: ReadonlySet<string>;
  /** How many campaigns there are, as the tenant says; undefined when it does not. */
  readonly total: number | undefined;
}

/**
 * What is missing in a list that was read to its end.
 * @param lacking number of campaigns that are known and not named
 * @param others number of campaigns that are known from elsewhere
 */
function shortness(named: number, total: number | undefined, lacking: number, others: number): ListProblem | null {
  const known = `the tenant's list lacks ${lacking} ${lacking === 1 ? "campaign that is" : "campaigns that are"} known`;
  const unseen = (total ?? 0) - named - lacking;
  if (unseen > 0)
    return incomplete(
      lacking === 0
        ? `the tenant lists ${named} of the ${total} campaigns that it says there are`
        : `${known}, and says that there are ${unseen} more`,
    );
  if (lacking > 0) return { code: "list_lacks_known", message: known };
  if (total !== undefined && total < named)
    return {
      code: "list_without_total",
      message: `the tenant lists ${named} and says that there are ${total}: whether these are all is not known`,
    };
  if (named > 0 && (total !== undefined || others > 0)) return null;
  if (named > 0)
    return {
      code: "list_without_total",
      message: `the tenant lists ${named} and does not say how many campaigns there are, and none is known from earlier readings: whether these are all is not known`,
    };
  return { code: "empty_list", message: "the tenant lists no campaign, and none is known from earlier readings" };
}

/** Pauses campaigns by their ids, all at once. */
export function pauseAll(
  deps: ChangeDeps,
  ids: readonly string[],
  options: ChangeOptions,
  onChange: (change: StateChange) => void,
): Promise<StateChange[]> {
  return Promise.all(
    [...new Set(ids)].map(async (id) => {
      const change = await changeState(deps, id, "paused", options);
      onChange(change);
      return change;
    }),
  );
}

/** With an id an entry can be paused, whatever else is wrong with it. */
function idAndStatus(item: unknown): {
  readonly id: string | undefined;
  readonly name: string | undefined;
  readonly status: unknown;
} {
  if (typeof item !== "object" || item === null) return { id: undefined, name: undefined, status: undefined };
  const { id, name, status }: { id?: unknown; name?: unknown; status?: unknown } = item;
  const text = (value: unknown) => (typeof value === "string" && value !== "" ? value : undefined);
  return { id: Number.isSafeInteger(id) ? String(id) : text(id), name: text(name), status };
}
