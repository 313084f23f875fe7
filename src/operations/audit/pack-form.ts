// The format of an evidence pack: NDJSON with one of these on each line. First the head, last but one the index, last the
// signature over the SHA-256 of all lines before it.

import { z } from "zod";

/** Name and version of the format; in the first line and in the signed text. */
export const PACK_FORMAT = "outdial-evidence/1";

const time = z.iso.datetime();
const text = z.string();
const count = z.int().min(0);
const phone = z.string().regex(/^\+\d+$/);

const packAbout = z.union([
  z.strictObject({ number: phone }),
  z.strictObject({ campaign: text }),
  z.strictObject({ from: time, to: time }),
]);
/** The subject of a pack, as in its head. */
export type PackAbout = z.output<typeof packAbout>;

const reason = z.looseObject({ rule: text, ruleId: text.nullable(), citation: text.nullable(), text });

const head = z.strictObject({
  kind: z.literal("head"),
  format: z.literal(PACK_FORMAT),
  about: packAbout,
  madeAt: time,
  madeBy: text,
  /** The log's verifier key, for people; a check must use a key that the checker has from elsewhere. */
  key: text,
  log: z.strictObject({ size: count, checkpoint: text }),
  /** The rules by which the pack's decisions were made. */
  rules: z.strictObject({ version: text, timeZoneData: text, geography: text }),
});

/** Facts from the store; none of these is itself an entry of the log. */
const facts = [
  z.looseObject({ kind: z.literal("consent"), number: phone, givenAt: time, level: text }),
  z.looseObject({ kind: z.literal("optOut"), number: phone, origin: text, code: text }),
  z.looseObject({ kind: z.literal("revocation"), number: phone, revokedAt: time, channel: text }),
  z.looseObject({ kind: z.literal("import"), id: text, file: text, contentHash: text.nullable() }),
  z.looseObject({ kind: z.literal("attempt"), number: phone, at: time, campaign: text, call: text }),
  z.looseObject({ kind: z.literal("disposition"), callId: text, at: time, code: text }),
  z.looseObject({ kind: z.literal("settings"), version: count, since: time, until: time.nullable(), settings: z.unknown() }),
] as const;

/** Schema of one line of an evidence pack, by `kind`. */
export const packLine = z.discriminatedUnion("kind", [
  head,
  ...facts,
  z.looseObject({
    kind: z.literal("manifest"),
    manifest: z.looseObject({ id: text, campaign: text, byRule: z.record(text, count) }),
    /** The citation of each rule in its counts; null when the rules of that time are not available. */
    citations: z.record(text, z.array(text)).nullable(),
  }),
  z.looseObject({
    kind: z.literal("decision"),
    /** `placed`: decision on a placed call, at its instant. `now`: on a call at the time of the pack. */
    of: z.enum(["placed", "now"]),
    number: phone,
    at: time,
    decision: z.enum(["allow", "deny"]),
    rules: z.array(text),
    reasons: z.array(reason),
    /** Of an allowed call: every rule that applied, with what satisfied it; packs of earlier versions do not say it. */
    weighed: z.array(z.looseObject({ ruleId: text, citation: text, text })).nullish(),
  }),
  z.strictObject({ kind: z.literal("skip"), to: count, hashes: z.array(z.base64()) }),
  z.strictObject({
    kind: z.literal("entry"),
    entry: z.strictObject({
      seq: count,
      time: text,
      actor: text,
      action: text,
      subject: text,
      job: text.nullable(),
      details: z.record(text, z.unknown()),
      salt: text.optional(),
    }),
  }),
  /** An entry of which what it said of a person was erased: its hash stands for it. */
  z.strictObject({ kind: z.literal("erased"), seq: count, hash: z.base64() }),
  z.strictObject({
    kind: z.literal("index"),
    /** Number of lines of each kind. */
    lines: z.record(text, count),
    entries: z.strictObject({ count, first: count.nullable(), last: count.nullable() }),
  }),
  z.strictObject({ kind: z.literal("signature"), sha256: text, signature: text }),
]);
/** One line of an evidence pack. */
export type PackLine = z.output<typeof packLine>;
/** Kind of a line of an evidence pack. */
export type PackLineKind = PackLine["kind"];

/** The text that is signed. */
export const signedText = (sha256: string): string => `${PACK_FORMAT}\n${sha256}\n`;
