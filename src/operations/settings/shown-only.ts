// What a file asks for where a tenant shows fields that nothing writes: the file leaves such a field out or gives it the shown
// value; anything else is refused. Pure.

import type { PacingSettings } from "../../tenant/port.ts";
import type { Finding } from "../views/schemas/dialer.ts";
import type { SettingsFile } from "./file.ts";
import { complete, type DialerSettings, diffSettings, withFieldsOf } from "./model.ts";

/** Shares that differ by less than this are the same number, written in two ways. */
const TINY = 1e-9;

/** The result of a settings file over the settings in force. */
interface Asked {
  /** The settings to put in force, with the values shown for the shown fields. */
  readonly settings: DialerSettings;
  /** A violation for each field that cannot have the file's value. */
  readonly findings: readonly Finding[];
}

/**
 * What a file asks for over the settings in force; what it leaves out is as it is now. @param inForce as the tenant shows them
 */
export function askedOver(
  { settings, leftOut = [] }: Pick<SettingsFile, "settings" | "leftOut">,
  inForce: DialerSettings,
  { shownOnly = {}, refusals, fit }: Pick<PacingSettings, "shownOnly" | "refusals" | "fit">,
): Asked {
  const wanted = withFieldsOf(complete(settings, inForce), inForce, Object.keys(shownOnly));
  const differing = diffSettings(complete(settings, inForce), inForce).flatMap(({ path, before, after }): Finding[] => {
    const what = shownOnly[path];
    if (what === undefined || leftOut.includes(path)) return [];
    if (typeof before === "number" && typeof after === "number" && Math.abs(before - after) < TINY) return [];
    const shown = JSON.stringify(after);
    const message = `${JSON.stringify(before)} cannot be written on this profile: ${what}, and ${shown} is shown; leave it out or say ${shown}`;
    return [{ severity: "violation", check: "not_written", path, message }];
  });
  const refused = (refusals?.(wanted) ?? []).map(
    ({ path, message }): Finding => ({ severity: "violation", check: "out_of_range", path, message }),
  );
  const held = fit?.(wanted) ?? wanted;
  const rounded = diffSettings(wanted, held).map(
    ({ path, before, after }): Finding => ({
      severity: "warning",
      check: "rounded",
      path,
      message: `the tenant keeps ${JSON.stringify(before)} as ${JSON.stringify(after)}`,
    }),
  );
  return { settings: held, findings: [...differing, ...refused, ...(refused.length > 0 ? [] : rounded)] };
}
