// A rule in one line, for lists of rules that people read.

import { type Rule, WEEK_DAYS, type WeekHours } from "./schema.ts";

/** What a rule says, without its jurisdiction and citation: `mon-fri 08:00-20:00, sat 08:00-18:00, sun closed`. */
export function describeRule(rule: Rule): string {
  switch (rule.kind) {
    case "calling-hours": {
      const holidays = rule.onHolidays === undefined ? "" : `, holidays ${dayText(rule.onHolidays.windows)}`;
      if (isBan(rule)) return `no ${callsOf(rule)}`;
      const which = callsOf(rule) === "calls" ? "" : `${callsOf(rule)} `;
      return `${which}${weekText(rule.week)}${holidays}${rule.zone === undefined ? "" : ` in ${rule.zone}`}`;
    }
    case "closed-days":
      return `no ${callsOf(rule)} on the days of calendar ${rule.calendar}`;
    case "emergency-ban":
      return "no unsolicited calls into a declared emergency";
    case "attempt-cap": {
      const period = "hours" in rule.period ? `${rule.period.hours} hours` : `${rule.period.localDates} local dates`;
      return `at most ${rule.max} calls in ${period}, ${rule.scope === "subject" ? "about one subject" : "whatever the subject"}`;
    }
    case "conversation-quiet":
      return `${rule.days} quiet dates from a conversation on`;
    case "abandoned-quiet":
      return `${rule.hours} quiet hours after an abandoned call${rule.liftedByGuaranteedAgent ? " unless an agent is guaranteed" : ""}`;
    case "campaign-day-cap":
      return `at most ${rule.max} calls of the campaign on one date in ${rule.zone}`;
    case "consent-required":
      return `${rule.level} consent${rule.months === undefined ? "" : ` of the last ${rule.months} months`} is needed`;
    case "consent-revocation":
      return "no calls once consent is revoked";
    case "national-registry":
      return "no calls to numbers on the national registry";
    case "registry-age":
      return `the registry file is at most ${rule.maxAgeDays} days old`;
    case "do-not-call-list":
      return `no calls to numbers on the state's own do-not-call list, whose file is at most ${rule.maxAgeDays} days old`;
    case "reassigned-query":
      return `the Reassigned Numbers Database was asked at most ${rule.maxAgeDays} days ago`;
    case "internal-list":
      return "no calls to numbers on our own list";
    case "relationship":
      return `a relationship lasts ${rule.months.transaction} months after a transaction, ${rule.months.inquiry} after an inquiry`;
    case "revocation-deadline":
      return `revocations are carried out within ${rule.businessDays} business days`;
    case "abandonment-limit": {
      const { period } = rule;
      const span =
        "rollingDays" in period
          ? `${period.rollingDays} days`
          : "rollingHours" in period
            ? `${period.rollingHours} hours`
            : "a calendar month";
      return `at most ${Number((rule.maxRate * 100).toFixed(2))} % of live calls abandoned in ${span}, ${rule.connectWithinSeconds} s to connect`;
    }
  }
}

/** The calls that a rule binds, in words: "recorded sales calls" when it binds no others, else "calls". */
export function callsOf({ binds }: Pick<Rule, "binds">): string {
  return binds.length === 1 && binds[0] === "prerecorded" ? "recorded sales calls" : "calls";
}

/** Whether hours leave no minute of any day. */
export function isBan({ week }: { readonly week: WeekHours }): boolean {
  return Object.values(week).every((windows) => windows.length === 0);
}

function dayText(windows: WeekHours["mon"]): string {
  return windows.length === 0 ? "closed" : windows.map(([open, close]) => `${open}-${close}`).join(" and ");
}

/** The hours of a week, from Monday on; neighbouring days with the same hours are joined. */
function weekText(week: WeekHours): string {
  const days = [...WEEK_DAYS.slice(1), "sun" as const];
  const groups: { from: string; to: string; hours: string }[] = [];
  for (const day of days) {
    const hours = dayText(week[day]);
    const last = groups.at(-1);
    if (last?.hours === hours) last.to = day;
    else groups.push({ from: day, to: day, hours });
  }
  return groups.map(({ from, to, hours }) => `${from === to ? from : `${from}-${to}`} ${hours}`).join(", ");
}
