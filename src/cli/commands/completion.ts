// outdial completion, and the answers to the scripts that it prints.

import { knownIds, knownTenants } from "../../app/index.ts";
import { type Declaration, isHidden, type Node, type Run, type Spec } from "../command.ts";
import { COMPLETION_SCRIPTS } from "../completion-scripts.ts";
import { GLOBAL_OPTIONS } from "../globals.ts";
import type * as declared from "../groups/completion.ts";
import { printable } from "../text.ts";

/** A word, and what it means. */
interface Candidate {
  readonly word: string;
  readonly help: string;
}

/** What is expected at the place, when its words are not known from the declarations. */
type Wanted = "campaign" | "job" | "tenant" | "file" | undefined;

interface Completed {
  readonly candidates: readonly Candidate[];
  readonly wanted: Wanted;
}

const longOf = ({ flags }: Spec): string => /--[a-z-]+/.exec(flags)?.[0] ?? "";
const takesValue = ({ flags }: Spec): boolean => flags.startsWith("--") && /[<[]/.test(flags);

/** @param words the words after the program's name; the last one is to be completed */
export function completionsOf(tree: readonly Node[], globals: readonly Spec[], words: readonly string[]): Completed {
  const typed = words.at(-1) ?? "";
  let here: { readonly declaration?: Declaration; readonly children: readonly Node[] } = { children: tree };
  let options: readonly Spec[] = globals;
  let positions = 0;
  let pending: Spec | undefined;
  for (const word of words.slice(0, -1)) {
    if (pending !== undefined) {
      pending = undefined;
      continue;
    }
    if (word.startsWith("--")) {
      const option = word.includes("=") ? undefined : options.find((one) => longOf(one) === word);
      if (option !== undefined && takesValue(option)) pending = option;
      continue;
    }
    if (word.startsWith("-") && word !== "-") continue;
    const child = positions === 0 ? here.children.find(({ declaration }) => declaration.name === word) : undefined;
    if (child === undefined) positions += 1;
    else {
      here = child;
      options = [...child.declaration.options, ...globals];
    }
  }
  const starting = (candidates: readonly Candidate[]) => candidates.filter(({ word }) => word.startsWith(typed));
  if (pending !== undefined) return { candidates: starting(wordsOf(pending)), wanted: wantedOf(pending) };
  if (typed.startsWith("-"))
    return { candidates: starting(options.map((one) => ({ word: longOf(one), help: one.help }))), wanted: undefined };
  const commands = positions > 0 ? [] : here.children.filter(({ declaration }) => !isHidden(declaration));
  const subcommands = commands.map(({ declaration }) => ({ word: declaration.name, help: declaration.summary }));
  const args = here.declaration?.args ?? [];
  const argument = args[Math.min(positions, args.length - 1)];
  const isOver = argument === undefined || (positions >= args.length && argument.isMany !== true);
  return isOver
    ? { candidates: starting(subcommands), wanted: undefined }
    : { candidates: starting([...subcommands, ...wordsOf(argument)]), wanted: wantedOf(argument, here.declaration) };
}

const wordsOf = ({ listed }: Spec): Candidate[] => (listed ?? []).map((word) => ({ word, help: "" }));

/** What kind of value is expected, from the way the declaration shows it. */
function wantedOf({ flags, help }: Spec, declaration?: Declaration): Wanted {
  if (/<(file|folder|path|contacts|scenario)|\[(file|path|folder|pack|scenario)/.test(flags) || /<pack>/.test(flags))
    return "file";
  if (/^(--tenant |[<[]tenant[>\]])/.test(flags)) return "tenant";
  if (/^--(campaign|primary|backup) |<(primary|campaign)>|\[?<?campaign/.test(flags)) return "campaign";
  if (/job/.test(help)) return "job";
  if (declaration !== undefined && /\bid/.test(flags) && /campaign/.test(help)) return "campaign";
  return undefined;
}

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
