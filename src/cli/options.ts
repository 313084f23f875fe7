// The flags every command takes, and values of flags, checked.

import type { StoreUse } from "../app/index.ts";
import { type Clock, OutdialError } from "../kernel/index.ts";

/** A whole number between bounds. Throws `invalid_input` naming the flag and what is allowed. */
export function wholeNumber(flag: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (text.trim() !== "" && Number.isInteger(value) && value >= least && value <= most) return value;
  throw new OutdialError("invalid_input", `${flag} ${text} is not a whole number from ${least} to ${most}`);
}

/** One of a set of words. */
export function oneOf<Word extends string>(flag: string, text: string, words: readonly Word[]): Word {
  const word = words.find((candidate) => candidate === text);
  if (word !== undefined) return word;
  throw new OutdialError("invalid_input", `${flag} ${text} is not one of ${words.join(", ")}`);
}

/** The flags every command takes. */
export interface GlobalFlags {
  readonly config?: string;
  readonly dir?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly yes?: boolean;
  /** What to do where there is no store; the program says it for each command. */
  readonly store?: StoreUse;
  /** The working folder. */
  readonly cwd?: string;
  readonly clock?: Clock;
}
