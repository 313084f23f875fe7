// The kinds of importable fact files: their columns, the rules for a line, and how lines are stored.

import { CONSENT_LEVELS, LINE_TYPES, RELATIONSHIP_KINDS } from "../../compliance/index.ts";
import { findOptOut, readNumber } from "../../compliance/opt-outs.ts";
import {
  type Facts,
  LONGEST_NAME,
  type NewConsent,
  type NewDisconnection,
  type NewLineType,
  type NewRelationship,
  type NewRevocation,
  type NewSuppression,
  type PhoneKey,
} from "../../store/index.ts";
import type { Cells, FieldSpec, Parsed, RecordFormat, Unread } from "../table/records.ts";
import { civilDate, instant, isNumber, type NumbersNamed, phone, phones, word } from "./values.ts";

/** How far clocks of other systems may be ahead of ours, ms. */
export const SKEW_MS = 5 * 60_000;

/** Context for parsing a line. */
interface ParseContext {
  /** ms since the epoch. */
  readonly now: number;
}

/** Context for writing a batch. */
interface WriteContext {
  readonly facts: Facts;
  readonly actor: string;
  readonly importId: string;
}

/** A kind of fact file. */
export interface ImportSpec<Field extends string, T> {
  /** Its name; the audit action is `<kind>.import`. */
  readonly kind: string;
  readonly format: RecordFormat<Field>;
  /** The records of a line: several when its number may be several and the fact holds for each. */
  parse(cells: Cells<Field>, context: ParseContext): readonly T[];
  /** The opt-outs in a refused line, from what its cells `kept`; none when it has none. An opt-out is never lost. */
  readonly rescue?: (cells: Cells<Field>, context: ParseContext) => readonly T[];
  /** @returns the number of new records */
  write(records: readonly T[], context: WriteContext): Promise<number>;
}

export const NUMBER: FieldSpec<"number"> = {
  field: "number",
  names: ["number", "phone", "phone_number", "phonenumber", "telephone", "e164", "msisdn"],
  required: true,
  sole: isNumber,
};

/** Every number that a line may be about, for facts that only ever forbid; a doubt is noted. */
export function everyNumber(cells: Cells<"number">, read: (text: string) => Parsed<NumbersNamed> = phones): NumbersNamed["keys"] {
  const { keys, doubt } = cells.need("number", read);
  if (doubt !== undefined)
    cells.note = `number: ${JSON.stringify(cells.text("number").slice(0, 60))} ${doubt}; the line counts for ${keys.length > 1 ? "each" : "it"}`;
  return keys;
}

/** A text that may be empty, short enough to be stored as a name or a reference. */
export function shortText<Field extends string>(cells: Cells<Field>, field: Field): string {
  const text = cells.text(field);
  const bytes = Buffer.byteLength(text);
  if (bytes > LONGEST_NAME) cells.refuse(field, `${field} is ${bytes} bytes long; at most ${LONGEST_NAME} are stored`);
  return text;
}

/** The numbers of a refused line, as far as they can be read. */
function keptNumbers(cells: Cells<"number">): readonly PhoneKey[] {
  const read = cells.kept("number").map((text) => phones(text));
  return [...new Set(read.flatMap((one) => ("ok" in one ? one.ok.keys : [])))];
}

