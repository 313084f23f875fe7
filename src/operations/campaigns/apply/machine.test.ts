// The course of an apply against a tenant that answers, loses replies, refuses and is changed by others, in any order.

import fc from "fast-check";
import { expect, test } from "vitest";
import { machinePrint } from "../../../../test/support/machine-print.ts";
import type { CampaignPlan, PlanEntry } from "../plan/types.ts";
import { APPLY_MACHINE, applyBeginning, applyOutcomeOf, applyTransition, stepsOf } from "./machine.ts";
import type { ApplyCommand, ApplyEvent, ApplyState, FoundCampaign } from "./state.ts";

const PATIENCE = { sends: 3, reads: 3, unanswered: 3, pauseMs: 1 };
const DOCUMENT = { name: "A", contactListId: "l" };

function entry(name: string, kind: "create" | "change" | "keep", activates: boolean): PlanEntry {
  const old = {
    id: `id_${name}`,
    name,
    status: "paused",
    etag: "v0",
    document: { ...DOCUMENT, name, id: `id_${name}`, status: "paused" },
  };
  const document = { ...DOCUMENT, name, ...(kind === "keep" ? {} : { description: "wanted" }) };
  return {
    action: kind === "create" ? "create" : "change",
    name,
    id: kind === "create" ? null : old.id,
    source: { file: "f", line: 1, column: 1 },
    wanted: { id: null, name, status: null, document, own: {} },
    before: kind === "create" ? null : { ...old, own: null },
    changes: [],
    writes: kind !== "keep",
    status: "paused",
    activates,
    held: false,
    own: {},
    registrations: [],
    blast: { contacts: null, contactsRead: 0, zones: {}, agents: null, callsPerHour: null, callsInFlight: null, dials: false },
  };
}

const planOf = (entries: readonly PlanEntry[]): CampaignPlan => ({
  format: "outdial-campaign-plan/1",
  hash: "h",
  activate: true,
  pack: "p",
  entries,
  unmanaged: [],
  violations: [],
  notices: [],
});

/** A tenant in memory that keeps what it is sent, once for each key. */
class Tenant {
  readonly shown = new Map<string, FoundCampaign>();
  executed = 0;
  #version = 0;
  readonly #keys = new Map<string, string>();

  constructor(entries: readonly PlanEntry[]) {
    for (const { before } of entries) if (before !== null) this.shown.set(before.id, before);
  }

  put(id: string, document: Readonly<Record<string, unknown>>, status: string): void {
    this.#version += 1;
    this.shown.set(id, { id, status, etag: `v${this.#version}`, document: { ...document, id, status } });
  }

  write(one: PlanEntry, id: string | null, onto: string | null): ApplyEvent {
    const key = one.name;
    const earlier = this.#keys.get(key);
    if (earlier !== undefined) return { type: "sent", at: 0, id: earlier };
    const target = id ?? `id_${one.name}`;
    if (id !== null && onto !== null && this.shown.get(id)?.etag !== onto) return { type: "stale", at: 0, message: "stale" };
    this.executed += 1;
    this.put(target, one.wanted.document, one.status);
    this.#keys.set(key, target);
    return { type: "sent", at: 0, id: target };
  }
}

/** What befalls a command: it works, its reply is lost before or after it was carried out, nobody answers, the process dies, somebody edits first. */
const MISHAPS = [
  "none",
  "none",
  "none",
  "lost-before",
  "lost-after",
  "unanswered",
  "killed-before",
  "killed-after",
  "edited",
] as const;

function perform(command: ApplyCommand, state: ApplyState, one: PlanEntry, tenant: Tenant): ApplyEvent {
  switch (command.kind) {
    case "look":
    case "read":
      return { type: "found", at: 0, campaign: tenant.shown.get(state.id ?? `id_${one.name}`) ?? null };
    case "intend":
      return { type: "intended", at: 0 };
    case "send":
      return tenant.write(one, state.id, state.onto);
    case "register":
      return { type: "registered", at: 0, webhooks: 0 };
    case "gate":
      return { type: "gated", at: 0, pass: true, message: "" };
    case "activate": {
      const there = tenant.shown.get(state.id ?? "");
      const already = there?.status === "active";
      if (there !== undefined && !already) tenant.put(there.id, there.document, "active");
      return { type: "activated", at: 0, already };
    }
  }
}

