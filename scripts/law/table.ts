// The tables of laws in docs/rule-packs.md: every state, district and territory by what laws are about, each cell from the shipped pack's rules, else from
// cells.txt beside this file, else what is known of the column as a whole.

import { readFileSync } from "node:fs";
import { type Rule, readingOf, usCaUk2026 } from "../../src/compliance/index.ts";

const CELLS = new URL("./cells.txt", import.meta.url);
const DOCUMENT = new URL("../../docs/rule-packs.md", import.meta.url);
const [BEGIN, END] = ["<!-- generated: laws by place -->", "<!-- end of what is generated -->"];

const NOT_FROM_A_LINE = "not decidable from a line";
const NONE = "none found";
const NOT_HAD = "text not had, searched";
const IN_THE_CODES = "none found (a search of the codes that were had)";
const IN_THE_SOURCES = "none found (sources of the pack)";

interface Column {
  readonly name: string;
  /** Whether a rule of the pack belongs here. */
  readonly holds: (rule: Rule) => boolean;
  /** What stands where neither a rule nor a line of cells.txt does. */
  readonly otherwise: string;
}

const isBan = (rule: Rule) => rule.kind === "calling-hours" && Object.values(rule.week).every((windows) => windows.length === 0);
const isRecordedOnly = ({ binds }: Rule) => binds.join() === "prerecorded";
const never = () => false;
const named = (rule: Rule) => `\`${rule.id}\` (${readingOf(rule)})`;
const ofKinds =
  (...kinds: readonly Rule["kind"][]) =>
  (rule: Rule) =>
    kinds.includes(rule.kind);

/** What laws are about; a table for each group. */
const GROUPS: readonly (readonly [title: string, columns: readonly Column[]])[] = [
  [
    "When and how often, with whose consent, and who may not be called",
    [
      { name: "hours", holds: (rule) => ofKinds("calling-hours")(rule) && !isBan(rule), otherwise: IN_THE_SOURCES },
      {
        name: "days",
        holds: (rule) =>
          ofKinds("closed-days", "emergency-ban")(rule) ||
          (rule.kind === "calling-hours" && !isBan(rule) && Object.values(rule.week).some((windows) => windows.length === 0)),
        otherwise: IN_THE_SOURCES,
      },
      { name: "attempts", holds: ofKinds("attempt-cap", "conversation-quiet", "abandoned-quiet"), otherwise: IN_THE_SOURCES },
      { name: "consent", holds: ofKinds("consent-required", "reassigned-query"), otherwise: IN_THE_SOURCES },
      {
        name: "do-not-call list",
        holds: ofKinds("do-not-call-list", "national-registry", "registry-age", "relationship", "internal-list"),
        otherwise: "none found (two summaries)",
      },
    ],
  ],
  [
    "Acts, registration and disclosure",
    [
      { name: "telephone solicitation act", holds: never, otherwise: IN_THE_SOURCES },
      {
        name: "automatic dialing act",
        holds: (rule) => isRecordedOnly(rule) && !ofKinds("closed-days")(rule),
        otherwise: IN_THE_SOURCES,
      },
      { name: "registration", holds: never, otherwise: NOT_FROM_A_LINE },
      { name: "disclosure", holds: never, otherwise: NOT_FROM_A_LINE },
    ],
  ],
  [
    "What no line of facts says, and what is new",
    [
      { name: "ring time", holds: never, otherwise: NOT_FROM_A_LINE },
      { name: "caller id", holds: never, otherwise: NOT_FROM_A_LINE },
      { name: "abandoned calls, message", holds: ofKinds("abandonment-limit"), otherwise: NOT_FROM_A_LINE },
      { name: "revoke all", holds: ofKinds("consent-revocation", "revocation-deadline"), otherwise: IN_THE_CODES },
      { name: "one-to-one consent", holds: never, otherwise: IN_THE_CODES },
      { name: "texts", holds: never, otherwise: NOT_FROM_A_LINE },
      { name: "AI voices", holds: never, otherwise: NOT_FROM_A_LINE },
    ],
  ],
];
const COLUMNS = GROUPS.flatMap(([, columns]) => columns);

