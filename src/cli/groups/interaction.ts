// outdial interaction.

import { command } from "../command.ts";
import { choice, file, flag, id, input, rowOptions, STORE, TENANT, TENANT_AND_STORE, text, whole } from "../declare.ts";

const POLICY = "append (default), replace or fail";
const POLICIES = async () => (await import("../late.ts")).POLICIES;
const ID = id("<id>", "interaction id");

export const showInteraction = command("show", TENANT, {
  summary: "the dispositions that the tenant has now for an interaction",
  args: [ID],
});

export const listInteractions = command("list", STORE, {
  summary: "the interactions that were corrected with this store, the latest first: when, by whom, in which job",
  options: [
    id("--interaction <id>", "only corrections of this interaction"),
    whole("--limit <number>", "how many", { from: 1, to: 1000, default: 20 }),
  ],
  notes: "The tenant has no list of interactions. For the present dispositions of one: outdial interaction show ID.",
});

export const correctOne = command(
  "disposition",
  { ...TENANT_AND_STORE, tells: "place" },
  {
    wants: "interactions",
    summary: "correct the disposition of an interaction: read, merge, check, write under a lock, read back",
    args: [ID],
    options: [
      text("--code <code>", "disposition code, such as 101", { required: true }),
      id("--agent <id>", "the agent of the disposition", { required: true }),
      text("--description <text>", "description; by default that of the code"),
      text("--timestamp <time>", "ISO 8601 with an offset; now by default"),
      choice("--policy <policy>", POLICY, POLICIES),
      text("--etag <tag>", "write only when the interaction has this version, which interaction show prints"),
      flag("--dry-run", "show what would be written; nothing is sent"),
    ],
    notes:
      "Policies:\n  append   others' entries are kept\n  replace  only the new entry is kept\n  fail     as append, but ends at the first change by another writer",
    examples: ["outdial interaction disposition a1b2c3d4-e5f6-7890-abcd-ef1234567890 --code 101 --agent agent_xyz_123"],
  },
);

export const correctMany = command(
  "dispositions",
  { ...TENANT_AND_STORE, tells: "place" },
  {
    wants: "interactions",
    summary: "correct many: all rows are checked before the first is sent; an interrupted job is resumed",
    args: [input("<file>", "CSV with a header, or NDJSON; - reads stdin")],
    options: [
      choice("--policy <policy>", `for rows without a policy: ${POLICY}`, POLICIES),
      flag("--dry-run", "check the whole file and stop; nothing is sent"),
      file("--out <file>", "write one NDJSON line per row with its result, before and after; - writes to stdout"),
      flag("--again", "run a file again that was run before"),
      ...rowOptions("agent_id=Agent"),
      whole("--concurrency <number>", "interactions under way at once", { from: 1, to: 128 }),
    ],
    notes:
      "Columns: interaction_id, code, description, agent_id, timestamp, policy, etag (the version that the interaction must have)",
    examples: [
      "outdial interaction dispositions corrections.csv --dry-run",
      "outdial interaction dispositions corrections.csv --out results.ndjson",
    ],
  },
);
