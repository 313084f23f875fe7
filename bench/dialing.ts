// The engine's speed, every figure in the same run: a plain queue against a loop written by hand for it and against simjs, the full dialer on one
// core and on two workers, and a day of a hundred agents with its interval, end to end. Rates are medians of turns taken one after the other.

import { createRequire } from "node:module";
import { combine, createDialer, type PacingStrategy, parseScenario } from "../src/dialing/index.ts";
import { createRandom } from "../src/kernel/index.ts";
import { SimulationPool } from "../src/operations/index.ts";
import { median, rounded, sized } from "./support.ts";

const TURNS = sized(7, 1);
const CUSTOMERS = sized(500_000, 5000);
/** Seconds. */
const HOUR = 3600;
const RHO = 0.8;

/** M/M/c, first come first served, as one would write it for this queue alone: a binary heap and a ring of arrival times in typed arrays. */
function handWritten(servers: number, customers: number, seed: number): number {
  const times = new Float64Array(servers + 2);
  const kinds = new Int32Array(servers + 2);
  let size = 0;
  const push = (time: number, kind: number) => {
    let place = size++;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      if (times[parent]! <= time) break;
      times[place] = times[parent]!;
      kinds[place] = kinds[parent]!;
      place = parent;
    }
    times[place] = time;
    kinds[place] = kind;
  };
  const pop = () => {
    const time = times[--size]!;
    const kind = kinds[size]!;
    let place = 0;
    for (;;) {
      let child = 2 * place + 1;
      if (child >= size) break;
      if (child + 1 < size && times[child + 1]! < times[child]!) child++;
      if (times[child]! >= time) break;
      times[place] = times[child]!;
      kinds[place] = kinds[child]!;
      place = child;
    }
    times[place] = time;
    kinds[place] = kind;
  };
  const random = createRandom(seed, "hand-written");
  const rate = servers * RHO;
  const queue = new Float64Array(1 << 16);
  let [head, tail, busy, arrived, events, waits] = [0, 0, 0, 0, 0, 0];
  push(-Math.log(1 - random.next()) / rate, 0);
  while (arrived < customers) {
    const now = times[0]!;
    const kind = kinds[0]!;
    pop();
    events++;
    if (kind === 0) {
      arrived++;
      push(now - Math.log(1 - random.next()) / rate, 0);
      if (busy < servers) {
        busy++;
        push(now - Math.log(1 - random.next()), 1);
      } else queue[tail++ & 0xffff] = now;
    } else if (head < tail) {
      waits += now - queue[head++ & 0xffff]!;
      push(now - Math.log(1 - random.next()), 1);
    } else busy--;
  }
  if (!Number.isFinite(waits)) throw new Error("the loop went wrong");
  return events;
}

/** The same queue as a scenario of outdial. */
function ours(servers: number, customers: number, seed: number): number {
  const rate = servers * RHO;
  const scenario = parseScenario({
    duration: customers / rate,
    bucket: customers / rate / 30,
    agents: servers,
    arrivals: { rate },
    calls: {
      answerProbability: 1,
      machineProbability: 0,
      busyProbability: 0,
      invalidProbability: 0,
      ring: { live: 0 },
      machineDetection: "off",
      patience: { kind: "none" },
      talk: { kind: "exponential", mean: 1 },
      wrap: 0,
    },
  });
  const dialer = createDialer({ scenario, seed });
  dialer.advance(customers / rate);
  return dialer.events;
}

interface SimJs {
  readonly Sim: new () => { addEntity(entity: unknown): void; simulate(until: number): void };
  readonly Entity: new (
    name: string,
  ) => {
    setTimer(seconds: number): { done(callback: () => void): void };
    useFacility(facility: unknown, seconds: number): { done(callback: () => void): void };
  };
  readonly Facility: new (name: string, discipline: unknown, servers: number) => unknown;
  readonly Random: new (seed: number) => { exponential(rate: number): number };
}

/** simjs has no exports but `window.Sim`. */
function loadSimJs(): SimJs {
  const browser = globalThis as { window?: object };
  browser.window ??= {};
  const require = createRequire(import.meta.url);
  require("simjs");
  return (browser.window as { Sim: SimJs }).Sim;
}

function inSimJs(library: SimJs, servers: number, customers: number, seed: number): number {
  const rate = servers * RHO;
  const random = new library.Random(seed);
  const facility = new library.Facility("agents", (library.Facility as unknown as { FCFS: unknown }).FCFS, servers);
  let events = 0;
  class Arrivals extends library.Entity {
    start(): void {
      this.setTimer(random.exponential(rate)).done(() => {
        events++;
        this.useFacility(facility, random.exponential(1)).done(() => events++);
        this.start();
      });
    }
  }
  const sim = new library.Sim();
  (sim as unknown as { addEntity(entity: unknown, name: string): void }).addEntity(Arrivals, "arrivals");
  sim.simulate(customers / rate);
  return events;
}

