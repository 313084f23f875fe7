// The program: global flags, the groups of commands in the order of the help, and exit codes for errors.

import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { Command, CommanderError, Help } from "commander";
import type { ServiceAddress, Standing, StoreUse } from "../app/index.ts";
import { packageCommit, packageVersion } from "../app/version.ts";
import { OutdialError } from "../kernel/index.ts";
import type { ServiceLogger } from "../server/index.ts";
import {
  commandOf,
  type Declaration,
  isHidden,
  type Node,
  optionOf,
  pathOf,
  type Run,
  requireGiven,
  valuesOf,
  type Want,
  worksElsewhere,
} from "./command.ts";
import { EXIT, EXIT_WORDS } from "./exit.ts";
import { CONFIG, DIR, GLOBAL_OPTIONS, TENANT_NAME } from "./globals.ts";
import { createIo, tellStdoutFailure } from "./io.ts";
import { standingLines } from "./render-standing.ts";
import { report } from "./report.ts";
import { processSurroundings, type Surroundings } from "./surroundings.ts";
import { TREE } from "./tree.ts";

export interface Program {
  /** Runs one command line. @returns the exit code */
  run(argv: readonly string[]): Promise<number>;
  /** The command tree, for the generated reference. */
  readonly command: Command;
}

/** Builds the command tree. @param profile for help and completion; without one they show all commands */
export function buildProgram(surroundings: Surroundings = processSurroundings(), profile?: "rest" | "acd"): Program {
  const { stdout, stderr } = surroundings;
  let exit: number = EXIT.done;
  let complaint = "";
  const program = new Command("outdial")
    .configureOutput({
      writeOut: (text) => write(stdout, text, { stderr }),
      writeErr: (text) => void (complaint += text),
      getOutHelpWidth: () => columnsOf(stdout),
      getErrHelpWidth: () => columnsOf(stderr),
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
    .description(
      "Operates outbound dialing campaigns on NICE CXone: tags calls in bulk, durably, and proves afterwards what it did.",
    )
    .on("option:version", () => {
      write(stdout, `${versionLine()}\n`, { stderr });
      throw new CommanderError(EXIT.done, "outdial.version", "");
    })
    .showSuggestionAfterError(true)
    .configureHelp({ minWidthToWrap: 20, formatHelp: commandsFirst })
    .exitOverride()
    .addHelpText(
      "after",
      `\nExit codes: ${Object.entries(EXIT_WORDS)
        .map(([code, words]) => `${code} ${words}`)
        .join(" · ")}`,
    );

  for (const option of GLOBAL_OPTIONS) program.addOption(optionOf(option));

  const add = (parent: Command, node: Node) => {
    const { declaration, heading, run, children } = node;
    const made = commandOf(declaration).copyInheritedSettings(parent);
    if (heading !== undefined) made.helpGroup(heading);
    const isOf = profile === undefined || !isLacking(profile, node);
    parent.addCommand(made, { hidden: isHidden(declaration) || !isOf });
    if (!isOf) made.addHelpText("before", notOffered(declaration));
    if (run !== undefined)
      made.action(async () => {
        requireGiven(made, declaration.options, made.optsWithGlobals());
        exit = await runCommand(made, declaration, run, {
          surroundings,
          commands: profile === undefined ? TREE : offered(profile, TREE),
        });
      });
    for (const child of children) add(made, child);
  };
  for (const one of TREE) add(program, one);

  return {
    command: program,
    async run(argv) {
      try {
        await program.parseAsync(withoutHelp(program, argv), { from: "user" });
        return exit;
      } catch (thrown) {
        if (!(thrown instanceof CommanderError)) throw thrown;
        if (thrown.exitCode === 0) return EXIT.done;
        // A program or a group without a command: somebody looks what there is.
        if (thrown.code === "commander.help" && !argv.includes("--json")) {
          write(stdout, complaint, { stderr });
          return EXIT.done;
        }
        const meant =
          thrown.code === "commander.unknownCommand" ? MEANT[argv.find((word) => !word.startsWith("-")) ?? ""] : undefined;
        if (meant !== undefined) complaint += `It is: ${meant}\n`;
        const logger = await loggerOf(surroundings, logsJson(argv), false);
        logger?.log("error", complaint.trim(), { code: "invalid_input" });
        if (argv.includes("--json") || logger !== undefined)
          write(stdout, `${JSON.stringify(usageProblem(thrown, complaint))}\n`, { stderr });
        else write(stderr, complaint, { stderr });
        return EXIT.usage;
      }
    },
  };
}

/** Words that people try first, and what is meant. */
const MEANT: Readonly<Record<string, string>> = {
  pause: "outdial stop --all, or outdial campaign pause CAMPAIGN",
  resume: "outdial campaign resume CAMPAIGN",
  status: "outdial campaign status",
  campaigns: "outdial campaign status",
  list: "outdial campaign status, or outdial jobs list",
  version: "outdial --version",
  dashboard: "outdial serve, which prints the dashboard's address",
  explain: "outdial compliance explain NUMBER",
  login:
    "for the dashboard the link that outdial serve prints; for the tenant outdial init, and CXONE_CLIENT_ID and CXONE_CLIENT_SECRET",
};

/** Help with the commands before the options; below a subcommand's, the options that every command has are a line. */
function commandsFirst(command: Command, helper: Help): string {
  const parts = Help.prototype.formatHelp.call(helper, command, helper).trimEnd().split("\n\n");
  const isOptions = (part: string) => part.startsWith("Options:");
  const [options, others] = [parts.filter(isOptions), parts.filter((part) => !isOptions(part))];
  const globals =
    command.parent === null ? [] : [`Everywhere: ${GLOBAL_OPTIONS.map(({ flags }) => flags).join(" · ")} (outdial help)`];
  return `${[...others, ...options, ...globals.map((line) => helper.boxWrap(line, helper.helpWidth ?? 80))].join("\n\n")}\n`;
}

/**
 * The command line as it is parsed: where help is asked for of a command that there is none of, without the asking, so that the
 * word is named. The parser would show the help of the group above and end with 0.
 */
function withoutHelp(program: Command, argv: readonly string[]): readonly string[] {
  const isHelp = (word: string) => word === "--help" || word === "-h";
  const end = argv.indexOf("--");
  const ofCommand = argv[0] === "help" && argv.length > 1;
  const asked = ofCommand ? argv.slice(1) : argv.filter((word, at) => !(isHelp(word) && (end < 0 || at < end)));
  if (asked.length === argv.length) return argv;
  const whole = ofCommand ? [...asked, "--help"] : argv;
  let command = program;
  for (let at = 0; at < asked.length; at++) {
    const word = asked[at] ?? "";
    const isOption = word.startsWith("-");
    const option = isOption
      ? [...program.options, ...command.options].find(({ long, short }) => word === long || word === short)
      : undefined;
    if (option?.required === true) at++;
    if (isOption) continue;
    const child = command.commands.find((one) => one.name() === word || one.aliases().includes(word));
    if (child === undefined) return command.commands.length > 0 && word !== "help" ? asked : whole;
    command = child;
  }
  return whole;
}

const logsJson = (argv: readonly string[]): boolean =>
  argv.some((word, at) => word === "--log-format=json" || (word === "--log-format" && argv[at + 1] === "json"));

/** The log of --log-format json: from the first line to the last, also when the command does not start. */
async function loggerOf({ env, stderr }: Surroundings, isJson: boolean, verbose: boolean): Promise<ServiceLogger | undefined> {
  if (!isJson) return undefined;
  const { createLogger } = await import("../server/observe/log.ts");
  return createLogger({ level: verbose ? "debug" : "info", secrets: secretsIn(env), write: (line) => stderr.write(line) });
}

/** Values of the environment that no log may show. */
function secretsIn(environment: Surroundings["env"]): string[] {
  const named = Object.entries(environment).filter(([name]) => /SECRET|TOKEN|PASSWORD|_KEY$|DATABASE_URL$/.test(name));
  return named.flatMap(([, value]) => value ?? []);
}

/** Parses the values, runs the command, reports its error. @returns the exit code */
async function runCommand(
  command: Command,
  declaration: Declaration,
  run: Run<Declaration>,
  { surroundings, commands }: { readonly surroundings: Surroundings; readonly commands: readonly Node[] },
): Promise<number> {
  const { args, options, makes, tells, interrupted, runs, alone, privileged = [] } = declaration;
  const { cwd, clock } = surroundings;
  const given = command.optsWithGlobals<Record<string, unknown>>();
  let service: ServiceAddress | undefined;
  const about = async () => {
    const { workplaceWords } = await import("./elsewhere.ts");
    return workplaceWords(service, { ...given, cwd, clock }, surroundings.env, io.signal);
  };
  const asks = worksElsewhere(declaration);
  const logger = await loggerOf(surroundings, given["logFormat"] === "json", given["verbose"] === true);
  using _stray = logger && surroundings.onStray?.((level, text) => logger.log(level, text));
  using io = createIo(given, surroundings, { interrupted, logger, ...(asks ? { about } : {}) });
  let told = false;
  let saidSetBack = false;
  let standing: Standing | null = null;
  const store: StoreUse = {
    makes,
    setBack: (words) => {
      if (!saidSetBack && tells !== "itself") io.say(words);
      saidSetBack = true;
    },
    opened:
      tells === undefined
        ? undefined
        : (found) => {
            if (standing === null && tells !== "itself") io.say(standingLines(found, tells === "lists"));
            standing = found;
          },
    outweighed: (dir: string, by: string) => {
      if (!told) io.say(`the store is the database of ${by}; the folder ${dir} of --dir only has the keys of the audit log`);
      told = true;
    },
  };
  try {
    service =
      asks && runs !== "here" && (surroundings.env["OUTDIAL_URL"] ?? "") !== ""
        ? (await import("./elsewhere.ts")).serviceOf(surroundings.env, alone, given, pathOf(command), {
            clock,
            warn: io.say,
          })
        : undefined;
    if (service !== undefined) io.say(`service ${service.url}`);
    const chosen = await valuesOf([CONFIG, DIR, TENANT_NAME], ({ key }) => given[key], surroundings);
    const place = { ...chosen, cwd, clock, store, service };
    const code = await run({
      args: await valuesOf(args, (_, index) => command.processedArgs[index], surroundings),
      options: { ...(await valuesOf(options, ({ key }) => given[key], surroundings)), ...place },
      io,
      standing: () => standing,
      commands,
    });
    return io.pressed ? EXIT.interrupted : (code ?? EXIT.done);
  } catch (thrown) {
    // Stopped work may fail in any way; only an error about the interruption itself says more than that it was interrupted.
    const isTold = thrown instanceof OutdialError && thrown.code === "interrupted";
    const used = options.filter(({ key, flags }) => privileged.includes(flags) && given[key] === true).map(({ flags }) => flags);
    const asked = [pathOf(command), ...used].join(" ");
    const exit = await report(isTold ? thrown : (io.interruption ?? roleWords(thrown, asked)), io);
    return io.pressed ? EXIT.interrupted : exit;
  }
}

/** A service's refusal of a token's role, in words of the command. */
function roleWords(thrown: unknown, asked: string): unknown {
  if (!(thrown instanceof OutdialError) || thrown.code !== "not_permitted") return thrown;
  const { needed, name, role } = thrown.details;
  if (typeof needed !== "string") return thrown;
  const message = `outdial ${asked} needs the role ${needed}; the token of ${String(name)} has the role ${String(role)}`;
  return new OutdialError(thrown.code, message, {
    advice: `outdial serve token add NAME --role ${needed}, where the service runs, makes such a token.`,
    details: thrown.details,
  });
}

/** The error for a command line that cannot be parsed, in the form of all errors with --json. */
function usageProblem({ code, message }: CommanderError, complaint: string): object {
  const [said = "", ...more] = (code === "commander.help" ? "a command is needed" : message).replace(/^error: /, "").split("\n");
  const advice =
    more.join(" ").trim() || (code === "commander.help" ? complaint.split("\n")[0] : "outdial help shows what is allowed.");
  return { error: { code: "invalid_input", message: said, advice } };
}

/** Prints help and the like: a reader that goes away (| head) has read enough. */
function write(stream: Surroundings["stdout"], text: string, { stderr }: Pick<Surroundings, "stderr">): void {
  stream.once("error", (thrown: NodeJS.ErrnoException) => tellStdoutFailure(thrown, (line) => void stderr.write(`${line}\n`)));
  stream.write(text);
}

function versionLine(): string {
  const commit = packageCommit();
  return `outdial ${packageVersion()}${commit === undefined ? "" : ` (commit ${commit.slice(0, 12)})`}, node ${process.versions.node}`;
}

/** Runs one command line. @returns the exit code, see EXIT */
export function runCommandLine(argv: readonly string[], surroundings: Surroundings): Promise<number> {
  return buildProgram(surroundings, profileToHelp(argv, surroundings)).run(argv);
}

function columnsOf(stream: Surroundings["stdout"]): number {
  return stream.isTTY === true ? (stream.columns ?? 80) : 80;
}

// Capabilities that commands need and that not every profile has: help and completion do not offer commands that the tenant's
// profile does not support.

type Profile = "rest" | "acd";

/** What a profile lacks according to its capabilities: they refuse it in any case, with the reason. */
export const LACKING: Readonly<Record<Profile, readonly Want[]>> = {
  rest: ["do-not-call groups", "callbacks", "agents", "recordings"],
  acd: ["a campaign of dialer settings", "vendor events", "simulator", "interactions"],
};

/** Whether a command, or all of its subcommands, cannot be used with a profile. */
function isLacking(profile: Profile, { declaration, run, children }: Node): boolean {
  if (run === undefined) return children.length > 0 && children.every((child) => isLacking(profile, child));
  return declaration.wants !== undefined && LACKING[profile].includes(declaration.wants);
}

/** The commands without those that cannot be used. */
export const offered = (profile: Profile, nodes: readonly Node[]): readonly Node[] =>
  nodes.filter((node) => !isLacking(profile, node)).map((node) => ({ ...node, children: offered(profile, node.children) }));

const HELPING = new Set(["help", "--help", "-h", "__complete"]);

/**
 * The profile for help and completion: from the environment, else from the configuration file, which is only searched for it and
 * not parsed. Commands that run use the configuration. `rest` when none is given; undefined, for all commands, when several
 * tenants are named and one has the profile `acd`.
 */
export function profileToHelp(argv: readonly string[], { env, cwd }: Pick<Surroundings, "env" | "cwd">): Profile | undefined {
  if (argv.length > 0 && !argv.some((word) => HELPING.has(word))) return "rest";
  const named = env["OUTDIAL_PROFILE"];
  if (named !== undefined && named !== "") return named === "acd" ? "acd" : "rest";
  const at = argv.findIndex((word) => word === "--config" || word.startsWith("--config="));
  const given = at === -1 ? undefined : (argv[at]?.split("=")[1] ?? argv[at + 1]);
  try {
    const text = readFileSync(resolve(cwd, given ?? env["OUTDIAL_CONFIG"] ?? "outdial.yaml"), "utf8");
    if (!/^[^#\n]*\bprofile["']?\s*:\s*["']?acd\b/m.test(text)) return "rest";
    return /^["']?tenants["']?\s*:/m.test(text) ? undefined : "acd";
  } catch {
    return "rest";
  }
}

/** Precedes the help of a command that cannot be used. */
const notOffered = ({ wants }: Declaration): string =>
  `Not offered by this tenant: its interface does not support this${wants === undefined ? "" : ` (${wants})`}.\n` +
  "outdial tenant probe shows the reason and the alternative; docs/profiles.md shows what works on which profile.\n";
