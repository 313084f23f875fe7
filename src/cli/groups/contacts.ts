// outdial contacts: the vendor's contact lists.

import { command } from "../command.ts";
import { choice, file, flag, id, many, moment, TENANT_AND_STORE, text } from "../declare.ts";
import { CALL_TYPE, PACK } from "./shared.ts";

export const segment = command(
  "segment",
  { ...TENANT_AND_STORE, tells: "lists" },
  {
    summary: "read a whole list, check every contact again, pass it through the gate, write who may be called now",
    args: [id("<list>", "id of a contact list")],
    options: [
      text("--query <query>", "sent to the tenant and also evaluated here", { default: "consentFlags.outbound.call==true" }),
      many(text("--where <query>", "evaluated here only; may be given several times, all must match")),
      id("--campaign <id>", "the campaign for which it is: its own rules at the tenant and its caps apply"),
      CALL_TYPE,
      moment("--at <time>", "the moment, such as 2026-06-16T15:00:00Z; now by default"),
      PACK,
      file("--out <file>", "write the contacts that may be called now; - writes to stdout"),
      choice("--format <format>", "format of --out: ndjson or csv; by default from the file's name, else ndjson", [
        "ndjson",
        "csv",
      ]),
      file("--decisions <file>", "write one NDJSON line per contact: dial, later and when, never, and why"),
      file("--manifest <file>", "write the signed manifest"),
      flag("--no-limits", "lift the request limits (only where the tenant allows it)"),
    ],
    notes:
      "Queries: attribute.path==value or !=, joined by &&, or true for all. A contact without the consent flag is never written, whatever the query.\n" +
      "When the tenant finds nobody, all contacts are read and checked here, and the command says so.\n" +
      "A file is written completely or not at all. Exit code 3 when nobody may be called now, 4 when an entry cannot be used or the list changed meanwhile.",
    examples: [
      "outdial contacts segment list_12345 --campaign camp_primary_001 --where 'attributes.segment==gold' --out callable.csv",
    ],
    interrupted: "interrupted: there is no manifest, so nobody of this list may be dialed",
  },
);