/** Million events a second of the processor's own time, so that neighbours on the machine count less. */
function speed(run: () => number): number {
  const before = process.cpuUsage();
  const events = run();
  const { user, system } = process.cpuUsage(before);
  return events / (user + system);
}

function queueSpeeds(servers: number, simjs: SimJs) {
  const speeds = { ours: [] as number[], hand: [] as number[], simjs: [] as number[] };
  for (let turn = 0; turn <= TURNS; turn++) {
    const hand = speed(() => handWritten(servers, CUSTOMERS, turn));
    const own = speed(() => ours(servers, CUSTOMERS, turn));
    const other = speed(() => inSimJs(simjs, servers, CUSTOMERS / 10, turn));
    // The first turn warms up.
    if (turn === 0) continue;
    speeds.hand.push(hand);
    speeds.ours.push(own);
    speeds.simjs.push(other);
  }
  const ratio = (other: readonly number[]) => rounded(median(speeds.ours.map((value, i) => value / other[i]!)), 2);
  return {
    millionEventsPerSecond: rounded(median(speeds.ours), 2),
    handWritten: rounded(median(speeds.hand), 2),
    simjs: rounded(median(speeds.simjs), 2),
    ofHandWritten: ratio(speeds.hand),
    ofSimjs: ratio(speeds.simjs),
  };
}

/** Lines in fixed proportion: costs next to nothing, so that what is measured is the dialer. */
function plainPacing(): PacingStrategy {
  return { name: "bench", interval: 0.5, decide: (view) => Math.ceil(2.5 * view.idle) - view.dialing };
}

function dialerSpeed(agents: number, hours: number): number {
  const speeds: number[] = [];
  for (let turn = 0; turn <= TURNS; turn++) {
    const scenario = parseScenario({ agents, duration: hours * HOUR });
    const dialer = createDialer({ scenario, seed: turn, strategy: plainPacing() });
    const rate = speed(() => {
      dialer.advance(hours * HOUR);
      return dialer.events;
    });
    if (turn > 0) speeds.push(rate);
  }
  return rounded(median(speeds), 2);
}

const DAY = parseScenario({ agents: sized(100, 10), duration: sized(8 * HOUR, 600), pacing: { strategy: "ratio", ratio: 2.5 } });

/** Seconds by the clock, and of processor time over all threads. */
async function timed(work: () => Promise<unknown>): Promise<{ elapsed: number; used: number }> {
  const start = performance.now();
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return { elapsed: (performance.now() - start) / 1000, used: (user + system) / 1e6 };
}

async function workers() {
  await using one = new SimulationPool({ workers: 1 });
  await using two = new SimulationPool({ workers: 2 });
  const long = parseScenario({
    agents: sized(100, 10),
    duration: sized(40 * HOUR, 600),
    pacing: { strategy: "ratio", ratio: 2.5 },
  });
  await Promise.all([one.replicate(DAY, { replications: 2 }), two.replicate(DAY, { replications: 4 })]);
  const speedUps: number[] = [];
  const costs: number[] = [];
  for (let turn = 0; turn < sized(5, 1); turn++) {
    const alone = await timed(() => one.replicate(long, { replications: 8 }));
    const together = await timed(() => two.replicate(long, { replications: 8 }));
    speedUps.push(alone.elapsed / together.elapsed);
    costs.push(together.used / alone.used);
  }
  // Twice over the cost is what two cores of one's own give; elapsed time tells only when nobody else uses the machine.
  return {
    speedUp: rounded(median(speedUps), 2),
    processorTime: rounded(median(costs), 2),
    onTwoFreeCores: rounded(2 / median(costs), 2),
  };
}

async function wholeDay() {
  let result: ReturnType<typeof combine> | undefined;
  const { elapsed } = await timed(async () => {
    await using pool = new SimulationPool({ workers: 2 });
    result = combine(await pool.replicate(DAY, { replications: sized(20, 2) }));
  });
  const { abandonment, occupancy, events } = result!;
  const shown = ({ rate, low, high }: { rate: number; low: number; high: number }) => [rate, low, high].map((x) => rounded(x, 5));
  return { seconds: rounded(elapsed, 2), events, occupancy: shown(occupancy), abandonment: shown(abandonment) };
}

const simjs = loadSimJs();
process.stdout.write(
  `${JSON.stringify({
    queue10: { ...queueSpeeds(10, simjs), ofHandWrittenAtLeast: 0.6, ofSimjsAtLeast: 8 },
    queue1000: queueSpeeds(1000, simjs),
    dialer: {
      millionEventsPerSecond10: dialerSpeed(10, sized(300, 0.5)),
      millionEventsPerSecond100: dialerSpeed(100, sized(40, 0.5)),
      aim: 3,
    },
    twoWorkers: { ...(await workers()), atLeast: 1.7 },
    dayOf100Agents20Runs: await wholeDay(),
  })}\n`,
);
