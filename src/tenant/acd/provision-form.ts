// The part of a campaign file that a skill of the ACD API can hold, and its form. Pure.

import { z } from "zod";
import { type AcdReply, MAPPED_COLUMNS } from "../../contract/acd/index.ts";
import type { CampaignToFit, FittedCampaign } from "../capabilities.ts";
import type { AcdRow } from "./pages.ts";
import { CONTROL_WHY, type ControlFacts, fitControl, skillControl, VENDORS_PAGES } from "./skill-control.ts";
import { LIST_JOINT } from "./skills.ts";

/** A calling list as `listCallLists` returns it. */
export type CallingList = AcdRow<"listCallLists">;
type Skill = AcdReply<"getSkill">;

/** Campaign files have shares of 0 to 1, the tenant keeps percent. */
export const PERCENT = 100;
/** Minutes in a day. */
export const DAY_MINUTES = 1440;
const LONGEST_NAME = 30;
const MOST_ATTEMPTS = 10;
const ALL_DAYS = 7;

/**
 * The part of a campaign file that a skill can hold. The rest is reported and not sent; malformed fields were reported before.
 */
const text = z.string().optional().catch(undefined);
export const holdable = z.object({
  name: z.string(),
  contactListId: text,
  reportingGroup: text,
  callerId: text,
  doNotCallGroups: z.array(z.string()).optional().catch(undefined),
  dialerConfig: z
    .object({
      predictiveSettings: z
        .object({ abandonmentThreshold: z.number().optional().catch(undefined) })
        .optional()
        .catch(undefined),
    })
    .optional()
    .catch(undefined),
  complianceConfig: z
    .object({
      dialingRules: z
        .object({ startTime: z.string(), endTime: z.string(), allowedDays: z.array(z.string()).optional().catch(undefined) })
        .optional()
        .catch(undefined),
      rateLimits: z.object({ maxCallsPerContactPerDay: z.number().optional() }).optional().catch(undefined),
    })
    .optional()
    .catch(undefined),
  skillControl,
  contactListFile: z
    .object({
      externalId: z.string(),
      phone: z.string(),
      columns: z.record(z.string(), z.string()).optional(),
      expires: text,
    })
    .optional()
    .catch(undefined),
});
/** The part of a campaign file that a skill can hold, as parsed by `holdable`. */
export type Holdable = z.output<typeof holdable>;

/** Why a field of a file is not sent. Fields missing here have no counterpart in a skill. */
const WHY: Readonly<Record<string, string>> = {
  "dialerConfig.predictiveSettings.answerRatio": "the dialer paces by calls per agent: outdial dialer apply",
  "dialerConfig.predictiveSettings.callRate": "the dialer paces by calls per agent: outdial dialer apply",
  "dialerConfig.predictiveSettings.maxCallsInFlight": "the tenant's ports limit the calls at a time",
  "complianceConfig.timeZone": "the hours are read in the zone of whoever is called",
  "complianceConfig.dialingRules.allowedDays":
    "the tenant's hours are for every day; the days of a schedule stand in skillControl.schedule",
  ...CONTROL_WHY,
};
/** The text in a field of an untrusted value; undefined when the value is not an object or has no text there. */
export function textIn(value: unknown, field: string): string | undefined {
  const parsed = z.looseObject({ [field]: z.string() }).safeParse(value);
  return parsed.success ? String(parsed.data[field]) : undefined;
}

/** Whether the dialer uses the list; a list without a status counts as used. */
export const isActive = ({ status }: CallingList): boolean => status === undefined || status === "Active";
/** Whether the list is assigned to the skill. */
export const isOn = ({ skills }: CallingList, skillId: string): boolean => (skills ?? []).some((one) => one.skillId === skillId);
/** Names of lists in alphabetical order, joined to one text; the id where a list has no name. */
export const namesOf = (lists: readonly CallingList[]): string =>
  lists
    .map(({ listName, listId }) => listName ?? listId)
    .sort()
    .join(LIST_JOINT);

/** The names of the lists that a text refers to: a name, an id, or several of either. */
export function wantedLists(text: string | undefined, lists: readonly CallingList[]): readonly string[] {
  if (text === undefined) return [];
  if (lists.some(({ listName }) => listName === text)) return [text];
  const nameOf = (part: string) => lists.find(({ listId }) => listId === part)?.listName ?? part;
  const parts = text.split(LIST_JOINT).map(nameOf);
  // A name may contain the separator.
  return parts.every((part) => lists.some(({ listName }) => listName === part)) ? parts : [nameOf(text)];
}

/** A share of 0 to 1 as percent with two decimals. */
export const percentOf = (share: number): number => Math.round(share * PERCENT * PERCENT) / PERCENT;

