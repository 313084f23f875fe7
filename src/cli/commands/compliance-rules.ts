// outdial compliance check and explain: decisions on questions, one line each, and one decision explained for a person.

import { openFactsIfAny, readRules, type Standing } from "../../app/index.ts";
import { type CapReading, formatInstant, localTime, zoneOf } from "../../compliance/index.ts";
import { OutdialError } from "../../kernel/index.ts";
import { answerTo, type Explained, explained, ndjsonLines, unreadable } from "../../operations/index.ts";
import { explainOf } from "../../operations/views/index.ts";
import type { Run } from "../command.ts";
import { EXIT } from "../exit.ts";
import type * as declared from "../groups/compliance.ts";
import { standingLines } from "../render-standing.ts";
import { stripLines, stripStyle } from "../render-strip.ts";
import { openInput, parseJson, readFileText } from "../source.ts";
import { grouped, printable } from "../text.ts";

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

export const explain: Run<typeof declared.explain> = async ({ args, options, io, standing }) => {
  const { at: when, facts: file, callType, postal, subject } = options;
  const facts = file === undefined ? undefined : await readFacts(file);
  const { compiled: pack } = await readRules(options, io.env, options);
  await using stack = new AsyncDisposableStack();
  let noStore: string | undefined;
  const asked = { number: args.number, callType, at: when, postal, subject, facts };
  const found = await explained(asked, pack, io.clock.now(), async () => {
    const store = stack.use(await openFactsIfAny(options, io.env));
    if (store.store === undefined) noStore = store.dir;
    return store.store;
  });
  const { call, at, decision, ahead, from, setBack } = found;
  await io.answer({ ...explainOf(found, { reveal: true }), standing: standing() }, () => {
    const clocks = (moment: number) => decision.zones.map((zone) => `${localTime(zoneOf(zone), moment)} ${zone}`).join(" · ");
    const style = options.ascii ? stripStyle({ TERM: "dumb" }) : stripStyle(io.env);
    return [
      ...(setBack === null ? [] : [setBack]),
      ...wordsOf(from, { file, noStore, standing: standing() }),
      `${printable(explainOf(found, { reveal: true }).number)} · ${call.callType} · ${formatInstant(at)}`,
      ...(decision.zones.length > 0 ? [`  ${clocks(at)}`] : []),
      "",
      decision.decision === "allow" ? ALLOWED[from] : `DENY: ${decision.rules.join(", ")}`,
      ...explainOf(found, { reveal: true }).readings.map(
        (one) =>
          `  ${one.number}: ${one.decision === "allow" ? "allowed" : `denied (${one.rules.join(", ")}), ${one.next === null ? "never within 45 days" : `first allowed at ${one.next}`}`}`,
      ),
      ...decision.reasons.map(({ rule, text }) => `  ${rule}: ${printable(text)}`),
      ...(decision.weighed ?? []).map(({ text }) => `  ${printable(text)}`),
      ...(decision.decision === "allow"
        ? []
        : decision.next === null
          ? ["  never within 45 days, as things stand"]
          : [`  first allowed at ${formatInstant(decision.next)}: ${clocks(decision.next)}`]),
      ...(decision.cap === null ? [] : [`  ${capText(decision.cap)}`]),
      "",
      ...stripLines(ahead, decision.zones, hourIn, style),
      "",
      `${style.open} allowed, ${style.closed} forbidden, half an hour each; rules not shown allow throughout`,
      `${pack.packVersion} · tables of places ${pack.geographyVersion} · time-zone data ${pack.timeZoneData}`,
    ];
  });
  return options.check && (decision.decision !== "allow" || from === "none") ? EXIT.refused : EXIT.done;
};

/** The binding cap as text. */
function capText({ left, max, placed, period, scope, jurisdiction, citation, rule }: CapReading): string {
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

interface Looked {
  readonly file: string | undefined;
  /** Set when no store was found. */
  readonly noStore: string | undefined;
  readonly standing: Standing | null;
}

/** The first line of the answer says whose facts were used; the lines below it, their dates. */
function wordsOf(from: Explained["from"], { file, noStore, standing }: Looked): string[] {
  if (from === "given") return [`decided on the facts of ${printable(file ?? "")}; the store was not read`];
  if (from === "store")
    return [
      "decided on what the store knows: company's list, consent, attempts, registries",
      ...(standing === null ? [] : standingLines(standing, true).map((line) => `  ${line}`)),
    ];
  if (noStore === undefined) return ["decided without facts: this is not a telephone number"];
  return [
    `decided without facts: there is no store in ${printable(noStore)}, so company's list, consent and attempts were not read`,
  ];
}

async function readFacts(path: string): Promise<object> {
  const text = await readFileText(path, "the facts");
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  if (lines.length > 1 && lines.every((line) => /^\s*\{.*\}\s*$/.test(line)))
    throw new OutdialError("invalid_input", `${path} has ${lines.length} questions: one is explained at a time`, {
      advice: "outdial compliance check FILE decides a line at a time.",
    });
  const value = parseJson(text, `cannot read the facts ${path}`);
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  throw new OutdialError("invalid_input", `${path} is not a JSON object of facts such as {"dnc": {"national": true}}`);
}

function hourIn(zone: string, at: number): { hour: number; weekday: number } {
  const local = new Date(at + zoneOf(zone).offset(at));
  return { hour: local.getUTCHours(), weekday: local.getUTCDay() };
}
