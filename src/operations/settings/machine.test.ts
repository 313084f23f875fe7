// The state machine against a small model of a tenant: every fault, every interleaving with another writer, a crash anywhere.

import fc from "fast-check";
import { expect, test } from "vitest";
import { machinePrint } from "../../../test/support/machine-print.ts";
import { scaled } from "../../../test/support/scale.ts";
import { CHANGE_MACHINE, changeBeginning, changeTransition } from "./machine.ts";
import { type DialerSettings, sameSettings } from "./model.ts";
import { type ChangeCommand, type ChangeEvent, type ChangePlan, type ChangeState, DEFAULT_PATIENCE } from "./state.ts";

const settings = (ratio: number, agents = 50, spacing = 150): DialerSettings => ({
  name: "main",
  type: "predictive",
  concurrency: { max_agents: agents, max_simultaneous_calls: 200, call_spacing_ms: spacing },
  algorithm: { type: "predictive", abandonment_rate_target: 0.03, agent_availability_estimate: 0.85, dial_ratio: ratio },
});
const OLD = settings(2);
const NEW = settings(3);

const planOf = (guard: ChangePlan["guard"] = null): ChangePlan => ({
  wanted: NEW,
  snapshot: { settings: OLD, tag: "v1" },
  patience: DEFAULT_PATIENCE,
  guard,
  gate: { carrier: { max_trunks: 300 }, expected: {}, chance: 0.05, overrides: [] },
});

const GUARD: ChangePlan["guard"] = {
  durationMs: 600_000,
  everyMs: 60_000,
  campaigns: ["c"],
  limit: 0.03,
  alternative: 0.045,
  alpha: 0.01,
  beta: 0.05,
};

/** Feeds events; the commands of the last one come back with the state. */
function play(
  plan: ChangePlan,
  events: readonly (ChangeEvent extends infer E ? (E extends ChangeEvent ? Omit<E, "at"> : never) : never)[],
) {
  let state = changeBeginning(plan);
  let commands: readonly ChangeCommand[] = [];
  for (const [n, event] of [{ type: "begun" } as const, ...events].entries())
    ({ state, commands } = changeTransition(plan, state, { ...event, at: n * 1000 }));
  return { state, commands };
}

const intended = { type: "intended" } as const;
const accepted = (tag = "v2") => ({ type: "accepted", operationId: "op", tag }) as const;
const looked = (status: string, more: object = {}) => ({ type: "looked", status, ...more }) as const;
const found = (value: DialerSettings, tag: string | null) => ({ type: "found", settings: value, tag }) as const;

const HASHES: Readonly<Record<number, string>> = { 1: "678d84fae1063628" };

test("a machine that replays a journal to another state has another version", () => {
  const at = 60_000;
  const message = "so";
  const events: readonly ChangeEvent[] = [
    ...(["resumed", "intended", "stale", "unknown_operation"] as const).map((type) => ({ type, at })),
    ...[OLD, NEW, settings(4), settings(2, 60)].flatMap((one) => ["v1", "v2", null].map((tag) => ({ ...found(one, tag), at }))),
    { type: "found", settings: null, tag: null, problem: "unread", at },
    ...["v2", "v3"].map((tag) => ({ ...accepted(tag), at })),
    ...["COMPLETED", "FAILED", "IN_PROGRESS"].map((status) => ({ ...looked(status), at })),
    ...(["refused", "lost", "unmeasured"] as const).map((type) => ({ type, message, at })),
    ...[true, false].flatMap((yes): ChangeEvent[] => [
      { type: "unanswered", code: "c", message, fatal: yes, at },
      { type: "judged", pass: yes, message, at },
      { type: "decided", keep: yes, by: "someone", at },
      { type: "measured", answered: 1000, abandoned: yes ? 100 : 1, at },
    ]),
  ];
  const plans = [planOf(), planOf(GUARD), { ...planOf(), inPieces: true }].map((plan) => ({
    start: changeBeginning(plan),
    decide: (before: ChangeState, event: ChangeEvent) => changeTransition(plan, before, event),
  }));
  expect(machinePrint(plans, { type: "begun", at: 0 }, events)).toBe(HASHES[CHANGE_MACHINE]);
});

