// The settings in force, read from the tenant so that they could be restored.

import type { PacingSettings } from "../../tenant/port.ts";
import { OperationError } from "../error.ts";
import { reading } from "./act.ts";
import type { SettingsVersion } from "./state.ts";

/**
 * The campaign of the settings where a tenant keeps settings for each campaign, else an empty text. Throws OperationError
 * `invalid_input`.
 */
export function subjectOf({ capability }: Pick<PacingSettings, "capability">, campaign: string | undefined): string {
  if (capability.perCampaign === (campaign !== undefined)) return campaign ?? "";
  throw campaign === undefined
    ? new OperationError("invalid_input", "this tenant keeps dialer settings for each campaign: name one", {
        advice: "Give --campaign ID (campaign in the API).",
      })
    : new OperationError("invalid_input", "this tenant has one set of dialer settings, not one for each campaign");
}

/**
 * The settings in force with their tag. Throws TenantError; OperationError `invalid_input` when they cannot be understood, and so
 * could not be restored.
 */
export async function settingsInForce(pacing: PacingSettings, subject: string): Promise<SettingsVersion> {
  const { settings, tag, problem } = reading(await pacing.read(subject || undefined));
  if (settings !== null) return { settings, tag };
  throw new OperationError("invalid_input", `the tenant's settings in force cannot be read: ${problem ?? "not as promised"}`, {
    advice: "They could not be restored after a failure, so nothing is changed. Correct them in the tenant's administration.",
  });
}
