// outdial campaign: campaigns as code, and their state.

import { command } from "../command.ts";
import {
  file,
  flag,
  id,
  input,
  many,
  pack,
  STORE,
  span,
  TENANT_AND_STORE,
  text,
  value,
  whole,
  wholeNumber,
  wrong,
} from "../declare.ts";

/** Contacts of a list are read in pages of this size. */
const PAGE = 100;
const MOST_CONTACTS = 10_000_000;

const FILES = input("[path]", "campaign file, or a folder of them, YAML or JSON; campaigns by default");
const PACK = pack("--pack <file>", "rule pack; by default the configuration's, else the shipped one");
/** Converted to pages. */
const CONTACTS = value(
  "--contacts <number>",
  "contacts of each list whose places are looked at, or all",
  (written, label) => Math.ceil((written === "all" ? MOST_CONTACTS : wholeNumber(label, written, 1, MOST_CONTACTS)) / PAGE),
  { default: 1000 },
);
const REASON = text("--reason <text>", "why, for the audit");

export const plan = command("plan", TENANT_AND_STORE, {
  summary: "what apply would create and change, field by field, what it reaches and what forbids it; changes nothing",
  args: [FILES],
  options: [
    file("--out <file>", "write the plan to a file that apply takes"),
    flag("--activate", "plan to activate as well"),
    PACK,
    CONTACTS,
  ],
  notes:
    "Ends with 0 when the plan can be applied, 3 when it breaks a rule.\n" +
    "Through a service (OUTDIAL_URL) the files are sent to it; --pack is refused: it has its own rules.",
});

export const apply = command(
  "apply",
  { ...TENANT_AND_STORE, tells: "lists" },
  {
    summary: "execute exactly the plan that was shown, read back every field; new campaigns stay paused",
    args: [input("[path]", "campaign file or folder, or a plan that plan --out wrote; campaigns by default")],
    options: [
      flag("--activate", "activate the campaigns that no file wants paused, each past the pre-dial gate"),
      value("--plan <hash>", "the plan that is agreed to; at least the first eight characters of its hash", (written, label) => {
        const hash = written.toLowerCase();
        if (/^[0-9a-f]{8,64}$/.test(hash)) return hash;
        throw wrong(`${label} ${written} is no hash of a plan: 8 to 64 hexadecimal digits, as outdial campaign plan shows it`);
      }),
      PACK,
      CONTACTS,
    ],
    notes:
      "Without a terminal, --yes needs a plan that was shown: a plan's file, or --plan HASH. Ends with 0 when everything is applied, 3 when a\nrule forbids it or the tenant has moved since the plan, 4 when some of it is applied.",
    examples: [
      "outdial campaign apply campaigns",
      "outdial campaign plan campaigns --out plan.json && outdial campaign apply plan.json --yes",
      "outdial campaign apply --plan 3f9c1a7e --yes",
    ],
  },
);

export const resumeApply = command(
  "resume-apply",
  { ...TENANT_AND_STORE, tells: "lists" },
  {
    summary: "go on with an apply that was interrupted, or watch the process that does",
  },
);

export const exportAll = command("export", TENANT_AND_STORE, {
  summary: "write a campaign file for each campaign; a plan of them changes nothing",
  args: [many(id("[ids...]", "campaigns; all of the tenant's by default"))],
  options: [file("--out <folder>", "where to; stdout by default"), flag("--force", "overwrite files that say something else")],
});

export const drift = command("drift", TENANT_AND_STORE, {
  summary: "whether tenant and files differ, and where",
  args: [FILES],
  options: [flag("--unmanaged", "campaigns that no file describes are a difference, too")],
  notes: "Ends with 0 when nothing differs, 3 when something does. Campaigns that no file describes are named.",
});

export const status = command("status", TENANT_AND_STORE, {
  summary: "what a campaign does, how well, and why it is not dialing",
  args: [id("[id]", "a campaign; all of them by default")],
  options: [
    flag("--check", "end with 3 when one dials that must not, and with 4 when that is not known"),
    flag("--watch", "again and again, until interrupted"),
    span("--every <span>", "with --watch: how often", {
      default: "10s",
      from: 1000,
      wrong: "is no span of a second or more; give one such as 10s or 1m",
    }),
    whole("--window <minutes>", "what the figures are measured over (default: 30)", { from: 1, to: 10_080 }),
    whole("--contacts <number>", "how many contacts of the list are looked at (default: 1000; 100 of each for all campaigns)", {
      from: 1,
      to: MOST_CONTACTS,
    }),
  ],
  notes:
    "Exit code 0 whether it dials or not; 4, 5 or 6 when the tenant did not tell everything. With --check 3 when one dials that must not, for example outside hours.\n" +
    "Through a service (OUTDIAL_URL) a campaign that is named is read first; all of them are shown as the service last read them.",
});

