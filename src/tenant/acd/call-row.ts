// One call from what completed contacts, attempts on a list, and the report of all attempts say about it.

import type { CallRow } from "../views.ts";
import type { ReportRow } from "./attempts-report.ts";
import { wordOf } from "./codes.ts";
import type { AcdRow } from "./pages.ts";
import { telephone } from "./telephone.ts";
import { timeOf } from "./times.ts";

type Completed = AcdRow<"listCompleted">;
/** An attempt on a list. */
export type Dial = AcdRow<"listAttempts"> & { readonly listId: string; readonly ambiguous?: boolean };

const AMERICAN = /^(\d\d)\/(\d\d)\/(\d{4}) (\d\d:\d\d(?::\d\d)?)$/;

/** A row of the report as an attempt. Its times are UTC, to the minute. */
export function dialOf(row: ReportRow): Dial {
  const [, month, day, year, time] = AMERICAN.exec(row["DateOfCall"] ?? "") ?? [];
  const whole = (name: string): number | undefined => (/^-?\d+$/.test(row[name] ?? "") ? Number(row[name]) : undefined);
  const text = (name: string): string | undefined => row[name] || undefined;
  return {
    listId: row["ProspectiveContactSourceID"] ?? "",
    contactId: text("Contact_ID"),
    externalId: text("ExternalID"),
    formattedPhone: text("PhoneNumber"),
    dateOfCall: year === undefined ? undefined : `${year}-${month}-${day} ${time}`,
    lastDuration: `PT${whole("CallDuration") ?? 0}S`,
    systemClass: whole("SystemClassification"),
    systemClassName: text("SystemClassificationName"),
    agentDisp: whole("AgentDisposition"),
    agentDispDesc: text("AgentDispositionDescription"),
    agentId: text("Agent_No"),
  };
}

const DURATION = /^PT(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?$/;

function durationMs(text: string | undefined): number | undefined {
  const [match, hours, minutes, seconds] = DURATION.exec(text ?? "") ?? [];
  if (match === undefined) return undefined;
  return (Number(hours ?? 0) * 3600 + Number(minutes ?? 0) * 60 + Number(seconds ?? 0)) * 1000;
}

/** One call from what both sides report. */
export function callOf(
  completed: Completed | undefined,
  dial: Dial | undefined,
  names: ReadonlyMap<string, string>,
  skillId?: string,
): CallRow {
  const start = timeOf(completed?.contactStartDate) ?? timeOf(dial?.dateOfCall);
  const spoken =
    completed?.totalDurationSeconds === undefined ? durationMs(dial?.lastDuration) : completed.totalDurationSeconds * 1000;
  const side = completed === undefined ? "attempts" : dial === undefined ? "completed" : "both";
  const agentId = completed?.agentId ?? dial?.agentId;
  const { listId, externalId } = dial ?? {};
  const phoneNumber = telephone(dial?.formattedPhone ?? completed?.toAddress);
  return {
    ...said(completed),
    id: completed?.contactId ?? dial?.contactId ?? `${listId ?? ""}-${externalId ?? ""}-${start ?? 0}`,
    campaignId: completed?.skillId ?? skillId,
    status: "completed",
    dispositionCode: wordOf({
      primary: completed?.primaryDispositionId,
      abandoned: completed?.abandoned,
      agentCode: dial?.agentDisp,
      agentCodeName: dial?.agentDispDesc,
      systemClass: dial?.systemClass,
      names,
    }),
    ...(start !== undefined && {
      startTime: new Date(start).toISOString(),
      endTime: new Date(start + (spoken ?? 0)).toISOString(),
    }),
    direction: completed?.isOutbound === false ? "INBOUND" : "OUTBOUND",
    ...(agentId !== undefined && agentId !== "0" && { agentId }),
    ...(externalId !== undefined && { contactId: externalId }),
    ...(listId !== undefined && { listId }),
    ...(phoneNumber !== undefined && { phoneNumber }),
    ...(dial !== undefined && { systemClass: dial.systemClass, systemClassName: dial.systemClassName }),
    side,
    ...(dial?.ambiguous === true && { skillAmbiguous: true }),
  };
}

/** The fields of a contact that are set. Names in them are the agent's. */
function said(completed: Completed | undefined): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(completed ?? {}).filter(([, value]) => value !== undefined && value !== ""));
}
