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
