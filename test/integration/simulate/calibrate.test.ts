// outdial simulate calibrate: what was simulated is found again, what cannot be read is told, what is written can be simulated.

import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { parse } from "yaml";
import { type CallTransition, createDialer, parseScenario } from "../../../src/dialing/index.ts";
import { runCli, workFolder } from "../../support/cli.ts";

let folder: Awaited<ReturnType<typeof workFolder>>;
beforeEach(async () => {
  folder = await workFolder();
});
afterEach(() => folder[Symbol.asyncDispose]());

const calibrate = (...args: string[]) => runCli(["simulate", "calibrate", ...args], { cwd: folder.path });
const put = (name: string, text: string) => writeFile(join(folder.path, name), text);
const get = (name: string) => readFile(join(folder.path, name), "utf8");

/** A day of calls as a dialer would write them down: time, outcome, ring, talk, wrap-up. */
function daysOfCalls(): Record<string, string | number>[] {
  const rows = new Map<
    number,
    { placed: number; answered?: number; connected?: number; ended?: CallTransition; wrapped?: number }
  >();
  const scenario = parseScenario({
    agents: 30,
    duration: "6h",
    start: "10:00",
    calls: {
      answerProbability: 0.2,
      byHour: [{ hour: 12, answerProbability: 0.35 }],
      interpolation: "step",
      talk: { kind: "gamma", mean: 90, cv: 0.8 },
    },
    pacing: { strategy: "ratio", ratio: 2 },
  });
  const dialer = createDialer({
    scenario,
    seed: 5,
    sink: (step) => {
      const row = rows.get(step.call) ?? { placed: step.at };
      rows.set(step.call, row);
      if (step.kind === "answered") row.answered = step.at;
      else if (step.kind === "connected") row.connected = step.at;
      else if (step.kind === "ended") row.ended = { ...step };
      else if (step.kind === "wrapped") row.wrapped = step.at;
    },
  });
  dialer.advance(6 * 3600);
  const outcomes: Record<string, string> = {
    talked: "ANSWERED",
    lost: "abandoned",
    noAnswer: "No Answer",
    busy: "BUSY",
    invalid: "disconnected",
    machine: "voicemail",
    silent: "live",
  };
  return [...rows.values()].flatMap(({ placed, answered, connected, ended, wrapped }) => {
    if (ended === undefined || (connected !== undefined && wrapped === undefined)) return [];
    const clock = new Date(Date.UTC(2026, 2, 2, 10, 0, 0) + placed * 1000).toISOString();
    return [
      {
        started_at: clock,
        outcome: outcomes[ended.end ?? ""] ?? "",
        ring_seconds: ((answered ?? ended.at) - placed).toFixed(2),
        talk_seconds: connected === undefined ? "" : (ended.at - connected).toFixed(2),
        wrap_seconds: wrapped === undefined ? "" : (wrapped - ended.at).toFixed(2),
      },
    ];
  });
}

function csv(rows: readonly Record<string, string | number>[]): string {
  const columns = Object.keys(rows[0] ?? {});
  return `${[columns.join(","), ...rows.map((row) => columns.map((column) => row[column]).join(","))].join("\n")}\n`;
}

