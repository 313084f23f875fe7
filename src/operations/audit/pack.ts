// Writes an evidence pack line by line, in memory that does not grow with it.

import { createHash } from "node:crypto";
import { inflateSync } from "node:zlib";
import {
  type CallType,
  type CompiledPack,
  decide,
  formatInstant,
  formatQuestion,
  type RulePack,
} from "../../compliance/index.ts";
import { canonicalJson, installCommand, missingPackage } from "../../kernel/index.ts";
import {
  type AuditLog,
  type EvidenceAbout,
  type EvidenceSnapshot,
  type FactKind,
  type Facts,
  NO_FACTS,
  type NumberFacts,
  type PhoneKey,
  type RegistryFile,
  verifySignatureLine,
} from "../../store/index.ts";
import { FactsReader, lookBack } from "../compliance/call-facts.ts";
import { parseManifest } from "../compliance/manifest.ts";
import { asOf, callTypes } from "../compliance/placed.ts";
import { idsOf } from "../compliance/tally.ts";
import type { RulesInForce } from "../compliance/use-cases.ts";
import { askedAs, phoneText } from "../compliance/values.ts";
import type { Context } from "../context.ts";
import { OperationError } from "../error.ts";
import { BOLD, codesNote, FONT, plain, registerFonts } from "../pdf-text.ts";
import { recordingHint } from "../tenant-dnc/index.ts";
import { PACK_FORMAT, type PackAbout, type PackLine, type PackLineKind, packLine, signedText } from "./pack-form.ts";

// An evidence pack for people: a PDF that describes the pack, with the pack attached and a signature over the whole file after
// its end.

/** Largest pack for which a PDF is made, bytes. */
const LARGEST = 16 * 1_048_576;
/** Most printed lines of a kind; the attached pack has all. */
const TOLD = 500;
const ATTACHED = "evidence.ndjson";
const MARK = "\n%outdial-signature ";

const MARGIN = 48;
const INK = "#1c2430";
const QUIET = "#5b6675";

/** The text that is signed for a PDF. */
const pdfText = (bytes: Uint8Array): string => `outdial-evidence-pdf/1\n${createHash("sha256").update(bytes).digest("hex")}\n`;

/** Whether a file begins as a PDF does. */
export const isPdf = (start: Uint8Array): boolean => Buffer.from(start.subarray(0, 5)).toString("latin1") === "%PDF-";

/** Keeps the text of a pack for its PDF. Throws OperationError `invalid_input` as soon as it is too large. */
class PdfText {
  readonly #texts: string[] = [];
  #bytes = 0;

