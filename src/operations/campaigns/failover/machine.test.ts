// The state machine of a pair, against a model of the tenant: whatever is lost, refused, killed or done by somebody else, never both campaigns
// by our doing, and never neither without an alarm.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { scaled } from "../../../../test/support/scale.ts";
import { keyOf, NEW_PAIR, nextCommand, pairTransition, startingHandover } from "./machine.ts";
import { type FailoverPolicy, failoverPolicySchema } from "./policy.ts";
import type { RuleVerdict } from "./rule.ts";
import {
  type Alarm,
  type FailoverEvent,
  type FailoverState,
  otherSide,
  type PairCommand,
  readState,
  type Side,
  type Statuses,
} from "./state.ts";
import { dialingSide, pairWordsOf } from "./words.ts";

const policyOf = (more: Partial<FailoverPolicy> = {}) => failoverPolicySchema.parse({ backup: "b", ...more });
const MINUTE = 60_000;

const verdictOf = (verdict: RuleVerdict["verdict"]): RuleVerdict => ({
  verdict,
  windowMinutes: 30,
  rate: 0.02,
  successes: 12,
  calls: 600,
  bound: 0.05,
  words: "12 of 600",
});

/** What the tenant does with the next call. `lost`: no answer, and a write is carried out or not. */
type Reply = "ok" | "lost-done" | "lost" | "refused" | "unauthorised";

interface Circumstances {
  readonly reply: Reply;
  readonly killed: boolean;
  readonly gate: boolean;
  readonly mendable: boolean;
  readonly calls: number;
  readonly failing: boolean;
}

/** A tenant of two campaigns and a clock, and a machine that runs on it. */
class World {
  readonly status: Record<Side, string> = { primary: "active", backup: "paused" };
  /** What the machine was shown last. */
  read: Statuses = { primary: { status: "unread", activeCalls: null }, backup: { status: "unread", activeCalls: null } };
  readonly alarms: Alarm[] = [];
  readonly keys = new Set<string>();
  /** Commands that were carried out. */
  readonly done: PairCommand[] = [];
  readonly policy: FailoverPolicy;
  state: FailoverState = NEW_PAIR;
  at = 1_000_000_000;
  failing = true;
  gatePasses = true;
  isMendable = false;
  activeCalls: number | null = 0;
  problem: string | null = null;
  order: "fail-over" | "fail-back" | null = null;
  /** Everything was stopped: what leads to an activation ends with that, as the real act has it. */
  stopped = false;
  /** Both active because of what we did, nobody else. */
  ourFault = false;

  constructor(policy: FailoverPolicy) {
    this.policy = policy;
  }

  get neither(): boolean {
    return this.status.primary !== "active" && this.status.backup !== "active";
  }

  get both(): boolean {
    return this.status.primary === "active" && this.status.backup === "active";
  }

  happen(event: FailoverEvent): void {
    const { state, alarms } = pairTransition(this.policy, this.state, event);
    // As the store would give it back.
    this.state = readState(JSON.parse(JSON.stringify(state)));
    this.alarms.push(...alarms);
    if ("statuses" in event) this.read = event.statuses;
    const dials = dialingSide(this.state);
    if (dials === null) return;
    const { [dials]: one, [otherSide(dials)]: other } = this.read;
    expect([one.status, other.status !== "active"]).toEqual(["active", true]);
  }

  /** Somebody else. */
  set(side: Side, status: "active" | "paused"): void {
    this.status[side] = status;
  }

  /** One command; a killed one is carried out or not, and nobody hears of it. */
  step(reply: Reply = "ok", killed = false): void {
    const command = nextCommand(this.policy, this.state, "p");
    this.at += Math.max(1, command.afterMs);
    const event = this.#act(command, reply);
    if (killed) this.happen({ type: "taken", gapMs: 1000, at: this.at });
    else this.happen({ ...event, at: this.at });
  }

