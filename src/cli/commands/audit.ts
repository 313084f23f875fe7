// outdial audit: list, verify, and the proof of one entry.

import { createReadStream } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { openApi, openRecords, storeFolder } from "../../app/index.ts";
import { MINUTE_MS, OutdialError } from "../../kernel/index.ts";
import {
  attachedPack,
  isPdf,
  OperationError,
  type PackHolds,
  type PackVerdict,
  packInPdf,
  packLine,
  verifyPack,
} from "../../operations/index.ts";
import type { AuditVerdict } from "../../operations/views/index.ts";
import { type HeadFinding, verifyProof } from "../../store/index.ts";
import type { Run } from "../command.ts";
import { confirmed } from "../confirm.ts";
import { EXIT } from "../exit.ts";
import type * as declared from "../groups/audit.ts";
import { openInput, parseJson, readText } from "../source.ts";
import { grouped, printable, timeText } from "../text.ts";
import { writeBytes } from "../whole-file.ts";

/** The whole log is read. */
const VERIFY_MS = 30 * MINUTE_MS;

export const listAudit: Run<typeof declared.listAudit> = async ({ options, io }) => {
  const { limit: most, subject, job, after } = options;
  await using api = await openApi(options, io);
  await io.each(
    await api.list("audit.list", { query: { order: "oldest", subject, job, reveal: api.reveals }, most, after }),
    (entry) =>
      `${entry.seq}  ${entry.time}  ${printable(entry.actor)}  ${entry.action}  ${printable(entry.subject)}  ${printable(JSON.stringify(entry.details))}`,
    { none: "no entries", fits: true },
  );
};

export const verifyAudit: Run<typeof declared.verifyAudit> = async ({ options, io }) => {
  await using api = await openApi(options, io);
  const verdict = await api.ask("audit.verify", { query: { new: options.new }, withinMs: VERIFY_MS });
  await io.answer(verdict, () => (verdict.ok ? wordsOf(verdict) : `audit log NOT intact: ${printable(verdict.message)}`));
  if (!verdict.ok) return EXIT.failed;
  return verdict.verified || verdict.size === 0 ? EXIT.done : EXIT.partlyFailed;
};

function wordsOf({ size, earlier, checkpoints, verified, heads }: Extract<AuditVerdict, { ok: true }>): string[] {
  if (size === 0) return ["the audit log is empty"];
  const since = earlier === null ? "" : ` since entry ${earlier.size}`;
  const counted = `${grouped(size - (earlier?.size ?? 0))} entries${since}, ${grouped(checkpoints)} signed checkpoints`;
  const unread =
    earlier === null
      ? []
      : [
          `entries 0 to ${earlier.size - 1} were not read now: they were verified since ${earlier.at} (entry ${earlier.seq}); without --new all are read`,
        ];
  const places = heads.map(({ place, outside, state, message }) => {
    const said = message === null ? STATES[state] : `${STATES[state]}: ${message}`;
    return `  ${printable(place)}: ${printable(said)}${outside ? "" : " (goes back together with the store)"}`;
  });
  return verified
    ? [`audit log verified: ${counted}, compared with heads outside the store`, ...unread, ...places]
    : [
        `audit log consistent in itself, but not compared with anything outside the store: ${counted}`,
        "a database that was set back to an older state would look the same; set places outside the store in audit.heads of outdial.yaml",
        ...unread,
        ...places,
      ];
}

const STATES: Readonly<Record<HeadFinding["state"], string>> = {
  fits: "fits",
  empty: "has no head yet",
  differs: "does not fit",
  accepted: "does not fit, which was accepted",
  unreachable: "cannot be compared",
};

export const acceptHead: Run<typeof declared.acceptHead> = async ({ options, io }) => {
  await using records = await openRecords(options, io.env);
  const held = await records.heldAudit();
  for (const { place, message } of held) io.say(`${printable(place)}: ${printable(message)}`);
  const question = "Accept this database? Entries that the heads outside know and that it does not have are lost.";
  if (held.length > 0 && !(await confirmed(question, io))) return EXIT.interrupted;
  const accepted = await records.acceptHeads(options.reason);
  await io.answer(
    { accepted },
    `accepted: ${accepted.map(({ place }) => printable(place)).join(", ")}; recorded in the audit log`,
  );
  return EXIT.done;
};

export const proveEntry: Run<typeof declared.proveEntry> = async ({ args, options, io }) => {
  await using api = await openApi(options, io);
  await io.data(JSON.stringify(await api.ask("audit.proof", { params: { seq: args.seq } })));
};

// outdial audit verify-proof: checks a proof offline.

export const verifyProofFile: Run<typeof declared.verifyProofFile> = async ({ args, options, io }) => {
  const key = options.key ?? join(await storeFolder(options, io.env), "audit.pub");
  const proof = parseJson(await readText(args.file, io, "the proof"), `${args.file}: not JSON`);
  const verdict = verifyProof(proof, await readText(key, io, "the public key"));
  await io.answer(verdict, () => {
    if (!verdict.ok) return `NOT proved: ${printable(verdict.message)}`;
    const { seq, time, actor, action, subject } = verdict.entry;
    return [
      `proved: entry ${seq} is in the log of ${grouped(verdict.size)} entries signed by ${printable(verdict.origin)}`,
      `  ${time}  ${printable(actor)}  ${printable(action)}  ${printable(subject)}`,
    ];
  });
  return verdict.ok ? EXIT.done : EXIT.failed;
};

// outdial audit pack and verify-pack: evidence as one signed file, and its check offline.