/** docs/rule-packs.md with its generated part as the pack and cells.txt have it. */
export function rulePackDocument(): string {
  const document = readFileSync(DOCUMENT, "utf8");
  const [from, to] = [document.indexOf(BEGIN), document.indexOf(END)];
  if (from < 0 || to < from) throw new Error(`docs/rule-packs.md has no ${BEGIN} … ${END}`);
  return `${document.slice(0, from)}${BEGIN}\n\n${lawTables(readFileSync(CELLS, "utf8"))}\n\n${document.slice(to)}`;
}

/** The tables as Markdown. Throws for a line of `cells` that names no place or column, or does not say what was read. */
export function lawTables(cells: string): string {
  const { jurisdictions, rules } = usCaUk2026();
  const places = jurisdictions.flatMap(({ id }) => (/^US(-[A-Z]{2})?$/.test(id) ? id : [])).sort();
  const written = parsedCells(cells, places, rules);
  // What binds everywhere, and what a city or a county has, stands with the country and with the state.
  const isOf = (rule: Rule, id: string) =>
    rule.jurisdiction === id ||
    (id === "US" && rule.jurisdiction === "*" && rule.except?.includes("US") !== true) ||
    (id !== "US" && rule.jurisdiction.startsWith(`${id}-`));
  const unreadOf = (id: string) =>
    jurisdictions.flatMap((one) =>
      one.id === id && one.unread !== undefined
        ? `${NONE}: ${one.unread.citation} (named only; ${NOT_HAD} ${one.unread.searched})`
        : [],
    );
  const cell = (id: string, { name, holds, otherwise }: Column) => {
    const found = rules.filter((rule) => isOf(rule, id) && holds(rule)).map(named);
    const unread = name === "telephone solicitation act" ? unreadOf(id) : [];
    return [...found, ...(written.get(`${id} ${name}`) ?? []), ...unread].join("; ") || otherwise;
  };
  return GROUPS.flatMap(([title, columns]) => {
    const rows = new Map<string, string[]>();
    for (const id of places) {
      const row = columns.map((column) => cell(id, column)).join(" | ");
      rows.set(row, [...(rows.get(row) ?? []), id.replace("US-", "")]);
    }
    return [
      `#### ${title}`,
      "",
      `| place | ${columns.map(({ name }) => name).join(" | ")} |`,
      `| --- |${" --- |".repeat(columns.length)}`,
      ...[...rows].map(([row, ids]) => `| ${ids.join(", ")} | ${row} |`),
      "",
    ];
  })
    .join("\n")
    .trimEnd();
}

function parsedCells(text: string, places: readonly string[], rules: readonly Rule[]): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const [i, line] of text.split("\n").entries()) {
    if (line === "" || line.startsWith("#")) continue;
    const [place = "", column = "", what = "", reading = "", ...more] = line.split(" | ");
    const [, id = "", asIt = ""] = /^as `([a-z0-9-]+)`: (.+)$/.exec(what) ?? [];
    const as = rules.find((rule) => rule.id === id);
    const problem = !places.includes(place)
      ? `${place} is no place of the pack: a state such as US-AL, or US`
      : !COLUMNS.some(({ name }) => name === column)
        ? `${column} is no column: ${COLUMNS.map(({ name }) => name).join(", ")}`
        : what === "" || more.length > 0
          ? "a line is place | column | what there is | what was read of it"
          : !/^(text read|quotation of|summary of|tables of|text not had, searched) \d{4}-\d\d-\d\d$/.test(reading)
            ? `"${reading}" does not say what was read: text read DATE, quotation of DATE, summary of DATE, tables of DATE, ${NOT_HAD} DATE`
            : what.startsWith("as `") && as === undefined
              ? `"${what}" names no rule of the pack: as \`RULE\`: CITATION`
              : reading.startsWith(NOT_HAD) && /^(as `|none found)/.test(what)
                ? `what was not had says nothing of the law: a citation alone, or unread in the pack's jurisdictions`
                : undefined;
    if (problem !== undefined) throw new Error(`cells.txt:${i + 1}: ${problem}`);
    const words = /^(quotation|summary|tables)/.test(reading)
      ? `text not read; ${reading}`
      : reading.replace(/^(?=text not had)/, "named only; ");
    const cited =
      as !== undefined ? `${named(as)}, as ${asIt}` : what.startsWith(`${NONE}: `) ? what : `${NOT_FROM_A_LINE}: ${what}`;
    found.set(`${place} ${column}`, [...(found.get(`${place} ${column}`) ?? []), `${cited} (${words})`]);
  }
  return found;
}