  #act(command: PairCommand, reply: Reply): FailoverEvent {
    const { at } = this;
    const fatal = reply === "unauthorised";
    const unanswered = { type: "unanswered", code: "vendor_unavailable", message: reply, fatal, at } as const;
    const carriedOut = reply === "ok" || reply === "lost-done";
    if (this.stopped && startingHandover(this.state) !== null) return { type: "stopped", message: "everything was stopped", at };
    const seen = () => {
      const one = (side: Side) => ({ status: this.status[side], activeCalls: this.activeCalls });
      return { primary: one("primary"), backup: one("backup") };
    };
    if (command.kind === "activate") {
      // Read first, as the real act does; an answer that is lost there leaves nothing done.
      if (reply !== "ok" && reply !== "lost-done") return unanswered;
      if (this.status.primary === "active" || this.status.backup === "active") return { type: "seen", statuses: seen(), at };
      this.#write(command.side, "active", command.key);
    } else if (command.kind === "pause" && carriedOut) this.#write(command.side, "paused", command.key);
    else if (command.kind === "secure" && carriedOut)
      for (const side of command.sides) this.#write(side, "paused", `${command.key}-${side}`);
    this.done.push(command);
    if (reply !== "ok") return unanswered;
    switch (command.kind) {
      case "look": {
        const verdict = this.status[this.state.side] === "active" ? verdictOf(this.failing ? "trigger" : "wait") : null;
        const order = this.order === null ? null : { what: this.order, by: "ann", at: at - 30, mark: 3 };
        this.order = null;
        return {
          type: "looked",
          askedAt: at - 20,
          mark: 4,
          statuses: seen(),
          verdict,
          metricsAt: at,
          skewMs: 0,
          compliance: null,
          order,
          at,
        };
      }
      case "confirm":
      case "secure":
        return { type: "seen", statuses: seen(), at };
      case "hand-over":
        return { type: "handed", held: 5, unreadable: 0, problem: this.problem, at };
      case "gate":
        return { type: "gated", pass: this.gatePasses, message: "the gate's words", isMendable: this.isMendable, at };
      default:
        return { type: "sent", at };
    }
  }

  /** The vendor's rule: a key that was used gives its answer again and changes nothing. */
  #write(side: Side, status: "active" | "paused", key: string): void {
    if (this.keys.has(key)) return;
    this.keys.add(key);
    this.status[side] = status;
    if (this.both) this.ourFault = true;
  }

  /** One step under circumstances. */
  turn({ reply, killed, gate, mendable, calls, failing }: Circumstances): void {
    Object.assign(this, { gatePasses: gate, isMendable: mendable, activeCalls: calls, failing });
    this.step(reply, killed);
  }

  /** A person stops everything, or pauses what is to be activated. */
  stop(message: string): void {
    for (const side of ["primary", "backup"] as const) this.set(side, "paused");
    this.happen({ type: "stopped", message, at: this.at });
  }

  run(steps: number): this {
    for (let i = 0; i < steps; i++) this.step();
    return this;
  }

  names(): string[] {
    return this.alarms.map(({ name }) => name);
  }
}

