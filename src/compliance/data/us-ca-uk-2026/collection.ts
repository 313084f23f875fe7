// State caps on calls about a debt. The federal caps (Regulation F) bind as well, so the smallest cap decides.

import type { Rule } from "../../pack/schema.ts";
import { collectionCap, READ } from "./writing.ts";

/** The rules with caps on collection calls. */
export function collectionRules(): Rule[] {
  return [
    collectionCap("US-DC", 4, {
      citation: "D.C. Code 28-3814, Law 24-154",
      confidence: "statute",
      effective: "2023-01-01",
      lookedUp: READ,
      note: "Per account, in any seven days; creditors that collect for themselves are bound too. Read in the enrolled act.",
    }),
    collectionCap("US-MA", 2, {
      citation: "940 CMR 7.04(1)(f); 209 CMR 18.16(1)(d)",
      confidence: "statute",
      lookedUp: READ,
      note: "Per debt, in each seven days, calls to the residence or a mobile; at other places two in thirty days, which is not told apart. An attempt that could leave no message may not count; here it does.",
    }),
    {
      ...collectionCap("US-NY-NYC", 3, {
        citation: "6 RCNY 5-77(b) as amended by the Department of Consumer and Worker Protection",
        confidence: "summary",
        effective: "2026-09-01",
        lookedUp: READ,
        note: "Three contacts or attempts in seven days, per account since the amendment of 2026, for creditors that collect for themselves too. Calls alone are counted here. Read in three law firms' and agencies' summaries; the rule itself was not seen.",
      }),
      id: "us-ny-nyc-collection-calls",
    },
    collectionCap("US-WA", 3, {
      citation: "RCW 19.16.250",
      confidence: "summary",
      lookedUp: READ,
      note: "Collection agencies: three times in a single week (one of them at work), by the pages of the Attorney General and of the Department of Financial Institutions. The paragraph itself was not seen, and whether letters count is not settled here.",
    }),
  ];
}
