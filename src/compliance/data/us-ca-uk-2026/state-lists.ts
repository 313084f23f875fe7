// States with do-not-call lists of their own beside the national registry, and for how long a business relationship exempts a
// call from them.

import type { Exemption, Rule } from "../../pack/schema.ts";
import { READ, SALES, TO_CONFIRM } from "./writing.ts";

/** A file is valid for its quarter. */
const QUARTER_DAYS = 92;
const MONTHS_SOURCE = "summary of state terms (bubecklaw.com, The Established Business Relationship)";

interface StateList {
  readonly state: string;
  readonly citation: string;
  readonly confidence: "statute" | "summary";
  readonly exempt: Exemption[];
  /** Months for which a relationship exempts a call from rules of the state, where they are fewer than the federal ones. */
  readonly months?: { readonly transaction: number; readonly inquiry: number };
  readonly note: string;
}

const KEPT = "That the state keeps its own list was read in two summaries of eleven states.";
const CUSTOMERS: Exemption[] = ["ebr", "written"];
const unread = (law: string) =>
  `${KEPT} ${TO_CONFIRM}the text of ${law}, its exemptions and how old the file may be were not seen.`;

const LISTS: readonly StateList[] = [
  {
    state: "CO",
    citation: "Colo. Rev. Stat. 6-1-901 ff.",
    confidence: "summary",
    exempt: CUSTOMERS,
    // An inquiry counts for 30 days, which cannot be given in months: only the day itself is the cautious reading.
    months: { transaction: 18, inquiry: 0 },
    note: unread("the act"),
  },
  { state: "FL", citation: "Fla. Stat. 501.059(4)", confidence: "summary", exempt: CUSTOMERS, note: unread("the subsection") },
  {
    state: "IN",
    citation: "Ind. Code 24-4.7-1-1, 24-4.7-4",
    confidence: "statute",
    exempt: ["written"],
    note: "A relationship does not exempt: only an express request of the person called, or an existing debt or contract, which is not told apart here. A new file comes each quarter.",
  },
  {
    state: "LA",
    citation: "La. Rev. Stat. 45:844.11 ff.",
    confidence: "summary",
    exempt: CUSTOMERS,
    months: { transaction: 6, inquiry: 3 },
    note: unread("the act"),
  },
  { state: "MA", citation: "Mass. Gen. Laws ch. 159C", confidence: "summary", exempt: CUSTOMERS, note: unread("the chapter") },
  {
    state: "MO",
    citation: "Mo. Rev. Stat. 407.1098",
    confidence: "summary",
    exempt: CUSTOMERS,
    months: { transaction: 5, inquiry: 3 },
    note: `${unread("the section")} Its term is 180 days, of which five months are the cautious reading.`,
  },
  {
    state: "OK",
    citation: "15 O.S. 775B.2-775B.4",
    confidence: "statute",
    exempt: CUSTOMERS,
    note: "A relationship of 24 months exempts; the federal terms are shorter and stand. How old the file may be was not seen.",
  },
  {
    state: "PA",
    citation: "73 P.S. 2242, 2245.2",
    confidence: "statute",
    exempt: CUSTOMERS,
    months: { transaction: 12, inquiry: 0 },
    note: "The list is issued each quarter. After an inquiry the caller needs consent to go on, so only the day itself counts; the twelve months were read in a summary.",
  },
  {
    state: "TN",
    citation: "Tenn. Code 65-4-401 ff.",
    confidence: "summary",
    exempt: CUSTOMERS,
    months: { transaction: 12, inquiry: 3 },
    note: unread("the part"),
  },
  {
    state: "TX",
    citation: "Tex. Bus. & Com. Code 304.051 ff.",
    confidence: "summary",
    exempt: CUSTOMERS,
    months: { transaction: 12, inquiry: 3 },
    note: unread("the chapter"),
  },
  { state: "WY", citation: "Wyo. Stat. 40-12-301 ff.", confidence: "summary", exempt: CUSTOMERS, note: unread("the article") },
];

/** The rules on state lists, and on the terms of relationships in these states. */
export function stateListRules(): Rule[] {
  return LISTS.flatMap(({ state, citation, confidence, exempt, months, note }): Rule[] => {
    const common = { jurisdiction: `US-${state}`, binds: SALES, lookedUp: READ };
    const id = `us-${state.toLowerCase()}`;
    const list: Rule = {
      kind: "do-not-call-list",
      id: `${id}-list`,
      ...common,
      maxAgeDays: QUARTER_DAYS,
      exempt,
      violation: "DNC_STATE",
      staleViolation: "DNC_STATE_STALE",
      citation,
      confidence,
      note,
    };
    if (months === undefined) return [list];
    const terms = { kind: "relationship", id: `${id}-relationship`, ...common, months } as const;
    return [list, { ...terms, citation: MONTHS_SOURCE, confidence: "summary" }];
  });
}