describe("a hand-over", () => {
  it("pauses, drains, holds back, asks the gate, activates and reads back, in this order", () => {
    const world = new World(policyOf()).run(8);
    expect(world.done.map(({ kind }) => kind)).toEqual([
      "look",
      "pause",
      "confirm",
      "hand-over",
      "gate",
      "activate",
      "confirm",
      "look",
    ]);
    expect(world.state).toMatchObject({ phase: "failed-over", side: "backup", handovers: 1, handover: null });
    expect(world.names()).toEqual(["TRIGGERED", "COMPLETED"]);
    expect(world.state.coolUntil).toBeGreaterThan(world.at);
  });

  it("does not begin on figures that are no evidence, stale, or of a clock that is wrong, nor in the cool-down", () => {
    const look = (more: object) => {
      const world = new World(policyOf());
      const statuses = { primary: { status: "active", activeCalls: null }, backup: { status: "paused", activeCalls: null } };
      const event = {
        type: "looked",
        statuses,
        askedAt: world.at,
        mark: 0,
        verdict: verdictOf("trigger"),
        metricsAt: world.at,
        skewMs: 0,
        compliance: null,
        order: null,
        at: world.at,
      } as const;
      world.happen({ ...event, ...more });
      return { phase: world.state.phase, alarms: world.names() };
    };
    expect(look({})).toEqual({ phase: "pausing", alarms: ["TRIGGERED"] });
    expect(look({ verdict: verdictOf("wait") })).toEqual({ phase: "watching", alarms: [] });
    expect(look({ metricsAt: 1_000_000_000 - 6 * MINUTE })).toEqual({ phase: "watching", alarms: ["METRICS_STALE"] });
    // Of an unknown time they are no better than old ones.
    expect(look({ metricsAt: null })).toEqual({ phase: "watching", alarms: ["METRICS_STALE"] });
    expect(look({ metricsAt: null, verdict: verdictOf("wait") })).toEqual({ phase: "watching", alarms: [] });
    expect(look({ skewMs: -40_000 })).toEqual({ phase: "watching", alarms: ["CLOCK"] });
    expect(look({ compliance: "the registry file is old", verdict: null })).toEqual({
      phase: "watching",
      alarms: ["COMPLIANCE_STALE"],
    });
    const world = new World(policyOf());
    world.state = { ...NEW_PAIR, coolUntil: world.at + 10 * MINUTE };
    world.run(5);
    expect(world.state.phase).toBe("watching");
    world.run(20);
    expect(world.state.phase).toBe("failed-over");
  });

  it("never activates the backup while the pause is not confirmed or calls are under way, and calls a person", () => {
    const world = new World(policyOf());
    world.activeCalls = 3;
    world.run(300);
    expect(world.state.phase).toBe("draining");
    expect(world.names()).toContain("PAUSE_NOT_CONFIRMED");
    expect(world.status).toEqual({ primary: "paused", backup: "paused" });
    // That the tenant does not say how many there are is no zero.
    world.activeCalls = null;
    world.run(300);
    expect([world.state.phase, world.status.backup]).toEqual(["draining", "paused"]);
    world.activeCalls = 0;
    world.run(6);
    expect(world.status.backup).toBe("active");
  });

  it("asks again with a new key only when the pause had no effect", () => {
    const world = new World(policyOf());
    world.step();
    const first = world.state.handover;
    world.step("lost");
    world.step();
    const second = world.state.handover;
    if (first === null || second === null) throw new Error("no hand-over is under way");
    expect(keyOf("p", second, "pause")).not.toBe(keyOf("p", first, "pause"));
    world.run(8);
    expect(world.state.phase).toBe("failed-over");
    const again = new World(policyOf());
    again.step();
    again.step("lost-done");
    again.run(8);
    expect(again.state).toMatchObject({ phase: "failed-over" });
    expect([...again.keys]).toHaveLength(2);
  });

  it.each([
    ["the gate refuses", (world: World) => Object.assign(world, { gatePasses: false })],
    ["the lists overlap", (world: World) => Object.assign(world, { problem: "12 contacts overlap" })],
  ] as const)("ends with neither dialing and an alarm when %s; the primary dials again only if it was wanted", (_, spoil) => {
    const world = new World(policyOf());
    spoil(world);
    world.run(20);
    expect(world.state.phase).toBe("halted");
    expect(world.neither).toBe(true);
    expect(world.names()).toContain("NEITHER_DIALS");
    const back = new World(policyOf({ whenBackupFails: "resume-primary", overlap: "accept" }));
    back.problem = "12 contacts overlap";
    back.run(12);
    expect(back.status).toEqual({ primary: "active", backup: "paused" });
    expect(back.names()).toEqual(["TRIGGERED", "NEITHER_DIALS", "FAILED_BACK"]);
  });

  it("waits halted for a gate that somebody can open, asks it again, later each time, and goes on by itself; for half an hour at most", () => {
    const closed = () => Object.assign(new World(policyOf()), { gatePasses: false, isMendable: true }).run(5);
    const world = closed();
    expect(world.state).toMatchObject({ phase: "halted", waiting: { tries: 0 } });
    expect(pairWordsOf(world.state, "p")).toMatchObject({
      words: expect.stringContaining("asked again by itself"),
      nextStep: expect.stringMatching(/^It is tried again by itself, next at .*failover start or failback p tries again/),
    });
    world.run(18);
    const gaps = world.done.flatMap(({ kind }, i) => (kind === "gate" ? [i] : []));
    expect(gaps.length).toBeGreaterThan(3);
    expect(world.names()).toEqual(["TRIGGERED", "NEITHER_DIALS"]);
    world.gatePasses = true;
    world.run(40);
    expect(world.state).toMatchObject({ phase: "failed-over", waiting: null, handovers: 1 });
    // The alarm is repeated once an hour.
    expect([...new Set(world.names())]).toEqual(["TRIGGERED", "NEITHER_DIALS", "COMPLETED"]);

    const byHand = closed();
    byHand.set("primary", "active");
    byHand.failing = false;
    byHand.gatePasses = true;
    byHand.run(30);
    expect(byHand.state).toMatchObject({ phase: "watching", waiting: null });
    expect(byHand.status).toEqual({ primary: "active", backup: "paused" });

    const forgotten = closed();
    forgotten.at += 25 * 60 * MINUTE;
    forgotten.gatePasses = true;
    forgotten.run(30);
    expect(forgotten.state).toMatchObject({ phase: "halted", waiting: null });
    expect(forgotten.neither).toBe(true);
    // Whoever was told that it is tried again is told that it is not any more.
    expect(forgotten.alarms.at(-1)).toMatchObject({
      name: "NEITHER_DIALS",
      message: expect.stringContaining("not tried again by itself any more") as string,
    });
    const stopped = closed();
    stopped.gatePasses = true;
    while (stopped.state.phase !== "activating") stopped.step();
    stopped.stop("a person paused the backup");
    expect(stopped.state).toMatchObject({ phase: "securing", waiting: null });
    stopped.step();
    expect(stopped.state).toMatchObject({
      phase: "halted",
      waiting: null,
      halt: "paused to be safe: a person paused the backup",
    });
    expect([...new Set(stopped.names())]).toEqual(["TRIGGERED", "NEITHER_DIALS"]);
    const waits = closed();
    waits.stop("everything was stopped");
    expect(waits.state).toMatchObject({ phase: "halted", waiting: null, halt: "everything was stopped" });
    expect(waits.alarms.at(-1)).toMatchObject({
      name: "NEITHER_DIALS",
      message: "neither campaign dials: everything was stopped",
    });
    waits.gatePasses = true;
    expect(waits.run(40).neither).toBe(true);
  });

  it.each([
    ["draining", "halted"],
    ["handing-over", "halted"],
    ["gating", "halted"],
    ["activating", "securing"],
    ["verifying", "securing"],
  ] as const)("does not go on from %s when a person has stopped everything, not even back to the primary", (phase, next) => {
    const world = new World(policyOf({ whenBackupFails: "resume-primary" }));
    world.activeCalls = 2;
    while ((world.state.handover?.pausedAt ?? null) === null) world.step();
    if (phase !== "draining") world.activeCalls = 0;
    while (world.state.phase !== phase) world.step();
    world.stop("everything was stopped");
    expect(world.state.phase).toBe(next);
    world.activeCalls = 0;
    world.run(20);
    expect(world.neither).toBe(true);
    expect(world.state).toMatchObject({ phase: "halted", halt: expect.stringContaining("everything was stopped") as string });
    expect([...new Set(world.names())]).toEqual(["TRIGGERED", "NEITHER_DIALS"]);
  });

  it("is ended by a stop that was given since its order, or since the look on which it was decided began", () => {
    const ordered = new World(policyOf());
    ordered.order = "fail-over";
    while (ordered.state.handover === null) ordered.step();
    expect(ordered.state.handover).toMatchObject({ since: ordered.at - 30, mark: 3 });
    const decided = new World(policyOf());
    while (decided.state.handover === null) decided.step();
    expect(decided.state.handover).toMatchObject({ since: decided.at - 20, mark: 4 });
    // A pause is read back first: what hands over may still dial.
    expect(startingHandover(decided.state)).toBeNull();
    decided.stop("everything was stopped");
    expect(decided.state.phase).toBe("pausing");
    decided.run(2);
    expect(startingHandover(decided.state)).toMatchObject({ from: "primary", to: "backup" });
  });

  it("is given up when somebody activates the primary again", () => {
    const world = new World(policyOf()).run(4);
    world.set("primary", "active");
    world.run(3);
    expect(world.names()).toEqual(["TRIGGERED", "REACTIVATED"]);
    expect(world.status).toEqual({ primary: "active", backup: "paused" });
    expect(world.state.phase).toBe("watching");
  });
});

