// How the tenant's do-not-call groups compare with the company's list for a dialing campaign, in the stored form. Pure.

import { z } from "zod";

/** The stored form for a dialing campaign: numbers of the company's list that nothing at the tenant blocks for it. */
export const dncReading = z.object({
  missing: z.int().min(0),
  suppressed: z.int().min(0),
  groups: z.array(z.string()),
  group: z.string(),
  /** When numbers were first found that nothing blocks, ms; missing where there are none, and in readings of earlier versions. */
  since: z.number().optional(),
});

/** How a dialing campaign's groups compare with the company's list, in the stored form. */
export type DncReading = z.infer<typeof dncReading>;

/** Since when numbers are found that nothing blocks, by a stored reading; undefined when it found none. */
export function beganAt(reading: { readonly value: unknown; readonly readAt: number | null } | undefined): number | undefined {
  const { data } = dncReading.safeParse(reading?.value);
  return data === undefined || data.missing === 0 ? undefined : (data.since ?? reading?.readAt ?? undefined);
}

/** A reading about a dialing campaign, as text. */
export function unheldWords({ missing, suppressed, groups, group }: DncReading): string {
  const others =
    groups.length === 0 ? "" : `, and ${groups.join(", ")} hold${groups.length === 1 ? "s" : ""} not all of the list`;
  return `does not obey the tenant's do-not-call group ${group}, or that is not in force${others}: ${missing} of ${suppressed} numbers of the company's list may be called`;
}
