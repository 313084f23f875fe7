// The study behind docs/pacing.md. `measure [part …] [rule or condition …]` runs it (half an hour and more on one core) and keeps the figures in docs/pacing-study.json;
// `write` makes the document's tables and plots from them. Everything is seeded: the same code gives the same figures.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { beliefsOf, stateAware } from "../src/dialing/index.ts";
import { svgPlot } from "../src/dialing/optimise/optimise.ts";
import {
  CONDITIONS,
  type ConditionOptions,
  measure,
  runCampaigns,
  runCondition,
  runMonths,
  yardstickScenario,
} from "../studies/pacing/index.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const FIGURES = `${root}docs/pacing-study.json`;
const DOCUMENT = `${root}docs/pacing.md`;
const SIZES = [5, 10, 20, 50, 100];
const LIMIT = 0.03;
/** What the rules that tune themselves aim at, so that they end below the limit in spite of chance. */
const AIM = 0.0298;
const EVALUATION_HOURS = 6000;
const TUNING_HOURS = 3000;
const KNOWN_HOURS = 30_000;

/** Per cent with their standard errors. */
interface Point {
  readonly occupancy: number;
  readonly occupancyError: number;
  readonly abandonment: number;
  readonly abandonmentError: number;
}
interface Figures {
  yardstick?: Record<string, Record<string, Point & { readonly parameter?: number }>>;
  known?: Record<string, Point>;
  frontier?: Record<string, Record<string, Point[]>>;
  conditions?: Record<string, Record<string, ConditionFigures>>;
  months?: Record<string, { readonly occupancy: number; readonly rates: number[] }>;
  campaigns?: Record<string, Record<string, CampaignFigures>>;
}

/** Where the live rate jumps, `levels`: the rule that knows between which levels; `even`: the told rule when it abandons as much as the one that learns. */
interface ConditionFigures {
  readonly told: Point;
  readonly even?: Point;
  readonly levels?: Point;
  readonly learned: Point;
  readonly windowsOver: number;
}

/** Occupancy and rates in per cent; `over`: campaigns, or days, above 3.0 %. */
interface CampaignFigures {
  readonly campaigns: number;
  readonly days: number;
  readonly occupancy: number;
  readonly abandonment: number;
  readonly largest: number;
  readonly over: number;
  readonly daysOver: number;
}

const say = (text: string) => process.stderr.write(`${text}\n`);
const rounded = (value: number, digits = 4) => Number(value.toFixed(digits));

function pointOf(result: {
  occupancy: { rate: number; standardError: number };
  abandonment: { rate: number; standardError: number };
}): Point {
  return {
    occupancy: rounded(100 * result.occupancy.rate),
    occupancyError: rounded(100 * result.occupancy.standardError),
    abandonment: rounded(100 * result.abandonment.rate),
    abandonmentError: rounded(100 * result.abandonment.standardError),
  };
}

function at(agents: number, pacing: { strategy: string }, seed: string, agentHours: number): Point {
  return pointOf(measure({ scenario: yardstickScenario({ agents, agentHours, pacing }), seed }));
}

/** The parameter at which a rule abandons the limit, by bisection on the tuning seed; abandonment rises with it. */
function tuned(agents: number, low: number, high: number, pacing: (value: number) => { strategy: string }): number {
  let [below, above] = [low, high];
  for (let i = 0; i < 8; i++) {
    const middle = Math.sqrt(below * above);
    if (at(agents, pacing(middle), "tuning", TUNING_HOURS).abandonment < 100 * LIMIT) below = middle;
    else above = middle;
  }
  return below;
}

/** Keeps what has been measured so far, beside what other parts have put there meanwhile. */
function keep(figures: Figures, part: keyof Figures, note: string): void {
  const kept = existsSync(FIGURES) ? (JSON.parse(readFileSync(FIGURES, "utf8")) as Figures) : {};
  writeFileSync(FIGURES, `${JSON.stringify({ ...kept, [part]: figures[part] }, null, 1)}\n`);
  say(note);
}

type Rule = (agents: number) => { pacing: { strategy: string }; parameter?: number };
const tunedRule =
  (low: number, high: number, pacing: (value: number) => { strategy: string }): Rule =>
  (agents) => {
    const parameter = tuned(agents, low, high, pacing);
    return { pacing: pacing(parameter), parameter: rounded(parameter) };
  };
