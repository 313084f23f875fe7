// The reference of the command line as Markdown, made from the command tree.

import type { Command } from "commander";
import { buildProgram } from "../src/cli/program.ts";
import { MAKE_A_STORE, MAKE_TABLES, NOT_THROUGH_A_SERVICE, THROUGH_A_SERVICE } from "../src/cli/tree.ts";

const named = (names: readonly string[]) => names.map((name) => `\`${name}\``).join(", ");

const STORES = [
  "The workplace is the nearest folder, from the working folder upward, that has an `outdial.yaml` or a store; `--config` names an `outdial.yaml` instead. Paths in",
  "`outdial.yaml` are relative to that file, paths in options and variables to the working folder. A workplace of another user is used only from its own folder.",
  "",
  "The store is the database of `--database-url`, else `DATABASE_URL`, else `store.url` in `outdial.yaml`. When none of them is given, it is the embedded store in",
  "the folder of `--dir`, else `OUTDIAL_DIR`, else `.outdial` of the workplace. With a database this folder has only the keys of the audit log; when `--dir` is also",
  "given, the command says which store it uses. Empty variables count as not set.",
  "",
  `A store is created only by ${named(MAKE_A_STORE)}; \`demo\` and \`sandbox\` create their own. In a database that you name, ${named(MAKE_TABLES)} create missing tables.`,
  "When there is no store, every other command that needs one ends with exit code 2 and says where it looked, because an answer from an empty store would be misleading.",
  "",
  "When `outdial.yaml` has several tenants, a command uses the one of `--tenant`, else `OUTDIAL_TENANT`, else `outdial context use` ([tenants.md](tenants.md)).",
  "",
  `When \`OUTDIAL_URL\` is set, these commands use the service at that address, with \`OUTDIAL_TOKEN\` ([service.md](service.md#commands-from-another-machine)): ${named(THROUGH_A_SERVICE)}.`,
  `These are refused then, because they would work with another store and tenant: ${named(NOT_THROUGH_A_SERVICE)}.`,
  "Of these, some belong to the machine they run on, on purpose: `compliance pack sign` (it signs with the key in the store's folder), `compliance pack fetch` (it compares with a key and writes a file here), `audit accept-head` (whoever accepts a database must reach it), and `webhooks deliver` (a service delivers by itself).",
  "",
  "On a terminal, lines wrap to its width, and an answer longer than the screen is shown with the pager: `OUTDIAL_PAGER`, else `PAGER`, else `less`; `--no-pager`, an",
  "empty variable or `cat` turns it off. States are coloured on a terminal; `--color always` and `never`, `NO_COLOR`, `FORCE_COLOR`, `CLICOLOR_FORCE` and `CLICOLOR=0` change",
  "this. JSON and CSV are neither wrapped nor coloured.",
];

/** The text of docs/cli.md. */
export function commandReference(): string {
  const parts = [
    "# Command line",
    "",
    "Generated from the commands. `stdout` is for data, `stderr` for messages and progress.",
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
