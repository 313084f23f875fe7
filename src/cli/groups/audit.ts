// outdial audit.

import { command } from "../command.ts";
import { file, flag, id, instant, NOTHING, phones, STORE, text, whole } from "../declare.ts";

export const listAudit = command("list", STORE, {
  summary: "entries, oldest first",
  options: [
    id("--subject <id>", "only entries about this call"),
    id("--job <id>", "only entries of this job"),
    whole("--after <seq>", "only entries after this number"),
    whole("--limit <number>", "how many", { from: 1, to: 100_000, default: 50 }),
  ],
});

export const verifyAudit = command("verify", STORE, {
  summary: "recompute the whole log and its signatures; names the first entry that was edited, removed or reordered",
  options: [flag("--new", "read only entries that no earlier verification has read; says which were not read now")],
  notes:
    "A verification that found nothing is an entry of the log. --new goes on behind the newest of them: a change of what an older entry says is found\n" +
    "only without --new.\n" +
    "The log is compared with its heads outside the store (audit.heads in outdial.yaml). When no head can be compared, the result is not\n" +
    "verified: a database that was set back to an older state would look the same.\n" +
    "Exit code 0 when verified, 1 when not intact, 4 when consistent in itself but not compared.",
});

export const acceptHead = command("accept-head", STORE, {
  alone: "whoever accepts a database that was set back has to be at the machine that has it",
  summary: "accept a database that was set back to an older state, although heads outside the store do not fit",
  options: [text("--reason <text>", "why; recorded in the audit log", { required: true })],
  notes:
    "Until then nothing new is started on such a database. The heads that do not fit are kept as evidence, and the audit log names them.\n" +
    "Before anything dials, import the opt-outs of the time that is missing.",
  examples: ['outdial audit accept-head --reason "restored from the backup of 03:00 after the disk failed"'],
});

export const proveEntry = command("proof", STORE, {
  summary: "prove that an entry is in the log: one JSON object that anyone with audit.pub can check",
  args: [whole("<seq>", "number of the entry")],
  notes:
    "The proof holds the whole entry: what it says of a person is not masked, or it would prove nothing. Through a service it needs a token of\n" +
    "the role operator for this reason, and is itself in the audit log.",
  examples: ["outdial audit proof 41 > entry-41.json"],
});

export const verifyProofFile = command("verify-proof", NOTHING, {
  summary: "check a proof with only the public key; needs neither store nor network",
  args: [file("<file>", "a proof; - reads stdin")],
  options: [file("--key <file>", "the log's public key (default: audit.pub in the working folder)")],
  examples: ["outdial audit verify-proof entry-41.json --key audit.pub"],
});

export const makePack = command("pack", STORE, {
  summary: "everything about a number, a campaign or a period with its proofs, as one signed file",
  args: [phones("[number]", "about this telephone number (this, --campaign or --from is required)")],
  options: [
    phones("--phone <number>", "the same as the number in front"),
    id("--campaign <id>", "about this campaign"),
    instant("--from <time>", "about a period: its beginning"),
    instant("--to <time>", "… and its end, exclusive"),
    file(
      "--out <file>",
      "the pack as NDJSON: a line for each consent, opt-out, call, decision, entry; - writes to stdout (required without --pdf)",
    ),
    file("--pdf <file>", "the pack for people: a PDF with the NDJSON attached, also signed"),
  ],
  notes:
    "The files contain telephone numbers in full. The audit log records that a pack was made, by whom and about what.\n" +
    "When nothing is known about a number, its pack says so.",
  examples: [
    "outdial audit pack +12125550123 --out case.ndjson --pdf case.pdf",
    "outdial audit pack --from 2026-06-01 --to 2026-07-01 --out june.ndjson",
  ],
});

export const verifyPackFile = command("verify-pack", NOTHING, {
  summary: "check an evidence pack with only the public key; needs neither store nor network",
  args: [file("<file>", "a pack: the NDJSON, or the PDF; - reads stdin")],
  options: [file("--key <file>", "the log's public key (default: audit.pub in the working folder)")],
  notes:
    "It checks the signature, every entry against the signed root of the log, that every broken rule has its citation, that the pack contains what its\n" +
    "index names, and for a period that no entry of the log is left out. Exit code 0 when everything is right, 1 otherwise.",
  examples: ["outdial audit verify-pack case.pdf --key audit.pub"],
});