describe("after a hand-over", () => {
  it.each([
    ["alarm", { primary: "active", backup: "paused" }, "watching"],
    ["pause", { primary: "paused", backup: "paused" }, "halted"],
  ] as const)("the backup gives way when somebody activates the primary (%s)", (safeAction, status, phase) => {
    const world = new World(policyOf({ safeAction })).run(8);
    world.set("primary", "active");
    world.run(2);
    expect(world.status).toEqual(status);
    expect(world.state.phase).toBe(phase);
    expect(world.names()).toContain("BOTH_ACTIVE");
  });

  it("fails back by order, and by itself only when it may, later each time that the primary fails again", () => {
    const manual = new World(policyOf()).run(8);
    manual.failing = false;
    manual.run(300);
    expect(manual.state.phase).toBe("failed-over");
    manual.order = "fail-back";
    manual.run(9);
    expect(manual.status).toEqual({ primary: "active", backup: "paused" });
    const automatic = new World(policyOf({ failBack: "automatic", coolDownMinutes: 10 }));
    const switches: number[] = [];
    let side = automatic.state.side;
    for (let i = 0; i < 400; i++) {
      automatic.step();
      if (automatic.state.phase === "failed-over" && side === "primary") switches.push(automatic.at);
      if (automatic.state.handover === null) side = automatic.state.side;
    }
    const gaps = switches.slice(1).map((at, i) => at - (switches[i] ?? 0));
    expect(gaps.length).toBeGreaterThan(2);
    gaps.slice(1).forEach((gap, i) => expect(gap).toBeGreaterThan(gaps[i] ?? 0));
  });

  it("follows somebody who switched by hand", () => {
    const world = new World(policyOf());
    world.failing = false;
    world.run(2);
    world.set("primary", "paused");
    world.set("backup", "active");
    world.run(1);
    expect(world.state).toMatchObject({ phase: "failed-over", side: "backup" });
    expect(world.names()).toEqual(["SWITCHED_BY_HAND"]);
  });
});

