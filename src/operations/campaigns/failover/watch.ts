// The watch over failover pairs: runs of the engine without an end. One process runs a pair; when it dies or leaves, a service takes
// over, or a command line that waits.
//
// Each decision is written with its alarms in one transaction, which only the process that has the run can make, and is then carried out. A process
// that takes over carries out the command of the stored state.

import { newId, OutdialError } from "../../../kernel/index.ts";
import {
  type AuditInput,
  FAILOVER,
  type FailoverLedger,
  type FailoverPair,
  type MadeChange,
  pairRunId,
  primaryOfRun,
} from "../../../store/index.ts";
import type { Context } from "../../context.ts";
import { OperationError } from "../../error.ts";
import { cloudEvent } from "../../events/index.ts";
import type { Kind, Running } from "../../run/kind.ts";
import { whileTrusted } from "../../run/leave.ts";
import { STORE_TROUBLE } from "../../run/left.ts";
import { type ActDeps, actForPair } from "./act.ts";
import { isLook, nextCommand, pairTransition } from "./machine.ts";
import { noSuchPair, type PairReport, readPair } from "./pair.ts";
import type { Alarm, AlarmName, FailoverEvent, FailoverState, Handover, PairCommand, Side } from "./state.ts";
import { adviceOf, dialingSide } from "./words.ts";

/** How often a pair that another process runs is read, ms of the machine's time. */
const WAIT_MS = 1000;
/** The same for one that is about to be taken. */
const SOON_MS = 100;
/** Pause of a service before it tries a pair again whose state it cannot read, ms. */
const AGAIN_MS = 5000;
/** How often a process looks whether a person has accepted a database that was set back, ms. */
const HELD_MS = 1000;

/** Sent for every event; `elsewhere` while another process runs the pair. */
export type FailoverProgress = (
  progress: { readonly pair: PairReport } & (
    | { readonly elsewhere: true }
    | { readonly elsewhere: false; readonly event: FailoverEvent; readonly alarms: readonly Alarm[]; readonly next: PairCommand }
  ),
) => void;

/** How long a watch lasts, and who is informed. */
export interface WatchOptions {
  readonly signal: AbortSignal;
  readonly onProgress?: FailoverProgress | undefined;
  /** Ends when another process runs the pair, instead of waiting to take it over. */
  readonly leaveToOthers?: boolean | undefined;
  /** Ends when this returns true after an event; default: only the signal ends it. */
  readonly until?: ((state: FailoverState, event: FailoverEvent) => boolean) | undefined;
}

/** Who waits in this process for what the run of a pair does here. */
interface Follower {
  readonly options: WatchOptions;
  /** `until` or the signal has ended the run. */
  isOver: boolean;
  /** What else ended it. */
  failed: unknown;
}

/** The watch over pairs: reads the figures regularly, and carries out what the machine decides, as long as the engine has the pair here. */
export class PairWatch {
  readonly #context: Context;
  readonly #deps: ActDeps;
  readonly #pause: ((point: string) => Promise<void>) | undefined;
  readonly #followers = new Map<string, Follower>();

  constructor(context: Context, deps: ActDeps, pause?: (point: string) => Promise<void>) {
    this.#context = context;
    this.#deps = deps;
    this.#pause = pause;
  }

  /** Any process on the store may run a pair, whatever its credentials: a store has one tenant, and a pair is never left alone. */
  kind(): Kind {
    return {
      name: FAILOVER,
      scope: FAILOVER,
      partition: ({ id }) => id,
      body: (running) => this.#body(running),
      rows: this.#context.store.failovers.runs,
      goOn: "watch the pair again",
    };
  }

