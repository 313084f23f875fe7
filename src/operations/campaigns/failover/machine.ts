// A failover pair as a state machine: (policy, state, event) -> (state, alarms), and the command of a state. Pure: the process that runs it
// writes the state with its alarms before it carries out the next command, so every intent is durable before the request leaves.
//
//   watching --evidence or order--> pausing --sent or lost--> draining --paused, no call left--> handing-over --> gating --> activating
//      ^                               ^                         |                                                  |            |
//      |                               +-- still active ---------+                                           refused|            v
//      |                                                                                                            |        verifying
//      +------------------------------ failed-over <-- active, the other paused ------------------------------------+------------+
//                                          |                                                                        v            | not active,
//   fail-back is the same way with the roles exchanged                                            halted, or the primary again <-+ thrice
//
//   When somebody activates the campaign that hands over: before the activation of the other one, the hand-over is given up; after it, the campaign
//   that we activated is paused (securing). When somebody stops everything, or pauses what is to be activated: halted, or securing when
//   the activation may have been sent. A pause that is not confirmed is sent repeatedly, and the other campaign stays paused meanwhile.
//
// After a crash the state says what was intended. A write is sent again with its key, which makes the repetition harmless; its effect is
// read, never assumed.

import { doubledMs, MINUTE_MS } from "../../../kernel/index.ts";
import { skewWords } from "../../compliance/clock.ts";
import type { FailoverPolicy } from "./policy.ts";
import {
  type Alarm,
  type AlarmName,
  type FailoverEvent,
  type FailoverState,
  type GivenOrder,
  type Handover,
  otherSide,
  type PairCommand,
  type Side,
  type Statuses,
} from "./state.ts";
import { sentenceOf } from "./words.ts";

/** Time between two readings that confirm a write, ms. */
const CONFIRM_MS = 2000;
const REPEAT_ALARM_MS = 60 * MINUTE_MS;
const MOST_ACTIVATIONS = 3;
/** The cool-down doubles at most so many times. */
const MOST_RELAPSES = 5;
const RECOVERED_MS = 24 * 60 * MINUTE_MS;
/**
 * A hand-over that waits for the gate is tried again after twice the time each time, up to this, and no longer when its reason is
 * this old: an emergency stop given elsewhere changes nothing at campaigns that are already paused, so it is not visible here.
 */
const LONGEST_WAIT_MS = 15 * MINUTE_MS;
const MOST_WAIT_MS = 30 * MINUTE_MS;
/** Number of missed looks after which a watch counts as interrupted. */
const MISSED_LOOKS = 3;

/** When a hand-over was decided, and the latest stop at that time. */
type Decided = Pick<Extract<FailoverEvent, { readonly type: "looked" }>, "askedAt" | "mark">;

/** The result of an event: the new state, and the alarms to raise. */
interface Decision {
  readonly state: FailoverState;
  readonly alarms: readonly Alarm[];
}

/** A pair that has not been looked at. */
export const NEW_PAIR: FailoverState = {
  phase: "watching",
  side: "primary",
  handover: null,
  handovers: 0,
  secured: 0,
  coolUntil: 0,
  relapses: 0,
  unanswered: 0,
  trouble: null,
  standing: {},
  securing: null,
  verdict: null,
  metricsAt: null,
  lookedAt: null,
  halt: null,
  waiting: null,
};

/** The idempotency key of a write: equal for repetitions by any process, different for another intent. */
export function keyOf(pair: string, { number, pauses, activations }: Handover, what: "pause" | "activate"): string {
  const name = pair.replaceAll(/[^A-Za-z0-9_-]/g, "-").slice(0, 80);
  return `failover-${name}-${number}-${what}-${what === "pause" ? pauses : activations}`;
}