describe("a drain that takes long", () => {
  it("is looked at all the while, and tells how many calls to wait for", () => {
    const policy = policyOf({ drainMinutes: 1 });
    const world = new World(policy);
    world.activeCalls = 3;
    for (let i = 0; i < 200 && world.state.standing.PAUSE_NOT_CONFIRMED === undefined; i += 1) {
      world.step();
      expect(world.state.lookedAt).not.toBeNull();
    }
    expect(world.state).toMatchObject({ phase: "draining", lookedAt: world.at });
    expect(pairWordsOf(world.state, "p").nextStep).toMatch(/^The campaign is paused and 3 calls of it are under way: wait/);
  });
});

describe("a watch that cannot be relied upon", () => {
  it.each([
    ["alarm", "active"],
    ["pause", "paused"],
  ] as const)("takes the configured action: %s", (safeAction, primary) => {
    const world = new World(policyOf({ safeAction }));
    world.failing = false;
    world.run(2);
    world.happen({ type: "taken", gapMs: 10 * MINUTE, at: world.at });
    world.run(2);
    expect(world.names()[0]).toBe("MONITOR_STALE");
    expect(world.status.primary).toBe(primary);
    expect(world.names().includes("NEITHER_DIALS")).toBe(primary === "paused");
  });

  it("says what was wrong with the last call, until one is answered", () => {
    const world = new World(policyOf());
    world.step("refused");
    expect(world.state).toMatchObject({ unanswered: 1, trouble: "refused (vendor_unavailable)" });
    expect(pairWordsOf(world.state, "p")).toMatchObject({
      words: "it could not be looked at",
      reason: "the last call of the tenant: refused (vendor_unavailable)",
    });
    world.step();
    expect(world.state).toMatchObject({ unanswered: 0, trouble: null });
  });

  it("alarms at once when it is not authorised, after some looks when the tenant is away, and once an hour from then on", () => {
    const world = new World(policyOf());
    world.step("unauthorised");
    expect(world.names()).toEqual(["NOT_AUTHORISED"]);
    const away = new World(policyOf());
    away.step("lost");
    away.step("lost");
    expect(away.names()).toEqual([]);
    away.step("lost");
    expect(away.names()).toEqual(["UNAVAILABLE"]);
    for (let i = 0; i < 90; i++) away.step("lost");
    expect(away.names()).toEqual(["UNAVAILABLE", "UNAVAILABLE"]);
  });
});