  add(text: string): void {
    this.#bytes += Buffer.byteLength(text);
    if (this.#bytes > LARGEST)
      throw new OperationError("invalid_input", `the pack has more than ${LARGEST} bytes, too many for a PDF`, {
        advice: "Use the NDJSON, or a shorter period.",
      });
    this.#texts.push(text);
  }

  toString(): string {
    return this.#texts.join("");
  }
}

/**
 * The PDF of a pack. Throws OutdialError `missing_package`.
 * @param sign the audit log's `sign`
 */
async function packPdf(pack: PdfText, sign: (text: string) => string): Promise<Uint8Array> {
  const text = pack.toString();
  const lines = text
    .trimEnd()
    .split("\n")
    .map((line) => packLine.parse(JSON.parse(line)));
  const drawn = await draw(lines, Buffer.from(text));
  const signature = sign(pdfText(drawn)).trimEnd();
  return Buffer.concat([drawn, Buffer.from(`${MARK.slice(1)}${Buffer.from(signature).toString("base64")}\n`)]);
}

/** The pack attached to a PDF. @returns what is wrong, as text @throws StoreError `audit_key` */
export function packInPdf(file: Uint8Array, vkey: string): Uint8Array | string {
  const bytes = Buffer.from(file);
  const mark = bytes.lastIndexOf(MARK);
  if (mark < 0) return "the PDF has no signature at its end";
  const [, signature] = /^([A-Za-z0-9+/]+={0,2})\n$/.exec(bytes.subarray(mark + MARK.length).toString("latin1")) ?? [];
  if (signature === undefined) return "something other than the signature follows the end of the PDF";
  const signed = bytes.subarray(0, mark + 1);
  if (!verifySignatureLine(pdfText(signed), Buffer.from(signature, "base64").toString(), vkey))
    return "the PDF was changed after it was signed, or signed by another key";
  return attachedPack(signed) ?? "the PDF has no pack attached";
}

/** The pack in a PDF, not checked: for whoever has just been given it by the one who signed it. Undefined when it has none. */
export function attachedPack(file: Uint8Array): Uint8Array | undefined {
  const bytes = Buffer.from(file);
  const text = bytes.toString("latin1");
  const [head, length = "0", filter] =
    /\/Type \/EmbeddedFile\b[^]*?\/Length (\d+)(\n\/Filter \/FlateDecode)?\n>>\nstream\n/.exec(text) ?? [];
  if (head === undefined) return undefined;
  const start = text.indexOf(head) + head.length;
  const stream = bytes.subarray(start, start + Number(length));
  return filter === undefined ? stream : inflateSync(stream, { maxOutputLength: LARGEST });
}

type Document = PDFKit.PDFDocument;

async function draw(lines: readonly PackLine[], attached: Uint8Array): Promise<Uint8Array> {
  const { default: PdfDocument } = await import("pdfkit").catch((thrown: unknown) => {
    throw missingPackage(thrown, installCommand(["pdfkit"])) ?? thrown;
  });
  const [head] = lines;
  const index = lines.find((line) => line.kind === "index");
  if (head?.kind !== "head" || index?.kind !== "index") throw new Error("a pack begins with its head and has an index");
  const doc = new PdfDocument({
    size: "A4",
    margin: MARGIN,
    info: { Title: `Evidence: ${subjectOf(head.about)}`, Producer: "outdial", CreationDate: new Date(head.madeAt) },
  });
  const chunks: Uint8Array[] = [];
  doc.on("data", (chunk: Uint8Array) => chunks.push(chunk));
  const ended = new Promise<void>((resolve, reject) => doc.on("end", resolve).on("error", reject));
  const at = new Date(head.madeAt);
  doc.file(Buffer.from(attached), { name: ATTACHED, type: "application/x-ndjson", creationDate: at, modifiedDate: at });
  await registerFonts(doc, [Buffer.from(attached).toString()]);
  cover(doc, head, index);
  for (const [kind, title] of SECTIONS)
    section(
      doc,
      title,
      lines.filter((line) => line.kind === kind),
    );
  doc.end();
  await ended;
  return Buffer.concat(chunks);
}

function subjectOf(about: Extract<PackLine, { kind: "head" }>["about"]): string {
  if ("number" in about) return about.number;
  return "campaign" in about ? `campaign ${about.campaign}` : `${about.from} to ${about.to}`;
}

const SECTIONS = [
  ["consent", "Consents"],
  ["optOut", "Opt-outs"],
  ["revocation", "Revocations of consent"],
  ["attempt", "Calls"],
  ["decision", "Decisions, with the rules and where they stand"],
  ["disposition", "Dispositions"],
  ["manifest", "Gates"],
  ["settings", "Dialer settings in force"],
  ["import", "Files that were imported"],
  ["entry", "Entries of the audit log"],
] as const satisfies readonly (readonly [PackLine["kind"], string])[];

function cover(doc: Document, head: Extract<PackLine, { kind: "head" }>, index: Extract<PackLine, { kind: "index" }>): void {
  doc
    .font(BOLD)
    .fontSize(18)
    .fillColor(INK)
    .text(plain(`Evidence: ${subjectOf(head.about)}`));
  const { lines, entries } = index;
  const facts = SECTIONS.map(([kind, title]) => [title, lines[kind] ?? 0] as const);
  const nothing = facts.every(([title, count]) => count === 0 || title.startsWith("Decisions"));
  body(doc, [
    `Made ${head.madeAt} by ${head.madeBy}, under the rules ${head.rules.version}.`,
    `The log had ${head.log.size} entries; ${entries.count} of them are here, each with its proof.`,
    ...(nothing ? ["There is no entry and no fact about this."] : []),
    ...facts.filter(([, count]) => count > 0).map(([title, count]) => `${title}: ${count}`),
  ]);
  title(doc, "What this proves, and what it does not");
  body(doc, [
    `The pack itself is attached to this file as ${ATTACHED}. outdial audit verify-pack checks this file, the pack and every entry with the log's public key (audit.pub) and nothing else.`,
    "It proves that each entry of the log shown here is in the log that was signed, word for word, and that this file was made with the log's key and not changed since.",
    "Of a period it proves that no entry of the log is left out. Of a number or a campaign it does not prove that there are no other entries about it.",
    "Consents, opt-outs, calls, dispositions and settings are told as the store had them. They are signed with the pack; they are not entries of the log themselves. The files that brought them are in the log by their hash.",
    "Decisions of calls that were placed were made again for this pack, under the rules named above, on the facts of that moment. Registry files, line types and answers about reassigned numbers are those of today.",
    "It does not prove that what was entered is true, nor that nothing happened that was never entered.",
    codesNote("the attached pack"),
  ]);
}

function title(doc: Document, text: string): void {
  doc.moveDown(0.8).font(BOLD).fontSize(12).fillColor(INK).text(plain(text)).moveDown(0.2);
}

function body(doc: Document, paragraphs: readonly string[]): void {
  doc.font(FONT).fontSize(9).fillColor(INK);
  for (const text of paragraphs) doc.moveDown(0.25).text(plain(text));
}

function section(doc: Document, name: string, lines: readonly PackLine[]): void {
  if (lines.length === 0) return;
  title(doc, `${name} (${lines.length})`);
  for (const line of lines.slice(0, TOLD)) {
    const [first = "", ...more] = wordsOf(line);
    doc.font(FONT).fontSize(8).fillColor(INK).text(plain(first));
    if (more.length > 0)
      doc
        .fontSize(7)
        .fillColor(QUIET)
        .text(plain(more.join("\n")), { indent: 10 });
  }
  if (lines.length > TOLD)
    doc
      .fontSize(8)
      .fillColor(QUIET)
      .text(`${lines.length - TOLD} more are in ${ATTACHED}.`);
}

/** A line of the pack in words: the first text says what it is, the others give details. */
function wordsOf(line: PackLine): string[] {
  switch (line.kind) {
    case "entry": {
      const { seq, time, actor, action, subject, details } = line.entry;
      return [`${seq}  ${time}  ${actor}  ${action}  ${subject}`, JSON.stringify(details)];
    }
    case "decision":
      return [
        `${line.at}  ${line.number}  ${line.of === "now" ? "a call at the time of this pack: " : ""}${line.decision}${line.rules.length === 0 ? "" : `: ${line.rules.join(", ")}`}`,
        ...[...line.reasons, ...(line.weighed ?? [])].map(({ text }) => text),
      ];
    case "manifest": {
      const { id, campaign, byRule } = line.manifest;
      return [
        `${id}  campaign ${campaign}`,
        ...Object.entries(byRule).map(([rule, count]) => {
          const cited = line.citations?.[rule] ?? [];
          return `${rule}: ${count} contacts${cited.length === 0 ? "" : ` (${cited.join("; ")})`}`;
        }),
      ];
    }
    default: {
      const { kind: _, ...members } = line;
      return [
        Object.entries(members)
          .filter(([, value]) => value !== null && value !== "")
          .map(
            ([name, value]) =>
              `${name} ${typeof value === "string" || typeof value === "number" ? value : JSON.stringify(value)}`,
          )
          .join("  "),
      ];
    }
  }
}

/** Receives a line with its newline; resolves when the next one can be sent. */
export type WritePack = (text: string) => void | Promise<void>;

interface PackDeps {
  readonly audit: Pick<AuditLog, "evidence" | "sign" | "vkey">;
  readonly facts: Facts;
  readonly rules: RulesInForce;
  /** ms since the epoch */
  readonly now: number;
  readonly by: string;
  /** Whether the tenant tells recordings: calls then say how to reach theirs. */
  readonly hasRecordings: boolean;
}

/** The contents of a pack. */
export interface PackMade {
  readonly about: PackAbout;
  readonly madeAt: string;
  /** Number of log entries that it proves, and the size of the log. */
  readonly entries: number;
  readonly size: number;
  /** Number of lines of each kind. */
  readonly lines: Readonly<Partial<Record<PackLineKind, number>>>;
  /** SHA-256 of all lines except the last, hexadecimal. */
  readonly sha256: string;
}

/** Number of calls decided in one round trip. */
const BATCH = 500;
/** Type of the calls of campaigns whose gate records do not say it. */
const ASSUMED: CallType = "telemarketing";

interface Attempt {
  readonly callId?: string;
  readonly number: string;
  readonly at: string;
  readonly call: string;
  readonly subject: string;
  readonly campaign: string;
}

/** The subject of a pack, for its head. */
function aboutOf(about: EvidenceAbout): PackAbout {
  if (about.kind === "number") return { number: phoneText(about.number) };
  if (about.kind === "campaign") return { campaign: about.campaign };
  return { from: formatInstant(about.from), to: formatInstant(about.to) };
}

/** Writes a pack. Throws StoreError `invalid_state` when the log does not prove its entries. */
function writePack(about: EvidenceAbout, deps: PackDeps, write: WritePack): Promise<PackMade> {
  return deps.audit.evidence(about, (snapshot) => new PackWriter(about, deps, snapshot, write).run());
}

class PackWriter {
  readonly #about: EvidenceAbout;
  readonly #deps: PackDeps;
  readonly #snapshot: EvidenceSnapshot;
  readonly #write: WritePack;
  readonly #hash = createHash("sha256");
  readonly #lines: Partial<Record<PackLineKind, number>> = {};