export const makePack: Run<typeof declared.makePack> = async ({ args, options, io }) => {
  const { phone, campaign, from, to, out, pdf } = options;
  if (args.number !== undefined && phone !== undefined)
    throw new OperationError("invalid_input", "name the number once: in front, or with --phone");
  const number = args.number ?? phone;
  if (out === undefined && pdf === undefined)
    throw new OperationError("invalid_input", "name a file for the pack: --out for NDJSON, --pdf for a PDF");
  if (out !== undefined && out === pdf)
    throw new OperationError("invalid_input", "NDJSON and PDF need a file each; --out and --pdf name the same one");
  await using api = await openApi(options, io);
  const asked = { body: { number, campaign, from: timeText(from), to: timeText(to) } };
  const made = new PackWritten();
  if (pdf === undefined) {
    const { bytes } = await api.file("audit.pack", { ...asked, withinMs: VERIFY_MS });
    await writeBytes(out ?? "-", made.through(bytes), io);
  } else {
    const whole = await buffer((await api.file("audit.packPdf", { ...asked, withinMs: VERIFY_MS })).bytes);
    const inside = attachedPack(whole);
    if (inside === undefined) throw new TypeError("the PDF has no pack attached");
    // One pack for both files: it was made once, and the log says so once.
    const read = made.through([inside]);
    if (out === undefined) for await (const _ of read);
    else await writeBytes(out, read, io);
    await writeBytes(pdf, [whole], io);
  }
  const { entries, size, lines } = made.report;
  const facts = Object.entries(lines).flatMap(([kind, count]) =>
    ASIDE.has(kind) ? [] : `${grouped(count)} ${WORDS[kind] ?? kind}`,
  );
  const said = [
    `${[out, pdf].filter((file) => file !== undefined && file !== "-").join(" and ")}: ${grouped(entries)} of ${grouped(size)} entries of the audit log`,
    facts.length === 0 && entries === 0 ? "nothing is known about this: the pack says so" : facts.join(", "),
  ];
  if (out === "-") io.say(said);
  else
    await io.answer(
      { ...made.report, out: out ?? null, pdf: pdf ?? null },
      said.filter((line) => line !== ""),
    );
};

/** What a pack holds, from its first line and its last two while it is written. */
class PackWritten {
  readonly #ends: string[] = [];

  async *through(bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    let rest = "";
    const decoder = new TextDecoder();
    for await (const chunk of bytes) {
      const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) {
        if (this.#ends.length > 2) this.#ends.splice(1, 1);
        this.#ends.push(line);
      }
      yield chunk;
    }
  }

  get report() {
    const [head, index, signature] = this.#ends.map((line) => packLine.parse(JSON.parse(line)));
    if (head?.kind !== "head" || index?.kind !== "index" || signature?.kind !== "signature")
      throw new OutdialError("answer_cut_off", "the pack has no signature at its end", { advice: "Make it again." });
    const { about, madeAt, log } = head;
    const { lines, entries } = index;
    return { about, madeAt, entries: entries.count, size: log.size, lines: { ...lines, signature: 1 }, sha256: signature.sha256 };
  }
}

const ASIDE = new Set(["head", "index", "signature", "skip", "entry"]);
const WORDS: Readonly<Record<string, string>> = {
  consent: "consents",
  optOut: "opt-outs",
  revocation: "revocations",
  import: "imports",
  attempt: "calls",
  decision: "decisions",
  disposition: "dispositions",
  manifest: "gates",
  settings: "versions of the dialer settings",
};

export const verifyPackFile: Run<typeof declared.verifyPackFile> = async ({ args, options, io }) => {
  const key = await readText(options.key ?? join(await storeFolder(options, io.env), "audit.pub"), io, "the public key");
  const verdict = await verdictOf(args.file, key, io.stdin);
  await io.answer(verdict, () =>
    verdict.ok
      ? holds(verdict)
      : `the pack is NOT valid${verdict.line === 0 ? "" : `, line ${verdict.line}`}: ${printable(verdict.message)}`,
  );
  return verdict.ok ? EXIT.done : EXIT.failed;
};

async function verdictOf(file: string, key: string, stdin: Parameters<typeof openInput>[1]["stdin"]): Promise<PackVerdict> {
  const input = await openInput(file, { stdin });
  if (file !== "-" && isPdf(await firstBytes(file))) return inPdf(await readFile(file), key);
  if (file !== "-") return verifyPack(input.bytes(), key);
  const bytes = await buffer(stdin);
  return isPdf(bytes) ? inPdf(bytes, key) : verifyPack(one(bytes), key);
}

async function inPdf(bytes: Uint8Array, key: string): Promise<PackVerdict> {
  const pack = packInPdf(bytes, key);
  return typeof pack === "string" ? { ok: false, line: 0, message: pack } : verifyPack(one(pack), key);
}

async function firstBytes(file: string): Promise<Uint8Array> {
  return buffer(createReadStream(file, { end: 7 }));
}

async function* one(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

function holds({ about, madeAt, madeBy, entries, size, lines, whole, empty, uncited }: PackHolds): string[] {
  const subject =
    "number" in about ? about.number : "campaign" in about ? `campaign ${about.campaign}` : `${about.from} to ${about.to}`;
  return [
    `the pack is valid: ${printable(subject)}, made ${madeAt} by ${printable(madeBy)}`,
    empty
      ? "  it says that there was no entry and no fact about this"
      : `  ${grouped(entries)} entries are in the log of ${grouped(size)} that was signed; ${grouped(lines["decision"] ?? 0)} decisions have their rules and citations`,
    ...(uncited === 0 ? [] : [`  ${grouped(uncited)} gates decided under rules whose citations the pack does not have`]),
    whole === true
      ? "  the entries are consecutive, from before the period to after it: none is left out"
      : "  the pack cannot prove that there are no other entries about it",
    "  facts (consents, calls, dispositions, settings) are as in the store: signed with the pack, but not entries of the log",
  ];
}
