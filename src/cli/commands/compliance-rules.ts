// outdial compliance check and explain: decisions on questions, one line each, and one decision for a person to read.

import { compileRulePack, openFactsIfAny, readRulePack, readSettings, withCampaignRules } from "../../app/index.ts";
import {
  type CallFacts,
  type CompiledPack,
  decide,
  formatInstant,
  parseQuestion,
  type Question,
  strip,
} from "../../compliance/index.ts";
import { OutdialError } from "../../kernel/index.ts";
import { factsOfNumber, ndjsonLines, phone } from "../../operations/index.ts";
import { known, type OptionsOf, type Place, type Run } from "../command.ts";
import { EXIT } from "../exit.ts";
import type * as declared from "../groups/compliance.ts";
import type { Io } from "../io.ts";
import { stripLines, stripStyle } from "../render-strip.ts";
import { openInput, parseJson, readFileText } from "../source.ts";
import { grouped, printable } from "../text.ts";

/** Options that say which rules to decide with. */
export interface PackOptions extends Place {
  readonly pack: string | undefined;
  readonly campaignRules: string | undefined;
}

/** Compiles the pack of the flags, else of the configuration, else the shipped one; a campaign's own rules beside it. */
export async function packOf(options: PackOptions, io: Io): Promise<CompiledPack> {
  const path = options.pack ?? (await readSettings(options, io.env)).pack;
  return compileRulePack(await withCampaignRules(await readRulePack(path), options.campaignRules));
}

export const check: Run<typeof declared.check> = async ({ args, options, io }) => {
  const { at, record } = options;
  const input = await openInput(args.file, io);
  const pack = await packOf(options, io);
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
    `${grouped(counts.allow)} allowed · ${grouped(counts.deny)} denied · ${grouped(counts.unreadable)} unreadable · ${pack.packVersion}`,
  );
  return counts.unreadable > 0 ? EXIT.partlyFailed : EXIT.done;
};

function answerTo(value: object, pack: CompiledPack, at: number | undefined, record: boolean) {
  try {
    const { id, call, facts, at: asked } = parseQuestion(value, at);
    const { decision, rules, reasons, next, zones, packVersion, timeZoneData } = decide(call, facts, pack, asked);
    return {
      ...(id === undefined ? {} : { id }),
      decision,
      rules,
      reasons: reasons.map(({ text }) => text),
      next: next === null ? null : formatInstant(next),
      zones,
      packVersion,
      timeZoneData,
      ...(record ? { input: { ...inputOf(value), at: formatInstant(asked) } } : {}),
    };
  } catch (thrown) {
    if (thrown instanceof OutdialError && thrown.code === "invalid_facts") return unreadable(thrown.message);
    throw thrown;
  }
}

/** The question as it was put, without what stood around it. */
function inputOf(value: object): object {
  return "input" in value && typeof value.input === "object" && value.input !== null ? value.input : value;
}

function unreadable(problem: string) {
  return { error: { code: "invalid_input", message: problem } };
}

const HALF_HOUR = 1_800_000;
const CELLS = 96;

type Options = OptionsOf<typeof declared.explain>;

