// outdial compliance: who may be called, by rules (check, explain, pack) and by facts (gate, manifests, revocations,
// abandonment). Of the first group only explain opens a store, when there is one.

import { command } from "../command.ts";
import {
  choice,
  file,
  flag,
  id,
  input,
  instant,
  many,
  moment,
  NOTHING,
  pack,
  phone,
  rowOptions,
  SHIPPED_PACK,
  STORE,
  text,
  whole,
} from "../declare.ts";
import { CALL_TYPE, CAMPAIGN_RULES, callTypes, PACK } from "./shared.ts";

const SUBJECT = text("--subject <text>", "campaign subject or debt, for caps that count by it");
const LIMIT = { from: 1, to: 100_000 } as const;

export const check = command("check", NOTHING, {
  summary: "decide about calls: one decision a line, in order, with every broken rule and the next allowed instant",
  args: [input("[file]", "NDJSON, one question a line; - or nothing reads stdin", { default: "-" })],
  options: [
    PACK,
    CAMPAIGN_RULES,
    instant("--at <time>", "the instant of the call, for lines without one"),
    flag("--record", "write the question with each decision, for pack replay"),
  ],
  notes:
    "It decides on the facts in each line and does not read the store (compliance gate does).\n" +
    "A line is a question, or an object that has one as input: {number, callType, at, postal?, subject?, attempts?, consent?, ebr?, dnc?, scrubbedOn?, registryFiles?, lineType?, rndQueriedOn?, rndDisconnectedOn?, guaranteedAgent?, optOutsCount?, id?}\n" +
    "A denial is not an error. Exit code 4 when a line could not be read; its error is written instead of a decision.",
  examples: [
    'echo \'{"number":"+12125550123","callType":"telemarketing","at":"2026-06-16T03:00:00Z"}\' | outdial compliance check',
    "outdial compliance check questions.ndjson --pack rules.json > decisions.ndjson",
  ],
});

export const explain = command(
  "explain",
  { ...STORE, tells: "itself" },
  {
    summary: "one decision for a person to read, with a chart of when each rule allows the call in the next 48 hours",
    args: [text("<number>", "telephone number with its country code")],
    options: [
      instant("--at <time>", "the instant of the call, such as 2026-06-16T15:00:00Z; now by default"),
      text("--postal <code>", "US ZIP or Canadian postal code of the person"),
      choice("--call-type <type>", "telemarketing (the default), prerecorded or collection", callTypes),
      SUBJECT,
      file(
        "--facts <file>",
        "facts instead of those in the store: a line of check, or part of one; what it says of the call must agree with the arguments",
      ),
      PACK,
      CAMPAIGN_RULES,
      flag("--ascii", "draw with plain characters"),
      flag("--check", "for a script: exit code 3 unless the call is allowed on facts about the person"),
    ],
    notes:
      "The first line says which facts were used. Without a store and without --facts, the answer is about place and time only.\n" +
      "Through a service the number is shown masked.",
  },
);

export const showPack = command("show", NOTHING, {
  summary: "the rules of a pack with their sources; with --json the pack itself",
  args: [pack("[pack]", `file, or ${SHIPPED_PACK} for the shipped one`, { default: SHIPPED_PACK })],
  options: [id("--jurisdiction <id>", "only rules of this jurisdiction, such as US-FL")],
});

export const validatePack = command("validate", NOTHING, {
  summary: "check a pack: every fault with its path; exit code 2 when there is one",
  args: [pack("<pack>", "file, JSON or YAML")],
});

export const diffPack = command("diff", NOTHING, {
  summary: "the differences between two packs, field by field or in sentences",
  args: [pack("<before>", `file, or ${SHIPPED_PACK}`), pack("<after>", `file, or ${SHIPPED_PACK}`)],
  options: [flag("--words", "a sentence for each change, for a person who decides about it")],
});

const SINCE = instant("--since <time>", "leave out earlier calls and decisions; with --calls the last 30 days by default");

export const stalePack = command("stale", NOTHING, {
  summary: "the rules that were last looked up too long ago, and the calendars that end soon",
  args: [pack("[pack]", `file, or ${SHIPPED_PACK} for the shipped one`, { default: SHIPPED_PACK })],
  options: [
    whole("--days <n>", "how long ago is too long", { from: 0, to: 36_500, default: 180 }),
    instant("--at <time>", "the moment to count from; now by default"),
    flag("--texts", "list the rules as well whose law nobody has read, only summaries, tables or nothing"),
  ],
  notes:
    "Exit code 3 when anything is listed. Each rule has the date on which its source was last read; policies have no source.",
});

export const signPack = command("sign", STORE, {
  alone: "it signs with the key of the audit log, which does not leave its machine",
  summary: "sign a rule pack with the key of the audit log and write the signed file",
  args: [input("<pack>", "file, JSON or YAML")],
  options: [file("--out <file>", "the signed file", { required: true })],
});

