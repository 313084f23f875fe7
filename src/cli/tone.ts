// Colours for words that name a state; nothing else is coloured.

import type { Surroundings } from "./surroundings.ts";

const TONES = { good: 32, warn: 33, bad: 31 } as const;

const STATES: Readonly<Record<string, keyof typeof TONES>> = {
  ok: "good",
  done: "good",
  applied: "good",
  active: "good",
  delivered: "good",
  warn: "warn",
  todo: "warn",
  paused: "warn",
  stopped: "warn",
  partly_failed: "warn",
  cancelled: "warn",
  rolled_back: "warn",
  fail: "bad",
  failed: "bad",
  dead: "bad",
  halted: "bad",
};

/** @param padded the word with the blanks that pad it */
export function toned(padded: string, colour: boolean): string {
  const tone = colour ? STATES[padded.trim()] : undefined;
  return tone === undefined ? padded : `\u001b[${TONES[tone]}m${padded}\u001b[39m`;
}

export const COLOUR_WHEN = ["auto", "always", "never"] as const;

/**
 * Whether stdout gets colours: decided by --color, else NO_COLOR, else FORCE_COLOR and CLICOLOR_FORCE, else a terminal that is
 * not dumb and where CLICOLOR is not 0.
 */
export function takesColour(when: unknown, { isTTY }: Pick<Surroundings["stdout"], "isTTY">, env: Surroundings["env"]): boolean {
  if (when === "always" || when === "never") return when === "always";
  if (isSet(env["NO_COLOR"])) return false;
  if (isSet(env["FORCE_COLOR"])) return env["FORCE_COLOR"] !== "0";
  if (isSet(env["CLICOLOR_FORCE"]) && env["CLICOLOR_FORCE"] !== "0") return true;
  return isTTY === true && env["TERM"] !== "dumb" && env["CLICOLOR"] !== "0";
}

/** As on no-color.org: an empty variable counts as not set. */
const isSet = (value: string | undefined): boolean => value !== undefined && value !== "";
