// What was checked, and how checks are collected.

import { messageOf, OutdialError } from "../../kernel/index.ts";
import type { Config, Flags } from "../config.ts";
import type { Environment } from "../environment.ts";

/** One thing that was checked. */
export interface Check {
  readonly check: string;
  /** `warn`: it works, but somebody should look at it. `todo`: a person has not given it yet, as in a workplace that was just made. */
  readonly state: "ok" | "warn" | "todo" | "fail";
  readonly text: string;
  /** What to do; null when nothing is to be done. */
  readonly mend: string | null;
}

/** Whether the workplace is ready: something was checked, nothing is wrong, and what is left are choices of a person. Without its tenant nothing works. */
export const isReady = (checks: readonly Check[]): boolean =>
  checks.length > 0 && checks.every(({ check, state }) => state !== "fail" && (check !== "tenant" || state !== "todo"));

/** Clocks may differ by this much before windows and figures are judged wrongly, ms. */
export const SKEW_MS = 5_000;

/** Collects checks that belong together. */
export interface Collected {
  readonly checks: readonly Check[];
  readonly add: (check: string, state: Check["state"], text: string, mend?: string | null) => void;
  /**
   * Does something, and adds a check when it fails.
   * @param failing.trouble the state of that check; `fail` by default
   * @param failing.mend what to do when the error does not say it
   */
  readonly tried: <T>(
    check: string,
    work: () => Promise<T>,
    failing?: { readonly trouble?: "fail" | "todo" | "warn"; readonly mend?: string },
  ) => Promise<T | undefined>;
}

/** What a part of the workplace is checked with. */
export interface Seen extends Collected {
  readonly config: Config;
  readonly flags: Flags;
  readonly environment: Environment;
  /** Does what another program must answer, and tells who when that takes a while. */
  readonly waiting: <T>(who: string, work: () => Promise<T>) => Promise<T>;
}

export function collect(): Collected {
  const checks: Check[] = [];
  const add: Collected["add"] = (check, state, text, mend = null) => void checks.push({ check, state, text, mend });
  return {
    checks,
    add,
    async tried(check, work, { trouble = "fail", mend } = {}) {
      try {
        return await work();
      } catch (thrown) {
        const advice = thrown instanceof OutdialError ? thrown.advice : undefined;
        add(check, trouble, messageOf(thrown), advice ?? mend);
        return undefined;
      }
    },
  };
}