/** A line that is nothing but a telephone number, or several, also with an extension. */
export const bareNumbers = {
  field: "number",
  looksLikeData(firstLine: string): boolean {
    if (/\d{3}/.test(firstLine) && /^[\s"'+\d().,;/-]+$/.test(firstLine)) return true;
    return "numbers" in readNumber(firstLine.replaceAll('"', ""));
  },
} as const;

/** Columns in which what could be a number is none: ids, amounts, times. */
const NO_NUMBER =
  /(^|[ _.-])(ids?|uuid|guid|key|zip|postal|amount|balance|date|time(stamp)?|at|on|count|(account|acct|customer|order|ticket|case|ref(erence)?|invoice)([ _-]?(no|nr|num|number|code))?)$|[a-z]I[dD]$/i;
const COUNTRY = /^(country|calling|dial(ing)?)([ _-]?(code|prefix))?$/i;
const NORTH_AMERICA = /^(\+?0*1|us|usa|ca|can|canada|u\.s\.(a\.)?|united states.*)$/i;
/** Columns that say that a consent has ended, when they say anything. */
const ENDED =
  /opt(ed)?[ _-]?out|revo[ck]|withdr|unsubscri|do[ _-]?not[ _-]?(call|contact|phone)|no[ _-]?(call|contact|phone)|(^|[ _.-])dn[ct]($|[ _-])|declin|cancel|black|block|suppress|object/i;
/** Columns that say whether a consent is in force. */
const STANDING =
  /status|(^|[ _.-])(active|valid|consent(ed)?)$|consent[ _-]state|opt(ed)?[ _-]?in|permission|may[ _-]?(call|phone|contact)|allow|subscribed|\.calls?$/i;
const IN_FORCE =
  /^(y|yes|true|t|1|x|on|ok|active|valid|current|granted|given|in force|confirmed|verified|signed|agreed|enabled|live|(double )?opt(ed)?[ _-]?in|subscribed|allow(ed)?|permit(ted)?|written|oral|express|prior)$/i;
/** Columns with the day on which a consent ends. */
const UNTIL = /until|expir|valid[ _-]?(to|through|till)|(^|[ _.-])end(s|ed)?([ _-]?(at|on|date))?$/i;

/** Another number in a column that no field reads: whoever lists a person lists all numbers of the line. */
export function secondNumber(name: string, text: string, read: (field: "number") => string): Unread | undefined {
  if (NO_NUMBER.test(name)) return undefined;
  const [named, own] = [phones(text), phones(read("number"))];
  if (!("ok" in named) || ("ok" in own && named.ok.keys.every((key) => own.ok.keys.includes(key)))) return undefined;
  const column = name === "" ? "a column without a name" : `the column ${name}`;
  return { reason: `${column} has a number that no field reads; write a line for each number, or leave the column out` };
}

/** Whether a column that no field reads says that somebody is not to be called. */
export function saysNo(name: string, text: string): boolean {
  if (findOptOut({ code: text, message: text }) !== undefined) return true;
  return ENDED.test(name) ? !NO_TIME.test(text) : STANDING.test(name) && (NO_TIME.test(text) || NO_CONSENT.test(text));
}

/** What has no field and must not be passed over in a line about whom not to call: another number, another country, and that a consent has ended. */
const unreadIn = (isConsent: boolean): NonNullable<RecordFormat<"number">["unread"]> => ({
  also: "number",
  reason(name, text, read) {
    const second = secondNumber(name, text, read);
    if (second !== undefined) return second;
    const says = `the column ${name} says ${JSON.stringify(text.slice(0, 40))}, and no field reads it`;
    if (COUNTRY.test(name) && !NORTH_AMERICA.test(text) && !read("number").startsWith("+"))
      return { reason: `${says}; write the number with its country (+44…)` };
    if (!isConsent) return undefined;
    if (saysNo(name, text)) return { reason: `${says}; when the consent ended goes into revoked_at`, ends: true };
    if (UNTIL.test(name) && !NO_TIME.test(text))
      return { reason: `${says}: a consent counts until it is revoked; give its end as revoked_at when it has come` };
    if (!ENDED.test(name) && STANDING.test(name) && !IN_FORCE.test(text))
      return { reason: `${says}: whether the consent is in force is not known; leave out the lines of which it is not` };
    return undefined;
  },
});

/** A consent, with its revocation if there was one; only the revocation when the consent cannot be read. */
interface ConsentLine {
  readonly consent: NewConsent | undefined;
  readonly revocation: NewRevocation | undefined;
}

/** Consent records; a line with `revoked_at` is a revocation as well. */
export const consentFile: ImportSpec<
  "number" | "level" | "given_at" | "basis" | "wording" | "source" | "evidence" | "revoked_at" | "channel",
  ConsentLine
> = {
  kind: "consent",
  format: {
    fields: [
      NUMBER,
      { field: "level", names: ["level", "consent", "consent_level"], required: true },
      { field: "given_at", names: ["given_at", "at", "time", "date", "consented_at"], required: true },
      { field: "basis", names: ["basis"] },
      { field: "wording", names: ["wording", "text"] },
      { field: "source", names: ["source"] },
      { field: "evidence", names: ["evidence", "reference"] },
      { field: "revoked_at", names: ["revoked_at"] },
      { field: "channel", names: ["channel", "revoked_by"] },
    ],
    unread: unreadIn(true),
  },
  parse(cells, { now }) {
    const level = cells.need("level", (text) => word(text, CONSENT_LEVELS));
    // That a person does not consent only forbids.
    const numbers = level === "none" ? everyNumber(cells) : [cells.need("number", phone)];
    const givenAt = cells.need("given_at", (text) => instant(text, now + SKEW_MS, true));
    const revokedAt = cells.maybe("revoked_at", (text) => instant(text, now + SKEW_MS, true));
    if (revokedAt !== undefined && revokedAt < givenAt) cells.refuse("revoked_at", "revoked_at is before given_at");
    const [basis, wording, source, evidence] = [
      cells.text("basis"),
      cells.text("wording"),
      cells.text("source"),
      cells.text("evidence"),
    ];
    const channel = shortText(cells, "channel") || "consent record";
    return numbers.map((number) => ({
      consent: { number, givenAt, level, basis, wording, source, evidence },
      revocation: revokedAt === undefined ? undefined : { number, revokedAt, channel, reference: evidence },
    }));
  },
  rescue(cells, { now }) {
    const said = saidOf(cells);
    if (said === undefined) return [];
    const time = cells.row === undefined ? instant(said, now + SKEW_MS, true) : undefined;
    const revokedAt = time !== undefined && "ok" in time ? time.ok : null;
    const [channel = "consent record"] = cells.kept("channel");
    const [reference = ""] = cells.kept("evidence");
    const code = revokedAt === null ? `revoked: ${channel}, at ${JSON.stringify(said.slice(0, 60))}` : undefined;
    const revocations = keptNumbers(cells).map((number) => ({ number, revokedAt, channel, reference, code }));
    return revocations.map((revocation) => ({ consent: undefined, revocation }));
  },
  async write(records, { facts, actor, importId }) {
    // Revocations first: if writing stops here, nobody is called on a revoked consent.
    const revocations = records.flatMap(({ revocation }) => (revocation === undefined ? [] : [revocation]));
    await facts.addRevocations(revocations, { actor, importId });
    return facts.addConsents(
      records.flatMap(({ consent }) => (consent === undefined ? [] : [consent])),
      importId,
    );
  },
};

/** Texts with which programs write that there is no time. */
const NO_TIME = /^(?:null|nil|none|undefined|nan|nat|false|no|n|n\/a|never|0|-+|\\n)$/i;
/** Levels of consent as people write that there is none any more. */
const NO_CONSENT =
  /^(f|off|none|withdrawn|cancell?ed|declined|refused|denied|objected|blocked|removed|deleted|suppressed|stopped|no consent|not? (given|granted|consented))$/i;
const DATED = /^\s*\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}/;

/** What a refused consent record says of when the consent ended; undefined when nothing says that it has. */
function saidOf(cells: Cells<"level" | "given_at" | "revoked_at">): string | undefined {
  if (cells.ended !== undefined) return cells.ended;
  const isNone = cells.kept("level").some((text) => NO_CONSENT.test(text) || findOptOut({ code: text }) !== undefined);
  if (isNone) return cells.kept("revoked_at")[0] ?? cells.kept("given_at")[0] ?? "";
  if (cells.row === undefined) return cells.kept("revoked_at").find((text) => !NO_TIME.test(text));
  // Where cells are moved, a time beside that of the consent is the revocation's.
  const dates = cells.row.filter((text) => DATED.test(text));
  return dates[cells.kept("given_at").some((text) => DATED.test(text)) ? 1 : 0];
}

/** The company's own do-not-call list; a file with bare numbers is accepted. */
export const internalListFile: ImportSpec<"number" | "at" | "code" | "reference", NewSuppression> = {
  kind: "dnc",
  format: {
    fields: [
      NUMBER,
      { field: "at", names: ["at", "said_at", "time", "date", "added_at"] },
      { field: "code", names: ["code", "reason"] },
      { field: "reference", names: ["reference", "call_id", "ticket"] },
    ],
    unread: unreadIn(false),
    headless: bareNumbers,
  },
  parse(cells, { now }) {
    const saidAt = cells.maybe("at", (text) => instant(text, now + SKEW_MS, true)) ?? null;
    const [code, reference] = [shortText(cells, "code"), shortText(cells, "reference")];
    return everyNumber(cells).map((number) => ({ number, saidAt, origin: "list", code, reference }));
  },
  rescue(cells) {
    const [code = ""] = cells.kept("code");
    const [reference = ""] = cells.kept("reference");
    return keptNumbers(cells).map((number) => ({ number, saidAt: null, origin: "list", code, reference }));
  },
  write: (records, { facts, actor, importId }) => facts.suppress(records, { actor, importId }),
};

/** Established business relationships. */
export const relationshipsFile: ImportSpec<"number" | "kind" | "date", NewRelationship> = {
  kind: "relationships",
  format: {
    fields: [
      NUMBER,
      { field: "kind", names: ["kind"], required: true },
      { field: "date", names: ["date", "since"], required: true },
    ],
  },
  parse: (cells, { now }) => [
    {
      number: cells.need("number", phone),
      kind: cells.need("kind", (text) => word(text, RELATIONSHIP_KINDS)),
      since: cells.need("date", (text) => civilDate(text, now)),
    },
  ],
  write: (records, { facts, importId }) => facts.addRelationships(records, importId),
};

/** Answers of the Reassigned Numbers Database: when it was asked, and the last permanent disconnection it named. */
export const disconnectionsFile: ImportSpec<"number" | "disconnected_on" | "queried_on", NewDisconnection> = {
  kind: "disconnections",
  format: {
    fields: [
      NUMBER,
      { field: "disconnected_on", names: ["disconnected_on", "date"] },
      { field: "queried_on", names: ["queried_on", "asked_on"] },
    ],
  },
  parse(cells, { now }) {
    const disconnectedOn = cells.maybe("disconnected_on", (text) => civilDate(text, now));
    const queriedOn = cells.maybe("queried_on", (text) => civilDate(text, now));
    if (disconnectedOn === undefined && queriedOn === undefined)
      cells.refuse("disconnected_on", "neither disconnected_on nor queried_on is there: the line says nothing");
    // A disconnection voids consent; that the database was asked permits calls.
    if (disconnectedOn === undefined) return [{ number: cells.need("number", phone), queriedOn }];
    const numbers = everyNumber(cells);
    const isCertain = cells.note === undefined;
    return numbers.map((number) => ({ number, disconnectedOn, queriedOn: isCertain ? queriedOn : undefined }));
  },
  write: (records, { facts, importId }) => facts.addDisconnections(records, importId),
};

/** Types of lines. */
export const linesFile: ImportSpec<"number" | "line_type" | "date", NewLineType> = {
  kind: "lines",
  format: {
    fields: [
      NUMBER,
      { field: "line_type", names: ["line_type", "type", "linetype"], required: true },
      { field: "date", names: ["date", "seen_on", "as_of"], required: true },
    ],
  },
  parse: (cells, { now }) => [
    {
      number: cells.need("number", phone),
      lineType: cells.need("line_type", (text) => word(text, LINE_TYPES)),
      seenOn: cells.need("date", (text) => civilDate(text, now)),
    },
  ],
  write: (records, { facts, importId }) => facts.addLineTypes(records, importId),
};
