// outdial consent, dnc and attempts: the facts about people's numbers.

import { command } from "../command.ts";
import { choice, file, flag, id, input, moment, parsed, phones, rowOptions, STORE, text, value, whole } from "../declare.ts";

/** The file argument of all imports. */
const FILE = input("<file>", "CSV with a header, or NDJSON; - reads stdin");
const IMPORTED = [
  flag("--accept", "put the file in force although many lines were refused; a registry also when it is much smaller than before"),
  ...rowOptions("number=Phone"),
  file("--refused <file>", "write the refused lines here as NDJSON instead of to stderr; - writes to stdout"),
] as const;
const notesOf = (columns: string) =>
  `Columns: ${columns}\nExit code 4 when a line was refused; the other lines are imported. When more than half\n` +
  "of the lines are refused, or more than ten of them and one in ten, the file is not put in force (exit code 2) without --accept.";

/** A number as given by a person. */
const NUMBERS = phones("<number>", "E.164, or as the person wrote it: when it may be several numbers, each counts");
const ASKED = [
  moment("--at <time>", "when the person asked; now by default", "past"),
  text("--reference <text>", "where this can be looked up: a call, a ticket, a message"),
] as const;

export const importConsent = command("import", STORE, {
  summary: "add consent records; a line with revoked_at is a revocation as well",
  args: [FILE],
  options: IMPORTED,
  notes: notesOf("number, level (none, express, written), given_at, basis, wording, source, evidence, revoked_at, channel"),
});

export const importRelationships = command("relationships", STORE, {
  summary: "add established business relationships",
  args: [FILE],
  options: IMPORTED,
  notes: notesOf("number, kind (transaction, inquiry), date"),
});

export const importDisconnections = command("disconnections", STORE, {
  summary: "add answers of the Reassigned Numbers Database: when it was asked, and permanent disconnections",
  args: [FILE],
  options: IMPORTED,
  notes: notesOf("number, disconnected_on, queried_on (one of the two dates is enough)"),
});

export const importLines = command("lines", STORE, {
  summary: "add line types: mobile, landline or voip; the latest date counts",
  args: [FILE],
  options: IMPORTED,
  notes: notesOf("number, line_type (mobile, landline, voip), date"),
});

export const revokeConsent = command("revoke", STORE, {
  summary: "record that somebody revoked consent: suppresses the number at once and starts the revocation clock for every system",
  args: [NUMBERS],
  options: [text("--channel <channel>", "how: call, sms, e-mail, letter, web, …", { required: true }), ...ASKED],
});

/** What is said of a registry file. */
const REGISTRY = [
  value("--as-of <date>", "date of the registry file, YYYY-MM-DD", async (written, label, { clock }) =>
    parsed(label, (await import("../late.ts")).civilDate(written, clock.now())),
  ),
  id("--registry <list>", "which list, of those that a rule asks for: a country such as US, or a state such as US-IN", {
    default: "US",
  }),
  text(
    "--covers <what>",
    "what the registry file covers: all, or area codes and states such as 212,813,NY; by default the area codes of its numbers",
  ),
  value(
    "--changes-since <date>",
    "the file is a list of changes (A, D) to the version of this date",
    async (written, label, { clock }) => parsed(label, (await import("../late.ts")).civilDate(written, clock.now())),
  ),
] as const;
const COVERED = `A registry file takes the place of the one before only for the area codes that it covers. Numbers in area codes that no file covers are not called
(DNC_NOT_COVERED); a file of a whole list needs --covers all. A list of changes is applied when what is in force is of --changes-since or newer.`;

export const importDnc = command("import", STORE, {
  summary:
    "add numbers to the company's list, or put a file of a national registry or a state's list in force; a file of bare numbers is enough",
  args: [FILE],
  options: [
    choice("--list <list>", "internal or national", ["internal", "national"], { default: "internal" }),
    ...REGISTRY,
    ...IMPORTED,
  ],
  notes: `${notesOf("number, at, code, reference; for --list national: number, area_code, and action, date of a list of changes")}
${COVERED}`,
});

export const declareEmpty = command("declare-empty", STORE, {
  summary:
    "declare that the company has no do-not-call list besides the entries of this store; before this or an import, gates let nobody be dialed",
  options: [
    text("--name <person>", "name of the person who declares it", { required: true }),
    text("--reason <text>", "why there is no list", { required: true }),
  ],
  notes: "If there is a list, load it with dnc import. Later opt-outs are recorded in any case.",
  examples: ['outdial dnc declare-empty --name "Ann Lee" --reason "first campaign of a new company"'],
});

export const addDnc = command("add", STORE, {
  summary: "put a number on the company's list",
  args: [NUMBERS],
  options: [text("--reason <text>", "what the person said or wrote", { required: true }), ...ASKED],
});

export const liftDnc = command("lift", STORE, {
  summary: "take a number off the company's list; the audit log keeps the reason and the person for ever",
  args: [NUMBERS],
  options: [
    text("--reason <text>", "why it may be called again", { required: true }),
    flag("--mistake", "it never was an opt-out: the revocation of consent that came with it does not count either"),
  ],
});

export const showDnc = command(
  "show",
  { ...STORE, tells: "itself" },
  {
    summary: "whether a number is suppressed, since when and why; every entry and every lift",
    args: [NUMBERS],
  },
);

export const listRegistries = command("registries", STORE, {
  summary: "the registries that are loaded: which area codes their files cover, and as of which date",
});

export const pendingDnc = command("pending", STORE, {
  summary: "opt-outs of which only the call is known: they take effect when the attempt of that call is imported",
  options: [
    whole("--limit <n>", "how many at most; those that have waited longest come first", { from: 1, to: 100_000, default: 1000 }),
  ],
});

export const importAttempts = command("import", STORE, {
  summary: "add placed calls, and inbound calls that were conversations",
  args: [FILE],
  options: IMPORTED,
  notes: notesOf(
    "number, at, kind (attempt, conversation, inbound-conversation, abandoned), subject, campaign, call_id,\n" +
      "  answered_by (person, machine), connect_seconds (greeting to agent), hangup_seconds",
  ),
});

export const importFile = command("import", STORE, {
  summary: "add a file of facts of any kind",
  args: [FILE],
  options: [
    choice(
      "--kind <kind>",
      "consent, relationships, disconnections, lines, attempts, dnc (the company's list) or registry",
      ["consent", "relationships", "disconnections", "lines", "attempts", "dnc", "registry"],
      { required: true },
    ),
    ...REGISTRY,
    ...IMPORTED,
  ],
  notes: `The same as consent import, consent relationships, consent disconnections, consent lines, attempts import, and dnc import without and with
--list national: their help names the columns of each kind. ${COVERED}`,
  examples: ["outdial facts import numbers.csv --kind dnc"],
});
