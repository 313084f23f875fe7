// Outcomes: the report as every rendering has it, and what the dashboard needs besides.

import { z } from "zod";
import { reportSchema } from "../../../outcomes/index.ts";
import { count, share } from "./common.ts";

const heatCell = z.strictObject({
  weekday: z.int().min(1).max(7),
  hour: z.int().min(0).max(23),
  calls: count,
  conversion: share,
});

/** The report (schemas/outcome-report.schema.json) with the hour × weekday counts of the heat map; ISO weekdays, Monday is 1. */
export const outcomeReportView = reportSchema.extend({ heat: z.array(heatCell).readonly() }).meta({ id: "OutcomeReport" });
export type OutcomeReportView = z.output<typeof outcomeReportView>;
