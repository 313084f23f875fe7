// outdial completion, and the answers to the scripts that it prints.

import { knownIds, knownTenants } from "../../app/index.ts";
import type { Run } from "../command.ts";
import { COMPLETION_SCRIPTS } from "../completion-scripts.ts";
import { completionsOf } from "../completions.ts";
import { GLOBAL_OPTIONS } from "../globals.ts";
import type * as declared from "../groups/completion.ts";
import { printable } from "../text.ts";

export const completion: Run<typeof declared.completion> = async ({ args, io }) => {
  await io.data(COMPLETION_SCRIPTS[args.shell].trimEnd());
};

export const complete: Run<typeof declared.complete> = async ({ args, options, io, commands }) => {
  const { candidates, wanted } = completionsOf(commands, GLOBAL_OPTIONS, options.new ? [...args.words, ""] : args.words);
  const typed = options.new ? "" : (args.words.at(-1) ?? "");
  const lines = candidates.map(({ word, help }) => `${word}\t${printable(help)}`);
  if (wanted === "campaign" || wanted === "job") {
    // A person who presses the completion key does not want to read an error.
    const ids = await knownIds(wanted, options, io.env).catch(() => []);
    lines.push(...ids.filter(({ id }) => id.startsWith(typed)).map(({ id, words }) => `${printable(id)}\t${printable(words)}`));
  }
  if (wanted === "tenant") {
    const names = await knownTenants(options, io.env);
    lines.push(...names.filter((name) => name.startsWith(typed)));
  }
  if (wanted === "file") lines.push(":file");
  await io.data(lines);
};
