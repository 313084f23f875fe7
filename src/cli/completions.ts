// The possible words at a place of a command line: commands, options and the values of an option. Pure; the caller provides ids.

import { type Declaration, isHidden, type Node, type Spec } from "./command.ts";

/** A word, and what it means. */
export interface Candidate {
  readonly word: string;
  readonly help: string;
}

/** What is expected at the place, when its words are not known from the declarations. */
export type Wanted = "campaign" | "job" | "tenant" | "file" | undefined;

export interface Completed {
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
