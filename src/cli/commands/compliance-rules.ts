// outdial compliance check and explain: decisions on questions, one line each, and one decision explained for a person.

import { openApi, readRules, type Standing } from "../../app/index.ts";
import { formatInstant, localTime, zoneOf } from "../../compliance/index.ts";
import { OutdialError } from "../../kernel/index.ts";
import { answerTo, ndjsonLines, unreadable } from "../../operations/index.ts";
import type { ComplianceExplain } from "../../operations/views/index.ts";
import { known, type Run } from "../command.ts";
import { EXIT } from "../exit.ts";
import type * as declared from "../groups/compliance.ts";
import { standingLines } from "../render-standing.ts";
import { stripLines, stripStyle } from "../render-strip.ts";
import { openInput, parseJson, readFileText } from "../source.ts";
import { grouped, printable, timeText } from "../text.ts";

export const check: Run<typeof declared.check> = async ({ args, options, io }) => {
  const { at, record } = options;
  const input = await openInput(args.file, io);
  const { compiled: pack } = await readRules(options, io.env, options);
  const counts = { allow: 0, deny: 0, unreadable: 0 };
  for await (const read of ndjsonLines(input.bytes())) {
    const { line } = read;
    const answer = "problem" in read ? unreadable(read.problem) : answerTo(Object.fromEntries(read.members), pack, at, record);
    if ("error" in answer) counts.unreadable += 1;
    else counts[answer.decision] += 1;
    await io.data(JSON.stringify({ line, ...answer }));
    const all = counts.allow + counts.deny + counts.unreadable;
    if (all % 1000 === 0) io.progress(`deciding · ${grouped(all)} lines`);
  }
  io.say(
    `${grouped(counts.allow)} allowed · ${grouped(counts.deny)} denied · ${grouped(counts.unreadable)} unreadable · ${pack.packVersion} · with the facts of each line; no list was read`,
  );
  return counts.unreadable > 0 ? EXIT.partlyFailed : EXIT.done;
};

export const explain: Run<typeof declared.explain> = async ({ args: { number }, options, io, standing }) => {
  const { at: when, facts: file, callType, postal, subject, pack, campaignRules } = options;
  const given = file === undefined ? undefined : await readFacts(file);
  await using api = await openApi(options, io, known({ pack, campaignRules }));
  const asked = { number, callType, at: timeText(when), postal, subject, facts: given };
  const found = await api.ask("compliance.explain", { body: { ...asked, reveal: api.reveals } });
  const { decision, rules, zones, readings, reasons, weighed, cap, strip, facts, setBack } = found;
  const [at, next] = [instantOf(found.at), instantOf(found.next)];
  await io.answer({ ...found, standing: standing() }, () => {
    const clocks = (moment: string) => zones.map((zone) => `${localTime(zoneOf(zone), Date.parse(moment))} ${zone}`).join(" · ");
    const style = options.ascii ? stripStyle({ TERM: "dumb" }) : stripStyle(io.env);
    return [
      ...(setBack === null ? [] : [setBack]),
      ...wordsOf(found, file, standing()),
      `${printable(found.number)} · ${found.callType} · ${at}`,
      ...(zones.length > 0 ? [`  ${clocks(at)}`] : []),
      "",
      decision === "allow" ? ALLOWED[facts] : `DENY: ${rules.join(", ")}`,
      ...readings.map(
        (one) =>
          `  ${one.number}: ${one.decision === "allow" ? "allowed" : `denied (${one.rules.join(", ")}), ${one.next === null ? "never within 45 days" : `first allowed at ${instantOf(one.next)}`}`}`,
      ),
      ...reasons.map(({ rule, text }) => `  ${rule}: ${printable(text)}`),
      ...(weighed ?? []).map(({ text }) => `  ${printable(text)}`),
      ...(decision === "allow"
        ? []
        : next === null
          ? ["  never within 45 days, as things stand"]
          : [`  first allowed at ${next}: ${clocks(next)}`]),
      ...(cap === null ? [] : [`  ${capText(cap)}`]),
      "",
      ...stripLines(strip, zones, hourIn, style),
      "",
      `${style.open} allowed, ${style.closed} forbidden, half an hour each; rules not shown allow throughout`,
      `${found.packVersion} · tables of places ${found.geography} · time-zone data ${found.timeZoneData}`,
    ];
  });
  return options.check && (decision !== "allow" || facts === "none") ? EXIT.refused : EXIT.done;
};

/** Without the parts of a second. */
function instantOf(at: string): string;
function instantOf(at: string | null): string | null;
function instantOf(at: string | null): string | null {
  return at === null ? null : formatInstant(Date.parse(at));
}

/** The binding cap as text. */
function capText({
  left,
  max,
  placed,
  period,
  scope,
  jurisdiction,
  citation,
  rule,
}: NonNullable<ComplianceExplain["cap"]>): string {
  const span = "hours" in period ? `${period.hours} hours` : `${period.localDates} days`;
  const about = scope === "subject" ? " about one subject" : "";
  return `calls left: ${left} of ${max} in ${span}${about}, ${placed} placed: ${rule} of ${jurisdiction} binds (${printable(citation)})`;
}

/** Texts for an allowed call: without facts only the place and the time of the call were judged. */
const ALLOWED = {
  store: "ALLOW: no rule forbids the call, as far as the store knows",
  given: "ALLOW: no rule forbids the call, on the facts given",
  none: "ALLOW by place and time only: facts about the person were not checked",
} as const;

/** The first line of the answer says whose facts were used; the lines below it, their dates. */
function wordsOf(
  { facts, noFacts }: Pick<ComplianceExplain, "facts" | "noFacts">,
  file: string | undefined,
  standing: Standing | null,
): string[] {
  if (facts === "given") return [`decided on the facts of ${printable(file ?? "")}; the store was not read`];
  if (facts === "none") return [`decided without facts: ${printable(noFacts ?? "")}`];
  return [
    "decided on what the store knows: company's list, consent, attempts, registries",
    ...(standing === null ? [] : standingLines(standing, true).map((line) => `  ${line}`)),
  ];
}

async function readFacts(path: string): Promise<Record<string, unknown>> {
  const text = await readFileText(path, "the facts");
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  if (lines.length > 1 && lines.every((line) => /^\s*\{.*\}\s*$/.test(line)))
    throw new OutdialError("invalid_input", `${path} has ${lines.length} questions: one is explained at a time`, {
      advice: "outdial compliance check FILE decides a line at a time.",
    });
  const value = parseJson(text, `cannot read the facts ${path}`);
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return { ...value };
  throw new OutdialError("invalid_input", `${path} is not a JSON object of facts such as {"dnc": {"national": true}}`);
}

function hourIn(zone: string, at: number): { hour: number; weekday: number } {
  const local = new Date(at + zoneOf(zone).offset(at));
  return { hour: local.getUTCHours(), weekday: local.getUTCDay() };
}
