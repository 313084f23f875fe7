// The commands with their flags and help. Each action imports its code when it runs, so that help and small commands start fast.

import { Command, CommanderError, Option } from "commander";
import { EXIT, report } from "./exit.ts";
import { createIo, type Io } from "./io.ts";
import type { GlobalFlags } from "./options.ts";

type Action<Options> = (args: readonly string[], options: Options & GlobalFlags, io: Io) => Promise<number>;

export interface Program {
  /** Runs one command line. @returns the exit code */
  run(argv: readonly string[]): Promise<number>;
  /** The command tree, for the generated reference. */
  readonly command: Command;
}

/** Builds the command tree. */
export function buildProgram(): Program {
  let exit: number = EXIT.done;
  const program = new Command("outdial")
    .description(
      "Operates outbound dialing campaigns on NICE CXone: tags calls in bulk, durably, and proves afterwards what it did.",
    )
    .option("--config <file>", "configuration (default: outdial.yaml in this folder)")
    .option("--dir <folder>", "folder of the embedded store and the audit keys (default: .outdial)")
    .option("--json", "one JSON object on stdout instead of text")
    .option("-q, --quiet", "no talk and no progress on stderr")
    .option("-y, --yes", "do not ask for confirmation")
    .showSuggestionAfterError(true)
    .configureHelp({ showGlobalOptions: true })
    .exitOverride()
    .addHelpText(
      "after",
      "\nExit codes: 0 done · 1 failed · 2 usage or invalid input · 3 refused by a rule · 4 partly failed · 5 not authorised · 6 vendor unavailable · 130 interrupted",
    );

  /** Adds an action that loads its code, runs and gives the exit code. */
  const action = <Options>(command: Command, load: () => Promise<Action<Options>>) =>
    command.exitOverride().action(async (...given: unknown[]) => {
      const used = given.at(-1) as Command;
      const options = used.optsWithGlobals<Options & GlobalFlags>();
      const io = createIo(options);
      try {
        exit = await (await load())(used.args, options, io);
      } catch (thrown) {
        exit = await report(thrown, io);
      }
    });

  const tenantUrl = () => new Option("--tenant-url <url>", "origin of the tenant, when outdial.yaml names none");
  const databaseUrl = () => new Option("--database-url <url>", "PostgreSQL to use instead of the embedded one");

  action(
    program
      .command("demo")
      .description("sandbox, a tagging job on examples/calls.csv, and what happened; ends by itself")
      .option("--once", "run the job once and end (what the demo does today anyway)"),
    async () => (await import("./commands/demo.ts")).demo,
  );

  action(
    program
      .command("sandbox")
      .description("a stateful CXone tenant on this machine; prints one JSON line with its address and credentials when ready")
      .option("--port <number>", "port to listen on; 0 takes a free one", "0")
      .option("--host <address>", "address to listen on", "127.0.0.1")
      .option("--scenario <file>", "scenario file, YAML or JSON (schemas/scenario.schema.json)")
      .option("--speed <factor>", "run the sandbox's clock this many times faster")
      .option("--frozen", "stop the sandbox's clock; advance it with POST /__sandbox/clock")
      .option("--seed <seed>", "seed of everything random")
      .addHelpText("after", "\nExamples:\n  $ outdial sandbox\n  $ outdial sandbox --scenario examples/scenario.yaml --speed 60"),
    async () => (await import("./commands/sandbox.ts")).sandbox,
  );

  action(
    program
      .command("tag")
      .argument("<file>", "CSV with a header, or NDJSON; - reads stdin")
      .description(
        "tag calls with dispositions: validates every row, sends within the rate budget, resumes where it was interrupted",
      )
      .requiredOption("--campaign <id>", "campaign whose disposition codes the rows use")
      .option("--dry-run", "validate the whole file and stop; nothing is sent")
      .option("--out <file>", "write one NDJSON line per row with its result; - writes to stdout")
      .option("--again", "run a file that was run before once more")
      .option("--column <field=name...>", "the column that holds a field, such as call_id=CallID", collect, [])
      .option("--format <format>", "csv or ndjson; told from the input by default")
      .option("--delimiter <character>", "column separator; told from the header by default")
      .option("--concurrency <number>", "requests under way at once")
      .addOption(tenantUrl())
      .addOption(databaseUrl())
      .addHelpText(
        "after",
        "\nColumns: call_id, disposition_code_id, reason_code_id, notes, tags (tags separated by | or ;)\n" +
          "\nExamples:\n  $ outdial tag calls.csv --campaign camp_primary_001 --dry-run\n  $ outdial tag calls.csv --campaign camp_primary_001 --out results.ndjson\n" +
          "  $ outdial tag export.csv --campaign camp_primary_001 --column call_id=CallID --column tags=Labels",
      ),
    async () => (await import("./commands/tag.ts")).tag,
  );

  const jobs = program.command("jobs").description("jobs and their results");
  action(
    jobs.command("list").description("jobs, newest first").option("--limit <number>", "how many", "20").addOption(databaseUrl()),
    async () => (await import("./commands/jobs.ts")).listJobs,
  );
  action(
    jobs
      .command("show")
      .argument("<id>", "job id")
      .description("one job: state, counts, measurements; with --out its rows")
      .option("--out <file>", "write one NDJSON line per row with its result; - writes to stdout")
      .option("--result <result>", "only rows with this result")
      .addOption(databaseUrl()),
    async () => (await import("./commands/jobs.ts")).showJob,
  );
  action(
    jobs
      .command("resume")
      .argument("<id>", "job id")
      .description("go on with a job that was interrupted or stopped")
      .addOption(tenantUrl())
      .addOption(databaseUrl()),
    async () => (await import("./commands/jobs.ts")).resumeJob,
  );
  action(
    jobs
      .command("cancel")
      .argument("<id>", "job id")
      .description("stop a job for good; what was sent stays sent")
      .addOption(databaseUrl()),
    async () => (await import("./commands/jobs.ts")).cancelJob,
  );

  const audit = program.command("audit").description("the audit log: what was done, by whom, with proof");
  action(
    audit
      .command("list")
      .description("entries, oldest first")
      .option("--subject <id>", "only entries about this call")
      .option("--job <id>", "only entries of this job")
      .option("--after <seq>", "only entries after this number")
      .option("--limit <number>", "how many", "50")
      .addOption(databaseUrl()),
    async () => (await import("./commands/audit.ts")).listAudit,
  );
  action(
    audit
      .command("verify")
      .description("recompute the whole log and its signatures; names the first entry that was edited, removed or reordered")
      .addOption(databaseUrl()),
    async () => (await import("./commands/audit.ts")).verifyAudit,
  );

  const webhooks = program.command("webhooks").description("events to your own systems");
  action(
    webhooks
      .command("deliveries")
      .description("events and the state of their delivery, newest first")
      .option("--status <status>", "pending, delivered or dead")
      .option("--limit <number>", "how many", "50")
      .addOption(databaseUrl()),
    async () => (await import("./commands/webhooks.ts")).deliveries,
  );
  action(
    webhooks
      .command("replay")
      .description("queue dead letters again and deliver them")
      .option("--from <id>", "first delivery")
      .option("--to <id>", "last delivery")
      .addOption(databaseUrl()),
    async () => (await import("./commands/webhooks.ts")).replay,
  );
  action(
    webhooks.command("deliver").description("deliver what is due now and end").addOption(databaseUrl()),
    async () => (await import("./commands/webhooks.ts")).deliver,
  );

  return {
    command: program,
    async run(argv) {
      try {
        await program.parseAsync(argv, { from: "user" });
        return exit;
      } catch (thrown) {
        if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? EXIT.done : EXIT.usage;
        throw thrown;
      }
    },
  };
}

function collect(value: string, earlier: readonly string[]): string[] {
  return [...earlier, value];
}