/** The command of a state. @param pair the primary's id */
export function nextCommand(policy: FailoverPolicy, state: FailoverState, pair: string): PairCommand {
  const everyMs = policy.everySeconds * 1000;
  const { handover, securing } = state;
  // Pauses get longer with each call without an answer, up to the time between two looks.
  const again = state.unanswered === 0 ? 0 : doubledMs(CONFIRM_MS, everyMs, state.unanswered - 1);
  if (state.phase === "securing" && securing !== null) {
    const key = `failover-${pair.replaceAll(/[^A-Za-z0-9_-]/g, "-").slice(0, 80)}-secure-${state.secured}-${securing.tries}`;
    return { kind: "secure", sides: securing.sides, key, afterMs: again };
  }
  if (handover === null) return { kind: "look", afterMs: state.lookedAt === null && state.unanswered === 0 ? 0 : everyMs };
  switch (state.phase) {
    case "pausing": {
      const tooOften = handover.pauses > policy.unavailableAfter;
      return { kind: "pause", side: handover.from, key: keyOf(pair, handover, "pause"), afterMs: tooOften ? everyMs : again };
    }
    case "draining":
      return { kind: "confirm", afterMs: handover.pausedAt === null ? again : Math.max(again, CONFIRM_MS) };
    case "handing-over":
      return { kind: "hand-over", from: handover.from, to: handover.to, afterMs: again };
    case "gating":
      return { kind: "gate", side: handover.to, afterMs: again };
    case "activating":
      return { kind: "activate", side: handover.to, key: keyOf(pair, handover, "activate"), afterMs: again };
    case "verifying":
      return { kind: "confirm", afterMs: again };
    default:
      return { kind: "look", afterMs: everyMs };
  }
}

/** The result of an event. An event that does not fit the phase changes nothing. */
export function pairTransition(policy: FailoverPolicy, before: FailoverState, event: FailoverEvent): Decision {
  const turn = new Turn(policy, before, event.at);
  turn.take(event);
  return { state: turn.state, alarms: turn.alarms };
}

/**
 * The hand-over that will let the other campaign dial, from the confirmed pause on: a person can still call it off. Null when
 * there is none.
 */
export function startingHandover({ phase, handover, waiting }: FailoverState): Handover | null {
  if (handover === null) return waiting?.handover ?? null;
  if (phase === "draining") return handover.pausedAt === null ? null : handover;
  return phase === "pausing" ? null : handover;
}

/** Whether an event contains the present state of both campaigns at the tenant. */
export const isLook = ({ type }: FailoverEvent): boolean => type === "looked" || type === "seen";

const isActive = (statuses: Statuses, side: Side): boolean => statuses[side].status === "active";

/** The handling of one event. */
class Turn {
  readonly #policy: FailoverPolicy;
  readonly #at: number;
  readonly alarms: Alarm[] = [];
  state: FailoverState;

  constructor(policy: FailoverPolicy, state: FailoverState, at: number) {
    this.#policy = policy;
    this.state = state;
    this.#at = at;
  }

  take(event: FailoverEvent): void {
    switch (event.type) {
      case "taken":
        this.#taken(event.gapMs);
        break;
      case "looked":
        this.#answered();
        this.#looked(event);
        break;
      case "unanswered":
        this.#unanswered(event);
        break;
      case "stopped":
        this.#stopped(event.message);
        break;
      default:
        this.#answered();
        if (isLook(event)) this.#set({ lookedAt: event.at });
        this.#handOver(event);
    }
  }

