// Canada, the United Kingdom with the islands that share its calling code, and every country the pack says nothing about.

import type { Rule } from "../../pack/schema.ts";
import { areaCodeLines } from "../area-codes.ts";
import { COUNTRY_ZONES } from "../country-zones.ts";
import { EVERY, TO_CONFIRM, week } from "./writing.ts";

/** CRTC Unsolicited Telecommunications Rules. */
export function canadianRules(): Rule[] {
  return [
    {
      kind: "calling-hours",
      id: "ca-hours",
      jurisdiction: "CA",
      binds: EVERY,
      week: week(["09:00", "21:30"], ["10:00", "18:00"]),
      violation: "HOURS_CRTC",
      citation: "CRTC Unsolicited Telecommunications Rules, Part III",
      confidence: "tables",
      note: "Local time of the person called; provinces may be stricter and were not looked into.",
    },
    {
      kind: "abandonment-limit",
      id: "ca-abandonment",
      jurisdiction: "CA",
      binds: EVERY,
      maxRate: 0.05,
      period: { calendarMonth: true },
      connectWithinSeconds: 2,
      citation: "CRTC Unsolicited Telecommunications Rules, Part III",
      confidence: "unconfirmed",
      note: `${TO_CONFIRM}5 % in a calendar month was not read in any source.`,
    },
  ];
}

/** Ofcom and custom. Numbers of the islands share +44 with Great Britain, so the same rules are given to them. */
export function britishRules(): Rule[] {
  return ["GB", "GG", "IM", "JE"].flatMap((jurisdiction): Rule[] => {
    const prefix = jurisdiction.toLowerCase();
    const ofcom = {
      citation: "Ofcom, Persistent Misuse: policy statement of 2016-12-20",
      confidence: "unconfirmed" as const,
      effective: "2017-03-01",
      note: `${TO_CONFIRM}the figure is that of the statements of 2006 to 2010; whether it survives in the text of 2016 was not seen.`,
    };
    return [
      {
        kind: "calling-hours",
        id: `${prefix}-hours`,
        jurisdiction,
        binds: EVERY,
        week: week(["08:00", "21:00"], ["08:00", "21:00"], ["09:00", "21:00"]),
        violation: "HOURS_POLICY",
        citation: "policy: there are no statutory calling hours",
        confidence: "policy",
      },
      {
        kind: "abandoned-quiet",
        id: `${prefix}-abandoned-quiet`,
        jurisdiction,
        binds: EVERY,
        hours: 72,
        liftedByGuaranteedAgent: true,
        violation: "UK_ABANDON_72H",
        ...ofcom,
      },
      {
        kind: "abandonment-limit",
        id: `${prefix}-abandonment`,
        jurisdiction,
        binds: EVERY,
        maxRate: 0.03,
        period: { rollingHours: 24 },
        connectWithinSeconds: 2,
        ...ofcom,
      },
    ];
  });
}

/** Countries with rules of their own above. */
const COVERED = new Set(["US", "CA", "GB", "GG", "IM", "JE"]);

/** Closes every other country: what the pack does not know it does not allow. An overlay that knows ends these rules by name. */
export function closedCountries(): Rule[] {
  const abroad = COUNTRY_ZONES.trim()
    .split("\n")
    .map((line) => line.slice(0, 2));
  const caribbean = areaCodeLines().map(({ country }) => country);
  return [...new Set([...abroad, ...caribbean])]
    .filter((country) => !COVERED.has(country))
    .sort()
    .map((country) => ({
      kind: "calling-hours",
      id: `${country.toLowerCase()}-not-covered`,
      jurisdiction: country,
      binds: EVERY,
      week: week("closed"),
      violation: "COUNTRY_NOT_COVERED",
      citation: "policy: the pack has no rules for this country",
      confidence: "policy",
    }));
}
