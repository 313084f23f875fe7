// A long answer goes through the pager; where there is none, it is written as it is. Refused lines of one kind are told a few times.

import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough, Writable } from "node:stream";
import { expect, test } from "vitest";
import { systemClock } from "../tenant/index.ts";
import { createIo, page } from "./io.ts";
import { Refusals } from "./refusals.ts";
import { table } from "./table.ts";
import { wrapped } from "./text.ts";
import { takesColour } from "./tone.ts";

const env = { PATH: process.env["PATH"] };

test("a pager that is left early is no failure, one that is not there is told", async () => {
  expect(await page("head -1 > /dev/null", "line\n".repeat(100_000), env)).toBe(true);
  expect(await page("no-such-pager 2> /dev/null", "line\n", env)).toBe(false);
});

test("170 lines with one fault are four lines", () => {
  const said: string[] = [];
  {
    using refusals = new Refusals({ complain: (line) => void said.push(line) });
    for (let line = 2; line < 172; line++)
      refusals.tell({ line, field: "number", reason: `number: "555-0${line}" is no telephone number` });
    refusals.tell({ line: 172, field: "at", reason: "at: a date is needed" });
  }
  expect(said).toEqual([
    'line 2: number: "555-02" is no telephone number',
    'line 3: number: "555-03" is no telephone number',
    'line 4: number: "555-04" is no telephone number',
    "line 172: at: a date is needed",
    'and 167 more lines such as: number: "555-02" is no telephone number',
  ]);
});

test("a table fits the terminal: the widest text is cut, no number is", () => {
  const wide = table<{ name: string; reason: string; calls: number }>([
    { title: "name", value: ({ name }) => name },
    { title: "reason", value: ({ reason }) => reason },
    { title: "calls", value: ({ calls }) => calls, align: "right" },
  ]);
  const rows = [
    { name: "camp_primary_001", reason: "the do-not-call registry file is too old for somebody", calls: 1_234_567_890 },
  ];
  const fitted = wide.lines(rows, 50);
  expect(Math.max(...fitted.map((line) => line.length))).toBeLessThanOrEqual(50);
  expect(fitted[1]).toMatch(/^camp_primary_001 {2}the do-not-call.*… {2}1234567890$/);
  expect(wide.lines(rows)[1]).toContain("for somebody");
});

/** A terminal of 40 columns and 5 rows, or no terminal. */
function terminal(isTTY: boolean, environment: Readonly<Record<string, string>>) {
  const said = { out: "", err: "" };
  const stream = (name: "out" | "err") =>
    Object.assign(
      new Writable({
        decodeStrings: false,
        write(chunk: string, _encoding, done) {
          said[name] += chunk;
          done();
        },
      }),
      { isTTY, columns: 40, rows: 5 },
    );
  const surroundings = {
    env: { ...env, ...environment },
    cwd: "/",
    clock: systemClock,
    stdin: new PassThrough(),
    stdout: stream("out"),
    stderr: stream("err"),
    onInterrupt: () => ({ [Symbol.dispose]: () => undefined }),
  };
  return { said, surroundings };
}

test("an answer longer than the screen goes through the pager on a terminal, unless --no-pager or an empty PAGER says no", async () => {
  const folder = await mkdtemp(join(tmpdir(), "outdial-pager-"));
  const read = join(folder, "read");
  const lines = Array.from({ length: 9 }, (_, n) => `line ${n}`);
  const answered = async (isTTY: boolean, more: Readonly<Record<string, string>>, options = {}) => {
    await rm(read, { force: true });
    const { said, surroundings } = terminal(isTTY, { PAGER: `cat > ${read}`, ...more });
    using io = createIo(options, surroundings);
    await io.answer({ lines }, lines);
    const paged = await readFile(read, "utf8").catch(() => null);
    return [paged === null ? "" : "paged", said.out === "" ? "" : "written"].join("");
  };
  try {
    expect(await answered(true, {})).toBe("paged");
    expect(await answered(false, {})).toBe("written");
    expect(await answered(true, {}, { pager: false })).toBe("written");
    expect(await answered(true, { PAGER: "" })).toBe("written");
    expect(await answered(true, { OUTDIAL_PAGER: "cat" })).toBe("written");
    expect(await answered(true, {}, { json: true })).toBe("written");
    expect(await answered(true, { PAGER: "no-such-pager 2> /dev/null" })).toBe("written");
  } finally {
    await rm(folder, { recursive: true });
  }
});

test("where no line can be redrawn, progress is said now and then, so that a log tells how far it is and what is left", () => {
  const { said, surroundings } = terminal(false, {});
  let now = 0;
  using io = createIo({}, { ...surroundings, clock: { ...systemClock, now: () => now } });
  for (now = 0; now < 60_000; now += 1000) io.progress(`${now / 1000} of 60 rows · ${60 - now / 1000} s left`);
  expect(said.err.split("\n")).toEqual([
    "15 of 60 rows · 45 s left",
    "30 of 60 rows · 30 s left",
    "45 of 60 rows · 15 s left",
    "",
  ]);
});

test.each([
  [{}, undefined, true, false],
  [{ NO_COLOR: "1" }, undefined, false, false],
  [{ NO_COLOR: "" }, undefined, true, false],
  [{ FORCE_COLOR: "1" }, undefined, true, true],
  [{ NO_COLOR: "1", FORCE_COLOR: "1" }, undefined, false, false],
  [{ FORCE_COLOR: "0" }, undefined, false, false],
  [{ CLICOLOR: "0" }, undefined, false, false],
  [{ CLICOLOR_FORCE: "1" }, undefined, true, true],
  [{ TERM: "dumb" }, undefined, false, false],
  [{}, "auto", true, false],
  [{ NO_COLOR: "1" }, "always", true, true],
  [{ FORCE_COLOR: "1" }, "never", false, false],
])("colours with %j and --color %s: on a terminal %s, off it %s", (environment, when, on, off) => {
  expect([takesColour(when, { isTTY: true }, environment), takesColour(when, { isTTY: false }, environment)]).toEqual([on, off]);
});

test("only states have colours, and no table loses its columns by them", () => {
  const jobs = table<{ id: string; state: string }>([
    { title: "state", value: ({ state }) => state, isState: true },
    { title: "id", value: ({ id }) => id },
  ]);
  const rows = [
    { id: "done", state: "failed" },
    { id: "b", state: "unheard-of" },
  ];
  expect(jobs.lines(rows, 40, true).slice(1)).toEqual(["\u001b[31mfailed    \u001b[39m  done", "unheard-of  b"]);
  expect(jobs.lines(rows, 40)[1]).toBe("failed      done");
  expect(jobs.csv(rows).join("")).not.toContain("\u001b");
});

test("prose wraps at words to the terminal, under its text; off a terminal it is one line", async () => {
  const prose = "no store here: looked for outdial.yaml in /srv/lists/bo/march/2026/renewals and above";
  expect(wrapped(prose, 40)).toEqual([
    "no store here: looked for outdial.yaml",
    "  in /srv/lists/bo/march/2026/renewals",
    "  and above",
  ]);
  expect(wrapped("store   none here, make one with outdial init", 24)).toEqual([
    "store   none here, make",
    "        one with outdial",
    "        init",
  ]);
  for (const isTTY of [true, false]) {
    const { said, surroundings } = terminal(isTTY, {});
    using io = createIo({}, surroundings);
    io.complain(prose);
    io.say(prose);
    await io.answer({}, prose);
    const widest = Math.max(...`${said.out}${said.err}`.split("\n").map((line) => line.length));
    expect([isTTY, widest <= 40]).toEqual([isTTY, isTTY]);
  }
});
