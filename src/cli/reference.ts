// The reference of the command line as Markdown, from the command tree itself.

import type { Command } from "commander";
import { buildProgram } from "./program.ts";
import { MAKE_A_STORE, MAKE_TABLES } from "./tree.ts";

const named = (names: readonly string[]) => names.map((name) => `\`${name}\``).join(", ");

const STORES = [
  "The workplace is the nearest folder, from this one upward, that holds an `outdial.yaml` or a store; `--config` names its `outdial.yaml` instead. Paths in",
  "`outdial.yaml` are told from that file, paths of flags and variables from the working folder. What belongs to another user is used from its own folder only.",
  "",
  "The store is the database that is named by `--database-url`, else `DATABASE_URL`, else `store.url` in `outdial.yaml`; where none of them names one, the embedded",
  "one in the folder of `--dir`, else `OUTDIAL_DIR`, else `.outdial` of the workplace. With a database the folder is for the audit's keys, also when `--dir` is",
  "given: then the command says which store it uses. Variables without text count as not set.",
  "",
  `A store is made on purpose: by ${named(MAKE_A_STORE)}, and for themselves by \`demo\` and \`sandbox\`. ${named(MAKE_TABLES)} make the tables of a database that is named and`,
  "has none. Every other command that works on a store ends with exit code 2 where there is none, and says where it looked: an answer from an empty store would say nothing.",
  "",
  "Where `outdial.yaml` names several tenants, one is worked with: `--tenant`, else `OUTDIAL_TENANT`, else the one of `outdial context use` ([tenants.md](tenants.md)).",
  "",
  "Where `OUTDIAL_URL` is set, the commands of jobs, `campaign pause` and `resume`, and `campaign failover status`, `start` and `failback` go through the service at that address, with `OUTDIAL_TOKEN` ([tagging.md](tagging.md)).",
  "",
  "On a terminal, lines wrap to its width, and an answer longer than the screen goes through the pager: `OUTDIAL_PAGER`, else `PAGER`, else `less`; `--no-pager`, an",
  "empty variable or `cat` switch it off. Words for states have colours on a terminal: `--color always` and `never`, `NO_COLOR`, `FORCE_COLOR`, `CLICOLOR_FORCE` and `CLICOLOR=0` say",
  "otherwise. JSON and CSV have neither.",
];

/** The text of docs/cli.md. */
export function commandReference(): string {
  const parts = [
    "# Command line",
    "",
    "Generated from the commands. `stdout` is data, `stderr` is talk and progress.",
    "",
    ...STORES,
    "",
  ];
  const walk = (command: Command, path: string) => {
    command.configureHelp({ helpWidth: 110 });
    command.configureOutput({ getOutHasColors: () => false, getOutHelpWidth: () => 110 });
    parts.push(`## ${path}`, "", "```text help", command.helpInformation().trimEnd(), "```", "");
    for (const sub of command
      .createHelp()
      .visibleCommands(command)
      .filter((one) => one.name() !== "help"))
      walk(sub, `${path} ${sub.name()}`);
  };
  walk(buildProgram().command, "outdial");
  return parts.join("\n");
}
