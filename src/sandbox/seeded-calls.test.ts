// The seeded engine on a frozen clock: calls appear, end, feed figures; pausing drains; the same seed gives the same day.

import { describe, expect, it } from "vitest";
import type { CallEngineEvent, DialedCampaign, ListBehaviour } from "./call-engine.ts";
import { createSandboxClock } from "./clock.ts";
import { checkScenario } from "./scenario/index.ts";
import { createSeededCallEngine } from "./seeded-calls.ts";
import { createCallStore } from "./world/calls.ts";
import { createContactStore } from "./world/contacts.ts";

const START = Date.UTC(2026, 0, 5);
const HOUR = 3600;

function world(options: { seed?: number; list?: object; campaign?: Partial<DialedCampaign>; behaviour?: ListBehaviour } = {}) {
  const { seed = 1, list = { generate: { count: 5000, consentRate: 0.8 } }, behaviour = {} } = options;
  const clock = createSandboxClock({ mode: "frozen", start: START });
  const [checked] = checkScenario({ contactLists: [{ id: "L", ...list }] }).contactLists;
  if (checked === undefined) throw new Error("no list");
  const contacts = createContactStore({ list: checked, seed, start: START });
  const calls = createCallStore({ scenario: checkScenario({}), seed, start: START });
  const campaigns = new Map<string, DialedCampaign>();
  const events: CallEngineEvent[] = [];
  const engine = createSeededCallEngine({
    clock,
    seed,
    behaviours: [["L", behaviour]],
    onEvent: (event) => void events.push(event),
    world: {
      campaign: (id) => campaigns.get(id),
      campaigns: () => campaigns.values(),
      contacts: (id) => (id === "L" ? contacts : undefined),
      calls,
    },
  });
  const set = (id: string, fields: Partial<DialedCampaign>): void => {
    const base = { id, status: "active", contactListId: "L", callRate: 12, maxCallsInFlight: 50 };
    campaigns.set(id, { ...base, ...campaigns.get(id), ...fields });
    engine.sync();
  };
  set("c", options.campaign ?? {});
  const listed = () => calls.list({ limit: 1e6 }).calls;
  return { clock, engine, calls, contacts, events, set, listed };
}

describe("an active campaign", () => {
  it("places calls at its rate, to consenting contacts, each seen through to its end", async () => {
    const { clock, engine, listed, contacts, events, set } = world();
    await clock.advance(4 * HOUR);
    const placed = listed();
    expect(Math.abs(placed.length - 4 * 60 * 12)).toBeLessThan(220);
    expect(placed.every(({ contactId }) => contacts.get(contactId ?? "")?.consentFlags.outbound["call"] === true)).toBe(true);
    expect(engine.activeCalls("c")).toBe(
      placed.filter(({ endTime, status }) => endTime === undefined || status === "wrap_up").length,
    );
    set("c", { status: "paused" });
    await clock.advance(HOUR);
    expect(engine.activeCalls()).toBe(0);
    for (const call of listed()) {
      expect(["completed", "abandoned", "failed"]).toContain(call.status);
      expect(call.endTime).toBeGreaterThan(call.startTime);
      expect(call.dispositionCode === undefined).toBe(call.status === "abandoned");
    }
    expect(events.filter(({ type }) => type === "call_ended")).toHaveLength(listed().length);
  });

  it("never has more calls in flight than allowed", async () => {
    const { clock, engine } = world({ campaign: { callRate: 600, maxCallsInFlight: 7 } });
    let most = 0;
    for (let i = 0; i < 300; i++) {
      await clock.advance(2);
      most = Math.max(most, engine.activeCalls("c"));
    }
    expect(most).toBe(7);
  });

  it("goes through its list as often a day as allowed", async () => {
    const { clock, listed } = world({
      list: { generate: { count: 20, consented: 20 } },
      campaign: { maxCallsPerContactPerDay: 2 },
    });
    await clock.advance(24 * HOUR - 1);
    expect(listed()).toHaveLength(40);
  });

  it("places nothing without consent, without contacts, without a list", async () => {
    for (const list of [{ generate: { count: 3000, consented: 0 } }, {}]) {
      const { clock, listed } = world({ list });
      await clock.advance(HOUR);
      expect(listed()).toEqual([]);
    }
    const { clock, listed } = world({ campaign: { contactListId: "nobody" } });
    await clock.advance(HOUR);
    expect(listed()).toEqual([]);
  });

  it("has the same day for the same seed, whatever the steps of the clock and the other campaigns", async () => {
    const one = world();
    await one.clock.advance(2 * HOUR);
    const two = world();
    two.set("other", { callRate: 30 });
    for (let i = 0; i < 120; i++) await two.clock.advance(60);
    expect(two.listed().filter(({ campaignId }) => campaignId === "c")).toEqual(one.listed());
    const three = world({ seed: 2 });
    await three.clock.advance(2 * HOUR);
    expect(three.listed()).not.toEqual(one.listed());
  });

  it("keeps a disposition that was set while the call went on", async () => {
    const { clock, calls, listed } = world({ behaviour: { answerRate: 1, abandonRate: 0 } });
    let wrapping = listed().find(({ status }) => status === "wrap_up");
    while (wrapping === undefined) {
      await clock.advance(5);
      wrapping = listed().find(({ status }) => status === "wrap_up");
    }
    calls.setDisposition(wrapping.id, { dispositionCodeId: "D", notes: "", tag: [] }, clock.now());
    await clock.advance(60);
    expect(calls.get(wrapping.id)).toMatchObject({ status: "completed", dispositionCode: "D", writes: 1 });
  });
});