const ratio = (of: string) => (value: number) => ({ strategy: "ratio", ratio: value, of });
const lookAhead = (target: number) => ({ strategy: "look-ahead", target });
const RULES: Record<string, Rule> = {
  progressive: () => ({ pacing: { strategy: "progressive" } }),
  "open loop": () => ({ pacing: { strategy: "open-loop" } }),
  "VICIdial-like": () => ({ pacing: { strategy: "adaptive-level", maximumLevel: 10 } as { strategy: string } }),
  "r × all": tunedRule(0.5, 3, ratio("loggedIn")),
  "r × idle": tunedRule(0.8, 10, ratio("idle")),
  "look-ahead": tunedRule(0.02, 0.4, lookAhead),
  "state-aware": () => ({
    pacing: { strategy: "state-aware", target: AIM } as { strategy: string },
    hours: 2 * EVALUATION_HOURS,
  }),
};

function measureYardstick(figures: Figures, asked: readonly string[]): void {
  const table = figures.yardstick ?? {};
  figures.yardstick = table;
  const some = asked.some((name) => name in RULES);
  for (const [name, rule] of Object.entries(RULES)) {
    if (some && !asked.includes(name)) continue;
    const row: (typeof table)[string] = {};
    table[name] = row;
    for (const agents of SIZES) {
      const { pacing, parameter } = rule(agents);
      const point = at(agents, pacing, "evaluation", EVALUATION_HOURS);
      row[agents] = { ...point, ...(parameter === undefined ? {} : { parameter }) };
      keep(figures, "yardstick", `${name} ${agents}: ${JSON.stringify(row[agents])}`);
    }
  }
}

/** The state-aware rule when it is told everything and aims at the limit itself, with ring times that end at the no-answer time-out. */
function measureKnown(figures: Figures): void {
  figures.known = {};
  for (const agents of SIZES) {
    const { calls, ...rest } = yardstickScenario({ agents, agentHours: KNOWN_HOURS, pacing: { strategy: "progressive" } });
    const scenario = { ...rest, calls: { ...calls, ring: { ...calls.ring, lateAnswers: false } } };
    const beliefs = beliefsOf(scenario.calls);
    const strategy = stateAware({ beliefs, target: LIMIT, isLearning: false, liveRateAt: () => calls.answerProbability });
    figures.known[agents] = pointOf(measure({ scenario, seed: "evaluation", strategy }));
    keep(figures, "known", `known ${agents}: ${JSON.stringify(figures.known[agents])}`);
  }
}

function measureFrontier(figures: Figures, asked: readonly string[]): void {
  const known = figures.frontier ?? {};
  figures.frontier = known;
  const some = asked.some((name) => name in RULES);
  for (const agents of [10, 50]) {
    const curve = (pacing: (value: number) => { strategy: string }, values: number[]) =>
      values.map((value) => at(agents, pacing(value), "frontier", 2000));
    const targets = [0.0025, 0.005, 0.01, 0.015, 0.02, 0.03, 0.04, 0.05];
    const curves: Record<string, () => Point[]> = {
      "state-aware": () => curve((target) => ({ strategy: "state-aware", target }) as { strategy: string }, targets),
      "look-ahead": () =>
        curve(lookAhead, agents === 10 ? [0.01, 0.02, 0.03, 0.045, 0.06, 0.08] : [0.02, 0.04, 0.06, 0.08, 0.1, 0.13]),
      "r × idle": () => curve(ratio("idle"), agents === 10 ? [1.2, 1.6, 2, 2.4, 2.8, 3.2] : [1.5, 3, 4, 4.6, 5.2, 6]),
    };
    for (const [name, points] of Object.entries(curves)) {
      if (some && !asked.includes(name)) continue;
      known[agents] = { ...known[agents], [name]: points() };
      keep(figures, "frontier", `frontier ${name} ${agents}`);
    }
  }
}