  /** Throws OperationError `job_not_found`. */
  async find(primary: string): Promise<PairReport> {
    return readPair((await this.#context.store.failovers.find(primary)) ?? noSuchPair(primary));
  }

  /** Begins a run of each pair that no living process runs. */
  async beginAll(): Promise<void> {
    const { store, replica, runs } = this.#context;
    const dead = new Map<string, boolean>();
    for (const { primary, executor } of await store.failovers.runs.executors()) {
      const id = pairRunId(primary);
      if (executor !== null && executor !== replica.id) {
        if (!dead.has(executor)) dead.set(executor, await replica.isDead(executor));
        if (dead.get(executor) === false) continue;
      }
      if (runs.overHere(id) === undefined) await runs.start(id);
    }
  }

  /**
   * Runs a pair here, or waits until it can take it over, until the signal or `until`. Rejects for errors other than the tenant's
   * and a database that is away: no such pair, an unreadable state.
   */
  async watch(primary: string, options: WatchOptions): Promise<void> {
    const { runs } = this.#context;
    const signal = AbortSignal.any([options.signal, runs.interrupted]);
    const follower: Follower = { options, isOver: false, failed: undefined };
    try {
      await runs.follow(pairRunId(primary), signal, () => this.#turn(primary, follower, signal));
    } finally {
      if (this.#followers.get(primary) === follower) this.#followers.delete(primary);
    }
  }

  /** @returns true when the watch is over */
  async #turn(primary: string, follower: Follower, signal: AbortSignal): Promise<true | undefined> {
    const { clock, replica, runs } = this.#context;
    const { onProgress, leaveToOthers = false } = follower.options;
    if (signal.aborted) return true;
    await this.find(primary);
    const id = pairRunId(primary);
    // One caller of this process follows the run; others wait, as for another process.
    if (!this.#followers.has(primary) && runs.overHere(id) === undefined) this.#followers.set(primary, follower);
    const follows = this.#followers.get(primary) === follower;
    await runs.start(id);
    const over = follows ? runs.overHere(id) : undefined;
    if (over !== undefined) {
      await over;
      const { failed } = follower;
      if (follower.isOver || signal.aborted) return true;
      follower.failed = undefined;
      if (failed !== undefined && !isPassing(failed)) throw failed;
    }
    const pair = await this.find(primary);
    const isElsewhere = pair.executor !== null && !(follows && pair.executor === replica.id);
    if (isElsewhere) onProgress?.({ pair, elsewhere: true });
    // A process that has just taken a new pair looks at it at once.
    const isSeen = pair.state.lookedAt !== null || pair.state.unanswered > 0;
    if (isElsewhere && isSeen && leaveToOthers) return true;
    await clock.sleep(isElsewhere || over !== undefined ? WAIT_MS : SOON_MS, signal).catch(() => undefined);
    return undefined;
  }

  /** A run of a pair in this process. A service ends it when it leaves; a command line when the one who follows it does not want it any more. */
  async #body(running: Running): Promise<void> {
    const { store, replica, runs, clock } = this.#context;
    const { jobId, leave } = running;
    const primary = primaryOfRun(jobId);
    const follower = this.#followers.get(primary);
    const asked = follower?.options.signal;
    const signal = asked === undefined ? leave.halt : AbortSignal.any([leave.halt, asked]);
    try {
      if (follower !== undefined) follower.isOver = await this.#run(primary, running, signal, follower.options);
      else if (runs.serves) await this.#run(primary, running, signal);
    } catch (thrown) {
      if (follower === undefined && !isPassing(thrown)) await clock.sleep(AGAIN_MS, leave.halt).catch(() => undefined);
      if (follower !== undefined && asked?.aborted !== true) follower.failed = thrown;
      if (asked?.aborted !== true) throw thrown;
    }
    await store.failovers.runs.letGo(jobId, replica.id);
  }

  /** @returns true when `until` ended it, false when the pair was removed */
  async #run(
    primary: string,
    running: Running,
    signal: AbortSignal,
    options: Pick<WatchOptions, "onProgress" | "until"> = {},
  ): Promise<boolean> {
    const { store, replica } = this.#context;
    const { halt, confirmed } = running.leave;
    for (;;) {
      const pair = await store.failovers.find(primary);
      // Removed, perhaps made again since: the next run is begun for it.
      if (pair === undefined || pair.executor === null) return false;
      if (pair.executor !== replica.id) throw lost(primary);
      try {
        await this.#goOn(pair, running, signal, options);
        return true;
      } catch (thrown) {
        const why: unknown = halt.aborted ? halt.reason : thrown;
        const code = why instanceof OutdialError ? why.code : undefined;
        if (code === "job_state") return false;
        if (code !== "not_owner" || halt.aborted) throw why;
        // This process stood still, or somebody wrote the pair's policy between a read and a write. It goes on when it knows that the pair is its own.
        await confirmed();
        signal.throwIfAborted();
      }
    }
  }

  /** Looks and acts until `until`. Throws `not_owner` when it is not certain that this process has the pair. */
  async #goOn(
    taken: FailoverPair,
    { turn }: Running,
    signal: AbortSignal,
    { onProgress, until }: Pick<WatchOptions, "onProgress" | "until">,
  ): Promise<void> {
    const { clock } = this.#deps;
    const { actor, random, store, replica } = this.#context;
    const ledger = store.failovers;
    const { primary } = taken;
    let { seq } = taken;
    let pair = readPair(taken);
    const sends = new SendsOfPair(actor);
    const happened = async (event: FailoverEvent, orderTaken: boolean, made: readonly MadeChange[] = []) => {
      const before = pair.state;
      const { state, alarms } = pairTransition(pair.policy, before, event);
      const newEventId = () => newId("evt", event.at, random);
      const notices = noticesOf({
        primary,
        backup: pair.backup,
        actor,
        before,
        state,
        event,
        alarms,
        newId: newEventId,
      });
      // Reading back both campaigns during a hand-over also counts as a look.
      const looked = isLook(event);
      await ledger.record({
        primary,
        executor: replica.id,
        seq,
        state,
        phase: state.phase,
        at: event.at,
        looked,
        orderTaken,
        made,
        ...notices,
      });
      seq += 1;
      pair = { ...pair, state };
      const next = nextCommand(pair.policy, state, primary);
      onProgress?.({ pair, elsewhere: false, event, alarms, next });
      return next;
    };
    const now = clock.now();
    let command = await happened({ type: "taken", at: now, gapMs: taken.lookedAt === null ? null : now - taken.lookedAt }, false);
    const perform = async (): Promise<boolean> => {
      const point = `${pair.state.phase}.${command.kind}`;
      await this.#pause?.(`${point}.before`);
      const leave = whileTrusted(replica.trust());
      // Other processes change policies and orders. A process that was suspended for long may count as dead by now.
      const latest = await ledger.find(primary);
      if (latest === undefined || latest.executor !== replica.id) throw lost(primary);
      seq = latest.seq;
      const { policy, backup, order, state } = readPair(latest);
      pair = { ...pair, policy, backup, order, state };
      const ids = { primary, backup };
      const sentAt = clock.now();
      const happening = await actForPair(command, { ids, policy, state, order, signal, leave }, this.#deps).catch(
        (thrown: unknown) => {
          leave.halt.throwIfAborted();
          throw thrown;
        },
      );
      await this.#pause?.(`${point}.after`);
      const event = { ...happening, at: clock.now() };
      const made = sends.madeBy(command, event, { ids, state, sentAt });
      command = await happened(event, event.type === "looked" && event.order !== null, made);
      return until?.(pair.state, event) === true;
    };
    // A new holder looks at once.
    for (let waits = false; ; waits = true) {
      signal.throwIfAborted();
      if (waits && command.afterMs > 0) await clock.sleep(command.afterMs, signal);
      // On a database that was set back nothing is handed over, because that may have happened already. Nor when the store belongs to another tenant.
      while (store.audit.isHeld) await this.#context.clock.sleep(HELD_MS, signal);
      if (await turn(perform)) return;
    }
  }
}

const lost = (primary: string) => new OperationError("not_owner", `the pair of ${primary} is no longer watched by this process`);

/** What a watch waits out: a database that is away, another process that has the pair. */
const PASSING: ReadonlySet<string> = new Set([...STORE_TROUBLE, "not_owner"]);

const isPassing = (thrown: unknown): boolean => thrown instanceof OutdialError && PASSING.has(thrown.code);

// The consequences of an event: audit entries, alarms, an entry of the history. Pure, except for new ids.

type Step = Parameters<FailoverLedger["record"]>[0];

interface NoticeInput {
  readonly primary: string;
  readonly backup: string;
  readonly actor: string;
  readonly before: FailoverState;
  readonly state: FailoverState;
  readonly event: FailoverEvent;
  readonly alarms: readonly Alarm[];
  readonly newId: () => string;
}

/** Type of an alarm's event. */
const typeOf = (name: AlarmName) => `FAILOVER_${name}` as const;

/** What goes into the same transaction as the state. */
export function noticesOf(input: NoticeInput): Pick<Step, "event" | "repeats" | "audit" | "events" | "alarms"> {
  const { primary, backup, actor, before, state, event, alarms } = input;
  const subject = `failover/${primary}`;
  const entry = (action: string, details: Readonly<Record<string, unknown>>): AuditInput => ({
    actor,
    action,
    subject,
    time: event.at,
    details: { primary, backup, ...details },
  });
  const audit: AuditInput[] = [];
  if (state.phase !== before.phase) {
    const { handover, verdict } = state;
    const evidence = state.phase === "pausing" && verdict !== null ? { evidence: verdict } : {};
    audit.push(
      entry("failover.phase", {
        from: before.phase,
        to: state.phase,
        by: event.type,
        ...(handover === null ? {} : heldIn(handover)),
        ...evidence,
      }),
    );
  }
  for (const { name, message } of alarms) audit.push(entry("failover.alarm", { type: typeOf(name), message }));
  const notable = state.phase !== before.phase || alarms.length > 0 || event.type !== "looked";
  const events = alarms.map((alarm) => alarmEvent(input, alarm));
  // While calls end, both campaigns are read every few seconds.
  const repeats = event.type === "seen" && state.phase === before.phase && alarms.length === 0;
  return { audit, events, alarms, event: notable ? event : null, repeats };
}

function heldIn({ number, reason, held, unreadable = 0 }: Handover) {
  return { handover: number, reason, held, ...(unreadable === 0 ? {} : { unreadable }) };
}

function alarmEvent({ primary, backup, state, event, newId }: NoticeInput, { name, message }: Alarm) {
  const eventId = newId();
  const type = typeOf(name);
  const advice = adviceOf(name, state)?.replaceAll("<primary>", primary);
  const data = {
    primary,
    backup,
    message,
    ...(advice === undefined ? {} : { advice }),
    phase: state.phase,
    dials: dialingSide(state),
    handover: state.handover,
    verdict: state.verdict,
    metricsAt: state.metricsAt === null ? null : new Date(state.metricsAt).toISOString(),
  };
  const subject = `failover/${primary}`;
  return {
    eventId,
    subject,
    type,
    body: cloudEvent({ id: eventId, source: "/outdial/failover", type, subject, time: event.at, data }),
  };
}

// Finds which changes of state a pair's watch has made: those that were sent and accepted, and those that the tenant shows after
// a lost reply.

interface Sent {
  readonly ids: Readonly<Record<Side, string>>;
  /** The state from which the command came. */
  readonly state: FailoverState;
  readonly sentAt: number;
}

/** The sends of one pair, while one process runs it. */
export class SendsOfPair {
  readonly #actor: string;
  /** Sent, with the reply lost. */
  #open: readonly { readonly side: Side; readonly change: MadeChange }[] = [];

