// outdial simulate.

import { command } from "../command.ts";
import { file, flag, input, many, NOTHING, rowOptions, share, text, whole, words } from "../declare.ts";
import { PACK } from "./shared.ts";

export const simulate = command("simulate", NOTHING, {
  summary: "simulate a campaign: figures with intervals, comparisons, the best pacing, what-if",
  args: [input("[scenario]", "scenario file, YAML or JSON; - reads stdin (required)")],
  options: [
    whole("--replications <number>", "independent runs of each scenario", { from: 1, to: 100_000, default: 20 }),
    text("--seed <text>", "the same seed gives the same figures", { default: "1" }),
    whole("--workers <number>", "threads; by default as many as the machine has; the figures do not depend on it", {
      from: 1,
      to: 256,
    }),
    many(file("--compare <other...>", "another scenario, or two: the second minus the first, with the same calls"), false),
    many(
      text(
        "--what-if <path=values>",
        "simulate each of several values of a field, such as agents=40,60,80; when given several times, every combination",
      ),
    ),
    flag("--optimise", "find the pacing with the highest occupancy whose abandonment rate keeps the target over 30 days"),
    share(
      "--target <share>",
      "with --optimise: highest abandonment rate, such as 3% or 0.03; the scenario's abandonmentTarget by default",
    ),
    share("--probability <share>", "with --optimise: probability with which a period of 30 days keeps the target", {
      default: "99%",
    }),
    words("--strategy <names>", "with --optimise: strategies to compare, by default the scenario's and state-aware"),
    file("--svg <file>", "with --optimise: draw occupancy over abandonment"),
    words(
      "--jurisdiction <names>",
      "where the campaign calls, such as US or US,GB: use the rule pack's strictest abandonment limit and shortest window instead of the scenario's",
    ),
    PACK,
    file("--csv <file>", "with --optimise and --what-if: write the points; - writes to stdout"),
  ],
  examples: [
    "outdial simulate examples/simulation.yaml",
    "outdial simulate today.yaml --compare tomorrow.yaml --replications 40",
    "outdial simulate today.yaml --what-if agents=40,60,80 --what-if pacing.ratio=1.5,2,2.5 --csv grid.csv",
    "outdial simulate today.yaml --jurisdiction US,GB",
    "outdial simulate today.yaml --optimise --target 3% --svg frontier.svg --csv frontier.csv",
  ],
});

export const calibrate = command("calibrate", NOTHING, {
  summary: "fit answer rates by hour, ring, talk and wrap-up times to records of calls, and write a scenario with them",
  args: [input("<calls>", "records of calls: CSV with a header or NDJSON; - reads stdin")],
  options: [
    file("--out <file>", "write the scenario; with - to stdout, and the report to stderr"),
    text("--name <text>", "name of the scenario; the file's by default"),
    text("--zone <name>", "IANA time zone for the hour of a time; by default the offset with which the time is written"),
    file("--refused <file>", "write one NDJSON line for each line that could not be read"),
    ...rowOptions("talk_seconds=Duration"),
  ],
  notes:
    "Columns: outcome (live, machine, no_answer, busy, invalid, abandoned), hour (0 to 24) or time; optional: day,\n" +
    "ring_seconds, talk_seconds, wrap_seconds, attempt, abandoned\n" +
    "Exit code 4 when a line could not be read.",
  examples: ["outdial simulate calibrate calls.csv --out scenario.yaml", "outdial simulate scenario.yaml"],
});
