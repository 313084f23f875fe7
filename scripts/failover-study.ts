// The study behind docs/failover.md. `measure` runs it (some minutes on one core) and keeps the figures in docs/failover-study.json; `write` makes the
// document's tables and plots from them. Everything is seeded: the same code gives the same figures.

import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { svgPlot } from "../src/dialing/optimise/optimise.ts";
import { detectionDelays, falseTriggers, type StudyRule } from "../studies/failover.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const FIGURES = `${root}docs/failover-study.json`;
const DOCUMENT = `${root}docs/failover.md`;
const RULES: Readonly<Record<string, StudyRule>> = {
  evidence: { rule: "evidence", minimumCalls: 50 },
  plain: { rule: "plain", minimumCalls: 1 },
  "plain, at least 50 calls": { rule: "plain", minimumCalls: 50 },
};
/** Calls in 30 minutes. */
const VOLUMES = [60, 150, 300, 600, 1500];
const RATES = [0.15, 0.155, 0.16, 0.18, 0.2];
const FALLS = [0, 0.02, 0.05, 0.08, 0.1, 0.12];
const BEFORE = 0.3;
const HOURS = 1000;
const RUNS = 300;
const PATIENCE = 480;

interface Delay {
  /** Minutes; null where more than half, or a twentieth, of the runs saw nothing in 480 minutes. */
  readonly median: number | null;
  readonly p95: number | null;
  readonly detected: number;
  readonly runs: number;
}
interface Figures {
  /** Hours of 1,000 with a trigger, by rule, calls in 30 minutes and true rate. */
  falseTriggers: Record<string, Record<string, Record<string, number>>>;
  delays: Record<string, Record<string, Record<string, Delay>>>;
}

function delayOf(delays: readonly number[]): Delay {
  const at = (share: number) => {
    const value = delays[Math.min(delays.length - 1, Math.floor(delays.length * share))];
    return value === undefined || !Number.isFinite(value) ? null : value;
  };
  return { median: at(0.5), p95: at(0.95), detected: delays.filter(Number.isFinite).length, runs: delays.length };
}

function measure(): void {
  const figures: Figures = { falseTriggers: {}, delays: {} };
  for (const [name, rule] of Object.entries(RULES)) {
    const wolves: Figures["falseTriggers"][string] = {};
    const delays: Figures["delays"][string] = {};
    for (const perWindow of VOLUMES) {
      const seed = "failover study";
      wolves[perWindow] = Object.fromEntries(
        RATES.map((rate) => [rate, falseTriggers({ ...rule, rate, perWindow, hours: HOURS, seed })]),
      );
      delays[perWindow] = Object.fromEntries(
        FALLS.map((after) => [
          after,
          delayOf(detectionDelays({ ...rule, before: BEFORE, after, perWindow, runs: RUNS, patience: PATIENCE, seed })),
        ]),
      );
      process.stderr.write(`${name}, ${perWindow} calls: ${JSON.stringify(wolves[perWindow])}\n`);
    }
    figures.falseTriggers[name] = wolves;
    figures.delays[name] = delays;
  }
  writeFileSync(FIGURES, `${JSON.stringify(figures, null, 1)}\n`);
}

const percent = (share: number | string): string => `${Math.round(Number(share) * 1000) / 10} %`;
const row = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;

function falseTable({ falseTriggers: all }: Figures): string {
  const lines = [
    row(["rule", "calls in 30 min", ...RATES.map((rate) => `at ${percent(rate)}`)]),
    row(["---", "---:", ...RATES.map(() => "---:")]),
  ];
  for (const [rule, byVolume] of Object.entries(all))
    for (const volume of VOLUMES)
      lines.push(row([rule, `${volume}`, ...RATES.map((rate) => `${byVolume[volume]?.[rate] ?? ""}`)]));
  return lines.join("\n");
}

function delayTable({ delays: all }: Figures): string {
  const lines = [
    row(["rule", "calls in 30 min", ...FALLS.map((to) => `to ${percent(to)}`)]),
    row(["---", "---:", ...FALLS.map(() => "---:")]),
  ];
  const text = (delay: Delay | undefined): string => {
    if (delay === undefined) return "";
    if (delay.median === null) return `– (${Math.round((100 * delay.detected) / delay.runs)} % seen)`;
    return `${delay.median} (${delay.p95 ?? "–"})`;
  };
  for (const rule of ["evidence", "plain"])
    for (const volume of VOLUMES) lines.push(row([rule, `${volume}`, ...FALLS.map((to) => text(all[rule]?.[volume]?.[to]))]));
  return lines.join("\n");
}

function write(): void {
  const figures = JSON.parse(readFileSync(FIGURES, "utf8")) as Figures;
  let text = readFileSync(DOCUMENT, "utf8");
  const put = (name: string, table: string) => {
    const [start, end] = [`<!-- ${name} -->`, "<!-- end -->"];
    const from = text.indexOf(start);
    if (from < 0) throw new Error(`docs/failover.md has no place for ${name}`);
    text = `${text.slice(0, from)}${start}\n${table}\n${text.slice(text.indexOf(end, from))}`;
  };
  put("false-triggers", falseTable(figures));
  put("delays", delayTable(figures));
  writeFileSync(DOCUMENT, text);
  writeFileSync(
    `${root}docs/img/failover-false-triggers.svg`,
    svgPlot({
      title: "Hours of 1,000 with a false trigger, 300 calls in 30 minutes",
      xLabel: "true success rate, % (threshold 15 %)",
      yLabel: "hours",
      series: Object.entries(figures.falseTriggers).map(([name, byVolume]) => ({
        name,
        points: RATES.map((rate) => ({ x: 100 * rate, y: byVolume[300]?.[rate] ?? 0 })),
      })),
    }),
  );
  writeFileSync(
    `${root}docs/img/failover-delays.svg`,
    svgPlot({
      title: "Minutes from a fall of the true rate (30 % to 2 %) to the trigger, median",
      xLabel: "calls in 30 minutes",
      yLabel: "minutes",
      logX: true,
      series: ["evidence", "plain"].map((name) => ({
        name,
        points: VOLUMES.flatMap((volume) => {
          const median = figures.delays[name]?.[volume]?.[0.02]?.median;
          return median === null || median === undefined ? [] : [{ x: volume, y: median }];
        }),
      })),
      horizontal: [{ y: 30, name: "window" }],
    }),
  );
}

if (process.argv[2] === "measure") measure();
else write();
