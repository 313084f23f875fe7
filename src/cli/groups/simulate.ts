// outdial simulate.

import { collect, type Register } from "./tools.ts";

export const registerSimulate: Register = (program, { action }) => {
  const simulate = program
    .command("simulate")
    .argument("[scenario]", "scenario file, YAML or JSON; - reads stdin")
    .description("simulate a campaign: its figures with their intervals, comparisons, the best pacing, what if")
    .option("--replications <number>", "independent runs of each scenario", "20")
    .option("--seed <text>", "the same seed gives the same figures", "1")
    .option("--workers <number>", "threads; as many as the machine runs at once by default; the figures do not depend on it")
    .option("--compare <other...>", "another scenario, or two: the second less the first, on the same calls")
    .option(
      "--what-if <path=values>",
      "fields of the scenario set to each of several values, such as agents=40,60,80; given again, every combination",
      collect,
      [],
    )
    .option("--optimise", "search the pacing of highest occupancy whose abandonment keeps the target over 30 days")
    .option(
      "--target <share>",
      "with --optimise: abandonment allowed, such as 3% or 0.03; the scenario's abandonmentTarget by default",
    )
    .option("--probability <share>", "with --optimise: with which probability a period of 30 days keeps it", "99%")
    .option("--strategy <names>", "with --optimise: strategies to search, by default the scenario's and state-aware")
    .option("--svg <file>", "with --optimise: draw the frontier of occupancy and abandonment")
    .option("--csv <file>", "with --optimise and --what-if: write the points; - writes to stdout")
    .addHelpText(
      "after",
      "\nExamples:\n  $ outdial simulate examples/simulation.yaml\n" +
        "  $ outdial simulate today.yaml --compare tomorrow.yaml --replications 40\n" +
        "  $ outdial simulate today.yaml --what-if agents=40,60,80 --what-if pacing.ratio=1.5,2,2.5 --csv grid.csv\n" +
        "  $ outdial simulate today.yaml --optimise --target 3% --svg frontier.svg --csv frontier.csv",
    );
  action(simulate, async () => (await import("../commands/simulate.ts")).simulate);
  action(
    simulate
      .command("calibrate")
      .argument("<calls>", "records of calls: CSV with a header or NDJSON; - reads stdin")
      .description("fit answer rates by hour, ring, talk and wrap-up times to records of calls, and write a scenario of them")
      .option("--out <file>", "write the scenario; - writes to stdout, the report then goes to stderr")
      .option("--name <text>", "name of the scenario; the file's by default")
      .option("--zone <name>", "IANA zone whose clock tells the hour of a time; by default the clock it is written with")
      .option("--refused <file>", "write one NDJSON line for each line that was not read")
      .option("--column <field=name...>", "the column that holds a field, such as talk_seconds=Duration", collect, [])
      .option("--format <format>", "csv or ndjson; told from the input by default")
      .option("--delimiter <character>", "column separator; told from the header by default")
      .addHelpText(
        "after",
        "\nColumns: outcome (live, machine, no_answer, busy, invalid, abandoned), hour (0 to 24) or time; optional: ring_seconds,\n" +
          "talk_seconds, wrap_seconds, attempt, abandoned\n" +
          "Exit code 4 when a line could not be read.\n" +
          "\nExamples:\n  $ outdial simulate calibrate calls.csv --out scenario.yaml\n  $ outdial simulate scenario.yaml",
      ),
    async () => (await import("../commands/simulate-calibrate.ts")).calibrate,
  );
};
