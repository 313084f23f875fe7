// Scenarios: what may be said, how errors name what is wrong, and that a parsed one is stable.

import { describe, expect, it } from "vitest";
import { canonicalJson, type Problem } from "../../kernel/index.ts";
import { parseScenario, SimulationScenarioError, simulationJsonSchema } from "./parse.ts";

function problems(data: unknown): readonly Problem[] {
  try {
    parseScenario(data, "s.yaml");
  } catch (thrown) {
    if (thrown instanceof SimulationScenarioError) return thrown.problems;
    throw thrown;
  }
  throw new Error("the scenario passed");
}

const FULL = {
  name: "full",
  start: "08:30",
  duration: "8h",
  warmUp: "30m",
  bucket: 600,
  calls: {
    answerProbability: 0.2,
    byHour: [{ hour: 18, answerProbability: 0.234 }],
    interpolation: "step",
    attemptDecay: 0.9,
    ring: { live: { kind: "gamma", mean: 9, cv: 0.5 }, machine: 20 },
    machineDetection: { live: 0.8, machine: 3.5, falseMachine: 0.05, falseLive: 0.02 },
    patience: { kind: "exponential", mean: 10 },
    talk: { kind: "mixture", parts: [{ weight: 1, distribution: { kind: "lognormal", mean: 60 } }] },
    wrap: 0,
  },
  agents: [
    { count: 5, shift: { from: "09:00", to: "17:00" }, breaks: [{ at: "12:00", length: 1800 }], logOnDelay: 30 },
    { count: 3 },
  ],
  leads: { count: 1000, maxAttempts: 4, retry: { noAnswer: "1h", lost: "3d" }, zones: [{ offset: "-01:00", share: 1 }] },
  callingWindows: [
    { from: "08:00", to: "21:00" },
    { from: "00:00", to: "24:00" },
  ],
  lines: { trunks: 60, callsPerSecond: 5, burst: 8, spacing: 0.025 },
  warmLine: { timeout: "2m" },
  taper: 25,
  history: { liveAnswers: 1000, abandoned: 20 },
};

describe("a scenario", () => {
  it("may say everything, or nothing", () => {
    expect(parseScenario(FULL)).toMatchObject({ warmUp: 1800, warmLine: { timeout: 120, reconnect: 3 } });
    expect(parseScenario({})).toMatchObject({ agents: 10, duration: 28_800, pacing: { strategy: "progressive" } });
    expect(parseScenario(null)).toEqual(parseScenario({}));
  });

  it("comes out of a second check as it went in", () => {
    for (const data of [FULL, {}, { arrivals: { rate: 1 } }]) {
      const once = parseScenario(data);
      expect(canonicalJson(parseScenario(structuredClone(once)))).toBe(canonicalJson(once));
    }
  });

  it("has a published form in which every section and field about calls says what it is", () => {
    const fields = (node: unknown): [string, Record<string, unknown>][] => {
      const properties = new Map(Object.entries(node as object)).get("properties");
      return Object.entries(properties as Record<string, Record<string, unknown>>);
    };
    const top = fields(simulationJsonSchema());
    expect(top.map(([name]) => name)).toEqual(
      expect.arrayContaining(["calls", "agents", "leads", "lines", "pacing", "arrivals"]),
    );
    const calls = top.find(([name]) => name === "calls")?.[1];
    for (const [name, field] of fields(calls)) expect(`${name}: ${String(field["description"])}`).toMatch(/: .{10,}/);
    const ring = fields(calls).find(([name]) => name === "ring")?.[1];
    for (const [name, field] of fields(ring)) expect(`${name}: ${String(field["description"])}`).toMatch(/Default/);
  });
});

