// The rules of dialer changes, as the configuration has them.

import { MINUTE_MS, parseDuration } from "../kernel/index.ts";
import {
  DEFAULT_PATIENCE,
  type DialerRules,
  type Patience,
  REGULATORY_CHECKS,
  type RegulatoryCheck,
} from "../operations/index.ts";
import type { Config } from "./config.ts";
import { ConfigError } from "./config-error.ts";
import type { ConfigFile } from "./config-schema.ts";

const GUARD_ALTERNATIVE = 0.045;

/** Highest acceptable predicted probability of abandonment above the limit. */
const ACCEPTED_CHANCE = 0.05;

export const checksOf = (config: Config): readonly RegulatoryCheck[] => [
  ...new Set(config.file.dialer?.regulatoryChecks ?? REGULATORY_CHECKS),
];

export const chanceOf = (config: Config): number => config.file.dialer?.acceptedChance ?? ACCEPTED_CHANCE;

export function patienceOf(given: ConfigFile["dialer"]): Patience {
  const activation = given?.activation;
  const span = (text: string | undefined, otherwise: number) =>
    text === undefined ? otherwise : (parseDuration(text) ?? otherwise);
  return {
    ...DEFAULT_PATIENCE,
    firstMs: span(activation?.first, DEFAULT_PATIENCE.firstMs),
    mostMs: span(activation?.most, DEFAULT_PATIENCE.mostMs),
    looks: activation?.looks ?? DEFAULT_PATIENCE.looks,
    settleMs: span(activation?.settle, DEFAULT_PATIENCE.settleMs),
  };
}

export function guardOf(given: ConfigFile["dialer"]): DialerRules["guard"] {
  const everyMs = parseDuration(given?.guard?.every ?? "1m") ?? MINUTE_MS;
  if (everyMs < MINUTE_MS || everyMs % MINUTE_MS !== 0)
    throw new ConfigError(`dialer.guard.every is ${given?.guard?.every}; allowed are whole minutes, such as 1m or 5m`);
  return { everyMs, alternative: given?.guard?.alternative ?? GUARD_ALTERNATIVE };
}