/** What bounds the learning of jumps; `share`: what the rule that learns abandons, of what the told rule does. */
function boundsOf(
  day: Pick<ConditionOptions, "condition" | "agents" | "days">,
  share: number,
): Pick<ConditionFigures, "even" | "levels"> {
  return {
    even: pointOf(runCondition({ ...day, told: "everything", parameters: { target: LIMIT * share } })),
    levels: pointOf(runCondition({ ...day, told: "levels" })),
  };
}

function measureConditions(figures: Figures, asked: readonly string[]): void {
  figures.conditions ??= {};
  const some = CONDITIONS.filter(({ name }) => asked.includes(name));
  for (const [agents, least] of [
    [10, 30],
    [50, 12],
  ] as const) {
    const table = figures.conditions[agents] ?? {};
    figures.conditions[agents] = table;
    for (const condition of some.length > 0 ? some : CONDITIONS) {
      // What jumps cost is near what is allowed, so it is measured closely.
      const days = condition.jumps === undefined ? least : 4 * least;
      const told = runCondition({ condition, agents, days, told: "everything" });
      const learned = runCondition({ condition, agents, days, told: "nothing" });
      const bounds =
        condition.jumps === undefined
          ? {}
          : boundsOf({ condition, agents, days }, learned.abandonment.rate / told.abandonment.rate);
      table[condition.name] = {
        told: pointOf(told),
        ...bounds,
        learned: pointOf(learned),
        windowsOver: rounded(learned.windowsOver),
      };
      keep(figures, "conditions", `${condition.name} ${agents}: ${JSON.stringify(table[condition.name])}`);
    }
  }
}

function measureMonths(figures: Figures): void {
  figures.months = {};
  for (const [agents, months] of [
    [10, 12],
    [50, 6],
  ] as const) {
    const results = runMonths({ agents, months, pacing: { strategy: "state-aware" } });
    figures.months[agents] = {
      occupancy: rounded((100 * results.reduce((sum, { occupancy }) => sum + occupancy, 0)) / months),
      rates: results.map(({ abandoned, liveAnswers }) => rounded((100 * abandoned) / liveAnswers)),
    };
    keep(figures, "months", `months ${agents}: ${JSON.stringify(figures.months[agents])}`);
  }
}

/** Kinds of campaigns: `end` says whether the rule is told it. */
const CAMPAIGNS: readonly {
  readonly name: string;
  readonly days: number;
  readonly campaigns: number;
  readonly end: boolean;
  readonly sizes: readonly number[];
  readonly window?: string;
  readonly leadsADay?: number;
}[] = [
  { name: "one day, end not known", days: 1, campaigns: 100, end: false, sizes: [3, 5, 10] },
  { name: "one day", days: 1, campaigns: 100, end: true, sizes: [3, 5, 10] },
  { name: "five days, end not known", days: 5, campaigns: 100, end: false, sizes: [3, 5, 10] },
  { name: "five days", days: 5, campaigns: 100, end: true, sizes: [3, 5, 10] },
  { name: "30 days, 120 leads a day", days: 30, campaigns: 100, end: true, sizes: [3], leadsADay: 120 },
  { name: "30 days, 40 leads a day", days: 30, campaigns: 100, end: true, sizes: [3], leadsADay: 40 },
  { name: "five days, window of 24 hours", days: 5, campaigns: 20, end: false, sizes: [3, 5, 10, 50], window: "24h" },
];

function measureCampaigns(figures: Figures, asked: readonly string[]): void {
  figures.campaigns ??= {};
  const some = CAMPAIGNS.filter(({ name }) => asked.includes(name));
  for (const { name, sizes, end, ...options } of some.length > 0 ? some : CAMPAIGNS) {
    const table: (typeof figures.campaigns)[string] = {};
    figures.campaigns[name] = table;
    for (const agents of sizes) {
      const { campaigns, occupancy, abandonment, rates, over, daysOver } = runCampaigns({ ...options, agents, isEndKnown: end });
      table[agents] = {
        campaigns,
        days: options.days,
        occupancy: rounded(100 * occupancy, 2),
        abandonment: rounded(100 * abandonment, 3),
        largest: rounded(100 * Math.max(...rates), 3),
        over,
        daysOver,
      };
      keep(figures, "campaigns", `${name}, ${agents}: ${JSON.stringify(table[agents])}`);
    }
  }
}

