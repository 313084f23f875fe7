// Creates a dialer campaign from a settings file, never two from one file: the intent is written before the request is sent, and
// after a lost reply the campaign is looked up.

import { z } from "zod";
import type { DialerCampaignEntry, DialerLedger } from "../../store/index.ts";
import { TenantError } from "../../tenant/port.ts";
import { OperationError } from "../error.ts";
import type { SettingsFile } from "./file.ts";
import { type DialerSettings, readSettings, sameSettings, settingsHash } from "./model.ts";

/** What is asked of the tenant. */
export interface CampaignDesk {
  create(settings: DialerSettings): Promise<{ readonly id: string }>;
  /** Entries of the tenant's audit log about campaigns; their order does not matter. */
  auditEntries(): AsyncIterable<unknown>;
}

interface CampaignDependencies {
  readonly desk: CampaignDesk;
  readonly ledger: Pick<DialerLedger, "inTurn" | "intendCampaign" | "settleCampaign">;
  readonly actor: string;
}

export interface CampaignResult {
  readonly campaignId: string;
  /** True when an earlier run had created it. */
  readonly already: boolean;
}

/** An entry of the audit log that shows a new campaign. */
const creation = z.object({
  entityId: z.string().optional(),
  action: z.string(),
  after: z.looseObject({ id: z.string().optional() }),
});

/**
 * Creates the campaign of a file, unless this file's was created before.
 * @param options.again sends a file whose earlier request may have been carried out: only after a person has checked
 * @throws OperationError `invalid_input` when it is not known whether an earlier request was carried out; TenantError when it
 * certainly was not
 */
export async function createDialerCampaign(
  file: Pick<SettingsFile, "name" | "settings">,
  { desk, ledger, actor }: CampaignDependencies,
  options: { readonly again: boolean },
): Promise<CampaignResult> {
  const { settings } = file;
  const contentHash = settingsHash(settings);
  const entry = (action: string, details: Readonly<Record<string, unknown>> = {}) => ({
    actor,
    action,
    subject: settings.name,
    details: { source: file.name, contentHash, ...details },
  });
  const settled = async (campaignId: string, already: boolean): Promise<CampaignResult> => {
    await ledger.settleCampaign(contentHash, campaignId, [entry("campaign.created", { campaignId })]);
    return { campaignId, already };
  };
  return ledger.inTurn(`campaign ${contentHash}`, async () => {
    const { entry: known, fresh } = await ledger.intendCampaign({
      contentHash,
      name: settings.name,
      sourceName: file.name,
      actor,
      audit: [entry("campaign.create")],
    });
    if (known.campaignId !== null) return { campaignId: known.campaignId, already: true };
    if (!fresh) {
      const found = await lookUp(desk, settings, known);
      if (found !== undefined) return settled(found, true);
      if (!options.again) throw unknown(settings, "an earlier run was interrupted while it was sending");
    }
    try {
      return await settled((await desk.create(settings)).id, false);
    } catch (thrown) {
      if (!(thrown instanceof TenantError)) throw thrown;
      if (!thrown.outcomeUnknown && thrown.code !== "unknown_outcome") {
        await ledger.settleCampaign(contentHash, null, [
          entry("campaign.refused", { error: thrown.code, message: thrown.message }),
        ]);
        throw thrown;
      }
      const found = await lookUp(desk, settings, known);
      if (found !== undefined) return settled(found, false);
      throw unknown(settings, thrown.message);
    }
  });
}

/** The campaign with exactly these settings that appeared since the intent was written: its id from the tenant's audit log. */
async function lookUp(desk: CampaignDesk, settings: DialerSettings, known: DialerCampaignEntry): Promise<string | undefined> {
  try {
    for await (const item of desk.auditEntries()) {
      const parsed = creation.safeParse(item);
      if (!parsed.success || !/creat/i.test(parsed.data.action)) continue;
      const { after, entityId } = parsed.data;
      const read = readSettings(after);
      if ("settings" in read && sameSettings(read.settings, settings) && isSince(item, known)) return entityId ?? after.id;
    }
  } catch (thrown) {
    // Without the right to read the audit log nothing can be looked up; the outcome stays unknown.
    if (!(thrown instanceof TenantError)) throw thrown;
  }
  return undefined;
}

/** The clocks of two machines may differ by this much. */
const CLOCK_SKEW_MS = 5 * 60_000;

function isSince(item: unknown, known: DialerCampaignEntry): boolean {
  const timestamp = typeof item === "object" && item !== null && "timestamp" in item ? item.timestamp : undefined;
  const at = typeof timestamp === "string" ? Date.parse(timestamp) : Number.NaN;
  return Number.isNaN(at) || at >= known.createdAt - CLOCK_SKEW_MS;
}

function unknown(settings: DialerSettings, why: string): OperationError {
  return new OperationError(
    "outcome_unknown",
    `it is not known whether the campaign ${JSON.stringify(settings.name)} was created (${why}), and the tenant's audit log does not show it`,
    { advice: "Look in the tenant's administration. If it is not there, run the command again with --again." },
  );
}