test("what arrived in part is sent again where a tenant takes settings in pieces, and is somebody else's where it does not", () => {
  const both = { ...NEW, algorithm: { ...NEW.algorithm, warm_line_timeout_sec: 1 } };
  const plan: ChangePlan = { ...planOf(), wanted: both };
  const lost = [intended, { type: "lost", message: "no reply" }, found(NEW, "v2")] as const;
  expect(play(plan, lost).state.outcome).toBe("overtaken");
  const inPieces = { ...plan, inPieces: true };
  expect(play(inPieces, lost)).toMatchObject({ state: { phase: "sending", onto: "v2" }, commands: [{ kind: "intend" }] });
  const other = found(settings(2.5), "v2");
  expect(play(inPieces, [...lost.slice(0, 2), other]).state.outcome).toBe("overtaken");
  const never = [...lost, ...lost, ...lost];
  // Given up: what arrived is put back.
  expect(play(inPieces, [...never, found(NEW, "v2")]).state).toMatchObject({ purpose: "restore", phase: "sending", onto: "v2" });
});

test("a change that goes well is applied when it was read back", () => {
  const { state, commands } = play(planOf(), [
    intended,
    accepted(),
    looked("IN_PROGRESS"),
    looked("COMPLETED"),
    found(NEW, "v2"),
  ]);
  expect(state).toMatchObject({ phase: "ended", outcome: "applied", looks: 2 });
  expect(commands).toEqual([]);
});

test("looks come after 2, 4, 8, 16, 30, 30 … seconds and end after 15", () => {
  const waits: number[] = [];
  let { state, commands } = play(planOf(), [intended, accepted()]);
  while (state.phase === "polling") {
    const [command] = commands;
    if (command?.kind === "look") waits.push(command.afterMs / 1000);
    ({ state, commands } = changeTransition(planOf(), state, { type: "looked", status: "IN_PROGRESS", at: 0 }));
  }
  expect(waits).toEqual([2, 4, 8, 16, ...Array.from({ length: 11 }, () => 30)]);
  expect(state).toMatchObject({ phase: "examining", failure: { code: "activation_timeout" } });
});

test("after a failure the old settings go back onto the current tag, not the one from before", () => {
  const mismatch = settings(9);
  const { commands, state } = play(planOf(), [
    intended,
    accepted(),
    looked("COMPLETED"),
    found(mismatch, "v2"),
    found(mismatch, "v2"),
    intended,
  ]);
  expect(state.failure).toMatchObject({ code: "read_back_mismatch" });
  expect(state.failure?.message).toContain("algorithm.dial_ratio is 9 instead of 3");
  expect(commands).toEqual([{ kind: "send", settings: OLD, onto: "v2" }]);
});

test("somebody else's settings are not overwritten", () => {
  const theirs = settings(2, 60);
  const { state } = play(planOf(), [intended, accepted(), looked("FAILED", { details: "superseded" }), found(theirs, "v7")]);
  expect(state).toMatchObject({ phase: "ended", outcome: "overtaken" });
  expect(state.message).toContain("concurrency.max_agents");
  expect(state.message).toContain("superseded");
});

test("after 412 both changes are merged, judged and sent onto the other writer's tag; theirs is what would be put back", () => {
  const theirs = settings(2, 60);
  const { state, commands } = play(planOf(), [
    intended,
    { type: "stale" },
    found(theirs, "v7"),
    { type: "judged", pass: true, message: "" },
    intended,
  ]);
  expect(commands).toEqual([{ kind: "send", settings: settings(3, 60), onto: "v7" }]);
  expect(state).toMatchObject({ taken: ["concurrency.max_agents"], snapshot: { settings: theirs, tag: "v7" } });
});

test("the same field set otherwise by both is a conflict that is shown, never guessed", () => {
  const { state } = play(planOf(), [intended, { type: "stale" }, found(settings(4), "v7")]);
  expect(state).toMatchObject({
    outcome: "conflict",
    conflicts: [{ path: "algorithm.dial_ratio", base: 2, ours: 3, theirs: 4 }],
  });
});

test("settings that were merged and break a rule are not sent", () => {
  const { state } = play(planOf(), [
    intended,
    { type: "stale" },
    found(settings(2, 60), "v7"),
    { type: "judged", pass: false, message: "no" },
  ]);
  expect(state).toMatchObject({ outcome: "refused", message: "no" });
});