export const explain: Run<typeof declared.explain> = async ({ args, options, io }) => {
  const { at: asked = io.clock.now(), facts: file, callType, postal, subject } = options;
  const question = parseQuestion({
    ...(file === undefined ? {} : await readFacts(file)),
    ...known({ number: e164(args.number), callType, at: formatInstant(asked), postal, subject }),
  });
  const { call, at } = question;
  const pack = await packOf(options, io);
  const { facts, from, words } = await factsFor(question, pack, options, io);
  const decision = decide(call, facts, pack, at);
  const ahead = strip(call, facts, pack, at, CELLS, HALF_HOUR);
  const cells = { from: formatInstant(at), minutes: 30, all: picture(ahead.open) };
  const rows = ahead.rows.map(({ open, ...row }) => ({ ...row, open: picture(open) }));
  const next = decision.next === null ? null : formatInstant(decision.next);
  const json = { ...decision.toJSON(), next, factsUsed: from === "store", facts: from, strip: { ...cells, rows } };
  await io.answer(json, () => {
    const clocks = (moment: number) => decision.zones.map((zone) => `${localText(zone, moment)} ${zone}`).join(" · ");
    const style = options.ascii ? stripStyle({ TERM: "dumb" }) : stripStyle(io.env);
    return [
      words,
      `${printable(call.number)} · ${call.callType} · ${formatInstant(at)}`,
      ...(decision.zones.length > 0 ? [`  ${clocks(at)}`] : []),
      "",
      decision.decision === "allow" ? ALLOWED[from] : `DENY: ${decision.rules.join(", ")}`,
      ...decision.reasons.map(({ rule, text }) => `  ${rule}: ${printable(text)}`),
      ...(decision.decision === "allow"
        ? []
        : decision.next === null
          ? ["  never within 45 days, as things stand"]
          : [`  first allowed at ${next}: ${clocks(decision.next)}`]),
      "",
      ...stripLines(ahead, decision.zones, hourIn, style),
      "",
      `${style.open} allowed, ${style.closed} forbidden, half an hour each; rules not shown allow throughout`,
      `${pack.packVersion} · tables of places ${pack.geographyVersion} · time-zone data ${pack.timeZoneData}`,
    ];
  });
};

/** What an allowed call is told as: without facts only the place and the time of the call were judged. */
const ALLOWED = {
  store: "ALLOW: no rule forbids the call, as far as the store knows",
  given: "ALLOW: no rule forbids the call, on the facts given",
  none: "ALLOW by place and time alone: whether the person may be called was not looked at",
} as const;

interface DecidedOn {
  readonly facts: CallFacts;
  readonly from: keyof typeof ALLOWED;
  /** The first line of the answer. */
  readonly words: string;
}

/** The facts of the file, else of the store, else none. */
async function factsFor({ call, facts, at }: Question, pack: CompiledPack, options: Options, io: Io): Promise<DecidedOn> {
  if (options.facts !== undefined)
    return { facts, from: "given", words: `decided on the facts of ${printable(options.facts)}; the store was not looked at` };
  const key = phone(call.number);
  if (!("ok" in key)) return { facts, from: "none", words: "decided without facts: this is no telephone number" };
  await using store = await openFactsIfAny(options, io.env);
  if (store.facts === undefined)
    return {
      facts,
      from: "none",
      words: `decided without facts: there is no store in ${printable(store.dir)}, so no company's list, consent or attempts were looked at`,
    };
  const told = await factsOfNumber(store.facts, key.ok, { pack, at, postal: options.postal });
  return { facts: told, from: "store", words: "decided on what the store knows: company's list, consent, attempts, registries" };
}

/** People write numbers with blanks and brackets; the digits are what counts. */
function e164(text: string): string {
  const plain = text.replaceAll(/[\s().-]/g, "");
  return plain.startsWith("00") ? `+${plain.slice(2)}` : plain;
}

async function readFacts(path: string): Promise<object> {
  const value = parseJson(await readFileText(path, "the facts"), `cannot read the facts ${path}`);
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  throw new OutdialError("invalid_input", `${path} is not a JSON object of facts such as {"dnc": {"national": true}}`);
}

function picture(open: readonly boolean[]): string {
  return open.map((allowed) => (allowed ? "#" : ".")).join("");
}

function partsIn(zone: string, at: number): Map<string, string> {
  const format = new Intl.DateTimeFormat("en-GB", {
    timeZone: zone,
    hourCycle: "h23",
    weekday: "short",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
  });
  return new Map(format.formatToParts(at).map(({ type, value }) => [type, value]));
}

function localText(zone: string, at: number): string {
  const part = partsIn(zone, at);
  return `${part.get("weekday")} ${part.get("year")}-${part.get("month")}-${part.get("day")} ${part.get("hour")}:${part.get("minute")}`;
}

function hourIn(zone: string, at: number): { hour: number; weekday: number } {
  const part = partsIn(zone, at);
  return {
    hour: Number(part.get("hour")),
    weekday: ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"].indexOf(part.get("weekday") ?? ""),
  };
}
