// Dialer settings in force as stored, with the time, the tenant's counts, and the prediction for them.

import { z } from "zod";
import type { Context } from "../context.ts";
import { OperationError } from "../error.ts";
import { timesOf } from "../readings.ts";
import { failureOf } from "../views/campaign-views.ts";
import { basisOf, measuredOf, predictionOf } from "../views/dialer-views.ts";
import type { DialerView } from "../views/schemas/dialer.ts";
import { timeText } from "../views/texts.ts";
import type { SettingsFile } from "./file.ts";
import { type Judgement, withAgents } from "./gate.ts";
import { basisInForce, fileInForce, measuredFor } from "./in-force.ts";
import { readSettings } from "./model.ts";

/** The settings in force as stored. */
export interface DialerReadings {
  /**
   * Says that somebody looks at the settings of a campaign ("" where a tenant has them once): old ones are read again in the
   * background.
   */
  looking(campaign: string): void;
  /** Reads them now. Throws TenantError. */
  readNow(campaign: string): Promise<void>;
  /** The prediction for settings in force, or why there is none; undefined while it is being computed. */
  prediction(file: SettingsFile): Promise<Judgement["prediction"] | undefined>;
}

/** What is shown of settings before a campaign is chosen. */
export const NOTHING_SHOWN = {
  settings: null,
  asOf: null,
  failed: null,
  tag: null,
  basis: null,
  measured: null,
  prediction: null,
  campaign: null,
} as const;

/** Settings as the service stores them; the document is the vendor's, and whoever reads it checks it. */
const keptSettings = z.object({ settings: z.unknown(), tag: z.string().nullable() });

/** The settings in force as last read. @param fresh reads the tenant first. Throws OperationError `not_found`, TenantError */
export async function shownInForce(
  context: Pick<Context, "store" | "clock">,
  readings: DialerReadings,
  campaign: string,
  fresh: boolean,
): Promise<Omit<DialerView, "open" | "choose" | "campaign">> {
  const { store } = context;
  if (fresh) await readings.readNow(campaign);
  else if (campaign !== "" && (await store.knownCampaigns.find(campaign)) === undefined)
    throw new OperationError("not_found", `no campaign ${campaign} is known`, {
      advice: "A campaign that was created since then is listed within a minute. With fresh=true the API reads the tenant first.",
    });
  readings.looking(campaign);
  const reading = await store.tenantReadings.find({ what: "dialer", subject: campaign });
  const kept = keptSettings.safeParse(reading?.value).data;
  const value = kept?.settings ?? null;
  const read = kept === undefined ? undefined : readSettings(value);
  const { readAt, failed } = timesOf(reading);
  const applied = await store.dialer.latestApplied(campaign);
  const settings = read !== undefined && "settings" in read ? read.settings : undefined;
  const basis = settings === undefined ? undefined : basisInForce(settings, applied);
  const { answers, ...measured } = await measuredFor({ ...context, tenant: undefined }, campaign);
  const file = settings === undefined ? "not read" : withAgents(fileInForce(settings, applied, measured));
  const prediction = typeof file === "string" ? undefined : await readings.prediction(file);
  return {
    settings: value,
    asOf: timeText(kept === undefined ? null : readAt),
    failed: failureOf(failed),
    tag: kept?.tag ?? null,
    problem: read !== undefined && "problem" in read ? read.problem : null,
    basis: basis === undefined ? null : basisOf(basis),
    measured: settings === undefined || answers === undefined ? null : measuredOf(answers),
    prediction: prediction === undefined || typeof prediction === "string" ? null : predictionOf(prediction),
  };
}
