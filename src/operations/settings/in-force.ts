// Settings in force as a settings file would have them, so that they can be judged and predicted like one.

import type { DialerChange } from "../../store/index.ts";
import type { SettingsFile } from "./file.ts";
import { readPlan } from "./journal.ts";
import { type DialerSettings, settingsHash } from "./model.ts";

/** The carrier and the expectations of the latest applied change, as long as its settings are the ones in force. */
export function basisInForce(
  settings: DialerSettings,
  applied: DialerChange | undefined,
): Pick<SettingsFile, "carrier" | "expected"> | undefined {
  if (applied === undefined || applied.plan === null || applied.settingsHash !== settingsHash(settings)) return undefined;
  const { carrier, expected } = readPlan(applied.plan).gate;
  return { carrier, expected };
}

/**
 * The settings with the lines of the carrier and what is expected of the calls: as the change said that put exactly these in force; without one as
 * many lines as calls are allowed, and nothing expected.
 * @param applied the latest change that was applied
 */
export function fileInForce(settings: DialerSettings, applied: DialerChange | undefined): SettingsFile {
  const basis = basisInForce(settings, applied);
  if (basis !== undefined) return { name: applied?.sourceName ?? "in force", settings, ...basis };
  const { max_simultaneous_calls: lines } = settings.concurrency;
  return { name: "in force", settings, carrier: { max_trunks: lines }, expected: {} };
}