/** A time of day to the minute, as the tenant keeps it. */
export const minuteOf = (time: string): string => time.slice(0, 5);

/** The calling window, when it is the same in all zones; undefined when they differ. */
export function windowOf(
  zones: AcdReply<"getTimeZones">["timeZoneSettings"],
): { readonly startTime: string; readonly endTime: string } | undefined {
  const windows = new Set(
    zones.flatMap(({ timeZoneActiveToCall, startTime = "", endTime = "" }) =>
      timeZoneActiveToCall === true ? [`${minuteOf(startTime)}:00 ${minuteOf(endTime)}:00`] : [],
    ),
  );
  const [only, other] = windows;
  if (only === undefined || other !== undefined) return undefined;
  const [startTime = "", endTime = ""] = only.split(" ");
  return { startTime, endTime };
}

/** What a skill lets be done at most: the earliest and the latest minute of any zone, attempts within 24 hours. */
export function mostOf(
  zones: AcdReply<"getTimeZones">["timeZoneSettings"],
  { restrictedCallingMinutes: minutes = 0, restrictedCallingMaxAttempts: attempts = 0 }: AcdReply<"getRetry">,
) {
  const open = zones.filter(({ timeZoneActiveToCall }) => timeZoneActiveToCall === true);
  const starts = open.map(({ startTime = "00:00" }) => `${minuteOf(startTime)}:00`).sort();
  const ends = open.map(({ endTime = "23:59" }) => `${minuteOf(endTime)}:00`).sort();
  return {
    ...(open.length > 0 && { startTime: starts[0], endTime: ends.at(-1) }),
    ...(minutes > 0 && attempts > 0 && { perDay: attempts * Math.ceil(DAY_MINUTES / minutes) }),
  };
}

/**
 * Query and body for creating a calling list: which column of the file of records contains the id, the number and the other
 * fields.
 */
export function mappingOf(
  listName: string,
  { externalId, phone, columns = {}, expires }: NonNullable<Holdable["contactListFile"]>,
) {
  const named = Object.fromEntries(
    MAPPED_COLUMNS.flatMap((column) => {
      const given = columns[column.replace(/Column$/, "")];
      return given === undefined ? [] : [[column, given]];
    }),
  );
  return {
    query: {
      listName,
      externalIdColumn: externalId,
      ...named,
      ...(expires !== undefined && { listExpirationDate: expires }),
    },
    body: { destinationMappings: [{ fieldName: "PhoneNumber", fieldValue: phone }] },
  };
}

/**
 * The skill as it is sent back, with fields corrected that the tenant refuses in the form in which it sent them. Source: a public
 * client that does the same.
 */
export function repaired(skill: Skill): Record<string, unknown> {
  const { skillId: _, isRunning: __, campaignName: ___, ...rest } = skill;
  const fields: Record<string, unknown> = { ...rest };
  for (const name of ["emailFromAddress", "callSuppressionScriptId", "screenPopTriggerEvent"])
    if (fields[name] === "" || fields[name] === undefined) delete fields[name];
  const trigger = { LINKED: 1, CONNECT: 2, ACTIVE: 3 }[String(fields["screenPopTriggerEvent"])];
  if (trigger !== undefined) fields["screenPopTriggerEvent"] = trigger;
  if (Number(fields["outboundTelecomRouteId"] ?? 0) === 0) delete fields["outboundTelecomRouteId"];
  return fields;
}

/** What the tenant has of what files name. */
interface FitFacts extends ControlFacts {
  readonly lists: readonly CallingList[];
  /** Names of its active do-not-call groups. */
  readonly groups: ReadonlySet<string>;
}

