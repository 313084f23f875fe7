// The campaigns of a stop: each is paused, looked at, and paused again until it is settled.

import { createHash } from "node:crypto";
import { type Clock, doubledMs, type Instant, MINUTE_MS } from "../../../kernel/index.ts";
import type { StopPause, StoppedCampaign } from "../../../store/index.ts";
import { type CampaignRunner, TenantError } from "../../../tenant/port.ts";
import { type ChangeDeps, type FirstFigures, isStill, lookAgain, MAY_START } from "./change.ts";
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

/** What is to be done next about a campaign, in the order in which it is done. */
const STEPS = ["seen", "listed", "again", "look", "known", "shown"] as const;
type Step = (typeof STEPS)[number];
const isPause = (step: Step): boolean => step === "seen" || step === "listed" || step === "again" || step === "known";

/** Requests under way at once: pauses of what may dial; of what is only known; looks. Few, so that what matters more waits for few others. */
const MOST_PAUSES = 32;
const MOST_KNOWN = 8;
const MOST_LOOKS = 16;
/** At most so much time passes between two looks at the clock, ms: what seems more is a clock that was set, or a machine that slept. */
const MOST_AT_ONCE_MS = MINUTE_MS;

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
  /** Nothing more will be done. */
  isOver: boolean;
}

interface StopPausesDeps extends Pick<ChangeDeps, "figures"> {
  readonly stopId: string;
  /** How many processes had the stop before. */
  readonly run: number;
  readonly runner: CampaignRunner;
  readonly clock: Clock;
  readonly patience: StopPatience;
  /** Resolves when it is known whether a person has resumed campaigns; awaited before each pause. */
  readonly fresh: () => Promise<void>;
  readonly onBegun: ((campaignId: string) => void) | undefined;
  readonly onPause: (pause: StopPause) => void;
  /** A campaign was found, and its state has changed. */
  readonly onEntered: (row: StoppedCampaign) => void;
  readonly onRow: (row: StoppedCampaign) => void;
  /** Every campaign that was found was tried. */
  readonly onTried: () => void;
  /** An error that is not the tenant's. */
  readonly fail: (thrown: unknown) => void;
}

/** What is done about the campaigns of a stop. Nothing begins before `begin`. */
export class StopPauses {
  readonly #deps: StopPausesDeps;
  #signal = AbortSignal.abort();
  readonly #entries = new Map<string, Entry>();
  readonly #queues = new Map<Step, Entry[]>(STEPS.map((step) => [step, []]));
  readonly #busy = new Map<Step, number>(STEPS.map((step) => [step, 0]));
  /** Time that has passed, ms, and until when that was counted. */
  #spentMs = 0;
  #countedTo: Instant;
  #open = 0;
  #untried = 0;
  #idle: PromiseWithResolvers<void> | undefined;
  #isGathered = false;

  constructor(deps: StopPausesDeps) {
    this.#deps = deps;
    this.#countedTo = deps.clock.now();
  }

  /** Begins what was found; ends when aborted. */
  begin(signal: AbortSignal): void {
    this.#signal = signal;
    this.#pump();
  }

  /** What is known was read, or could not be read at first. */
  gathered(): void {
    this.#isGathered = true;
    this.#pump();
  }