test("a lost reply is settled by reading: not there means send again, there means watch it until it has stood", () => {
  const lost = { type: "lost", message: "reset" } as const;
  expect(play(planOf(), [intended, lost, found(OLD, "v1")]).commands).toEqual([{ kind: "intend" }]);
  const watched = play(planOf(), [intended, lost, found(NEW, "v2")]);
  expect(watched.state).toMatchObject({ phase: "watching", ours: ["v2"] });
  const stood = changeTransition(planOf(), watched.state, { ...found(NEW, "v2"), at: 100_000 });
  expect(stood.state.outcome).toBe("applied");
  const gone = changeTransition(planOf(), watched.state, { ...found(OLD, "v1"), at: 10_000 });
  expect(gone.state).toMatchObject({ phase: "examining", failure: { code: "activation_failed" } });
});

test("a copy that lags behind is read again before it counts as a mismatch", () => {
  const events = [intended, accepted(), looked("COMPLETED"), found(OLD, "v1"), found(NEW, "v2")] as const;
  expect(play(planOf(), events).state.outcome).toBe("applied");
});

test("a rollback that fails is an alarm", () => {
  const again = [intended, accepted("v3"), looked("FAILED"), found(NEW, "v2")];
  const once = [intended, accepted(), looked("IN_PROGRESS")];
  const timeout = Array.from({ length: 14 }, () => looked("IN_PROGRESS"));
  const { state, commands } = play(planOf(), [...once, ...timeout, found(NEW, "v2"), ...again, ...again]);
  expect(state).toMatchObject({ phase: "ended", outcome: "rollback_failed" });
  expect(commands).toMatchObject([{ kind: "alarm", type: "DIALER_ROLLBACK_FAILED" }]);
});

test("a tenant that does not answer while old settings go back is an alarm too, and going on is possible", () => {
  const away = { type: "unanswered", code: "vendor_unavailable", message: "away", fatal: false } as const;
  const { state, commands } = play(planOf(), [intended, { type: "refused", message: "400" }, away, away, away, away, away]);
  expect(state.stop).toEqual({ code: "vendor_unavailable", message: "away" });
  expect(commands).toMatchObject([{ kind: "alarm" }]);
  expect(changeTransition(planOf(), state, { type: "resumed", at: 0 }).commands).toMatchObject([{ kind: "read" }]);
});

test.each([
  { answered: 100, abandoned: 2, rounds: 10, end: "applied" },
  { answered: 100, abandoned: 9, rounds: 4, end: "examining" },
  { answered: 10, abandoned: 0, rounds: 10, end: "paused" },
])("a guarded change with $abandoned of $answered abandoned each minute ends $end", ({ answered, abandoned, rounds, end }) => {
  const plan = planOf(GUARD);
  let { state, commands } = play(plan, [intended, accepted(), looked("COMPLETED"), found(NEW, "v2")]);
  for (let minute = 1; minute <= rounds; minute++) {
    if (state.phase === "guarding")
      ({ state, commands } = changeTransition(plan, state, {
        type: "measured",
        answered,
        abandoned,
        at: 10_000 + minute * 60_000,
      }));
  }
  expect(state.outcome ?? state.phase).toBe(end);
  if (end === "paused") {
    expect(commands).toMatchObject([{ kind: "alarm", type: "DIALER_ROLLOUT_PAUSED" }]);
    expect(changeTransition(plan, state, { type: "decided", keep: true, by: "ann", at: 0 }).state.outcome).toBe("applied");
    expect(changeTransition(plan, state, { type: "decided", keep: false, by: "ann", at: 0 }).commands).toMatchObject([
      { kind: "read" },
    ]);
  }
});

/** A tenant as the contract describes it: one version in force, one activation that runs. */
class ModelTenant {
  inForce = { settings: OLD, tag: "v1" };
  running: { settings: DialerSettings; tag: string; id: string; before: { settings: DialerSettings; tag: string } } | undefined;
  readonly operations = new Map<string, string>();
  readonly foreign: { settings: DialerSettings; tag: string }[] = [];
  /** Versions of others that a write of ours replaced. */
  readonly overwritten: string[] = [];
  #next = 2;

  get current() {
    return this.running ?? this.inForce;
  }

  put(value: DialerSettings, onto: string | null): { operationId: string; tag: string } | undefined {
    if (onto !== this.current.tag) return undefined;
    const tag = `v${this.#next++}`;
    this.end(true);
    this.running = { settings: value, tag, id: `op-${tag}`, before: this.inForce };
    this.operations.set(this.running.id, "IN_PROGRESS");
    return { operationId: this.running.id, tag };
  }

  end(well: boolean): void {
    if (this.running === undefined) return;
    this.operations.set(this.running.id, well ? "COMPLETED" : "FAILED");
    if (well) this.inForce = { settings: this.running.settings, tag: this.running.tag };
    this.running = undefined;
  }

