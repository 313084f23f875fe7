// The program: global flags, the groups of commands in the order of the help, errors made exit codes.

import { type Argument, Command, CommanderError, type Option } from "commander";
import { packageCommit, packageVersion } from "../app/version.ts";
import { shippedExample } from "./examples.ts";
import { EXIT } from "./exit.ts";
import { registerAudit } from "./groups/audit.ts";
import { registerCampaign } from "./groups/campaign.ts";
import { registerComplianceFacts } from "./groups/compliance-facts.ts";
import { registerComplianceRules } from "./groups/compliance-rules.ts";
import { registerContacts } from "./groups/contacts.ts";
import { registerDemo } from "./groups/demo.ts";
import { registerDialer } from "./groups/dialer.ts";
import { registerFacts } from "./groups/facts.ts";
import { registerInteraction } from "./groups/interaction.ts";
import { registerJobs } from "./groups/jobs.ts";
import { registerOutcomes } from "./groups/outcomes.ts";
import { registerServe } from "./groups/serve.ts";
import { registerSimulate } from "./groups/simulate.ts";
import { registerTag } from "./groups/tag.ts";
import type { Action, Register } from "./groups/tools.ts";
import { registerWebhooks } from "./groups/webhooks.ts";
import { createIo } from "./io.ts";
import type { GlobalFlags } from "./options.ts";
import { report } from "./report.ts";
import { MAKE_A_STORE, pathOf } from "./stores.ts";
import { pathFrom, processSurroundings, type Surroundings } from "./surroundings.ts";

/** In the order of the help. */
const GROUPS: readonly Register[] = [
  registerDemo,
  registerServe,
  registerTag,
  registerInteraction,
  registerOutcomes,
  registerComplianceRules,
  registerComplianceFacts,
  registerFacts,
  registerCampaign,
  registerContacts,
  registerDialer,
  registerSimulate,
  registerJobs,
  registerAudit,
  registerWebhooks,
];

export interface Program {
  /** Runs one command line. @returns the exit code */
  run(argv: readonly string[]): Promise<number>;
  /** The command tree, for the generated reference. */
  readonly command: Command;
}

/** Builds the command tree. */
export function buildProgram(surroundings: Surroundings = processSurroundings()): Program {
  const { cwd, clock, stdout, stderr } = surroundings;
  let exit: number = EXIT.done;
  const program = new Command("outdial")
    .configureOutput({
      writeOut: (text) => write(stdout, text),
      writeErr: (text) => write(stderr, text),
      getOutHelpWidth: () => columnsOf(stdout),
      getErrHelpWidth: () => columnsOf(stderr),
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
    .description(
      "Operates outbound dialing campaigns on NICE CXone: tags calls in bulk, durably, and proves afterwards what it did.",
    )
    .option("-V, --version", "version of the package, its commit where that is known, and Node's; then ends")
    .on("option:version", () => {
      write(stdout, `${versionLine()}\n`);
      throw new CommanderError(EXIT.done, "outdial.version", "");
    })
    .option("--config <file>", "configuration (default: outdial.yaml in this folder)")
    .option("--dir <folder>", "folder of the embedded store and the audit keys (default: .outdial in this folder)")
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
    command.exitOverride().action(async (...rest: unknown[]) => {
      const used = rest.at(-1) as Command;
      const given = withPaths(used, cwd) as Options & GlobalFlags;
      const io = createIo(given, surroundings);
      const made = (dir: string) => io.say(`there is no store in ${dir} yet; making one`);
      let told = false;
      const outweighed = (dir: string, by: string) => {
        if (!told) io.say(`the store is the database of ${by}; the folder ${dir} of --dir is only for the audit's keys`);
        told = true;
      };
      const options = { ...given, cwd, clock, store: { make: MAKE_A_STORE.includes(pathOf(used)), made, outweighed } };
      try {
        exit = await (await load())(argumentsOf(used, cwd), options, io);
      } catch (thrown) {
        exit = await report(thrown, io);
      }
    });

  for (const register of GROUPS) register(program, { action });

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

/** Help and the like: a reader that goes away (| head) has read enough. */
function write(stream: Surroundings["stdout"], text: string): void {
  stream.once("error", (thrown: NodeJS.ErrnoException) => {
    if (thrown.code !== "EPIPE") throw thrown;
  });
  stream.write(text);
}

function versionLine(): string {
  const commit = packageCommit();
  return `outdial ${packageVersion()}${commit === undefined ? "" : ` (commit ${commit.slice(0, 12)})`}, node ${process.versions.node}`;
}

/** Runs one command line. @returns the exit code, see EXIT */
export function runCommandLine(argv: readonly string[], surroundings: Surroundings): Promise<number> {
  return buildProgram(surroundings).run(argv);
}

/** What arguments and options that are files or folders are called in the help. */
const PATHS = new Set([
  "file",
  "folder",
  "path",
  "scenario",
  "pack",
  "contacts",
  "calls",
  "decisions",
  "before",
  "after",
  "other",
]);

/** The shipped rule pack goes by its id instead of a path. */
const SHIPPED_PACK = "us-ca-uk-2026";

/** What is only read, on this machine: an example of the package will do where the working folder has none of that name. */
const SCENARIO = "scenario";

/** @param name of the argument or option */
function placed(value: unknown, name: string, cwd: string): unknown {
  if (Array.isArray(value)) return value.map((one) => placed(one, name, cwd));
  if (typeof value !== "string" || value === SHIPPED_PACK) return value;
  return (name === SCENARIO ? shippedExample(value, cwd) : undefined) ?? pathFrom(cwd, value);
}

const nameOf = (option: Option) => /[<[]([a-z-]+)/.exec(option.flags)?.[1] ?? "";

/** The options of a command and its parents, those that are paths told from the working folder. */
function withPaths(command: Command, cwd: string): Record<string, unknown> {
  const values = command.optsWithGlobals<Record<string, unknown>>();
  for (let at: Command | null = command; at !== null; at = at.parent)
    for (const option of at.options) {
      const key = option.attributeName();
      if (PATHS.has(nameOf(option)) && key in values) values[key] = placed(values[key], key, cwd);
    }
  return values;
}

function argumentsOf(command: Command, cwd: string): string[] {
  const declared: readonly Argument[] = command.registeredArguments;
  return command.args.map((value, index) => {
    const argument = declared[Math.min(index, declared.length - 1)];
    return argument !== undefined && PATHS.has(argument.name()) ? String(placed(value, argument.name(), cwd)) : value;
  });
}

function columnsOf(stream: Surroundings["stdout"]): number {
  return stream.isTTY === true ? (stream.columns ?? 80) : 80;
}