describe("whatever happens", () => {
  const reply = fc.oneof(
    { weight: 6, arbitrary: fc.constant<Reply>("ok") },
    fc.constantFrom<Reply>("lost", "lost-done", "refused", "unauthorised"),
  );
  const turn = fc.record({
    reply,
    killed: fc.boolean(),
    gate: fc.boolean(),
    mendable: fc.boolean(),
    calls: fc.constantFrom(0, 0, 2),
    failing: fc.boolean(),
  });
  const policies = fc.record({
    safeAction: fc.constantFrom("alarm" as const, "pause" as const),
    failBack: fc.constantFrom("manual" as const, "automatic" as const),
    whenBackupFails: fc.constantFrom("stay-paused" as const, "resume-primary" as const),
    coolDownMinutes: fc.constantFrom(0, 5),
  });
  const intruder = fc.option(
    fc.record({
      side: fc.constantFrom<Side>("primary", "backup"),
      status: fc.constantFrom<"active" | "paused">("active", "paused"),
    }),
    { freq: 5 },
  );

  it("without somebody else both are never active, and neither only with an alarm", () => {
    fc.assert(
      fc.property(policies, fc.array(turn, { maxLength: 120 }), (policy, turns) => {
        const world = new World(policyOf(policy));
        for (const one of turns) {
          world.turn(one);
          expect(world.both).toBe(false);
          if (world.neither) expect(world.alarms.length).toBeGreaterThan(0);
        }
        Object.assign(world, { gatePasses: true, activeCalls: 0, failing: false });
        world.run(60);
        expect(world.neither).toBe(world.state.phase === "halted");
        if (world.neither) expect(world.state.standing.NEITHER_DIALS).toBeDefined();
        else expect(world.status[otherSide(world.state.side)]).toBe("paused");
      }),
      { numRuns: scaled(600, 60) },
    );
  });

  it("after a stop nothing is activated", () => {
    const turns = fc.array(turn, { maxLength: 60 });
    fc.assert(
      fc.property(policies, turns, turns, (policy, before, after) => {
        const world = new World(policyOf(policy));
        for (const one of before) world.turn(one);
        const keys = new Set(world.keys);
        world.stopped = true;
        for (const side of ["primary", "backup"] as const) world.set(side, "paused");
        for (const one of after) {
          world.turn(one);
          expect(world.neither).toBe(true);
        }
        expect([...world.keys].filter((key) => !keys.has(key) && key.includes("-activate-"))).toEqual([]);
      }),
      { numRuns: scaled(600, 60) },
    );
  });

  it("with somebody else both are never active by our doing, and do not stay so after a hand-over", () => {
    fc.assert(
      fc.property(policies, fc.array(fc.tuple(turn, intruder), { maxLength: 120 }), (policy, turns) => {
        const world = new World(policyOf(policy));
        for (const [one, other] of turns) {
          if (other !== null) world.set(other.side, other.status);
          world.turn(one);
        }
        expect(world.ourFault).toBe(false);
        Object.assign(world, { gatePasses: true, activeCalls: 0, failing: false });
        world.run(60);
        if (world.both) expect(world.state.standing.BOTH_ACTIVE).toBeDefined();
        if (world.neither) expect(world.state.standing.NEITHER_DIALS).toBeDefined();
      }),
      { numRuns: scaled(600, 60) },
    );
  });
});
