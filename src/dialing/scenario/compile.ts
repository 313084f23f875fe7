// Compiles a parsed scenario to the engine's input.

import { type Distribution, inversion, lawOf } from "../distributions/index.ts";
import { unitExponential } from "../engine/exponential.ts";
import { LeadList, retryDelays } from "../engine/lead-list.ts";
import { EndlessLeads, type LeadSource } from "../engine/leads.ts";
import { type AgentGroup, type CallModel, DAY, type DialerModel, type Draw, type OutcomeRates } from "../engine/model.ts";
import type { CallsScenario } from "./calls.ts";
import { distributionOf, secondOfDay, seconds } from "./fields.ts";
import type { SimulationScenario } from "./schema.ts";

const NEVER = Number.POSITIVE_INFINITY;
const HOURS = 24;

/** What happens to calls, compiled. */
export function compileCalls(calls: CallsScenario): CallModel {
  const timeout = seconds(calls.noAnswerTimeout);
  const draw = (value: number | Distribution): Draw => drawOf(distributionOf(value));
  const wrap = distributionOf(calls.wrap);
  const live = distributionOf(calls.ring.live);
  const patience = distributionOf(calls.patience);
  const talk = distributionOf(calls.talk);
  const { machineDetection } = calls;
  const plain =
    calls.answerProbability === 1 &&
    calls.byHour.length === 0 &&
    calls.attemptDecay === 1 &&
    live.kind === "deterministic" &&
    live.value === 0;
  const instant = machineDetection === "off" || (machineDetection.live === 0 && machineDetection.falseMachine === 0);
  return {
    plain,
    rates: compileRates(calls),
    ring: [
      calls.ring.lateAnswers ? drawOf(live) : cutAt(live, timeout),
      cutAt(distributionOf(calls.ring.machine), timeout),
      draw(calls.ring.busy),
      draw(calls.ring.invalid),
    ],
    noAnswerAfter: timeout,
    detection:
      machineDetection === "off" || (plain && instant)
        ? undefined
        : {
            live: draw(machineDetection.live),
            machine: draw(machineDetection.machine),
            falseMachine: machineDetection.falseMachine,
            falseLive: machineDetection.falseLive,
          },
    greeting: seconds(calls.greeting),
    patience: patience.kind === "none" ? undefined : drawOf(patience),
    legalLimit: seconds(calls.legalLimit),
    countEarlyHangUps: calls.countEarlyHangUps,
    countSilentCalls: calls.countSilentCalls,
    talk: drawOf(talk),
    exponentialTalk: talk.kind === "exponential" ? talk.mean : undefined,
    machineTalk: draw(calls.machineTalk),
    wrap: wrap.kind === "deterministic" && wrap.value === 0 ? undefined : drawOf(wrap),
  };
}

/** The inverse distribution function; for the exponential the engine's own, which is faster. */
function drawOf(distribution: Distribution): Draw {
  const { kind } = distribution;
  if (kind !== "exponential") return inversion(distribution);
  const { mean } = distribution;
  return (u) => mean * unitExponential(u);
}

/** The shares of the outcomes in the 24 hours of a day. */
export function hourlyShares(calls: CallsScenario): Record<"answer" | "machine" | "busy" | "invalid", number[]> {
  const shares = (field: "answerProbability" | "machineProbability" | "busyProbability" | "invalidProbability") => {
    const values = Array<number>(HOURS).fill(calls[field]);
    for (const entry of calls.byHour) values[entry.hour] = entry[field] ?? calls[field];
    return values;
  };
  return {
    answer: shares("answerProbability"),
    machine: shares("machineProbability"),
    busy: shares("busyProbability"),
    invalid: shares("invalidProbability"),
  };
}

function compileRates(calls: CallsScenario): OutcomeRates {
  const { answer, machine, busy, invalid } = hourlyShares(calls);
  return {
    live: Float64Array.from(answer),
    machine: Float64Array.from(machine),
    busy: Float64Array.from(busy),
    invalid: Float64Array.from(invalid),
    interpolation: calls.interpolation,
    attemptDecay: calls.attemptDecay,
  };
}

/**
 * Draws from a distribution under the condition that the value is not above `limit`; `limit` itself when all values are above it.
 */