const PARTS: Record<string, (figures: Figures, asked: readonly string[]) => void> = {
  yardstick: measureYardstick,
  known: measureKnown,
  frontier: measureFrontier,
  conditions: measureConditions,
  months: measureMonths,
  campaigns: measureCampaigns,
};

// ── Tables and plots ──────────────────────────────────────────────────────────────────────────────────────────────────────────────────

const percent = (value: number, error: number) => `${value.toFixed(1)} ± ${error.toFixed(2)}`;

function yardstickTable(yardstick: NonNullable<Figures["yardstick"]>): string {
  const names = Object.keys(yardstick);
  const cell = (point: (Point & { parameter?: number }) | undefined) =>
    point === undefined ? "" : `${point.occupancy.toFixed(1)} (${point.abandonment.toFixed(1)})`;
  const rows = SIZES.map((agents) => `| ${agents} | ${names.map((name) => cell(yardstick[name]?.[agents])).join(" | ")} |`);
  return [`| agents | ${names.join(" | ")} |`, `|${" --- |".repeat(names.length + 1)}`, ...rows].join("\n");
}

function knownTable(known: NonNullable<Figures["known"]>): string {
  const rows = Object.entries(known).map(
    ([agents, point]) =>
      `| ${agents} | ${point.occupancy.toFixed(2)} ± ${point.occupancyError.toFixed(2)} | ${point.abandonment.toFixed(2)} |`,
  );
  return ["| agents | occupancy, % | abandoned, % |", "| --- | --- | --- |", ...rows].join("\n");
}

function conditionsTable(conditions: NonNullable<Figures["conditions"]>): string {
  const sizes = Object.keys(conditions);
  const head = sizes.flatMap((agents) => [`told, ${agents}`, `learned, ${agents}`, "difference", "abandoned, %", "days over"]);
  const cells = (entry: NonNullable<Figures["conditions"]>[string][string] | undefined) =>
    entry === undefined
      ? ["", "", "", "", ""]
      : [
          entry.told.occupancy.toFixed(1),
          percent(entry.learned.occupancy, entry.learned.occupancyError),
          (entry.learned.occupancy - entry.told.occupancy).toFixed(2),
          `${entry.learned.abandonment.toFixed(2)} (${entry.told.abandonment.toFixed(2)})`,
          `${Math.round(100 * entry.windowsOver)} %`,
        ];
  const rows = CONDITIONS.map(
    ({ name }) => `| ${name} | ${sizes.flatMap((agents) => cells(conditions[agents]?.[name])).join(" | ")} |`,
  );
  return [`| condition | ${head.join(" | ")} |`, `|${" --- |".repeat(head.length + 1)}`, ...rows].join("\n");
}

function burstsTable(conditions: NonNullable<Figures["conditions"]>): string {
  const rows = CONDITIONS.filter(({ jumps }) => jumps !== undefined).flatMap(({ name }) =>
    Object.entries(conditions).flatMap(([agents, table]) => {
      const { told, even, levels, learned } = table[name] ?? {};
      if (told === undefined || even === undefined || levels === undefined || learned === undefined) return [];
      const cells = [told, even, levels, learned].map(
        (one) => `${percent(one.occupancy, one.occupancyError)} (${one.abandonment.toFixed(2)})`,
      );
      return [`| ${name} | ${agents} | ${cells.join(" | ")} |`];
    }),
  );
  return [
    "| live rate | agents | told | told, abandoning as much as learned | levels | learned |",
    `|${" --- |".repeat(6)}`,
    ...rows,
  ].join("\n");
}

function monthsTable(months: NonNullable<Figures["months"]>): string {
  const rows = Object.entries(months).map(([agents, { occupancy, rates }]) => {
    const mean = rates.reduce((sum, rate) => sum + rate, 0) / rates.length;
    const over = rates.filter((rate) => rate > 100 * LIMIT).length;
    return `| ${agents} | ${rates.length} | ${occupancy.toFixed(1)} | ${mean.toFixed(3)} | ${Math.min(...rates).toFixed(3)} to ${Math.max(...rates).toFixed(3)} | ${over} |`;
  });
  return [
    "| agents | months | occupancy, % | mean rate, % | smallest to largest | over 3 % |",
    "| --- | --- | --- | --- | --- | --- |",
    ...rows,
  ].join("\n");
}