  constructor(about: EvidenceAbout, deps: PackDeps, snapshot: EvidenceSnapshot, write: WritePack) {
    this.#about = about;
    this.#deps = deps;
    this.#snapshot = snapshot;
    this.#write = write;
  }

  async run(): Promise<PackMade> {
    const { audit, rules, by, now } = this.#deps;
    const { size, checkpoint } = this.#snapshot;
    const { packVersion: version, timeZoneData, geographyVersion: geography } = rules.compiled;
    const about = aboutOf(this.#about);
    const madeAt = formatInstant(now);
    await this.#line("head", {
      format: PACK_FORMAT,
      about,
      madeAt,
      madeBy: by,
      key: audit.vkey,
      log: { size, checkpoint },
      rules: { version, timeZoneData, geography },
    });
    for (const kind of ["consent", "optOut", "revocation", "import"] as const) await this.#facts(kind);
    await this.#manifests();
    await this.#attempts();
    await this.#facts("disposition");
    await this.#facts("settings");
    const entries = await this.#entries();
    await this.#line("index", { lines: { ...this.#lines, index: 1 }, entries });
    const sha256 = this.#hash.copy().digest("hex");
    await this.#line("signature", { sha256, signature: audit.sign(signedText(sha256)).trimEnd() });
    return { about, madeAt, entries: entries.count, size, lines: this.#lines, sha256 };
  }

