// A campaign's own dialing rules and rate limits (vendor contract, campaign provisioning: `complianceConfig`) as an overlay on a
// pack.

import { ComplianceError } from "../error.ts";
import { CALL_TYPES, type Rule, type RulePack, WEEK_DAYS, type WeekHours } from "./schema.ts";

/** `complianceConfig` of a campaign. */
export interface CampaignPolicy {
  /** IANA zone of the campaign's own hours and days. */
  readonly timeZone: string;
  /** Whose clock its hours and days are read by: the campaign's, or with `called` that of the called person. */
  readonly clockOf?: "campaign" | "called" | undefined;
  readonly dialingRules?:
    | {
        /** `HH:MM:SS`. */
        readonly startTime: string;
        readonly endTime: string;
        /** English names of weekdays. */
        readonly allowedDays: readonly string[];
      }
    | undefined;
  readonly rateLimits?:
    | {
        readonly maxCallsPerContactPerDay: number;
        readonly maxCallsPerContactPerWeek: number;
        readonly maxCallsPerDay: number;
      }
    | undefined;
}

const EVERY = { jurisdiction: "*", binds: [...CALL_TYPES], confidence: "policy" } satisfies Partial<Rule>;

/**
 * An overlay for `mergePacks`: HOURS_CAMPAIGN outside of the campaign's hours and days (by its own clock or, with `clockOf:
 * "called"`, by that of the called person), RATE_CAMPAIGN for calls to one person, RATE_CAMPAIGN_TOTAL for all its calls of a
 * day. The contract does not define a day or a week: for one person they are 24 and 168 elapsed hours, which never allow more
 * than a calendar day or week. Seconds are rounded so that the window gets shorter. Throws `invalid_pack`.
 * @param campaign its id, for the record
 */
export function campaignOverlay(campaign: string, policy: CampaignPolicy): RulePack {
  const { timeZone, clockOf, dialingRules, rateLimits } = policy;
  const rules: Rule[] = [];
  if (dialingRules !== undefined) {
    const citation = `the schedule of campaign ${campaign}`;
    rules.push({
      kind: "calling-hours",
      id: "campaign-hours",
      ...EVERY,
      citation,
      week: campaignWeek(dialingRules, campaign),
      ...(clockOf !== "called" && { zone: timeZone }),
      violation: "HOURS_CAMPAIGN",
    });
  }
  if (rateLimits !== undefined) {
    const citation = `rate limits of campaign ${campaign}`;
    const cap = (id: string, max: number, hours: number): Rule => ({
      kind: "attempt-cap",
      id,
      ...EVERY,
      citation,
      max,
      period: { hours },
      scope: "all",
      violation: "RATE_CAMPAIGN",
    });
    rules.push(
      cap("campaign-contact-day", rateLimits.maxCallsPerContactPerDay, 24),
      cap("campaign-contact-week", rateLimits.maxCallsPerContactPerWeek, 168),
      {
        kind: "campaign-day-cap",
        id: "campaign-day",
        ...EVERY,
        citation,
        max: rateLimits.maxCallsPerDay,
        zone: timeZone,
        violation: "RATE_CAMPAIGN_TOTAL",
      },
    );
  }
  return {
    format: "outdial-rule-pack/1",
    id: `campaign-${campaign}`,
    title: `Rules of campaign ${campaign}`,
    version: "1",
    jurisdictions: [],
    rules,
    calendars: {},
    emergencies: [],
    geography: "builtin",
  };
}

function campaignWeek(
  { startTime, endTime, allowedDays }: NonNullable<CampaignPolicy["dialingRules"]>,
  campaign: string,
): WeekHours {
  const [open, close] = [roundUp(startTime), endTime.slice(0, 5)];
  if (!/^\d\d:\d\d:\d\d$/.test(startTime) || !/^\d\d:\d\d:\d\d$/.test(endTime) || open >= close) {
    throw new ComplianceError(
      "invalid_pack",
      `campaign ${campaign}: dialing from ${startTime} to ${endTime} allows no minute of the day`,
      {
        advice: "startTime and endTime are times of one day, HH:MM:SS, the start before the end",
      },
    );
  }
  const allowed = new Set(allowedDays.map((day) => day.slice(0, 3).toLowerCase()));
  const windows = (day: (typeof WEEK_DAYS)[number]): WeekHours["mon"] => (allowed.has(day) ? [[open, close]] : []);
  return {
    sun: windows("sun"),
    mon: windows("mon"),
    tue: windows("tue"),
    wed: windows("wed"),
    thu: windows("thu"),
    fri: windows("fri"),
    sat: windows("sat"),
  };
}

/** An opening time rounded up to the next full minute. */
function roundUp(time: string): string {
  if (time.endsWith(":00")) return time.slice(0, 5);
  const minutes = Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5)) + 1;
  return `${String(Math.floor(minutes / 60)).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;
}
