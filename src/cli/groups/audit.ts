// outdial audit.

import { command } from "../command.ts";
import { file, NOTHING, STORE, text, whole } from "../declare.ts";

export const listAudit = command("list", STORE, {
  summary: "entries, oldest first",
  options: [
    text("--subject <id>", "only entries about this call"),
    text("--job <id>", "only entries of this job"),
    whole("--after <seq>", "only entries after this number"),
    whole("--limit <number>", "how many", { from: 1, to: 100_000, default: 50 }),
  ],
});

export const verifyAudit = command("verify", STORE, {
  summary: "recompute the whole log and its signatures; names the first entry that was edited, removed or reordered",
  notes:
    "The log is compared with its heads outside the store (audit.heads in outdial.yaml). Without one that can be compared it is not called\n" +
    "verified: a database that was set back to an older state would look the same.\n" +
    "Exit code 0 when verified, 1 when not intact, 4 when whole in itself but not compared.",
});

export const acceptHead = command("accept-head", STORE, {
  summary: "let a database count that was set back to an older state, although heads outside the store know better",
  options: [text("--reason <text>", "why; the audit keeps it", { required: true })],
  notes:
    "Nothing new is begun on such a database until then. The heads that do not fit are set aside as evidence, and the audit names them.\n" +
    "First import the opt-outs of the time that is lost, before anything dials.",
  examples: ['outdial audit accept-head --reason "restored from the backup of 03:00 after the disk failed"'],
});

export const proveEntry = command("proof", STORE, {
  summary: "prove that an entry is in the log: one JSON object that anyone with audit.pub can check",
  args: [whole("<seq>", "number of the entry")],

  examples: ["outdial audit proof 41 > entry-41.json"],
});

export const verifyProofFile = command("verify-proof", NOTHING, {
  summary: "check a proof with nothing but the public key; needs neither store nor network",
  args: [file("<file>", "a proof; - reads stdin")],
  options: [file("--key <file>", "the log's public key (default: audit.pub in the working folder)")],
  examples: ["outdial audit verify-proof entry-41.json --key audit.pub"],
});
