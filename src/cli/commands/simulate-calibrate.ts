// outdial simulate calibrate: from records of calls to a report and a scenario.

import { calibrateCalls } from "../../app/index.ts";
import type { RefusedLine } from "../../operations/index.ts";
import type { Run } from "../command.ts";
import { EXIT } from "../exit.ts";
import type * as declared from "../groups/simulate.ts";
import type { Io } from "../io.ts";
import { openOutput } from "../output.ts";
import { calibrationLines } from "../render-simulation-calibration.ts";
import { grouped, printable } from "../render-tagging.ts";
import { rowSource } from "../source.ts";
import { refusedLine } from "./facts-import.ts";

/** Refused lines told on stderr; --refused writes them all. */
const TOLD = 20;

export const calibrate: Run<typeof declared.calibrate> = async ({ args, options, io }) => {
  const { out, refused, zone } = options;
  const input = await rowSource(args.calls, options, io);
  await using refusals = await openOutput(refused, io);
  let told = 0;
  const onRefused = async (line: RefusedLine) => {
    await refusals?.line(line);
    told += 1;
    if (told <= TOLD) io.complain(refusedLine(line));
  };
  const done = await calibrateCalls(input.bytes(), {
    ...input.read,
    name: options.name ?? (input.name.replace(/\.\w+$/, "") || "calibrated"),
    zone,
    done: "Nothing was fitted.",
    onRefused,
    onProgress: (records) => io.progress(`reading calls · ${grouped(records)}`),
  });
  if (done.refused > TOLD && refused === undefined)
    io.complain(`and ${grouped(done.refused - TOLD)} more lines; --refused FILE writes them all`);
  io.say(`${grouped(done.records)} calls read, ${grouped(done.refused)} lines refused`);
  if (out !== undefined) await writeScenario(out, done, input.name, io);
  const { records, calibration, scenario } = done;
  const lines = calibrationLines(calibration);
  if (out === "-" && !io.json) io.say(lines);
  else await io.answer({ records, refused: done.refused, calibration, scenario }, lines);
  return done.refused > 0 ? EXIT.partlyFailed : EXIT.done;
};

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
