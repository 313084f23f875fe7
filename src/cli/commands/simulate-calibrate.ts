// outdial simulate calibrate: from records of calls to a report and a scenario.

import { calibrateCalls } from "../../app/index.ts";
import type { RefusedLine } from "../../operations/index.ts";
import { EXIT } from "../exit.ts";
import type { Io } from "../io.ts";
import type { GlobalFlags } from "../options.ts";
import { openOutput } from "../output.ts";
import { calibrationLines } from "../render-simulation-calibration.ts";
import { grouped, printable } from "../render-tagging.ts";
import { columnMapping, formatOf, openInput } from "../source.ts";

interface CalibrateFlags extends GlobalFlags {
  readonly out?: string;
  readonly name?: string;
  readonly zone?: string;
  readonly refused?: string;
  readonly column: readonly string[];
  readonly format?: string;
  readonly delimiter?: string;
}

/** Refused lines told on stderr; --refused writes them all. */
const TOLD = 20;

export async function calibrate([file = "-"]: readonly string[], flags: CalibrateFlags, io: Io): Promise<number> {
  const { format, delimiter } = formatOf(flags);
  const input = await openInput(file, io);
  await using refusals = flags.refused === undefined ? undefined : await openOutput(flags.refused, io);
  let told = 0;
  const onRefused = async (refused: RefusedLine) => {
    await refusals?.line(refused);
    told += 1;
    if (told <= TOLD) io.complain(`line ${refused.line}: ${printable(refused.reason)}`);
  };
  const done = await calibrateCalls(input.bytes(), {
    name: flags.name ?? (input.name.replace(/\.\w+$/, "") || "calibrated"),
    format,
    delimiter,
    mapping: columnMapping(flags.column),
    zone: flags.zone,
    done: "Nothing was fitted.",
    onRefused,
    onProgress: (records) => io.progress(`reading calls · ${grouped(records)}`),
  });
  if (done.refused > TOLD && flags.refused === undefined)
    io.complain(`and ${grouped(done.refused - TOLD)} more lines; --refused FILE writes them all`);
  io.say(`${grouped(done.records)} calls read, ${grouped(done.refused)} lines refused`);
  if (flags.out !== undefined) await writeScenario(flags.out, done, input.name, io);
  if (io.json)
    await io.data(
      JSON.stringify({ records: done.records, refused: done.refused, calibration: done.calibration, scenario: done.scenario }),
    );
  else {
    const lines = calibrationLines(done.calibration);
    if (flags.out === "-") for (const line of lines) io.say(line);
    else for (const line of lines) await io.data(line);
  }
  return done.refused > 0 ? EXIT.partlyFailed : EXIT.done;
}

async function writeScenario(
  path: string,
  { records, scenario }: { records: number; scenario: object },
  source: string,
  io: Io,
): Promise<void> {
  const { stringify } = await import("yaml");
  await using output = await openOutput(path, io);
  await output.text(
    `# Fitted to ${grouped(records)} calls of ${printable(source)}. Add agents, leads, lines and pacing: schemas/simulation.schema.json lists them.`,
  );
  await output.text(stringify(scenario, { lineWidth: 100 }).trimEnd());
  if (path !== "-") io.say(`scenario written to ${path}`);
}