  async #line(kind: PackLineKind, members: object): Promise<void> {
    const text = `${canonicalJson({ kind, ...members })}\n`;
    this.#hash.update(text);
    this.#lines[kind] = (this.#lines[kind] ?? 0) + 1;
    await this.#write(text);
  }

  async #facts(kind: FactKind): Promise<void> {
    for await (const row of this.#snapshot.facts(kind)) await this.#line(kind, row);
  }

  async #manifests(): Promise<void> {
    const { pack } = this.#deps.rules;
    const hash = `sha256:${createHash("sha256").update(canonicalJson(pack)).digest("hex")}`;
    const known = citationsOf(pack);
    for await (const { manifest: text } of this.#snapshot.facts<{ readonly manifest: string }>("manifest")) {
      const manifest = parseManifest(text);
      const citations =
        manifest.pack.hash === hash
          ? Object.fromEntries(Object.keys(manifest.byRule).map((rule) => [rule, known.get(rule) ?? []]))
          : null;
      await this.#line("manifest", { manifest, citations });
    }
  }

  /** The calls; those that we placed with a new decision for their instant. */
  async #attempts(): Promise<void> {
    const again = await DecidedAgain.open(this.#deps);
    let batch: Attempt[] = [];
    const flush = async () => {
      const decisions = await again.of(batch);
      for (const [i, attempt] of batch.entries()) {
        const { callId = "" } = attempt;
        const hint = this.#deps.hasRecordings && callId !== "" ? { recordings: recordingHint(callId) } : {};
        await this.#line("attempt", { ...attempt, ...hint });
        const decision = decisions[i];
        if (decision !== undefined) await this.#line("decision", decision);
      }
      batch = [];
    };
    for await (const attempt of this.#snapshot.facts<Attempt>("attempt")) {
      batch.push(attempt);
      if (batch.length >= BATCH) await flush();
    }
    await flush();
    if (this.#about.kind === "number") await this.#line("decision", await again.now(this.#about.number));
  }

  async #entries() {
    let [count, first, last]: [number, number | null, number | null] = [0, null, null];
    for await (const part of this.#snapshot.log()) {
      if ("entry" in part) {
        count += 1;
        first ??= part.entry.seq;
        last = part.entry.seq;
        await this.#line("entry", part);
      } else await this.#line("to" in part ? "skip" : "erased", part);
    }
    return { count, first, last };
  }
}

