// The living dialer on a frozen clock: calls appear, end, feed figures; pausing drains; agents are few and shared; the same seed gives the same day.

import { describe, expect, it } from "vitest";
import type { CallEngineEvent, DialedCampaign, DialedSettings, ListBehaviour } from "../call-engine.ts";
import { createSandboxClock } from "../clock.ts";
import { checkScenario } from "../scenario/index.ts";
import { createCallStore } from "../world/calls.ts";
import { createContactStore } from "../world/contacts.ts";
import { createLivingEngine } from "./engine.ts";

const START = Date.UTC(2026, 0, 5);
const HOUR = 3600;

const SETTINGS: DialedSettings = {
  agents: 42,
  lines: 200,
  spacing: 0.15,
  dialRatio: 4,
  abandonmentTarget: 0.03,
  warmLineTimeout: 12,
};

interface WorldOptions {
  readonly seed?: number;
  readonly list?: object;
  readonly campaign?: Partial<DialedCampaign>;
  readonly behaviour?: ListBehaviour;
  readonly settings?: Partial<DialedSettings>;
}

/** @param clock default: one that stands until it is advanced */
function world(options: WorldOptions = {}, clock = createSandboxClock({ mode: "frozen", start: START })) {
  const { seed = 1, list = { generate: { count: 5000, consentRate: 0.8 } }, behaviour = {} } = options;
  const [checked] = checkScenario({ contactLists: [{ id: "L", ...list }] }).contactLists;
  if (checked === undefined) throw new Error("no list");
  const contacts = createContactStore({ list: checked, seed, start: START });
  const calls = createCallStore({ scenario: checkScenario({}), seed, start: START });
  const campaigns = new Map<string, DialedCampaign>();
  const events: CallEngineEvent[] = [];
  let settings = { ...SETTINGS, ...options.settings };
  const engine = createLivingEngine({
    clock,
    seed,
    behaviours: [["L", behaviour]],
    onEvent: (event) => void events.push(event),
    world: {
      campaign: (id) => campaigns.get(id),
      campaigns: () => campaigns.values(),
      contacts: (id) => (id === "L" ? contacts : undefined),
      settings: () => settings,
      calls,
    },
  });
  const set = (id: string, fields: Partial<DialedCampaign>): void => {
    const base = {
      id,
      status: "active",
      contactListId: "L",
      callRate: 12,
      maxCallsInFlight: 50,
      answerRatio: 0.85,
      abandonmentThreshold: 0.03,
    };
    campaigns.set(id, { ...base, ...campaigns.get(id), ...fields });
    engine.sync();
  };
  set("c", options.campaign ?? {});
  const setDialer = (change: Partial<DialedSettings>): void => {
    settings = { ...settings, ...change };
    engine.sync();
  };
  const listed = () => calls.list({ limit: 1e6 }).calls;
  return { clock, engine, calls, contacts, events, set, setDialer, listed };
}