export const agents = command("agents", TENANT_AND_STORE, {
  wants: "agents",
  summary: "who is assigned to a campaign and who is signed in on it, with names, teams and states (profile acd)",
  args: [id("<id>", "campaign (required)")],
});

const CALLS_END = {
  default: "2m",
  from: 0,
  wrong: "is no span of time; give one such as 30s or 2m",
} as const;
const UNTIL_PAUSED = [
  span("--timeout <span>", "how long to wait for calls under way, such as 30s; 0s does not wait", CALLS_END),
  span("--for <span>", "how long to keep trying what is not paused, such as 5m; 0s tries each once", {
    ...CALLS_END,
    default: "30m",
  }),
  REASON,
];

/** Under its group, and in the first place of the help. */
export const stop = command("stop", TENANT_AND_STORE, {
  summary: "stop dialing at once: every campaign of the tenant with --all, or the named ones; needs neither database nor service",
  args: [many(id("[campaign...]", "campaigns (required without --all)"))],
  options: [flag("--all", "every campaign of the tenant, also those that its list does not show"), ...UNTIL_PAUSED],
  notes:
    "Everything that anything says may dial is paused: the tenant's list, what is known from before, what was last seen or set active. Whatever the\n" +
    "tenant answers, it goes on until each pause is confirmed or the time of --for is over. Starts that were asked for before it are called off.\n" +
    "On a terminal it asks once, unless --yes is given. Without a database that answers, it is noted in the working folder for the audit.\n" +
    "Exit code 0 when every campaign is confirmed paused, by a look at it after the stop was given; 4 when one is not, or the tenant's list is not whole.",
  examples: ["outdial stop --all --reason 'complaints'", "outdial stop camp_primary_001"],
  interrupted: "interrupted: what was sent before may be in force; run it again",
});

export const pause = command("pause", TENANT_AND_STORE, {
  summary: "pause campaigns and wait until no call is under way; with --all the same as outdial stop --all",
  args: [many(id("[id...]", "campaigns (required without --all)"))],
  options: [flag("--all", "every campaign of the tenant, at once: outdial stop --all"), ...UNTIL_PAUSED],
  notes:
    "A campaign that is paused already is a success. A repetition after a lost reply sends the same idempotency key.\n" +
    "Without a database that answers, the pause is sent all the same and noted in the working folder for the audit.\n" +
    "Exit code 0 when every pause is confirmed (the tenant shows it paused and no call under way), 4 when one is not or failed.",
  examples: ["outdial campaign pause camp_primary_001 --reason 'complaints'"],
  interrupted: "interrupted: what was sent before may be in force; run it again",
});

export const stops = command("stops", STORE, {
  summary: "stops that were given: what is confirmed paused, what is not and why",
  args: [id("[id]", "a stop; the latest ones by default")],
  notes:
    "A stop that was given to the service, or that a killed outdial stop left in this folder, is carried on by any service on the database.\n" +
    "Exit code with an id: 0 when every campaign is confirmed paused, 4 when one is not, or the list of campaigns is not whole.",
});

export const story = command("story", STORE, {
  summary: "what a campaign went through: hand-overs, guarded changes of settings and stops, step by step, with what was known",
  args: [id("<campaign>", "campaign id")],
  examples: ["outdial campaign story camp_primary_001", "outdial campaign story camp_primary_001 --json"],
});

export const resume = command(
  "resume",
  { ...TENANT_AND_STORE, tells: "lists" },
  {
    summary: "let a campaign dial again, when the pre-dial gate allows it",
    args: [id("<id>", "campaign")],
    options: [REASON, flag("--check", "ask the gate and change nothing")],
    notes:
      "The gate judges contacts of the campaign's list under the law and the campaign's own rules: it refuses (exit code 3) when nobody may be\n" +
      "called now, when a do-not-call registry file is missing or too old, or when the abandonment budget is used up.",
    interrupted: "interrupted: what was sent before may be in force; run it again",
  },
);