/** The citation of each violation id. */
function citationsOf(pack: RulePack): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, Set<string>>();
  for (const rule of pack.rules)
    for (const id of idsOf(rule)) found.set(id, (found.get(id) ?? new Set()).add(`${rule.jurisdiction}: ${rule.citation}`));
  return new Map([...found].map(([id, citations]) => [id, [...citations].sort()]));
}

/**
 * Decides calls again under the rules in force. Consents, opt-outs and attempts are those of the call's instant. Registry files,
 * line types and answers about reassigned numbers are today's, because the store keeps only the newest; the place is that of the
 * number.
 */
class DecidedAgain {
  readonly #deps: PackDeps;
  readonly #files: readonly RegistryFile[];
  readonly #types: ReadonlyMap<string, CallType>;
  readonly #reader: FactsReader;

  private constructor(deps: PackDeps, files: readonly RegistryFile[], types: ReadonlyMap<string, CallType>) {
    this.#deps = deps;
    this.#files = files;
    this.#types = types;
    this.#reader = new FactsReader(deps.rules.compiled, files, undefined);
  }

  static async open(deps: PackDeps): Promise<DecidedAgain> {
    return new DecidedAgain(deps, await deps.facts.registryFiles(), await callTypes(deps.facts));
  }

  /** @returns a decision for each attempt; undefined for inbound calls */
  async of(attempts: readonly Attempt[]): Promise<(object | undefined)[]> {
    if (attempts.length === 0) return [];
    const first = Math.min(...attempts.map(({ at }) => Date.parse(at)));
    const known = await this.#known(
      attempts.map(({ number }) => keyOf(number)),
      first,
    );
    return attempts.map(({ number, at, call, subject, campaign }) => {
      if (call === "inbound-conversation") return undefined;
      const then = asOf(known.get(keyOf(number)) ?? NO_FACTS, Date.parse(at));
      const type = this.#types.get(campaign);
      return this.#decided("placed", { number, at: Date.parse(at), subject, type }, then, campaign);
    });
  }

  async now(number: PhoneKey): Promise<object> {
    const at = this.#deps.now;
    const known = await this.#known([number], at);
    return this.#decided(
      "now",
      { number: phoneText(number), at, subject: "", type: undefined },
      known.get(number) ?? NO_FACTS,
      null,
    );
  }

  #known(numbers: readonly PhoneKey[], first: number) {
    const back = lookBack(this.#deps.rules.compiled.pack.rules);
    return this.#deps.facts.of([...new Set(numbers)], { attemptsSince: first - back, files: this.#files });
  }

  #decided(
    of: "placed" | "now",
    asked: { readonly number: string; readonly at: number; readonly subject: string; readonly type: CallType | undefined },
    known: NumberFacts,
    campaign: string | null,
  ): object {
    const pack: CompiledPack = this.#deps.rules.compiled;
    const { number, at, subject, type } = asked;
    const call = {
      number: askedAs(keyOf(number)),
      callType: type ?? ASSUMED,
      postal: undefined,
      subject: subject === "" ? undefined : subject,
    };
    const { jurisdictions } = pack.place(call.number, undefined);
    const facts = this.#reader.read(known, { number: keyOf(number), at, jurisdictions });
    const { decision, rules, reasons, weighed, cap, next, zones, packVersion, timeZoneData } = decide(call, facts, pack, at);
    return {
      of,
      number,
      at: formatInstant(at),
      campaign,
      callTypeAssumed: type === undefined,
      input: formatQuestion(call, facts, at),
      decision,
      rules,
      reasons: reasons.map(({ rule, ruleId = null, jurisdiction = null, citation = null, zone = null, text }) => ({
        rule,
        ruleId,
        jurisdiction,
        citation,
        zone,
        text,
      })),
      weighed,
      cap,
      next: next === null ? null : formatInstant(next),
      zones,
      packVersion,
      timeZoneData,
    };
  }
}

