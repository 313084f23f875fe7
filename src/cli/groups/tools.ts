// What a group of commands is given to register itself with.

import { type Command, Option } from "commander";
import type { Io } from "../io.ts";
import type { GlobalFlags } from "../options.ts";

/** Runs one command. @returns the exit code */
export type Action<Options> = (args: readonly string[], options: Options & GlobalFlags, io: Io) => Promise<number>;

export interface Tools {
  /** Gives a command its action, whose code is loaded when it runs, so that help and small commands start fast. */
  readonly action: <Options>(command: Command, load: () => Promise<Action<Options>>) => void;
}

/** Adds a group's commands to the program. */
export type Register = (program: Command, tools: Tools) => void;

export const tenantUrl = () => new Option("--tenant-url <url>", "origin of the tenant, when outdial.yaml names none");
export const databaseUrl = () => new Option("--database-url <url>", "PostgreSQL to use instead of the embedded one");

/** What --campaign-rules takes. */
export const CAMPAIGN_RULES = "the campaign's own rules: a campaign file, JSON or YAML, or its complianceConfig";

/** Gathers the values of an option that may be given several times. */
export function collect(value: string, earlier: readonly string[]): string[] {
  return [...earlier, value];
}

/** The command of this name, made when it is not there yet: for commands to which several groups add. */
export function commandOf(program: Command, name: string, description: string): Command {
  return program.commands.find((command) => command.name() === name) ?? program.command(name).description(description);
}