function campaignsTable(campaigns: NonNullable<Figures["campaigns"]>): string {
  const rows = Object.entries(campaigns).flatMap(([name, bySize]) =>
    Object.entries(bySize).map(
      ([agents, one]) =>
        `| ${name} | ${agents} | ${one.campaigns} | ${one.occupancy.toFixed(1)} | ${one.abandonment.toFixed(2)} | ${one.largest.toFixed(2)} | ${one.over} | ${one.daysOver} of ${one.campaigns * one.days} |`,
    ),
  );
  return [
    "| campaign | agents | campaigns | occupancy, % | mean rate, % | largest | over 3 % | days over |",
    `|${" --- |".repeat(8)}`,
    ...rows,
  ].join("\n");
}

const withError = (x: number, { occupancy: y, occupancyError: error }: Point) => ({
  x,
  y,
  low: y - 2 * error,
  high: y + 2 * error,
});

function write(figures: Figures): void {
  mkdirSync(`${root}docs/img`, { recursive: true });
  let text = readFileSync(DOCUMENT, "utf8");
  const put = (name: string, table: string) => {
    text = text.replace(
      new RegExp(`(<!-- ${name} -->\n)[\\s\\S]*?(\n<!-- end -->)`),
      (_, open: string, close: string) => open + table + close,
    );
  };
  const { yardstick, known, frontier, conditions, months, campaigns } = figures;
  if (known !== undefined) put("known", knownTable(known));
  if (campaigns !== undefined) put("campaigns", campaignsTable(campaigns));
  if (yardstick !== undefined) {
    put("yardstick", yardstickTable(yardstick));
    const plot = svgPlot({
      title: "Occupancy at 3 % abandoned, by size of the team",
      xLabel: "agents",
      yLabel: "occupancy, %",
      logX: true,
      series: Object.entries(yardstick).map(([name, bySize]) => ({
        name,
        points: SIZES.flatMap((agents) => (bySize[agents] === undefined ? [] : [withError(agents, bySize[agents])])),
      })),
    });
    writeFileSync(`${root}docs/img/pacing-yardstick.svg`, plot);
  }
  for (const [agents, curves] of Object.entries(frontier ?? {})) {
    const plot = svgPlot({
      title: `Occupancy against abandonment, ${agents} agents`,
      xLabel: "abandoned, % of live answers",
      yLabel: "occupancy, %",
      series: Object.entries(curves).map(([name, points]) => ({
        name,
        points: points.map((point) => withError(point.abandonment, point)),
      })),
      vertical: [{ x: 3, name: "limit 3 %" }],
    });
    writeFileSync(`${root}docs/img/pacing-frontier-${agents}.svg`, plot);
  }
  if (conditions !== undefined) {
    put("conditions", conditionsTable(conditions));
    put("bursts", burstsTable(conditions));
  }
  if (months !== undefined) {
    put("months", monthsTable(months));
    const plot = svgPlot({
      title: "Abandonment over 30 days, each month a dot",
      xLabel: "month",
      yLabel: "abandoned, % of live answers",
      series: Object.entries(months).map(([agents, { rates }]) => ({
        name: `${agents} agents`,
        points: rates.map((y, i) => ({ x: i + 1, y })),
        line: false,
      })),
      horizontal: [{ y: 3, name: "limit" }],
    });
    writeFileSync(`${root}docs/img/pacing-months.svg`, plot);
  }
  writeFileSync(DOCUMENT, text);
}

const [command = "write", ...asked] = process.argv.slice(2);
const figures: Figures = existsSync(FIGURES) ? (JSON.parse(readFileSync(FIGURES, "utf8")) as Figures) : {};
if (command === "measure") {
  for (const [name, part] of Object.entries(PARTS)) {
    if (asked.length > 0 && !asked.includes(name)) continue;
    part(figures, asked);
  }
} else if (command === "write") write(figures);
else {
  say(`unknown command ${command}; allowed is measure [${Object.keys(PARTS).join("|")}] or write`);
  process.exitCode = 2;
}
