// Checks plain data as a scenario: first by the schema, then by the rules that concern several fields.

import { z } from "zod";
import { OutdialError, type Problem, problemsOf } from "../../kernel/index.ts";
import { hourlyShares } from "./compile.ts";
import { secondOfDay, seconds } from "./fields.ts";
import { type SimulationScenario, scenarioSchema } from "./schema.ts";

const SHOWN = 20;
/** Each step of the time series keeps about sixty numbers in each replication. */
const MOST_BUCKETS = 40_000;
const LONGEST_DAYS = 366;

/**
 * A scenario that cannot be simulated. `problems` has everything that is wrong with it, each with its path, what is allowed and a
 * suggestion.
 */
export class SimulationScenarioError extends OutdialError<"scenario_invalid"> {
  readonly problems: readonly Problem[];

  constructor(source: string, problems: readonly Problem[]) {
    const lines = problems.slice(0, SHOWN).map(({ path, message }) => (path === "" ? message : `${path}: ${message}`));
    if (problems.length > SHOWN) lines.push(`and ${problems.length - SHOWN} more`);
    super("scenario_invalid", lines.length === 1 ? `${source}: ${lines[0]}` : `${source}:\n  ${lines.join("\n  ")}`, {
      advice: "The form of a simulation scenario is described by schemas/simulation.schema.json.",
      details: { problems },
    });
    this.problems = problems;
  }
}

/**
 * Checks plain data (the contents of a YAML or JSON file) as a scenario and fills in the defaults. A parsed scenario passes again
 * unchanged.
 * @param source named in the error, for example the file
 * @throws SimulationScenarioError with every wrong field
 */
export function parseScenario(data: unknown, source = "scenario"): SimulationScenario {
  const value = data ?? {};
  const parsed = scenarioSchema.safeParse(value);
  if (!parsed.success) throw new SimulationScenarioError(source, problemsOf(scenarioSchema, value, parsed.error));
  const problems = [
    ...rateProblems(parsed.data),
    ...shiftProblems(parsed.data),
    ...windowProblems(parsed.data),
    ...otherProblems(parsed.data, value),
  ];
  if (problems.length > 0) throw new SimulationScenarioError(source, problems);
  return parsed.data;
}

/** Number of steps of the time series in a run of a parsed scenario. */
export function bucketsOf({ duration, warmUp, bucket }: SimulationScenario): number {
  return Math.ceil((seconds(duration) - seconds(warmUp)) / seconds(bucket));
}

/** JSON Schema (2020-12) of a scenario file, for editors. */
export function simulationJsonSchema(): object {
  return z.toJSONSchema(scenarioSchema, { io: "input", unrepresentable: "any" });
}

function rateProblems({ calls }: SimulationScenario): Problem[] {
  const { answer, machine, busy, invalid } = hourlyShares(calls);
  const sum = (hour: number) => (answer[hour] ?? 0) + (machine[hour] ?? 0) + (busy[hour] ?? 0) + (invalid[hour] ?? 0);
  const tooMuch = (hour: number) => sum(hour) > 1 + 1e-9;
  const message = (hour: number) =>
    `answer, machine, busy and invalid probabilities add to ${Number(sum(hour).toPrecision(4))}; at most 1 is allowed, the rest is not answered`;
  const named = new Set(calls.byHour.map(({ hour }) => hour));
  const problems = calls.byHour.flatMap(({ hour }, i) =>
    tooMuch(hour) ? [{ path: `calls.byHour[${i}]`, message: message(hour) }] : [],
  );
  const other = Array.from({ length: 24 }, (_, hour) => hour).find((hour) => !named.has(hour));
  if (other !== undefined && tooMuch(other)) problems.unshift({ path: "calls", message: message(other) });
  calls.byHour.forEach(({ hour }, i) => {
    const first = calls.byHour.findIndex((entry) => entry.hour === hour);
    if (first < i)
      problems.push({ path: `calls.byHour[${i}].hour`, message: `hour ${hour} stands in calls.byHour[${first}] already` });
  });
  return problems;
}

function shiftProblems({ agents }: SimulationScenario): Problem[] {
  if (typeof agents === "number") return [];
  return agents.flatMap(({ shift, breaks }, g): Problem[] => {
    const path = `agents[${g}]`;
    if (shift === undefined) {
      return breaks.length === 0 ? [] : [{ path: `${path}.breaks`, message: "breaks need a shift; give shift: { from, to }" }];
    }
    const from = secondOfDay(shift.from);
    const later = (text: string) => (secondOfDay(text) - from + 86_400) % 86_400;
    const length = later(shift.to) || 86_400;
    return breaks.flatMap(({ at }, b) =>
      later(at) > 0 && later(at) < length
        ? []
        : [{ path: `${path}.breaks[${b}].at`, message: `${at} is not inside the shift from ${shift.from} to ${shift.to}` }],
    );
  });
}

function windowProblems({ callingWindows }: SimulationScenario): Problem[] {
  // 24:00 and 00:00 are the same instant, unless the window covers the whole day.
  const isEmpty = (from: string, to: string) =>
    secondOfDay(from) === secondOfDay(to) || (secondOfDay(from) === 86_400 && secondOfDay(to) === 0);
  return callingWindows.flatMap(({ from, to }, w) =>
    isEmpty(from, to)
      ? [
          {
            path: `callingWindows[${w}]`,
            message: `from ${from} to ${to} has no length; for the whole day leave callingWindows out, or give from "00:00" to "24:00"`,
          },
        ]
      : [],
  );
}

function otherProblems(scenario: SimulationScenario, given: unknown): Problem[] {
  const problems: Problem[] = [];
  const { arrivals, history, lines } = scenario;
  if (seconds(scenario.warmUp) >= seconds(scenario.duration)) {
    problems.push({ path: "warmUp", message: `must be shorter than the duration (${seconds(scenario.duration)} s)` });
  }
  const length = seconds(scenario.duration);
  const buckets = bucketsOf(scenario);
  if (length > LONGEST_DAYS * 86_400) {
    problems.push({ path: "duration", message: `is ${length} s; at most ${LONGEST_DAYS} days (${LONGEST_DAYS * 86_400} s)` });
  } else if (buckets > MOST_BUCKETS) {
    problems.push({
      path: "bucket",
      message: `${seconds(scenario.bucket)} s cuts the run into ${buckets} steps; at most ${MOST_BUCKETS} are allowed`,
    });
  }
  if (history.abandoned > history.liveAnswers) {
    problems.push({ path: "history.abandoned", message: `at most history.liveAnswers (${history.liveAnswers})` });
  }
  if (lines.burst !== undefined && lines.callsPerSecond === undefined) {
    problems.push({ path: "lines.burst", message: "needs lines.callsPerSecond" });
  }
  if (arrivals === undefined) return problems;
  if (typeof given === "object" && given !== null && "pacing" in given && scenario.pacing.strategy !== "progressive") {
    problems.push({ path: "pacing", message: "inbound calls (arrivals) have no pacing; leave out pacing or arrivals" });
  }
  if (Math.abs(arrivals.amplitude) > arrivals.rate) {
    problems.push({ path: "arrivals.amplitude", message: `at most arrivals.rate (${arrivals.rate}) in size` });
  }
  if (arrivals.amplitude !== 0 && arrivals.sources !== undefined) {
    problems.push({ path: "arrivals.sources", message: "cannot go with an amplitude" });
  }
  return problems;
}