/** The part of a campaign file that a skill can hold, with what the tenant will refuse and why. */
export function fitted({ document, there }: CampaignToFit, { lists, groups, ...facts }: FitFacts): FittedCampaign {
  const refused: { field: string; message: string }[] = [];
  const wanted = holdable.parse(document);
  const { name, contactListId, reportingGroup, callerId, dialerConfig, complianceConfig, contactListFile } = wanted;
  const shown = holdable.partial().safeParse(there ?? {}).data ?? {};
  const running = there?.["status"] === "active";
  if (name.length > LONGEST_NAME)
    refused.push({
      field: "name",
      message: `a skill's name has at most ${LONGEST_NAME} characters; this one has ${name.length}`,
    });
  const names = wantedLists(contactListId, lists);
  const has = wantedLists(shown.contactListId, lists);
  if (contactListFile !== undefined && contactListId === undefined)
    refused.push({ field: "contactListFile", message: "contactListId must name the list that is made of it" });
  for (const list of names.filter((one) => !has.includes(one))) {
    const say = (message: string) => refused.push({ field: "contactListId", message });
    const known = lists.find(({ listName }) => listName === list);
    if (known !== undefined && !isActive(known)) say(`the calling list ${JSON.stringify(list)} is not active`);
    else if (contactListFile === undefined)
      say(
        known === undefined
          ? `the tenant has no calling list ${JSON.stringify(list)}, and contactListFile does not say what it is made of`
          : `the calling list ${JSON.stringify(list)} is not this campaign's; only an upload brings one to it: contactListFile names the records`,
      );
    else if (running) say("records uploaded to a running skill are dialed at once: pause it first");
  }
  const changed = [
    shown.name !== name,
    reportingGroup !== undefined && shown.reportingGroup !== reportingGroup,
    callerId !== undefined && shown.callerId !== callerId,
  ];
  if (running && changed.some((one) => one))
    refused.push({
      field: "name",
      message: "name, reportingGroup and callerId of a running skill cannot be changed: pause it first",
    });
  for (const [index, group] of (wanted.doNotCallGroups ?? []).entries())
    if (!groups.has(group))
      refused.push({
        field: `doNotCallGroups[${index}]`,
        message: `the tenant has no active do-not-call group ${JSON.stringify(group)}`,
      });
  const control = fitControl(wanted.skillControl, there === undefined ? undefined : shown.skillControl, facts, running);
  refused.push(...control.refused);
  const perDay = complianceConfig?.rateLimits?.maxCallsPerContactPerDay;
  if (perDay === 0)
    refused.push({
      field: "complianceConfig.rateLimits.maxCallsPerContactPerDay",
      message: "at the tenant 0 may mean no limit; give at least 1",
    });
  const rules = complianceConfig?.dialingRules;
  if (there === undefined && rules === undefined)
    refused.push({
      field: "complianceConfig.dialingRules",
      message: "is missing: a new skill needs the hours in which it may call",
    });
  const threshold = dialerConfig?.predictiveSettings?.abandonmentThreshold;
  const share = threshold === undefined ? undefined : percentOf(threshold) / PERCENT;
  const hours = rules && { startTime: `${laterMinute(rules.startTime)}:00`, endTime: `${minuteOf(rules.endTime)}:00` };
  const attempts = perDay === undefined ? undefined : Math.min(perDay, MOST_ATTEMPTS);
  const rounded = [
    ["dialerConfig.predictiveSettings.abandonmentThreshold", threshold, share],
    ["complianceConfig.dialingRules.startTime", rules?.startTime, hours?.startTime],
    ["complianceConfig.dialingRules.endTime", rules?.endTime, hours?.endTime],
    ["complianceConfig.rateLimits.maxCallsPerContactPerDay", perDay, attempts],
  ] as const;
  const held = {
    name,
    ...(contactListId !== undefined && { contactListId: [...new Set([...has, ...names])].sort().join(LIST_JOINT) }),
    ...(reportingGroup !== undefined && { reportingGroup }),
    ...(callerId !== undefined && { callerId }),
    ...(wanted.doNotCallGroups !== undefined && {
      doNotCallGroups: [...new Set([...(shown.doNotCallGroups ?? []), ...wanted.doNotCallGroups])].sort(),
    }),
    ...(share !== undefined && { dialerConfig: { predictiveSettings: { abandonmentThreshold: share } } }),
    ...((hours !== undefined || attempts !== undefined) && {
      complianceConfig: {
        ...(hours !== undefined && { dialingRules: hours }),
        ...(attempts !== undefined && { rateLimits: { maxCallsPerContactPerDay: attempts } }),
      },
    }),
    ...(document["skillControl"] !== undefined && { skillControl: control.held }),
  };
  const everyDay = new Set(rules?.allowedDays).size === ALL_DAYS;
  const unsaid = ["dialerConfig.type", "contactListFile", ...(everyDay ? ["complianceConfig.dialingRules.allowedDays"] : [])];
  const roundings = rounded.flatMap(([path, from, to]) => (from === to ? [] : [`${path} ${from} becomes ${to}: ${ROUNDS}`]));
  return {
    document: held,
    merges: true,
    unsaid,
    why: WHY,
    refused,
    notes: [...roundings, ...control.notes],
    elsewhere: VENDORS_PAGES,
  };
}

const ROUNDS = "the tenant keeps hundredths of a percent, whole minutes, and 1 to 10 attempts";

/** A time rounded up to the next full minute: the window never gets wider. */
function laterMinute(time: string): string {
  const [hours = 0, minutes = 0, seconds = 0] = time.split(":").map(Number);
  const total = Math.min(hours * 60 + minutes + (seconds > 0 ? 1 : 0), DAY_MINUTES - 1);
  return [Math.floor(total / 60), total % 60].map((part) => String(part).padStart(2, "0")).join(":");
}