const HASHES: Readonly<Record<number, string>> = { 1: "16a748d02783fc18" };

test("a machine that replays a journal to another state has another version", () => {
  const at = 60_000;
  const message = "so";
  const shown = (document: object, status: string, etag: string): ApplyEvent => {
    const campaign = { id: "id_a", status, etag, document: { ...document, id: "id_a", status } };
    return { type: "found", campaign, at };
  };
  const events: readonly ApplyEvent[] = [
    ...(["resumed", "intended"] as const).map((type) => ({ type, at })),
    { type: "placed", piece: "list", id: "l", at },
    ...["id_a", "id_b"].map((id) => ({ type: "sent" as const, id, at })),
    { type: "sent", id: "id_a", notes: ["a note"], at },
    ...(["stale", "refused", "lost"] as const).map((type) => ({ type, message, at })),
    { type: "found", campaign: null, at },
    ...["a", "b"].flatMap((name) => [
      shown({ ...DOCUMENT, name }, "paused", "v0"),
      shown({ ...DOCUMENT, name, description: "wanted" }, "paused", "v1"),
      shown({ ...DOCUMENT, name, description: "wanted" }, "active", "v2"),
    ]),
    { type: "registered", webhooks: 1, at },
    ...[true, false].flatMap((yes): ApplyEvent[] => [
      { type: "gated", pass: yes, message, at },
      { type: "activated", already: yes, at },
      { type: "unanswered", code: "c", message, fatal: yes, at },
    ]),
  ];
  const plans = (["create", "change", "keep"] as const).map((kind) => {
    const course = { plan: planOf([entry("a", kind, true), entry("b", "change", false)]), patience: PATIENCE };
    return {
      start: applyBeginning(course),
      decide: (before: ApplyState, event: ApplyEvent) => applyTransition(course, before, event),
    };
  });
  expect(machinePrint(plans, { type: "begun", at: 0 }, events)).toBe(HASHES[APPLY_MACHINE]);
});

test("whatever happens, every campaign is written at most once, nobody's edit is overwritten, and the apply ends", () => {
  const kinds = fc.array(fc.tuple(fc.constantFrom("create", "change", "keep"), fc.boolean()), { minLength: 1, maxLength: 3 });
  const outcomes = new Map<string, number>();
  fc.assert(
    fc.property(kinds, fc.array(fc.constantFrom(...MISHAPS), { maxLength: 40 }), (made, mishaps) => {
      const entries = made.map(([kind, activates], index) => entry(`c${index}`, kind, activates));
      const course = { plan: planOf(entries), patience: PATIENCE };
      const tenant = new Tenant(entries);
      const edited = new Map<string, Readonly<Record<string, unknown>>>();
      let decision = applyTransition(course, applyBeginning(course), { type: "begun", at: 0 });
      for (let turn = 0; decision.state.phase !== "ended"; turn++) {
        expect(turn).toBeLessThan(1000);
        const { state, command } = decision;
        const one = stepsOf(course.plan)[state.at];
        if (command === undefined || one === undefined) {
          decision = applyTransition(course, state, { type: "resumed", at: 0 });
          continue;
        }
        const mishap = mishaps[turn] ?? "none";
        const writes = command.kind === "send" || command.kind === "activate";
        if (
          mishap === "edited" &&
          state.phase === "sending" &&
          one.before !== null &&
          tenant.shown.get(one.before.id)?.etag === "v0"
        ) {
          const theirs = { ...one.before.document, description: "theirs" };
          tenant.put(one.before.id, theirs, "paused");
          edited.set(one.before.id, theirs);
        }
        if (mishap === "killed-before") decision = applyTransition(course, state, { type: "resumed", at: 0 });
        else if (mishap === "lost-before" && writes)
          decision = applyTransition(course, state, { type: "lost", at: 0, message: "" });
        else if (mishap === "unanswered" && !writes && command.kind !== "intend")
          decision = applyTransition(course, state, {
            type: "unanswered",
            at: 0,
            code: "vendor_unavailable",
            message: "",
            fatal: false,
          });
        else {
          const event = perform(command, state, one, tenant);
          const gone = mishap === "lost-after" && writes && event.type !== "stale";
          if (mishap === "killed-after") decision = applyTransition(course, state, { type: "resumed", at: 0 });
          else decision = applyTransition(course, state, gone ? { type: "lost", at: 0, message: "" } : event);
        }
      }
      const { results } = decision.state;
      expect(results).toHaveLength(entries.length);
      expect(tenant.executed).toBeLessThanOrEqual(entries.filter(({ writes }) => writes).length);
      for (const [id, theirs] of edited) expect(tenant.shown.get(id)?.document).toMatchObject(theirs);
      for (const [index, result] of results.entries()) {
        outcomes.set(result.outcome, (outcomes.get(result.outcome) ?? 0) + 1);
        const one = entries[index];
        if (result.outcome !== "applied" || one === undefined) continue;
        const shown = tenant.shown.get(result.id ?? "");
        expect(shown?.status).toBe(one.activates ? "active" : "paused");
        expect(shown?.document).toMatchObject(one.wanted.document);
      }
      expect(applyOutcomeOf(decision.state) === "applied").toBe(results.every(({ outcome }) => outcome === "applied"));
    }),
    { numRuns: 1500, seed: 5 },
  );
  expect(outcomes.get("applied")).toBeGreaterThan(500);
  expect(outcomes.get("moved")).toBeGreaterThan(10);
});