describe("a paused campaign", () => {
  it("places no more, lets its calls end, and comes back", async () => {
    const { clock, engine, set, listed } = world({ campaign: { callRate: 60 } });
    await clock.advance(600);
    set("c", { status: "paused" });
    const count = listed().length;
    const draining = engine.activeCalls("c");
    expect(draining).toBeGreaterThan(0);
    await clock.advance(30);
    expect(listed()).toHaveLength(count);
    await clock.advance(HOUR);
    expect(engine.activeCalls("c")).toBe(0);
    set("c", { status: "active" });
    await clock.advance(600);
    expect(listed().length).toBeGreaterThan(count);
  });

  it("costs nothing: no event comes while nothing goes on", async () => {
    const { clock, events, set } = world();
    await clock.advance(600);
    set("c", { status: "paused" });
    await clock.advance(HOUR);
    const count = events.length;
    await clock.advance(100 * HOUR);
    expect(events).toHaveLength(count);
  });
});

describe("the figures", () => {
  it("follow how the list answers, also when that changes", async () => {
    const { clock, engine } = world({
      behaviour: { answerRate: 0.5, abandonRate: 0.1 },
      campaign: { callRate: 60, maxCallsInFlight: 500 },
    });
    expect(engine.metrics("c", 30)).toEqual({
      successRate: 1,
      activeCalls: 0,
      callsPlaced: 0,
      callsAnswered: 0,
      abandonmentRate: 0,
    });
    await clock.advance(HOUR);
    const good = engine.metrics("c", 30);
    expect(good.successRate).toBeGreaterThan(0.4);
    expect(good.successRate).toBeLessThan(0.5);
    expect(good.abandonmentRate).toBeGreaterThan(0.05);
    expect(good.abandonmentRate).toBeLessThan(0.16);
    expect(Math.abs(good.callsPlaced - 1800)).toBeLessThan(180);
    expect(good.callsAnswered).toBeLessThan(good.callsPlaced);
    expect(engine.metrics("c", 5).callsPlaced).toBeLessThan(good.callsPlaced / 4);
    engine.setBehaviour("L", { answerRate: 0.05 });
    await clock.advance(40 * 60);
    expect(engine.metrics("c", 30).successRate).toBeLessThan(0.1);
  });

  it("are told once a minute while the campaign lives", async () => {
    const { clock, events, engine } = world();
    await clock.advance(10 * 60);
    const told = events.filter((event) => event.type === "metrics");
    expect(told).toHaveLength(10);
    expect(told.at(-1)).toMatchObject({ campaignId: "c", figures: { callsPlaced: engine.metrics("c", 30).callsPlaced } });
  });

  it("are zero for a campaign nobody knows", () => {
    expect(world().engine.metrics("nobody", 30)).toMatchObject({ activeCalls: 0, callsPlaced: 0 });
  });
});

it("places a single call on demand, whatever the campaign's state", async () => {
  const { clock, engine, set, calls, listed } = world({ campaign: { status: "paused" } });
  const call = engine.place("c");
  expect(call).toMatchObject({ campaignId: "c", status: "dialing", startTime: START });
  expect(engine.place("nobody")).toBeUndefined();
  await clock.advance(HOUR);
  expect(calls.get(call?.id ?? "")?.endTime).toBeGreaterThan(START);
  expect(listed()).toHaveLength(1);
  set("c", { contactListId: "nobody" });
  expect(engine.place("c")).toBeUndefined();
});

it("goes on from a snapshot as it went on itself", async () => {
  const { clock, engine, calls, listed, set } = world({ campaign: { callRate: 60 } });
  set("d", { callRate: 20 });
  await clock.advance(HOUR);
  set("d", { status: "paused" });
  engine.setBehaviour("L", { answerRate: 0.9, mix: { CONVERTED: 1 } });
  const saved = JSON.parse(JSON.stringify({ clock: clock.snapshot(), calls: calls.snapshot(), engine: engine.snapshot() }));
  await clock.advance(HOUR);
  const first = { calls: listed(), figures: engine.metrics("c", 90), active: engine.activeCalls() };
  engine.setBehaviour("L", { answerRate: 0 });
  await clock.advance(HOUR);
  clock.restore(saved.clock);
  calls.restore(saved.calls);
  engine.restore(saved.engine);
  await clock.advance(HOUR);
  expect(JSON.stringify({ calls: listed(), figures: engine.metrics("c", 90), active: engine.activeCalls() })).toBe(
    JSON.stringify(first),
  );
  expect(() => engine.restore({ engine: "another" })).toThrow();
});

it("stops for good", async () => {
  const { clock, engine, listed, set } = world();
  await clock.advance(HOUR);
  const count = listed().length;
  engine.stop();
  engine.stop();
  set("c", { status: "active" });
  await clock.advance(HOUR);
  expect(listed()).toHaveLength(count);
  expect(engine.place("c")).toBeUndefined();
});
