// An evidence pack for people: a PDF that describes the pack, with the pack attached and a signature over the whole file after
// its end.

import { createHash } from "node:crypto";
import { inflateSync } from "node:zlib";
import { installCommand, missingPackage } from "../../kernel/index.ts";
import { verifySignatureLine } from "../../store/index.ts";
import { OperationError } from "../error.ts";
import { BOLD, codesNote, FONT, plain, registerFonts } from "../pdf-text.ts";
import { type PackLine, packLine } from "./pack-form.ts";

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
export class PdfText {
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
export async function packPdf(pack: PdfText, sign: (text: string) => string): Promise<Uint8Array> {
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
  const [head, length = "0", filter] =
    /\/Type \/EmbeddedFile\b[^]*?\/Length (\d+)(\n\/Filter \/FlateDecode)?\n>>\nstream\n/.exec(signed.toString("latin1")) ?? [];
  if (head === undefined) return "the PDF has no pack attached";
  const start = signed.toString("latin1").indexOf(head) + head.length;
  const stream = signed.subarray(start, start + Number(length));
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
