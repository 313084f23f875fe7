// What a person must do about opt-outs, and about imports that broke off.

import type { Instant } from "../../kernel/index.ts";
import type { ImportStateView } from "../views/schemas/compliance.ts";
import type { RevocationView } from "../views/schemas/opt-outs.ts";
import { timeText } from "../views/texts.ts";
import type { Found } from "./concerns.ts";

/** Files of numbers that must not be called: when such an import broke off, the rest of its numbers can still be called. */
const FORBIDDING: ReadonlySet<string> = new Set(["dnc", "consent"]);

/** An import that broke off and that no later import completed. */
export function brokenImportConcern({ id, kind, source, actor, inForce, endedAt, reason }: ImportStateView): Found {
  const rows = Object.entries(inForce).map(([what, count]) => `${count} ${what}`);
  const isRegistry = kind.startsWith("registry ");
  return {
    code: "import_broken_off",
    severity: FORBIDDING.has(kind) ? "urgent" : "soon",
    subject: { kind: "compliance", id, name: source },
    what: isRegistry
      ? `the file ${source} of the ${kind} was not put in force; the file before it stays in force`
      : `the import of ${source} (${kind}) broke off: only a part of the file is in force`,
    cause: "import",
    evidence: [
      `in force: ${rows.length === 0 ? "nothing" : rows.join(", ")}`,
      ...(reason === null ? [] : [reason]),
      `imported by ${actor}`,
    ],
    since: endedAt,
    next: "Import the same file again: the part that is in force is skipped, the rest is added.",
    episode: "",
  };
}

/** Number of telephone numbers that are named. */
const NAMED = 5;

/**
 * Opt-outs that systems have not confirmed: those past the legal deadline are one concern, those past our own target another.
 * @param isAll whether these are all of them
 */
export function optOutConcerns(revocations: readonly RevocationView[], now: Instant, isAll: boolean): Found[] {
  const today = timeText(now).slice(0, "2026-01-01".length);
  const late = revocations.filter(({ systems }) => systems.some(({ state }) => state === "overdue"));
  const isPast = ({ deadline }: RevocationView) => deadline < today;
  const least = isAll ? "" : "at least ";
  return [
    ...ofOptOuts(late.filter(isPast), least, OVERDUE),
    ...ofOptOuts(
      late.filter((one) => !isPast(one)),
      least,
      LATE,
    ),
  ];
}

const OVERDUE = { code: "opt_out_overdue", severity: "urgent", how: "past the deadline of the rules" } as const;

const LATE = {
  code: "opt_out_late",
  severity: "soon",
  how: "past the time that outdial sets, not yet past the deadline of the rules",
} as const;

function ofOptOuts(
  some: readonly RevocationView[],
  least: string,
  { code, severity, how }: typeof OVERDUE | typeof LATE,
): Found[] {
  const [first] = some.toSorted((a, b) => (a.deadline < b.deadline ? -1 : 1));
  if (first === undefined) return [];
  const overdue = some.flatMap(({ systems }) => systems.filter(({ state }) => state === "overdue"));
  const bySystem = Map.groupBy(overdue, ({ system }) => system);
  const numbers = some.slice(0, NAMED).map(({ number }) => number);
  const more = some.length > numbers.length ? ` and ${some.length - numbers.length} more` : "";
  return [
    {
      code,
      severity,
      subject: { kind: "compliance", id: "opt-outs", name: "opt-outs" },
      what: `${least}${some.length} not confirmed by every system, ${how}`,
      cause: "opt-outs",
      evidence: [
        `open at ${[...bySystem].map(([system, of]) => `${system}: ${of.length}`).join(", ")}`,
        `the first deadline of the rules is ${first.deadline}`,
        `${numbers.join(", ")}${more}`,
      ],
      since: overdue.map(({ target }) => target).sort()[0] ?? null,
      next: "Make sure that each system carries them out, then confirm it: outdial compliance acknowledge.",
      // A later one is a new occurrence, also for people who have seen the others.
      episode: String(Math.max(...some.map(({ id }) => id))),
    },
  ];
}