const keyOf = (number: string): PhoneKey => Number(number.slice(1));

// Use cases of the audit log: entries, verification, proofs of entries, and evidence packs.

/** A requested pack; exactly one of the three subjects. */
export interface PackAsked {
  /** Telephone number as digits of E.164 without the plus sign. */
  readonly number?: number | undefined;
  readonly campaign?: string | undefined;
  /** ms since the epoch; the first inclusive, the second exclusive. */
  readonly from?: number | undefined;
  readonly to?: number | undefined;
}

/** Reads, proves and checks the audit log, and makes evidence packs. Errors: OperationError, StoreError, ComplianceError. */
export class AuditUseCases {
  readonly #context: Pick<Context, "store" | "clock">;
  readonly #rules: () => Promise<RulesInForce>;

  /** @param rules the rules in force; throws ComplianceError `invalid_pack` */
  constructor(context: Pick<Context, "store" | "clock">, rules: () => Promise<RulesInForce>) {
    this.#context = context;
    this.#rules = rules;
  }

  /** A page of entries. */
  list(query?: Parameters<AuditLog["list"]>[0]) {
    return this.#context.store.audit.list(query);
  }

  /** Recomputes the log and compares it with its heads outside the store: `AuditLog.verify`. Throws StoreError `audit_key`. */
  verify(options?: Parameters<AuditLog["verify"]>[0]) {
    return this.#context.store.audit.verify(options);
  }

  /** The proof that entry `seq` is in the log. Throws StoreError `not_found`. */
  proof(seq: number) {
    return this.#context.store.audit.proof(seq);
  }

  /**
   * Writes everything about a number, a campaign or a period as one signed text with JSON lines; making it is recorded in the
   * log. Throws OperationError `invalid_input`, StoreError `invalid_state` when the log does not prove its entries.
   */
  async pack(asked: PackAsked, by: string, write: WritePack): Promise<PackMade> {
    const { store, clock } = this.#context;
    const about = evidenceOf(asked);
    const deps = {
      audit: store.audit,
      facts: store.facts,
      rules: await this.#rules(),
      now: clock.now(),
      by,
      hasRecordings: store.profile === "acd",
    };
    const made = await writePack(about, deps, write);
    const { entries, size, sha256 } = made;
    await store.audit.append([
      { actor: by, action: "audit.pack", subject: auditSubjectOf(about), details: { about: made.about, entries, size, sha256 } },
    ]);
    return made;
  }

  /**
   * The same as a signed PDF with the text attached. Throws OperationError `invalid_input` for a pack that is too large for a
   * PDF.
   */
  async packPdf(asked: PackAsked, by: string): Promise<Uint8Array> {
    const pack = new PdfText();
    await this.pack(asked, by, (line) => pack.add(line));
    return packPdf(pack, (text) => this.#context.store.audit.sign(text));
  }
}

function auditSubjectOf(about: EvidenceAbout): string {
  if (about.kind === "number") return phoneText(about.number);
  return about.kind === "campaign" ? about.campaign : "a period";
}

/** The requested subject. Throws OperationError `invalid_input` unless exactly one is given. */
function evidenceOf({ number, campaign, from, to }: PackAsked): EvidenceAbout {
  const period = from !== undefined || to !== undefined;
  const given = [number !== undefined, campaign !== undefined, period].filter(Boolean).length;
  if (given !== 1) throw new OperationError("invalid_input", "a pack is about one number, one campaign or one period");
  if (number !== undefined) return { kind: "number", number };
  if (campaign !== undefined) return { kind: "campaign", campaign };
  if (from === undefined || to === undefined || from >= to)
    throw new OperationError("invalid_input", "a period has a beginning and an end, the end later than the beginning");
  return { kind: "period", from, to };
}
