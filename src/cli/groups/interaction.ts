// outdial interaction.

import { command } from "../command.ts";
import { choice, file, flag, rowOptions, STORE, TENANT, TENANT_AND_STORE, text, whole } from "../declare.ts";

const POLICY = "append (default), replace or fail";
const POLICIES = async () => (await import("../../operations/index.ts")).POLICIES;
const ID = text("<id>", "interaction id");

export const showInteraction = command("show", TENANT, {
  wants: "interactions",
  summary: "the dispositions of an interaction, as the tenant has them now",
  args: [ID],
});

export const listInteractions = command("list", STORE, {
  summary: "the interactions that were corrected from this store, the latest first: when, by whom, in which job",
  options: [
    text("--interaction <id>", "only the corrections of this one"),
    whole("--limit <number>", "how many", { from: 1, to: 1000, default: 20 }),
  ],
  notes: "The tenant has no list of interactions; what one holds now: outdial interaction show ID.",
});

export const correctOne = command(
  "disposition",
  { ...TENANT_AND_STORE, tells: "place" },
  {
    wants: "interactions",
    runs: "through",
    summary: "correct the disposition of an interaction: read, merged, checked, written under a lock, read back",
    args: [ID],
    options: [
      text("--code <code>", "disposition code, such as 101", { required: true }),
      text("--agent <id>", "the agent whose disposition it is", { required: true }),
      text("--description <text>", "the code's own by default"),
      text("--timestamp <time>", "ISO 8601 with an offset; the present by default"),
      choice("--policy <policy>", POLICY, POLICIES),
      text("--etag <tag>", "write only upon this version, as interaction show tells it"),
      flag("--dry-run", "show what would be written; nothing is sent"),
    ],
    notes:
      "Policies:\n  append   others' entries are kept\n  replace  the new entry stands alone\n  fail     as append, but ends at the first change by another writer",
    examples: ["outdial interaction disposition a1b2c3d4-e5f6-7890-abcd-ef1234567890 --code 101 --agent agent_xyz_123"],
  },
);

export const correctMany = command(
  "dispositions",
  { ...TENANT_AND_STORE, tells: "place" },
  {
    wants: "interactions",
    runs: "through",
    summary: "correct many: every row checked before the first is sent, resumed where it was interrupted",
    args: [file("<file>", "CSV with a header, or NDJSON; - reads stdin")],
    options: [
      choice("--policy <policy>", `for rows that name none: ${POLICY}`, POLICIES),
      flag("--dry-run", "check the whole file and stop; nothing is sent"),
      file("--out <file>", "write one NDJSON line per row with its result, before and after; - writes to stdout"),
      flag("--again", "run a file that was run before once more"),
      ...rowOptions("agent_id=Agent"),
      whole("--concurrency <number>", "interactions under way at once", { from: 1, to: 128 }),
    ],
    notes: "Columns: interaction_id, code, description, agent_id, timestamp, policy, etag (the version that must stand there)",
    examples: [
      "outdial interaction dispositions corrections.csv --dry-run",
      "outdial interaction dispositions corrections.csv --out results.ndjson",
    ],
  },
);