  constructor(actor: string) {
    this.#actor = actor;
  }

  /** The changes that an event proves. */
  madeBy(command: PairCommand, event: FailoverEvent, { ids, state, sentAt }: Sent): MadeChange[] {
    const sent = (side: Side, target: MadeChange["target"]) => ({
      side,
      change: {
        campaignId: ids[side],
        target,
        actor: this.#actor,
        reason: `failover: ${state.handover?.reason ?? state.securing?.reason ?? "both campaigns must not dial"}`,
        at: sentAt,
      },
    });
    if (command.kind === "pause" || command.kind === "activate") {
      const one = sent(command.side, command.kind === "pause" ? "paused" : "active");
      this.#open = event.type === "unanswered" ? [one] : [];
      return event.type === "sent" ? [one.change] : [];
    }
    // A safety pause is read back with it. Of several, the first may have been accepted when the reply of the second was lost.
    if (command.kind === "secure") {
      const asked = command.sides.map((side) => sent(side, "paused"));
      const earlier = this.#open.filter(({ side }) => !command.sides.includes(side));
      this.#open = [...earlier, ...asked];
    }
    if (event.type !== "seen" && event.type !== "looked") return [];
    const made = this.#open.filter(({ side, change }) => event.statuses[side].status === change.target);
    this.#open = [];
    return made.map(({ change }) => change);
  }
}
