// Rows of the vendor that a retrieval could not read as calls.

import type { OutcomeLake } from "../../outcomes/index.ts";
import type { QuarantinedRow } from "../views/schemas/outcomes.ts";
import { timeText } from "../views/texts.ts";

/** The rows that a retrieval put in quarantine, by time. */
export async function quarantinedIn(
  lake: OutcomeLake,
  { jobId, campaignId }: { readonly jobId: string; readonly campaignId: string },
): Promise<readonly QuarantinedRow[]> {
  const rows = await lake.query<Omit<QuarantinedRow, "observed_at"> & { readonly observed_at: unknown }>(
    "SELECT reason, detail, call_id, observed_at, row FROM quarantine WHERE run_id = $1 ORDER BY observed_at, row",
    [jobId],
    { campaignId },
  );
  return rows.map((row) => ({ ...row, observed_at: timeText(Number(row.observed_at)) }));
}
