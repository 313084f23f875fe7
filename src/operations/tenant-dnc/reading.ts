// How the tenant's do-not-call groups stand to the company's list for a campaign that dials, as it is kept. Pure.

import { z } from "zod";

/** What is kept of a campaign that dials: numbers of the company's list that nothing at the tenant holds back from it. */
export const dncReading = z.object({
  missing: z.int().min(0),
  suppressed: z.int().min(0),
  groups: z.array(z.string()),
  group: z.string(),
});

/** How a dialing campaign stands to the tenant's do-not-call group, as it is kept. */
export type DncReading = z.infer<typeof dncReading>;

/** What a reading says of a campaign that dials. */
export function unheldWords({ missing, suppressed, groups, group }: DncReading): string {
  const others =
    groups.length === 0 ? "" : `, and ${groups.join(", ")} hold${groups.length === 1 ? "s" : ""} not all of the list`;
  return `does not obey the tenant's do-not-call group ${group}, or that is not in force${others}: ${missing} of ${suppressed} numbers of the company's list may be called`;
}