test("what was simulated is found again: rates by hour, durations; the scenario written can be simulated", async () => {
  const calls = daysOfCalls();
  await put("calls.csv", csv(calls));
  const { code, stdout, stderr } = await calibrate("calls.csv", "--out", "fitted.yaml", "--name", "fitted");
  expect({ code, stderr }).toEqual({
    code: 0,
    stderr: `${calls.length.toLocaleString("en-US")} calls read, 0 lines refused\nscenario written to fitted.yaml\n`,
  });
  expect(stdout).toMatch(/^[\d,]+ attempts, with 95 % intervals that assume independent calls, because there is only one day\n/);
  expect(stdout).toMatch(/\nabandoned: [\d.]+ % of [\d,]+ live answers that say, no interval: too few days\n/);
  expect(stdout).toMatch(/\n12:00 +[\d,]+ +3[3-7]\.\d\d % \(/);
  expect(stdout).toMatch(/\ntalk +[\d,]+ +(8\d|9\d)[\d.]* .*gamma \((good|fair)\)/);
  expect(stdout).toMatch(/\nring, live .*lognormal \((good|fair)\)/);
  const written: unknown = parse(await get("fitted.yaml"));
  const scenario = parseScenario(written);
  expect(scenario.name).toBe("fitted");
  const noon = scenario.calls.byHour.find(({ hour }) => hour === 12);
  expect(noon?.answerProbability).toBeGreaterThan(0.32);
  expect(noon?.answerProbability).toBeLessThan(0.38);
  expect(scenario.calls).toMatchObject({ noAnswerTimeout: 25, talk: { kind: "gamma" } });
  const again = await runCli(["simulate", "fitted.yaml", "--replications", "2"], { cwd: folder.path });
  expect(again.code).toBe(0);
  expect(again.stdout).toContain("fitted · 2 × 8 h");
});

test("CSV and NDJSON say the same, and the hour can be that of a zone", async () => {
  const calls = daysOfCalls().slice(0, 3000);
  await put("calls.csv", csv(calls));
  await put("calls.ndjson", calls.map((row) => JSON.stringify(row)).join("\n"));
  const [one, two] = [
    await calibrate("calls.csv", "--json", "--name", "x"),
    await calibrate("calls.ndjson", "--json", "--name", "x"),
  ];
  expect(two.stdout).toBe(one.stdout);
  type Fitted = { records: number; calibration: { byHour: { hour: number }[] } };
  const hours = (json: string) => (JSON.parse(json) as Fitted).calibration.byHour.map(({ hour }) => hour);
  expect(hours(one.stdout)[0]).toBe(10);
  const nights = await calibrate("calls.csv", "--json", "--zone", "Pacific/Chatham");
  expect(
    (JSON.parse(nights.stdout) as { calibration: { overall: { rates: { live: object } } } }).calibration.overall.rates.live,
  ).toMatchObject({
    method: "calls",
    days: 2,
  });
  const inNewYork = await calibrate("calls.csv", "--json", "--zone", "America/New_York");
  expect(hours(inNewYork.stdout)[0]).toBe(5);
});

test("over days, intervals allow for days that differ, and mean durations have one; a day may stand in a column of its own", async () => {
  const days = ["2026-03-02", "2026-03-03", "2026-03-04", "2026-03-05", "2026-03-06"];
  const rows = days.flatMap((date, n) =>
    Array.from({ length: 100 }, (_, i) =>
      [date, 9 + (i % 4), i < 20 + 4 * n ? "live" : "no_answer", 5 + ((7 * i + n) % 11)].join(","),
    ),
  );
  await put("calls.csv", ["date,hour,outcome,ring", ...rows].join("\n"));
  const { code, stdout } = await calibrate("calls.csv", "--out", "fitted.yaml");
  expect(code).toBe(0);
  expect(stdout).toMatch(/^500 attempts, with 95 % intervals over 5 days\n/);
  expect(stdout).toMatch(/\nring, live +140 +[\d.]+ +[\d.]+ to [\d.]+ /);
  await put("bad.csv", "date,hour,outcome\n2026-3-2,9,live\n2026-03-02,9,live\n");
  const bad = await calibrate("bad.csv", "--out", "fitted.yaml");
  expect(bad.code).toBe(4);
  expect(bad.stderr).toContain('"2026-3-2" is no day such as 2026-03-01');
});

test("every line that cannot be read is told with its reason, and the others count", async () => {
  await put(
    "calls.csv",
    [
      "hour,outcome,ring_seconds,talk_seconds,attempt",
      "9.5,live,8,120,1",
      "24,live,8,120,1",
      "9,liv,8,120,1",
      "9,busy,-1,,1",
      "9,busy,4,30,2",
      "9,no_answer,25,,0",
      ",machine,20,,1",
      "9,machine,20,,1",
      "9,machine,20",
    ].join("\n"),
  );
  const { code, stderr, stdout } = await calibrate("calls.csv", "--refused", "refused.ndjson", "--out", "-");
  expect(code).toBe(4);
  const lines = (await get("refused.ndjson"))
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as { line: number; reason: string });
  expect(lines.map(({ line }) => line)).toEqual([3, 4, 5, 6, 7, 8, 10]);
  expect(stderr).toContain('line 3: hour: "24" is not hours of the day from 0 up to 24');
  expect(stderr).toContain('line 4: outcome: "liv" is not one of live, machine, no_answer, busy, invalid; did you mean live?');
  expect(stderr).toContain("line 6: talk_seconds is 30 although the outcome is busy");
  expect(stderr).toContain("2 calls read, 7 lines refused");
  expect(stderr).toContain("thin data:");
  expect(stderr).toMatch(/ {2}attempts: 2 of the 100 needed/);
  expect(parseScenario(parse(stdout))).toMatchObject({ name: "calls", calls: { answerProbability: 0.5 } });
});

test.each([
  ["outcom,hour\nlive,9\n", [], /there is no column outcome .*/],
  ["outcome,hour\n", [], /no call could be read: it has no lines but the header/],
  ["outcome,hour\nlive,99\n", [], /no call could be read: line 2: hour/],
  ["outcome,time\nlive,2026-03-01T09:00:00Z\n", ["--zone", "Mars/Base"], /Mars\/Base is no time zone/],
  ["", [], /the input is empty/],
])("a file as a whole that cannot be used gives 2: %j", async (text, args, message) => {
  await put("calls.csv", text);
  const { code, stderr } = await calibrate("calls.csv", ...args);
  expect(stderr).toMatch(message);
  expect(code).toBe(2);
});
