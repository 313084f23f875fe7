// The reference of the command line as Markdown, from the command tree itself.

import type { Command } from "commander";
import { buildProgram } from "./program.ts";

/** The text of docs/cli.md. */
export function commandReference(): string {
  const parts = ["# Command line", "", "Generated from the commands. `stdout` is data, `stderr` is talk and progress.", ""];
  const walk = (command: Command, path: string) => {
    command.configureHelp({ helpWidth: 110 });
    command.configureOutput({ getOutHasColors: () => false, getOutHelpWidth: () => 110 });
    parts.push(`## ${path}`, "", "```", command.helpInformation().trimEnd(), "```", "");
    for (const sub of command.commands) walk(sub, `${path} ${sub.name()}`);
  };
  walk(buildProgram().command, "outdial");
  return parts.join("\n");
}