  #set(change: Partial<FailoverState>): void {
    this.state = { ...this.state, ...change };
  }

  /** Raises an alarm, unless it has been raised within the hour and its cause persists. */
  #raise(name: AlarmName, message: string): void {
    const since = this.state.standing[name];
    if (since !== undefined && this.#at - since < REPEAT_ALARM_MS) return;
    this.alarms.push({ name, message });
    this.#set({ standing: { ...this.state.standing, [name]: this.#at } });
  }

  /** Neither campaign dials, and nothing more is tried automatically; reported also when another attempt had been announced. */
  #halt(side: Side, message: string, halt: string): void {
    if (this.state.waiting !== null) this.#clear("NEITHER_DIALS");
    this.#raise("NEITHER_DIALS", message);
    this.#set({ phase: "halted", side, handover: null, halt, waiting: null });
  }

  /** Reports something that happened once. */
  #tell(name: AlarmName, message: string): void {
    this.alarms.push({ name, message });
  }

  #clear(...names: AlarmName[]): void {
    const kept = Object.entries(this.state.standing).filter(([name]) => !names.some((one) => one === name));
    this.#set({ standing: Object.fromEntries(kept) });
  }

  /** Raises the alarm when there is a message, otherwise clears it; true when the watch cannot be relied upon. */
  #health(name: AlarmName, message: string | null): boolean {
    if (message === null) {
      this.#clear(name);
      return false;
    }
    this.#raise(name, message);
    return true;
  }

  #answered(): void {
    if (this.state.unanswered > 0) this.#set({ unanswered: 0, trouble: null });
    this.#clear("NOT_AUTHORISED", "UNAVAILABLE");
  }

  #taken(gapMs: number | null): void {
    const { everySeconds } = this.#policy;
    this.#set({ unanswered: 0, trouble: null });
    if (gapMs === null || gapMs <= MISSED_LOOKS * everySeconds * 1000) return;
    const minutes = Math.max(1, Math.round(gapMs / MINUTE_MS));
    this.#tell("MONITOR_STALE", `nobody watched this pair for ${minutes} min; the watch goes on`);
    this.#safeAction(`nobody watched this pair for ${minutes} min`);
  }

  #unanswered({ code, message, fatal }: Extract<FailoverEvent, { type: "unanswered" }>): void {
    const count = this.state.unanswered + 1;
    this.#set({ unanswered: count, trouble: `${message} (${code})` });
    const { phase, handover } = this.state;
    const during = handover === null ? "" : ` during a hand-over (${sentenceOf(this.state)})`;
    // The write may have been executed: its effect is read.
    if (phase === "pausing") this.#set({ phase: "draining" });
    if (phase === "activating") this.#set({ phase: "verifying" });
    if (fatal) this.#raise("NOT_AUTHORISED", `the tenant refuses our credentials or a scope${during}: ${message}`);
    else if (count >= this.#policy.unavailableAfter) {
      // That there is no such thing is an answer.
      const what = code === "not_found" ? "the tenant says that there is none" : "no answer of the tenant";
      this.#raise("UNAVAILABLE", `${what} ${count} times in a row${during}: ${message} (${code})`);
    }
    if (handover === null || count < this.#policy.unavailableAfter) return;
    if (handover.pausedAt === null) this.#raise("PAUSE_NOT_CONFIRMED", `the ${handover.from} may still dial: ${message}`);
    else this.#raise("NEITHER_DIALS", `the ${handover.from} is paused and the ${handover.to} is not active yet: ${message}`);
  }

  /** A person decided that nothing may dial: neither a hand-over nor another attempt goes on. */
  #stopped(message: string): void {
    const start = startingHandover(this.state);
    if (start === null) return;
    // An activation that was sent may come into force after the stop's own pause.
    const { phase } = this.state;
    if (phase === "activating" || phase === "verifying") this.#secure([start.to], "halted", start.from, message);
    else this.#halt(start.from, `neither campaign dials: ${message}`, message);
  }

  /** When the watch cannot be relied upon: raises the alarm only, or also pauses the campaign that dials. */
  #safeAction(reason: string): void {
    if (this.#policy.safeAction !== "pause" || this.state.handover !== null || this.state.phase === "securing") return;
    if (this.state.phase === "halted") return;
    const { side } = this.state;
    this.#secure([side], "halted", side, reason);
  }

  #looked(event: Extract<FailoverEvent, { type: "looked" }>): void {
    const { statuses, verdict, order } = event;
    const { lookedAt } = this.state;
    const wentBack = lookedAt !== null && event.at < lookedAt - 1000;
    this.#set({ verdict, metricsAt: event.metricsAt, lookedAt: event.at });
    if (!this.#whoDials(statuses)) return;
    const sure = this.#reliable(event, wentBack, isActive(statuses, this.state.side));
    if (order !== null) return this.#ordered(order, event);
    if (!sure) return;
    if (this.state.phase === "halted") return this.#tryAgain();
    if (event.at < this.state.coolUntil) return;
    if (this.state.phase === "watching" && verdict?.verdict === "trigger" && isActive(statuses, "primary"))
      return this.#begin("primary", verdict.words, event);
    if (this.state.phase === "failed-over" && this.#policy.failBack === "automatic" && isActive(statuses, "backup"))
      this.#begin("backup", "the cool-down has ended and the primary is given another try", event);
  }

  /** Determines who dials from what the tenant shows. @returns false when nothing else is to be done in this turn */
  #whoDials(statuses: Statuses): boolean {
    const { side, phase } = this.state;
    const other = otherSide(side);
    const [here, there] = [isActive(statuses, side), isActive(statuses, other)];
    if (here && there) {
      this.#raise("BOTH_ACTIVE", "both campaigns are active: the same people may be called by both");
      // The campaign that we activated is paused in favour of a person's decision; both are, when the policy says so.
      if (this.#policy.safeAction === "pause")
        this.#secure(["backup", "primary"], "halted", "primary", "both campaigns were active");
      else if (phase === "failed-over") this.#secure(["backup"], "watching", "primary", "somebody activated the primary again");
      return false;
    }
    this.#clear("BOTH_ACTIVE");
    if (here) {
      this.#clear("NEITHER_DIALS", "PAUSE_NOT_CONFIRMED");
      if (phase === "halted") this.#settle(side);
      return true;
    }
    if (there) {
      this.#tell("SWITCHED_BY_HAND", `somebody paused the ${side} and activated the ${other}; it is watched from now on`);
      this.#clear("NEITHER_DIALS", "PAUSE_NOT_CONFIRMED");
      this.#settle(other);
      return true;
    }
    this.#raise(
      "NEITHER_DIALS",
      this.state.halt ?? `the ${side} is ${statuses[side].status} and the ${other} is ${statuses[other].status}`,
    );
    return true;
  }

  /** Continues a hand-over that waits for the gate. */
  #tryAgain(): void {
    const { waiting } = this.state;
    if (waiting === null || this.#at < waiting.againAt) return;
    if (this.#at - waiting.handover.startedAt > MOST_WAIT_MS) {
      const halt = this.state.halt ?? "the gate stayed closed";
      return this.#halt(this.state.side, `neither campaign dials, and it is not tried again by itself any more: ${halt}`, halt);
    }
    this.#set({ phase: "handing-over", handover: waiting.handover, halt: null });
  }

  #settle(side: Side): void {
    const coolUntil = this.#at + this.#policy.coolDownMinutes * MINUTE_MS;
    this.#set({
      phase: side === "primary" ? "watching" : "failed-over",
      side,
      handover: null,
      securing: null,
      halt: null,
      waiting: null,
      coolUntil,
    });
  }

  /** Whether a decision may be based on this look. */
  #reliable(event: Extract<FailoverEvent, { type: "looked" }>, wentBack: boolean, dials: boolean): boolean {
    const { skewSeconds, staleAfterMinutes, rule } = this.#policy;
    const { skewMs, compliance, metricsAt, verdict } = event;
    const skewed = skewMs !== null && Math.abs(skewMs) > skewSeconds * 1000;
    const clock = wentBack ? "this machine's clock went back" : skewed ? skewWords(skewMs) : null;
    // Figures of an unknown time lead to nothing either.
    const age = metricsAt === null ? (verdict?.verdict === "trigger" ? null : 0) : event.at - metricsAt;
    const stale =
      !dials || (age !== null && age <= staleAfterMinutes * MINUTE_MS)
        ? null
        : age === null
          ? "the tenant does not say of when its figures are"
          : `the figures are ${Math.round(age / MINUTE_MS)} min old: the tenant counts no more, which says nothing about the calls`;
    const uncounted = dials && rule === "evidence" && verdict !== null && verdict.rate !== null && verdict.calls === null;
    const problems = [
      this.#health("CLOCK", clock) ? clock : null,
      this.#health("COMPLIANCE_STALE", compliance) ? compliance : null,
      this.#health("METRICS_STALE", stale) ? stale : null,
    ].filter((problem) => problem !== null);
    this.#health("NO_COUNTS", uncounted ? `${verdict.words}; the plain rule needs none` : null);
    if (problems.length > 0 && dials) this.#safeAction(problems.join("; "));
    // Outdated compliance data forbid nothing here: the gate before the activation decides on them.
    return this.state.phase !== "securing" && clock === null && stale === null;
  }

  #ordered({ what, by, at, mark }: GivenOrder, look: Decided): void {
    const from: Side = what === "fail-over" ? "primary" : "backup";
    const { phase, side } = this.state;
    if (phase === "halted" || ((phase === "watching" || phase === "failed-over") && side === from))
      this.#begin(from, `ordered by ${by}`, { askedAt: at ?? look.askedAt, mark: mark ?? look.mark });
  }

  #begin(from: Side, reason: string, { askedAt: since, mark }: Decided): void {
    const number = this.state.handovers + 1;
    // A primary that has worked for a day counts as recovered.
    const relapses = from === "primary" && this.#at - this.state.coolUntil > RECOVERED_MS ? 0 : this.state.relapses;
    const handover: Handover = {
      number,
      from,
      to: otherSide(from),
      reason,
      startedAt: this.#at,
      since,
      mark,
      pauses: 1,
      activations: 1,
      pausedAt: null,
      drainUntil: this.#at + this.#policy.drainMinutes * MINUTE_MS,
      held: null,
      isRetreat: false,
    };
    this.#set({ phase: "pausing", side: from, handover, handovers: number, relapses, halt: null, waiting: null });
    this.#tell("TRIGGERED", `the ${from} hands over to the ${handover.to}: ${reason}`);
  }

  #secure(sides: readonly Side[], afterwards: "watching" | "failed-over" | "halted", side: Side, reason: string): void {
    const secured = this.state.secured + 1;
    this.#set({
      phase: "securing",
      handover: null,
      waiting: null,
      secured,
      securing: { sides: [...sides], afterwards, side, tries: 1, reason },
    });
  }

  /** Events of a hand-over, and of pausing to be safe. */
  #handOver(event: FailoverEvent): void {
    const { phase, handover } = this.state;
    if (phase === "securing") return event.type === "seen" ? this.#secured(event.statuses) : undefined;
    if (handover === null) return;
    switch (event.type) {
      case "sent":
        if (phase === "pausing") this.#set({ phase: "draining" });
        if (phase === "activating") this.#set({ phase: "verifying" });
        break;
      case "handed": {
        if (phase !== "handing-over") break;
        const handed = { ...handover, held: event.held, unreadable: event.unreadable };
        this.#set({ phase: "gating", handover: handed });
        // The primary dials again and calls its own list. Only the tenant's caps limit calls to contacts that the backup has
        // called in the meantime.
        if (event.problem !== null && !handover.isRetreat) this.#cannotActivate(handed, event.problem);
        break;
      }
      case "gated":
        if (phase !== "gating") break;
        if (event.pass) this.#set({ phase: "activating" });
        else this.#cannotActivate(handover, `the gate refuses the ${handover.to}: ${event.message}`, event.isMendable);
        break;
      case "seen":
        if (phase === "draining") this.#draining(handover, event.statuses);
        else if (phase === "activating" || phase === "verifying") this.#activated(handover, event.statuses);
        break;
      default:
    }
  }

  #draining(handover: Handover, statuses: Statuses): void {
    const { from } = handover;
    const { status, activeCalls } = statuses[from];
    if (status === "active") {
      if (handover.pausedAt !== null) return this.#givenUp(handover, statuses);
      const pauses = handover.pauses + 1;
      this.#set({ phase: "pausing", handover: { ...handover, pauses } });
      if (pauses > this.#policy.unavailableAfter)
        this.#raise(
          "PAUSE_NOT_CONFIRMED",
          `the ${from} is still active after ${handover.pauses} pauses; the other campaign stays paused`,
        );
      return;
    }
    const paused = { ...handover, pausedAt: handover.pausedAt ?? this.#at, callsLeft: activeCalls };
    if (activeCalls === 0) {
      this.#clear("PAUSE_NOT_CONFIRMED");
      return this.#set({ phase: "handing-over", handover: paused });
    }
    this.#set({ handover: paused });
    if (this.#at < handover.drainUntil) return;
    const calls =
      activeCalls === null ? "the tenant does not say how many calls are under way" : `${activeCalls} calls are still under way`;
    this.#raise(
      "PAUSE_NOT_CONFIRMED",
      `the ${from} is paused, but ${calls} after ${this.#policy.drainMinutes} min; the other campaign is not activated before they end`,
    );
  }

  /** Somebody activated the campaign that was handing over: the person's decision takes precedence. */
  #givenUp({ from, to }: Handover, statuses: Statuses): void {
    this.#tell("REACTIVATED", `somebody activated the ${from} while it handed over; the ${to} was not activated`);
    this.#clear("NEITHER_DIALS", "PAUSE_NOT_CONFIRMED");
    this.#settle(from);
    this.#whoDials(statuses);
  }

  #activated(handover: Handover, statuses: Statuses): void {
    const { from, to, held, isRetreat } = handover;
    const [fromActive, toActive] = [isActive(statuses, from), isActive(statuses, to)];
    if (fromActive && toActive) {
      this.#raise("BOTH_ACTIVE", `the ${from} was activated by somebody else just when the ${to} was; the ${to} is paused again`);
      const both = this.#policy.safeAction === "pause";
      return this.#secure(
        both ? [to, from] : [to],
        both ? "halted" : from === "primary" ? "watching" : "failed-over",
        from,
        "both campaigns were active",
      );
    }
    if (fromActive) return this.#givenUp(handover, statuses);
    if (toActive) return this.#completed(to, held ?? 0, isRetreat);
    if (this.state.phase === "activating") return;
    if (handover.activations < MOST_ACTIVATIONS)
      return this.#set({ phase: "activating", handover: { ...handover, activations: handover.activations + 1 } });
    this.#cannotActivate(handover, `the ${to} is ${statuses[to].status} after ${handover.activations} activations`);
  }

  #completed(to: Side, held: number, isRetreat: boolean): void {
    const relapses = to === "primary" ? this.state.relapses : Math.min(MOST_RELAPSES, this.state.relapses + 1);
    const factor = this.#policy.failBack === "automatic" && to === "backup" ? 2 ** (relapses - 1) : 1;
    this.#set({
      phase: to === "primary" ? "watching" : "failed-over",
      side: to,
      handover: null,
      waiting: null,
      relapses,
      coolUntil: this.#at + this.#policy.coolDownMinutes * factor * MINUTE_MS,
    });
    this.#clear("NEITHER_DIALS", "PAUSE_NOT_CONFIRMED", "BOTH_ACTIVE");
    const contacts = held === 0 ? "nobody is held back" : `${held} contacts who were called are held back from it`;
    const how = isRetreat ? "dials again" : "dials";
    this.#tell(
      to === "primary" ? "FAILED_BACK" : "COMPLETED",
      `the ${to} ${how}, read back; the other one is paused; ${contacts}`,
    );
  }

  /** @param waits whether it is tried again automatically */
  #cannotActivate(handover: Handover, message: string, waits = false): void {
    const alarm = `neither campaign dials: ${message}`;
    if (this.#policy.whenBackupFails === "resume-primary" && handover.to === "backup") {
      this.#raise("NEITHER_DIALS", alarm);
      const number = this.state.handovers + 1;
      const back: Handover = {
        ...handover,
        number,
        from: "backup",
        to: "primary",
        reason: message,
        pauses: 1,
        activations: 1,
        pausedAt: null,
        drainUntil: this.#at + this.#policy.drainMinutes * MINUTE_MS,
        held: null,
        isRetreat: true,
      };
      // The backup is paused first: its activation may still be under way.
      return this.#set({ phase: "pausing", side: "backup", handover: back, handovers: number, waiting: null });
    }
    if (!waits) return this.#halt(handover.from, alarm, message);
    this.#raise("NEITHER_DIALS", alarm);
    const tries = this.state.waiting === null ? 0 : this.state.waiting.tries + 1;
    const againAt = this.#at + Math.max(this.#policy.everySeconds * 1000, doubledMs(MINUTE_MS, LONGEST_WAIT_MS, tries));
    this.#set({ phase: "halted", side: handover.from, handover: null, halt: message, waiting: { handover, tries, againAt } });
  }

  #secured(statuses: Statuses): void {
    const { securing } = this.state;
    if (securing === null) return;
    const left = securing.sides.filter((side) => isActive(statuses, side));
    if (left.length > 0) {
      const tries = securing.tries + 1;
      this.#set({ securing: { ...securing, sides: left, tries } });
      if (tries > this.#policy.unavailableAfter)
        this.#raise("PAUSE_NOT_CONFIRMED", `the ${left.join(" and the ")} is still active after ${securing.tries} pauses`);
      return;
    }
    this.#clear("BOTH_ACTIVE", "PAUSE_NOT_CONFIRMED");
    const { afterwards, side, reason } = securing;
    if (afterwards !== "halted") {
      this.#settle(side);
      this.#whoDials(statuses);
      return;
    }
    this.#set({ phase: "halted", side, securing: null, halt: `paused to be safe: ${reason}` });
    this.#raise("NEITHER_DIALS", `paused to be safe: ${reason}`);
  }
}