export const fetchPack = command("fetch", STORE, {
  alone: "the pack that it checks becomes a file of this machine",
  summary: "fetch a signed rule pack, check it, show in sentences and by replay what it would change, and write it to a file",
  args: [text("<from>", "URL or file of the signed pack")],
  options: [
    file("--key <file>", "the public key of the signer (their audit.pub)", { required: true }),
    file("--out <file>", "write the checked pack here"),
    pack("--against <file>", "the pack to compare with (default: the one in force here)"),
    many(file("--replay <files...>", "recorded decisions to decide again with it")),
    instant("--since <time>", "only later calls and recorded decisions; the last 30 days by default"),
    CALL_TYPE,
    flag("--signed", "with --out: keep the signature, as compliance.packKey requires"),
  ],
  notes:
    "When there is a store, the calls placed since then are decided again under both packs, each at its own instant.\n" +
    "Nothing takes effect yet: the written file is used when compliance.pack in outdial.yaml, or --pack, names it.\n" +
    "A file that is not signed with the key, was changed or has a fault is refused with exit code 2, and nothing is written.",
});

export const replayPack = command("replay", STORE, {
  summary: "decide recorded decisions, or placed calls, again with another pack; writes those that change",
  args: [many(input("[decisions...]", "files that check --record and gate --record wrote; - or nothing reads stdin"))],
  options: [
    pack("--pack <file>", "the other pack", { required: true }),
    CAMPAIGN_RULES,
    SINCE,
    flag(
      "--calls",
      "instead of recorded decisions: the calls of the store that were placed in the last 30 days, each at its own instant",
    ),
    pack("--against <file>", "with --calls: the pack to compare with (default: the one in force here)"),
    CALL_TYPE,
  ],
  notes:
    "The call type of a placed call is that of its campaign's newest gate; --call-type is for campaigns without one.\n" +
    "Consents, opt-outs and attempts count as they were at the call; registry files, line types and answers about reassigned numbers as they are today.",
});

export const gate = command(
  "gate",
  { ...STORE, tells: "lists" },
  {
    summary: "decide about every contact: dial now, later and when, or never and why; signs a manifest of the decisions",
    args: [input("<contacts>", "contact list: CSV with a header, bare numbers, or NDJSON; - reads stdin")],
    options: [
      flag("--check", "for a script: exit code 3 when nobody may be called now"),
      id("--campaign <id>", "campaign for which the contacts are", { required: true }),
      CALL_TYPE,
      SUBJECT,
      moment("--at <time>", "the moment, such as 2026-06-16T15:00:00Z; now by default"),
      PACK,
      CAMPAIGN_RULES,
      file("--out <file>", "write one NDJSON line per contact; - writes to stdout"),
      flag("--reasons", "with --out: the reasons in words, and for contacts that may be dialed what was weighed"),
      file("--manifest <file>", "write the signed manifest"),
      file("--record <file>", "write each decision with its facts, for pack replay; - writes to stdout"),
      ...rowOptions("number=Phone"),
    ],
    notes:
      "Columns: number, id, postal, may_call (the vendor's consent flag), guaranteed_agent, other_numbers (further ones of the person: calls to them count); the vendor's names are accepted too.\n" +
      "Exit code 4 when a line could not be read; such a line is never called. A number that occurs twice is decided once.",
    examples: [
      "outdial compliance gate contacts.csv --campaign camp_primary_001 --out verdicts.ndjson --manifest gate.json",
      "outdial compliance verify-manifest gate.json --decisions verdicts.ndjson",
    ],
  },
);

export const manifests = command("manifests", STORE, {
  summary: "the manifests of gates, the newest first",
  args: [id("[id]", "print this signed manifest, as verify-manifest reads it")],
  options: [
    id("--campaign <id>", "only those of this campaign"),
    whole("--limit <n>", "at most so many", { ...LIMIT, default: 20 }),
  ],
});

export const imports = command("imports", STORE, {
  summary: "imports of facts, the newest first: done, under way, or broken off, with the part that is in force",
  options: [
    flag("--broken-off", "only those that broke off and were not completed by another import"),
    whole("--limit <n>", "at most so many", { ...LIMIT, default: 20 }),
  ],
  notes: "When the import of a file broke off, import the same file again: the part that is in force stays, the rest is added.",
});

export const verifyGate = command("verify-manifest", NOTHING, {
  summary: "check a manifest's signature offline, and that a file of decisions belongs to it",
  args: [file("<file>", "manifest of a gate")],
  options: [
    file("--key <file>", "the public key (default: audit.pub in the store's folder)"),
    file("--decisions <file>", "what the gate wrote with --out"),
    file("--record <file>", "what the gate wrote with --record"),
  ],
});

export const revocations = command("revocations", STORE, {
  summary: "revocations: deadline, targets, and which systems have carried them out; overdue first",
  options: [
    flag("--open", "only those that some system has not acknowledged"),
    phone("--number <number>", "only for this number"),
    whole("--limit <number>", "how many", { ...LIMIT, default: 1000 }),
    PACK,
  ],
  notes: "Exit code 3 when one of them is overdue.",
});

export const acknowledge = command("acknowledge", STORE, {
  summary: "record that a system has carried revocations out",
  args: [many(whole("<revocation...>", "numbers of revocations, from the list", { from: 1, label: "revocation" }))],
  options: [
    text("--system <name>", "which system, as in outdial.yaml", { required: true }),
    moment("--at <time>", "when it was carried out; now by default", "past"),
    text("--evidence <text>", "proof of it: a job, a receipt"),
  ],
});

export const abandonment = command("abandonment", STORE, {
  summary: "abandoned calls and the limit: rate, today's allowance, when the budget runs out, which rate keeps the limit",
  options: [
    id("--campaign <id>", "campaign", { required: true }),
    text("--country <code>", "only the limits of this country, such as US"),
    moment("--at <time>", "the moment; now by default. Of another time only imported calls are known"),
    PACK,
  ],
});