describe("a wrong scenario", () => {
  const cases: [string, unknown, string, RegExp][] = [
    ["a misspelt field", { agnets: 5 }, "agnets", /did you mean agents\?/],
    [
      "a misspelt field inside",
      { calls: { answerProbabilty: 0.3 } },
      "calls.answerProbabilty",
      /did you mean answerProbability\?/,
    ],
    ["an unknown field", { wibble: 1 }, "wibble", /unknown field; allowed: .*duration/],
    ["a share above 1", { calls: { answerProbability: 1.5 } }, "calls.answerProbability", /^it must be at most 1$/],
    ["a wrong type", { agents: "ten" }, "agents", /^a number or a list is needed$/],
    ["no agents", { agents: 0 }, "agents", /^it must be at least 1$/],
    ["a bad span", { duration: "soon" }, "duration", /90s/],
    ["a zero span", { duration: 0 }, "duration", /above 0/],
    ["a bad time", { start: "9" }, "start", /09:00/],
    ["a word off the list", { calls: { interpolation: "liner" } }, "calls.interpolation", /did you mean linear\?/],
    ["a kind of distribution", { calls: { talk: { kind: "lognorm", mean: 3 } } }, "calls.talk.kind", /lognormal/],
    [
      "a parameter of a distribution",
      { calls: { talk: { kind: "lognormal", mean: -3 } } },
      "calls.talk.mean",
      /^it must be more than 0$/,
    ],
    ["a strategy", { pacing: { strategy: "progresive" } }, "pacing.strategy", /progressive/],
    ["probabilities above 1 in all", { calls: { answerProbability: 0.9 } }, "calls", /add to 1\.25; at most 1/],
    ["probabilities of an hour", { calls: { byHour: [{ hour: 9, answerProbability: 0.9 }] } }, "calls.byHour[0]", /add to 1\.25/],
    ["an hour said twice", { calls: { byHour: [{ hour: 9 }, { hour: 9 }] } }, "calls.byHour[1].hour", /byHour\[0\] already/],
    [
      "a break outside the shift",
      { agents: [{ count: 1, shift: { from: "09:00", to: "17:00" }, breaks: [{ at: "18:00", length: 60 }] }] },
      "agents[0].breaks[0].at",
      /not inside the shift from 09:00 to 17:00/,
    ],
    ["a break without a shift", { agents: [{ count: 1, breaks: [{ at: "18:00", length: 60 }] }] }, "agents[0].breaks", /shift/],
    [
      "a calling window without length",
      {
        callingWindows: [
          { from: "08:00", to: "21:00" },
          { from: "09:00", to: "09:00" },
        ],
      },
      "callingWindows[1]",
      /from 09:00 to 09:00 has no length/,
    ],
    ["a window of midnight", { callingWindows: [{ from: "24:00", to: "00:00" }] }, "callingWindows[0]", /has no length/],
    ["a warm-up that is all", { duration: "1h", warmUp: "1h" }, "warmUp", /shorter than the duration/],
    ["a duration beyond measure", { duration: 9007199254740992 }, "duration", /at most 366 days \(31622400 s\)/],
    ["a duration that leads to no end", { duration: 1e308, bucket: 1e300 }, "duration", /at most 366 days/],
    ["steps without number", { bucket: 1e-320 }, "bucket", /into Infinity steps; at most 40000/],
    ["too many steps", { duration: "300d", bucket: "1m" }, "bucket", /60 s cuts the run into 432000 steps; at most 40000/],
    ["more abandoned than answered", { history: { liveAnswers: 1, abandoned: 2 } }, "history.abandoned", /at most/],
    ["a burst without a rate", { lines: { burst: 3 } }, "lines.burst", /callsPerSecond/],
    ["an amplitude above the rate", { arrivals: { rate: 1, amplitude: 2 } }, "arrivals.amplitude", /at most arrivals.rate/],
  ];
  it.each(cases)("names %s", (_, data, path, message) => {
    const found = problems(data);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({ path, message: expect.stringMatching(message) });
  });

  it("names all that is wrong at once, and the file", () => {
    const data = { agnets: 1, duration: 0, calls: { wrap: -1 } };
    expect(
      problems(data)
        .map(({ path }) => path)
        .sort(),
    ).toEqual(["agnets", "calls.wrap", "duration"]);
    expect(() => parseScenario({ wibble: 1 }, "dir/my.yaml")).toThrow(/^dir\/my\.yaml: wibble: /);
  });
});