  edit(value: DialerSettings): void {
    if (this.running !== undefined) this.operations.set(this.running.id, "FAILED");
    this.running = undefined;
    this.inForce = { settings: value, tag: `v${this.#next++}` };
    this.foreign.push(this.inForce);
  }
}

test("whatever fails, crashes or interferes, a change ends, and what its outcome says is what the tenant has", () => {
  // Each turn: what happens to the tenant before the next command, and how its reply comes back.
  const turn = fc.record({
    world: fc.constantFrom("nothing", "nothing", "complete", "complete", "fail", "edit"),
    reply: fc.constantFrom(
      "good",
      "good",
      "good",
      "lost before",
      "lost after",
      "unanswered",
      "crash before",
      "crash after",
      "refuse",
    ),
  });
  const seen = new Set<string>();
  fc.assert(
    fc.property(fc.array(turn, { maxLength: 60 }), fc.nat(5), (turns, seed) => {
      const plan = { ...planOf(), patience: { ...DEFAULT_PATIENCE, looks: 2, sends: 2, merges: 2, restores: 1 } };
      const tenant = new ModelTenant();
      let state: ChangeState = changeBeginning(plan);
      let command: ChangeCommand | undefined;
      let at = 0;
      let edits = 0;
      const happen = (event: ChangeEvent extends infer E ? (E extends ChangeEvent ? Omit<E, "at"> : never) : never) => {
        const decision = changeTransition(plan, state, { ...event, at });
        state = decision.state;
        command = decision.commands.find(({ kind }) => kind !== "alarm");
      };
      happen({ type: "begun" });
      for (let n = 0; state.phase !== "ended" && n < 400; n++) {
        const { world, reply } = turns[n] ?? { world: "complete", reply: "good" };
        if (world === "complete") tenant.end(true);
        if (world === "fail") tenant.end(false);
        if (world === "edit" && edits < 3) tenant.edit(settings(2, 60 + ((seed + edits++) % 4)));
        if (reply === "crash before") happen({ type: "resumed" });
        if (command === undefined) happen({ type: "resumed" });
        const now = command;
        if (now === undefined) break;
        at += "afterMs" in now ? now.afterMs : 10;
        if (reply === "unanswered" && now.kind !== "intend") {
          happen({ type: "unanswered", code: "vendor_unavailable", message: "away", fatal: false });
          continue;
        }
        switch (now.kind) {
          case "intend":
            happen({ type: "intended" });
            break;
          case "send": {
            if (reply === "lost before") happen({ type: "lost", message: "reset" });
            else if (reply === "refuse") happen({ type: "refused", message: "400" });
            else {
              const done = tenant.put(now.settings, now.onto);
              if (reply === "crash after") happen({ type: "resumed" });
              else if (reply === "lost after") happen({ type: "lost", message: "reset" });
              else if (done === undefined) happen({ type: "stale" });
              else happen({ type: "accepted", ...done });
            }
            break;
          }
          case "read":
            happen({ type: "found", settings: tenant.current.settings, tag: tenant.current.tag });
            break;
          case "look":
            happen({ type: "looked", status: tenant.operations.get(now.operationId) ?? "" });
            break;
          case "check":
            happen({ type: "judged", pass: true, message: "" });
            break;
          default:
            throw new Error(`not in this test: ${now.kind}`);
        }
      }
      // It ends.
      expect(state.phase).toBe("ended");
      const { outcome } = state;
      seen.add(outcome ?? "");
      const has = tenant.current.settings;
      // Settings of another writer are in force, or were merged into what is: they are never lost.
      const last = tenant.foreign.at(-1)?.settings;
      if (last !== undefined) expect(has.concurrency.max_agents).toBe(last.concurrency.max_agents);
      if (outcome === "applied") expect(sameSettings(has, state.target)).toBe(true);
      else if (outcome === "rolled_back" || outcome === "not_applied")
        expect(sameSettings(has, state.snapshot.settings)).toBe(true);
      // Alone on the tenant, nothing else can be the end but that the rollback failed.
      else if (edits === 0) expect(outcome).toBe("rollback_failed");
    }),
    { numRuns: scaled(20_000, 8000), seed: 1 },
  );
  expect([...seen].sort()).toEqual(["applied", "conflict", "not_applied", "overtaken", "rollback_failed", "rolled_back"]);
});
