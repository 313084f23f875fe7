// outdial tag.

import { command } from "../command.ts";
import { choice, file, flag, id, input, rowOptions, TENANT_AND_STORE, text, whole, words } from "../declare.ts";

export const tag = command(
  "tag",
  { ...TENANT_AND_STORE, tells: "place" },
  {
    summary: "tag calls with dispositions: validates every row, sends within the rate budget, resumes an interrupted job",
    args: [input("[file]", "CSV with a header, or NDJSON; - reads stdin (required without --call)")],
    options: [
      id("--campaign <id>", "campaign of the calls", { required: true }),
      id("--call <id>", "one call instead of a file; --code gives its disposition"),
      id("--code <id>", "disposition code (required with --call)"),
      id("--reason <id>", "with --call: reason code of the disposition"),
      text("--notes <text>", "with --call: notes"),
      words("--tags <a,b>", "with --call: tags separated by commas"),
      flag("--dry-run", "validate the whole file and stop; nothing is sent"),
      file("--out <file>", "write one NDJSON line per row with its result; - writes to stdout"),
      choice(
        "--instead <what>",
        "for a tenant that cannot set dispositions of finished calls: tag adds a tag with the code (and sets that of a call that is still active), record records the correction only here",
        ["tag", "record"],
      ),
      flag("--again", "run a file again that was run before"),
      ...rowOptions("call_id=CallID"),
      whole("--concurrency <number>", "requests under way at once", { from: 1, to: 512 }),
    ],
    notes: "Columns: call_id, disposition_code_id, reason_code_id, notes, tags (tags separated by | or ;)",
    examples: [
      "outdial tag calls.csv --campaign camp_primary_001 --dry-run",
      "outdial tag calls.csv --campaign camp_primary_001 --out results.ndjson",
      "outdial tag --call call_000001 --code DISP_001 --campaign camp_primary_001",
      "outdial tag export.csv --campaign camp_primary_001 --column call_id=CallID --column tags=Labels",
    ],
  },
);