  get rows(): StoppedCampaign[] {
    return [...this.#entries.values()].map(({ row }) => row);
  }

  get isAllTried(): boolean {
    return this.#untried === 0;
  }

  /** Whether nothing more is done about any campaign. */
  get isIdle(): boolean {
    return this.#open === 0;
  }

  /** Whether a start may be on its way to a campaign that is not settled. */
  get mayStart(): boolean {
    return this.#entries.values().some((entry) => entry.mayStart && !entry.isOver);
  }

  /** Waits until nothing more is done about any campaign. Rejects when aborted. */
  async settled(): Promise<void> {
    while (this.#open > 0 && !this.#signal.aborted) {
      this.#idle = Promise.withResolvers<void>();
      const idle = this.#idle;
      const wake = () => idle.resolve();
      this.#signal.addEventListener("abort", wake, { once: true });
      await idle.promise;
      this.#signal.removeEventListener("abort", wake);
    }
    this.#signal.throwIfAborted();
  }

  /** Nothing that the tenant shows of a campaign is final while a start may be on its way, or was until it was looked at. */
  expectStarts(ids: ReadonlySet<string>): void {
    for (const entry of this.#entries.values()) {
      const mayStart = ids.has(entry.row.campaignId) && entry.row.outcome !== "resumed";
      if (entry.mayStart && !mayStart) entry.startsUntilMs = this.workedMs();
      if (!entry.mayStart && mayStart && entry.isOver) this.#reopen(entry);
      entry.mayStart = mayStart;
    }
  }

  /** Pauses again what is not paused any more. @returns whether something is to be done again */
  async lookAgainAt(
    started: readonly string[],
    unnamed: readonly string[] = [],
  ): Promise<{ readonly again: boolean; readonly disputed: number }> {
    const before = this.#open;
    let disputed = 0;
    for (const [i, id] of [...started, ...unnamed].entries()) {
      const entry = this.#entries.get(id);
      if (entry === undefined) this.take(id, "listed", "listed");
      else if (entry.isOver && entry.row.settled && entry.row.outcome !== "resumed") {
        const isPaused = await this.#isPaused(id);
        const isListed = i < started.length;
        if (isPaused === false || (isPaused === null && isListed)) this.#reopen(entry);
        else if (isListed) disputed += 1;
      }
    }
    return { again: this.#open > before, disputed };
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
  take(campaignId: string, source: StoppedCampaign["source"], step: Step): void {
    const there = this.#entries.get(campaignId);
    if (there === undefined) {
      const outcome = step === "shown" ? "listed" : null;
      this.enter(
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
  enter(row: StoppedCampaign, step?: Step): void {
    const isTried = row.settled || (step === undefined && row.outcome !== null);
    const entry: Entry = {
      row,
      step: undefined,
      doing: undefined,
      after: undefined,
      mustPause: false,
      // An earlier process may have sent the first ones.
      key: step === undefined ? 1_000 + this.#deps.run * 1_000 : 1,
      waits: 0,
      isSent: step === undefined,
      answeredAt: undefined,
      answeredAfterMs: undefined,
      figures: {},
      mayStart: false,
      startsUntilMs: 0,
      isTried,
      isOver: row.settled,
    };
    this.#entries.set(row.campaignId, entry);
    if (!isTried) this.#untried += 1;
    if (row.settled) return;
    this.#open += 1;
    if (step !== undefined) this.#deps.onEntered(row);
    this.#queue(entry, step ?? (row.outcome === "listed" ? "shown" : "seen"));
  }

  #change(entry: Entry, change: Partial<StoppedCampaign>): void {
    entry.row = { ...entry.row, ...change, updatedAt: this.#deps.clock.now() };
    this.#deps.onRow(entry.row);
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
      if (!this.#signal.aborted) this.#deps.fail(thrown);
    }
  }

  async #pause(entry: Entry): Promise<void> {
    await this.#deps.fresh();
    if (entry.isOver) return;
    const { runner, patience, clock, onBegun, onPause } = this.#deps;
    const { campaignId } = entry.row;
    const key = keyOf(this.#deps.stopId, campaignId, entry.key);
    onBegun?.(campaignId);
    try {
      const options = { idempotencyKey: key, lane: "stop", signal: this.#signal, deadlineMs: patience.sendMs } as const;
      const { already, earlierUnknown } = await runner.setStatus(campaignId, "paused", options);
      if (entry.isOver) return;
      const outcome = already && !entry.isSent && !earlierUnknown ? "already" : "changed";
      entry.answeredAt = clock.now();
      entry.answeredAfterMs = this.workedMs();
      entry.figures = {};
      entry.isSent = true;
      entry.mustPause = false;
      entry.waits = 0;
      const pause: StopPause = { campaignId, key, outcome, at: entry.answeredAt };
      onPause(pause);
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
    const began = this.workedMs();
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
    const isCallsOver = shown === true && !mayStart && this.workedMs() - (entry.answeredAfterMs ?? 0) >= patience.callsMs;
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
  workedMs(): number {
    const now = this.#deps.clock.now();
    this.#spentMs += Math.min(Math.max(0, now - this.#countedTo), MOST_AT_ONCE_MS);
    this.#countedTo = now;
    return this.#spentMs;
  }

  /** Time until it gives up, ms. */
  leftMs(): number {
    return this.#deps.patience.giveUpMs - this.workedMs();
  }

  /** Puts a campaign back into the queue after a wait that doubles, unless the time is up. */
  async #later(entry: Entry, step: Step): Promise<void> {
    const { clock, patience } = this.#deps;
    if (entry.isOver) return;
    const wait = Math.min(doubledMs(patience.againMs, patience.mostMs, entry.waits), this.leftMs());
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
    if (this.#untried === 0) this.#deps.onTried();
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

  /** A person resumed it after the stop. */
  leave(campaignId: string, message: string | null): void {
    const entry = this.#entries.get(campaignId);
    const resumed = { outcome: "resumed", shown: null, confirmed: false, message, code: null, settled: true } as const;
    if (entry?.row.outcome === "resumed") return;
    if (entry === undefined) {
      this.enter({ campaignId, source: "known", activeCalls: null, updatedAt: this.#deps.clock.now(), ...resumed });
      return;
    }
    this.#change(entry, resumed);
    this.#end(entry);
  }
}

/** Every attempt of the same pause has the same key, in whichever process. */
const keyOf = (stop: string, campaignId: string, n: number): string =>
  `stop-${createHash("sha256")
    .update(JSON.stringify([stop, campaignId, n]))
    .digest("hex")
    .slice(0, 32)}`;
