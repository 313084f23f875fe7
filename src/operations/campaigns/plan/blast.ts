// The reach of a campaign: contacts, places, agents, calls per hour.

import { z } from "zod";
import type { CampaignDocument } from "../file/document.ts";
import type { BlastRadius, PlanFacts } from "./types.ts";

const pace = z.looseObject({
  dialerConfig: z.looseObject({
    predictiveSettings: z.looseObject({
      callRate: z.number().nullable().catch(null),
      maxCallsInFlight: z.number().nullable().catch(null),
    }),
  }),
});

/** @param sent the part that the tenant is sent: a pace that it is not sent does not limit it */
export function blastOf(
  document: CampaignDocument,
  { lists, agents }: PlanFacts,
  dials: boolean,
  sent: CampaignDocument = document,
): BlastRadius {
  const list = lists.get(String(document["contactListId"]));
  const zones: Record<string, number> = {};
  for (const { zone, contacts } of list?.places ?? []) zones[zone] = (zones[zone] ?? 0) + contacts;
  const { callRate = null, maxCallsInFlight = null } = pace.safeParse(sent).data?.dialerConfig.predictiveSettings ?? {};
  return {
    contacts: list?.total ?? null,
    contactsRead: list?.read ?? 0,
    zones,
    agents,
    callsPerHour: callRate === null ? null : callRate * 60,
    callsInFlight: maxCallsInFlight,
    dials,
  };
}