test("where the tenant gives a campaign no version, its fields say whether somebody edited it", () => {
  const planned = entry("a", "change", false);
  const before = planned.before === null ? null : { ...planned.before, etag: null };
  const course = { plan: planOf([{ ...planned, before }]), patience: PATIENCE };
  const look = (change: object, etag: string | null) => {
    const document = { ...before?.document, ...change };
    const campaign = { id: "id_a", status: "paused", etag, document };
    return applyTransition(course, applyBeginning(course), { type: "found", at: 0, campaign }).state;
  };
  for (const etag of [null, "v1"]) {
    expect(look({}, etag)).toMatchObject({ phase: "intending" });
    expect(look({ description: "theirs" }, etag)).toMatchObject({ phase: "ended", results: [{ outcome: "moved" }] });
  }
});

test("a gate that denies leaves the campaign applied and paused", () => {
  const course = { plan: planOf([entry("a", "keep", true)]), patience: PATIENCE };
  const gating = applyTransition(
    course,
    { ...applyBeginning(course), phase: "registering" },
    { type: "registered", at: 0, webhooks: 0 },
  );
  expect(gating.command).toEqual({ kind: "gate", afterMs: 0 });
  const denied = applyTransition(course, gating.state, { type: "gated", at: 0, pass: false, message: "nobody may be called" });
  expect(denied.state).toMatchObject({
    phase: "ended",
    results: [{ outcome: "not_activated", message: "nobody may be called" }],
  });
});

test("a tenant that keeps silent stops the apply, and going on begins where it stood", () => {
  const course = { plan: planOf([entry("a", "change", false)]), patience: PATIENCE };
  let decision = applyTransition(course, applyBeginning(course), { type: "begun", at: 0 });
  for (let i = 0; i < PATIENCE.unanswered; i++)
    decision = applyTransition(course, decision.state, {
      type: "unanswered",
      at: 0,
      code: "vendor_unavailable",
      message: "silent",
      fatal: false,
    });
  expect(decision).toMatchObject({ command: undefined, state: { phase: "looking", stop: { code: "vendor_unavailable" } } });
  const resumed = applyTransition(course, decision.state, { type: "resumed", at: 0 });
  expect(resumed).toMatchObject({ command: { kind: "look" }, state: { stop: null } });
  const refused = applyTransition(course, resumed.state, {
    type: "unanswered",
    at: 0,
    code: "unauthorized",
    message: "401",
    fatal: true,
  });
  expect(refused.command).toBeUndefined();
});
