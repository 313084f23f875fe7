// Canada and the United Kingdom. A call to any country that is not in the pack is denied by the engine itself.

import type { Rule } from "../../pack/schema.ts";
import { EVERY, SALES, TO_CONFIRM, week } from "./writing.ts";

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

/** Ofcom, the privacy regulations, and custom. They bind all of +44: numbers of Jersey, Guernsey and the Isle of Man cannot be told from others for certain. */
export function britishRules(): Rule[] {
  const ofcom = {
    citation: "Ofcom, Persistent Misuse: policy statement of 2016-12-20",
    confidence: "unconfirmed" as const,
    effective: "2017-03-01",
    note: `${TO_CONFIRM}the figure is that of the statements of 2006 to 2010; whether it survives in the text of 2016 was not seen.`,
  };
  return [
    {
      kind: "calling-hours",
      id: "gb-hours",
      jurisdiction: "GB",
      binds: EVERY,
      week: week(["08:00", "21:00"], ["08:00", "21:00"], ["09:00", "21:00"]),
      violation: "HOURS_POLICY",
      citation: "policy: there are no statutory calling hours",
      confidence: "policy",
    },
    {
      kind: "national-registry",
      id: "gb-registry",
      jurisdiction: "GB",
      binds: SALES,
      exempt: ["express"],
      violation: "DNC_NATIONAL",
      citation: "Privacy and Electronic Communications Regulations 2003 (SI 2003/2426), reg. 21(1)(b), (4)",
      confidence: "statute",
      note: "A number on the Telephone Preference Service may be called only when its subscriber has told this caller that he does not object; being a customer does not say so. The 28 days after registration in which a call is no breach are not used.",
    },
    {
      kind: "abandoned-quiet",
      id: "gb-abandoned-quiet",
      jurisdiction: "GB",
      binds: EVERY,
      hours: 72,
      liftedByGuaranteedAgent: true,
      violation: "UK_ABANDON_72H",
      ...ofcom,
    },
    {
      kind: "abandonment-limit",
      id: "gb-abandonment",
      jurisdiction: "GB",
      binds: EVERY,
      maxRate: 0.03,
      period: { rollingHours: 24 },
      connectWithinSeconds: 2,
      ...ofcom,
    },
  ];
}