function cutAt(distribution: Distribution, limit: number): Draw {
  if (distribution.kind === "mixture") {
    const parts = distribution.parts.map(({ weight, distribution: part }) => ({
      weight: weight * lawOf(part).cdf(limit),
      draw: cutAt(part, limit),
    }));
    const whole = parts.reduce((sum, { weight }) => sum + weight, 0);
    if (whole === 0) return () => limit;
    return (u) => {
      let rest = u * whole;
      for (const { weight, draw } of parts) {
        if (rest < weight) return draw(rest / weight || Number.EPSILON);
        rest -= weight;
      }
      return limit;
    };
  }
  const draw = inversion(distribution);
  const within = lawOf(distribution).cdf(limit);
  if (within >= 1) return draw;
  if (within <= 0) return () => limit;
  return (u) => Math.min(limit, draw(u * within));
}

function compileGroups(agents: SimulationScenario["agents"]): AgentGroup[] {
  if (typeof agents === "number") return [{ count: agents, shift: undefined, breaks: [], logOnDelay: () => 0 }];
  return agents.map((group) => {
    const from = group.shift === undefined ? 0 : secondOfDay(group.shift.from);
    const inShift = (text: string, after: number) => (secondOfDay(text) < after ? secondOfDay(text) + DAY : secondOfDay(text));
    const breaks = group.breaks
      .map(({ at, length }) => ({ at: inShift(at, from), length: inversion(distributionOf(length)) }))
      .sort((a, b) => a.at - b.at);
    const to = group.shift === undefined ? 0 : secondOfDay(group.shift.to);
    return {
      count: group.count,
      shift: group.shift === undefined ? undefined : { from, to: to <= from ? to + DAY : to },
      breaks,
      logOnDelay: inversion(distributionOf(group.logOnDelay)),
    };
  });
}

/** Days of the campaign's clock that the measured window covers; 1 for a window of 24 hours. */
export function windowDaysOf({ abandonmentWindow }: Pick<SimulationScenario, "abandonmentWindow">): number {
  return Math.max(1, Math.round(seconds(abandonmentWindow) / DAY));
}

/** The model of a scenario. */
export function compileScenario(scenario: SimulationScenario): DialerModel {
  const { arrivals, lines, warmLine } = scenario;
  const rate = lines.callsPerSecond ?? NEVER;
  return {
    calls: compileCalls(scenario.calls),
    arrivals: arrivals === undefined ? undefined : { ...arrivals, sources: arrivals.sources ?? NEVER },
    agents: compileGroups(scenario.agents),
    limits: {
      trunks: lines.trunks ?? NEVER,
      callsPerSecond: rate,
      burst: lines.burst ?? Math.max(1, rate === NEVER ? 1 : rate),
      spacing: seconds(lines.spacing),
      taper: seconds(scenario.taper),
      warmLineTimeout: warmLine === undefined ? NEVER : seconds(warmLine.timeout),
      reconnect: warmLine === undefined ? 0 : seconds(warmLine.reconnect),
    },
    history: scenario.history,
    windowDays: windowDaysOf(scenario),
    startOfDay: secondOfDay(scenario.start),
    warmUp: seconds(scenario.warmUp),
    bucket: seconds(scenario.bucket),
  };
}

/** The leads of a scenario, none called yet. */
export function compileLeads(scenario: SimulationScenario): LeadSource {
  const windows = scenario.callingWindows.map(({ from, to }) => ({ from: secondOfDay(from), to: secondOfDay(to) }));
  const startOfDay = secondOfDay(scenario.start);
  const { leads } = scenario;
  if (leads === "endless") return new EndlessLeads(windows, startOfDay);
  const machine = seconds(leads.retry.machine);
  return new LeadList({
    count: leads.count,
    zones: leads.zones.map(({ offset, share }) => ({ offset: offsetSeconds(offset), weight: share })),
    windows,
    startOfDay,
    maxAttempts: leads.maxAttempts,
    retryAfter: retryDelays({
      noAnswer: seconds(leads.retry.noAnswer),
      busy: seconds(leads.retry.busy),
      machine,
      silent: machine,
      ...(leads.retry.lost === undefined ? {} : { lost: seconds(leads.retry.lost) }),
    }),
  });
}

function offsetSeconds(offset: number | string): number {
  if (typeof offset === "number") return offset;
  const [hours = 0, minutes = 0] = offset.slice(1).split(":").map(Number);
  return (offset.startsWith("-") ? -1 : 1) * (hours * 3600 + minutes * 60);
}