describe("an active campaign", () => {
  it("places calls at its rate, to consenting contacts, each seen through to its end", async () => {
    const { clock, engine, listed, contacts, events, set } = world();
    await clock.advance(2 * HOUR);
    const placed = listed();
    expect(placed).toHaveLength(2 * 60 * 12);
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

  it("never has more calls on lines than the campaign or the dialer allows", async () => {
    const { clock, listed, set, setDialer } = world({ campaign: { callRate: 600, maxCallsInFlight: 7 } });
    const mostIn = async (seconds: number): Promise<number> => {
      let most = 0;
      for (let i = 0; i < seconds; i += 2) {
        await clock.advance(2);
        most = Math.max(most, listed().filter(({ endTime }) => endTime === undefined).length);
      }
      return most;
    };
    expect(await mostIn(300)).toBe(7);
    set("c", { maxCallsInFlight: 12 });
    expect(await mostIn(300)).toBe(12);
    setDialer({ lines: 9 });
    await clock.advance(600);
    expect(await mostIn(300)).toBe(9);
  });

  it("talks and wraps up as long as its list says", async () => {
    const { clock, set, listed } = world({ behaviour: { answerRate: 0.9, talk: 10, wrap: 4 }, campaign: { callRate: 60 } });
    await clock.advance(HOUR);
    set("c", { status: "paused" });
    await clock.advance(HOUR);
    const talks = listed().flatMap(({ connectedTime, endTime }) =>
      connectedTime === undefined || endTime === undefined ? [] : [(endTime - connectedTime) / 1000],
    );
    const mean = talks.reduce((sum, talk) => sum + talk, 0) / talks.length;
    expect(mean).toBeGreaterThan(9);
    expect(mean).toBeLessThan(11);
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

  it("has the same day for the same seed, whatever the steps of the clock", async () => {
    const one = world();
    one.set("other", { callRate: 30 });
    await one.clock.advance(HOUR);
    const two = world();
    two.set("other", { callRate: 30 });
    for (let i = 0; i < 400; i++) {
      await two.clock.advance(9);
      if (i % 50 === 0) two.engine.sync();
    }
    expect(JSON.stringify([two.listed(), two.events])).toBe(JSON.stringify([one.listed(), one.events]));
    const three = world({ seed: 2 });
    await three.clock.advance(HOUR);
    expect(three.listed().map(({ status }) => status)).not.toEqual(one.listed().map(({ status }) => status));
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

  it("whose calls are hung up has none, keeps what they were, and none comes back, also from a snapshot", async () => {
    const { clock, engine, set, events, listed } = world({ campaign: { callRate: 60 } });
    await clock.advance(600);
    set("c", { status: "paused" });
    const under = listed().filter(({ status }) => status === "dialing" || status === "connected");
    expect(new Set(under.map(({ status }) => status))).toEqual(new Set(["dialing", "connected"]));
    const wrapping = listed().filter(({ status }) => status === "wrap_up").length;
    engine.hangUp("c");
    expect(engine.activeCalls("c")).toBe(wrapping);
    engine.restore(JSON.parse(JSON.stringify(engine.snapshot())) as object);
    const known = events.length;
    await clock.advance(1800);
    expect(events.slice(known).filter(({ type }) => type === "call_ended")).toHaveLength(wrapping);
    expect(engine.activeCalls("c")).toBe(0);
    const ends = new Map(listed().map((call) => [call.id, call]));
    for (const { id, status } of under) {
      const { endTime, ...after } = ends.get(id)!;
      expect(endTime).toBeLessThanOrEqual(clock.now() - 1800_000 + 1);
      if (status === "connected") expect(after).toMatchObject({ status: "completed" });
    }
    set("c", { status: "active" });
    await clock.advance(600);
    expect(listed().length).toBeGreaterThan(ends.size);
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
      campaign: { callRate: 30, maxCallsInFlight: 500 },
      settings: { agents: 80 },
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
    expect(good.callsPlaced).toBe(900);
    expect(good.callsAnswered).toBeLessThan(good.callsPlaced);
    expect(engine.metrics("c", 5).callsPlaced).toBe(150);
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

describe("the agents", () => {
  const busy = { callRate: 6000, maxCallsInFlight: 500, answerRatio: 0, abandonmentThreshold: 1 };
  const few = { agents: 10, spacing: 0, abandonmentTarget: 1 };

  it("are as many as the settings say, and talk to one caller at a time", async () => {
    const { clock, engine, listed, setDialer } = world({ campaign: busy, settings: few });
    await clock.advance(HOUR);
    const talking = () => listed().filter(({ status }) => status === "connected");
    for (let i = 0; i < 60; i++) {
      await clock.advance(7);
      const staff = engine.staff("c");
      expect(staff.loggedIn).toBe(10);
      expect(talking()).toHaveLength(staff.talking);
      expect(new Set(talking().map(({ agentId }) => agentId)).size).toBe(staff.talking);
      expect(listed().filter(({ status }) => status === "wrap_up")).toHaveLength(staff.wrapping);
    }
    setDialer({ agents: 3 });
    await clock.advance(HOUR);
    expect(engine.staff("c").loggedIn).toBe(3);
    expect(talking().length).toBeLessThanOrEqual(3);
    setDialer({ agents: 0 });
    const count = listed().length;
    await clock.advance(HOUR);
    expect(listed()).toHaveLength(count);
    setDialer({ agents: 5 });
    await clock.advance(60);
    expect(listed().length).toBeGreaterThan(count);
  });

  it("are busier, and lose more callers, the more lines are dialed for each of them; from the moment that is changed", async () => {
    const { clock, engine, setDialer } = world({ campaign: busy, settings: { ...few, dialRatio: 1 } });
    const hour = async () => {
      let working = 0;
      for (let i = 0; i < 360; i++) {
        await clock.advance(10);
        const { talking, wrapping, loggedIn } = engine.staff("c");
        working += (talking + wrapping) / loggedIn / 360;
      }
      return { occupancy: working, abandonmentRate: engine.metrics("c", 55).abandonmentRate };
    };
    const progressive = await hour();
    setDialer({ dialRatio: 4 });
    const fast = await hour();
    expect(progressive.abandonmentRate).toBeLessThan(0.01);
    expect(fast.abandonmentRate).toBeGreaterThan(0.04);
    expect(fast.occupancy).toBeGreaterThan(progressive.occupancy + 0.05);
    setDialer({ abandonmentTarget: 0.03 });
    await clock.advance(HOUR);
    expect((await hour()).abandonmentRate).toBeLessThan(0.01);
  });

  it("lose no more callers than the target allows in the long run", async () => {
    const { clock, engine } = world({ campaign: busy, settings: { ...few, abandonmentTarget: 0.03 } });
    await clock.advance(10 * HOUR);
    const { abandonmentRate, callsAnswered } = engine.metrics("c", 600);
    expect(callsAnswered).toBeGreaterThan(1000);
    expect(abandonmentRate).toBeGreaterThan(0.02);
    expect(abandonmentRate).toBeLessThan(0.035);
  });

  it("keep the campaign's own limits when those change: call rate, threshold, answer ratio", async () => {
    const { clock, engine, set } = world({ campaign: busy, settings: few });
    await clock.advance(HOUR);
    set("c", { callRate: 2 });
    await clock.advance(HOUR);
    expect(engine.metrics("c", 30).callsPlaced).toBe(60);
    set("c", { callRate: 6000, answerRatio: 1 });
    await clock.advance(HOUR);
    expect(engine.metrics("c", 50).callsAnswered).toBeGreaterThan(50);
    expect(engine.metrics("c", 50).abandonmentRate).toBeLessThan(0.01);
  });

  it("are shared by the campaigns that dial; one that is paused keeps its part until its calls are over", async () => {
    const { clock, engine, set, listed } = world({ campaign: busy, settings: { ...few, agents: 11 } });
    await clock.advance(600);
    set("d", { callRate: 60 });
    expect([engine.staff("c").loggedIn, engine.staff("d").loggedIn]).toEqual([11, 5]);
    await clock.advance(HOUR);
    expect([engine.staff("c").loggedIn, engine.staff("d").loggedIn]).toEqual([6, 5]);
    const ids = (id: string) => new Set(listed().flatMap((call) => (call.campaignId === id ? (call.agentId ?? []) : [])));
    expect([...ids("c")].filter((agent) => ids("d").has(agent))).toEqual([]);
    set("c", { status: "paused" });
    expect(engine.activeCalls("c")).toBeGreaterThan(0);
    expect(engine.staff("c").loggedIn).toBe(6);
    await clock.advance(HOUR);
    expect([engine.staff("c").loggedIn, engine.staff("d").loggedIn]).toEqual([0, 11]);
  });

  it("whose line was dropped for idleness are connected anew while the caller waits", async () => {
    const waits = async (warmLineTimeout: number) => {
      const { clock, listed } = world({ settings: { warmLineTimeout } });
      await clock.advance(HOUR);
      return listed().flatMap(({ answeredTime, connectedTime }) =>
        answeredTime === undefined || connectedTime === undefined ? [] : [connectedTime - answeredTime],
      );
    };
    expect(Math.max(...(await waits(3600)))).toBeLessThanOrEqual(501);
    expect(Math.min(...(await waits(0)))).toBeGreaterThanOrEqual(1499);
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

it("stands still while the host sleeps, instead of placing the calls that were missed", () => {
  let [time, wake] = [0, () => {}];
  const host = {
    now: () => time,
    after: (_ms: number, _hold: boolean, run: () => void) => {
      wake = run;
      return () => {};
    },
  };
  const { clock, listed } = world({}, createSandboxClock({ mode: "real", start: START, host }));
  const run = (seconds: number, step: number): number => {
    const before = listed().length;
    for (let i = 0; i < seconds; i += step) {
      time += 1000 * step;
      wake();
    }
    return listed().length - before;
  };
  run(30, 1);
  expect(run(600, 1)).toBe(120);
  expect(run(3600, 3600)).toBeLessThan(3);
  run(30, 1);
  expect(run(600, 1)).toBe(120);
  expect(listed().at(-1)?.startTime).toBeGreaterThan(clock.now() - 6000);
  clock.stop();
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
