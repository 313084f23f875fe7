// What outdial keeps, each table, folder and file: for how long, what removes it, and who may change that. The removal, the configuration's defaults, the
// page in docs and `outdial data lives` follow from it.

import { DAY_MS, durationText, HOUR_MS, KEPT, type Kept, type KeptSetting, keptOf } from "../../kernel/index.ts";
import { STRETCHES } from "../retrieval/ledger.ts";

/** Rows that one statement removes at most: nobody waits for it. */
const ROWS = 5_000;
/** Jobs have rows in many tables, and chunks have hundreds of lines. */
const JOBS = 50;
const CHUNKS = 200;
const ATTEMPTS = { delivery_attempts: "delivery_id" };
/** Removes some rows that are older than $1. */
interface Removal {
  /** Answers how many as `removed`, and with which `hash`. */
  readonly sql: string;
  /** Rows at most. */
  readonly size: number;
  /** The table is append-only, and the database lets this removal alone pass, of rows that are old enough. */
  readonly appendOnly?: string;
}

/** How long something lives. */
type Span = (
  | { readonly setting: KeptSetting }
  /** A time that nobody may change. */
  | { readonly ms: number }
  /** As long as something else. */
  | { readonly as: string }
  /** For good, or for as long as it is used. */
  | { readonly stays: string }
) & {
  /** Why it stays when a person is erased. */
  readonly held?: string;
};

export interface Life {
  readonly name: string;
  readonly kind: "table" | "folder" | "file";
  readonly holds: string;
  readonly span: Span;
  /** By whom, when it is not the service's hourly removal. */
  readonly by?: string;
  /** The statement, or the part of outdial that removes it. */
  readonly remove?: Removal | "feed" | "workflows";
  /** What is removed is told in the audit log. */
  readonly told?: true;
  /** What an erasure does, where it does not replace the number in the texts: removes the rows with it, or what its words say. */
  readonly erased?: "rows" | { readonly words: string };
  /** Columns that an erasure empties in rows of the person's calls: of their notes, or wholly. */
  readonly ofCalls?: Readonly<Record<string, "notes" | "null" | "{}">>;
  /** SQL: whether a row is at work no more, and the rows that are. An erasure is refused while one of them is the person's. */
  readonly settled?: { readonly is: string; readonly others: string };
}

/**
 * Counts what a deletion that returns whole rows removes, and hashes it: SHA-256 over the hashes of the rows in ascending order, each of `TABLE ROW` with the
 * row as JSON in UTC. Whoever has the rows from before can show by it that they are those that were removed.
 * @param along what the database deletes with them, by the column of theirs that names a row of the table
 */
const counted = (
  table: string,
  deletion: string,
  { before = "", along = {} }: { before?: string; along?: Along } = {},
): string => {
  const hashes = [
    `select sha256(convert_to('${table} ' || row_to_json(gone)::text, 'UTF8')) as hash from gone`,
    ...Object.entries(along).map(
      ([other, on]) =>
        `select sha256(convert_to('${other} ' || row_to_json(part)::text, 'UTF8')) from outdial.${other} part join gone on part.${on} = gone.id`,
    ),
  ];
  return `with ${before} gone as (${deletion}) select (select count(*)::int from gone) as removed,
    encode(sha256(string_agg(hash, ''::bytea order by hash)), 'hex') as hash from (${hashes.join(" union all ")}) h`;
};
type Along = Readonly<Record<string, string>>;

/** Removes rows by a condition that an index answers. */
const where = (table: string, old: string, { appendOnly, along }: { appendOnly?: string; along?: Along } = {}): Removal => ({
  sql: counted(
    table,
    `delete from outdial.${table} where ctid = any(array(select ctid from outdial.${table} where ${old} limit ${ROWS} for update skip locked)) returning *`,
    { along: along ?? {} },
  ),
  size: ROWS,
  ...(appendOnly === undefined ? {} : { appendOnly }),
});

/** Removes rows of a table that all come in order of time: the first ones, which are the oldest, are looked at. */
const first = (table: string, old: string): Removal => ({
  sql: counted(
    table,
    `delete from outdial.${table} where ctid = any(array(select place from (select ctid as place, * from outdial.${table} order by id limit ${ROWS}) f where ${old})) returning *`,
  ),
  size: ROWS,
});

/** Jobs that nobody can continue, and the others. */
const ENDED = "('done', 'partly_failed', 'cancelled')";
const OPEN = "('planning', 'ready', 'running', 'stopped', 'failed')";
/** Jobs that ended and that nobody can continue. Those of settings and campaign files are part of the history of these. */
const OLD_JOBS = `j.status in ${ENDED} and j.kind not in ('dialer-change', 'campaign-apply')
  and j.created_at < $1 and j.finished_at < $1`;

const ofOldJobs = (table: string, size = ROWS): Removal => ({
  sql: counted(
    table,
    `delete from outdial.${table} where ctid = any(array(
    select part.ctid from outdial.jobs j join outdial.${table} part on part.job_id = j.id where ${OLD_JOBS} limit ${size})) returning *`,
  ),
  size,
});

/** What periods a retrieval read stays known: reports say by it which calls they lack. */
const JOBS_WITH_PERIODS: Removal = {
  sql: counted("jobs", "delete from outdial.jobs using old where jobs.id = old.id returning jobs.*", {
    before: `old as (
      select id from outdial.jobs j where ${OLD_JOBS} order by created_at, id limit ${JOBS} for update skip locked),
    kept as (
      insert into outdial.read_periods as p (campaign_id, codes, kind, stretches, observed_upto)
      select campaign_id, codes, kind, range_agg(int8range(from_ms, to_ms + 1)), max(observed_upto)
      from (${STRETCHES} where r.job_id in (select id from old) and (w.done or w.pages_ok > 0)) read
      group by campaign_id, codes, kind order by campaign_id
      on conflict (campaign_id, codes, kind) do update set stretches = p.stretches + excluded.stretches,
        observed_upto = greatest(p.observed_upto, excluded.observed_upto)),
    announced as (delete from outdial.crm_announcements using old where run_id = old.id),`,
    along: {
      interaction_changes: "job_id",
      retrievals: "job_id",
      retrieval_windows: "job_id",
      crm_push_refusals: "job_id",
      crm_announcements: "run_id",
    },
  }),
  size: JOBS,
};

type More = Pick<Life, "by" | "remove" | "told" | "erased" | "ofCalls" | "settled">;
const table = (name: string, holds: string, span: Span, more: More = {}): Life => ({
  name: name.includes(".") ? name : `outdial.${name}`,
  kind: "table",
  holds,
  span,
  ...more,
});

const told = (remove: Removal): Pick<Life, "remove" | "told"> => ({ remove, told: true });
const BY_JOBS: Span = { setting: "jobs" };
const RECORDS: Span = { setting: "callRecords", held: "records of calls, which the rules ask for (16 CFR 310.5)" };
const SAID = "what people said about being called; append-only in the database";
const CONSENT: Span = { stays: SAID, held: "the proof that calls were allowed, which the rules ask for (16 CFR 310.5)" };
const OPT_OUT: Span = { stays: SAID, held: "without it the number could be called again" };
const REGISTRY = "it is the registry's, and without it the number could be called";
const FEW: Span = { stays: "one row for each thing that there is" };
const HISTORY: Span = { stays: "what was in force, and who put it in force" };
const EVIDENCE: Span = { stays: "the proof of what was done", held: "hashes and signatures, which say nothing of anybody" };

/** All that is kept. Removed in this order: what belongs to jobs before the jobs. */
export const LIVES: readonly Life[] = [
  table("job_items", "results of the lines of jobs", BY_JOBS, {
    ...told(ofOldJobs("job_items")),
    ofCalls: { vendor_body: "null" },
  }),
  table("job_conflicts", "lines of jobs that contradict each other", BY_JOBS, told(ofOldJobs("job_conflicts"))),
  table("job_chunks", "lines of the files that jobs were made from", BY_JOBS, {
    ...told(ofOldJobs("job_chunks", CHUNKS)),
    ofCalls: { payload: "notes" },
    settled: {
      is: `exists (select from outdial.jobs where id = job_id and status in ${ENDED})`,
      others: `select c.* from outdial.jobs j join outdial.job_chunks c on c.job_id = j.id where j.status in ${OPEN}`,
    },
  }),
  table(
    "jobs",
    "jobs that ended; those that failed or stand still stay until somebody continues or cancels them",
    BY_JOBS,
    told(JOBS_WITH_PERIODS),
  ),
  table(
    "interaction_changes",
    "dispositions of interactions before and after a correction",
    { as: "outdial.jobs" },
    {
      ofCalls: { before: "notes", intended: "notes", stored: "notes" },
    },
  ),
  table("retrievals", "retrievals of outcomes: what was asked for, and what was compared", { as: "outdial.jobs" }),
  table("retrieval_windows", "how far each window of a retrieval was read", { as: "outdial.jobs" }),
  table("crm_push_refusals", "what the CRM refused of a push", { as: "outdial.jobs" }),
  table("crm_announcements", "which retrievals the CRM was told of", { as: "outdial.jobs" }),
  table("dbos.*", "the workflow engine's: steps of runs that ended", BY_JOBS, { remove: "workflows" }),
  table("approvals", "requests that waited for a second person, and what became of them", BY_JOBS, {
    ...told(where("approvals", "requested_at < $1 and (state <> 'pending' or expires_at < $1)")),
  }),
  table(
    "outbox",
    "events that receivers have taken; those that wait stay until they are taken or given up",
    { setting: "deliveredEvents" },
    {
      ...told(where("outbox", "status = 'delivered' and delivered_at < $1", { along: ATTEMPTS })),
      ofCalls: { body: "notes" },
    },
  ),
  table(
    "outbox (dead letters)",
    "events that were given up",
    { setting: "deadLetters" },
    told(where("outbox", "status = 'dead' and created_at < $1", { along: ATTEMPTS })),
  ),
  table("delivery_attempts", "attempts at an event that failed", { as: "outdial.outbox" }),
  table("delivered_counts", "how many events each receiver has taken", FEW),
  table("endpoints", "receivers, and which of them are off", FEW),
  table(
    "inbound_events",
    "the vendor's events that were processed",
    { ms: 7 * DAY_MS },
    {
      remove: where("inbound_events", "status in ('done', 'ignored') and settled_at < $1"),
      ofCalls: { body: "{}" },
      settled: { is: "status <> 'pending'", others: "select * from outdial.inbound_events where status = 'pending'" },
    },
  ),
  table(
    "inbound_events (put aside)",
    "the vendor's events that could not be processed",
    { setting: "deadLetters" },
    told(where("inbound_events", "status = 'aside' and received_at < $1")),
  ),

  table(
    "attempts",
    "placed calls, for caps and the abandonment ledger",
    RECORDS,
    told(where("attempts", "at < $1", { appendOnly: "attempts" })),
  ),
  table(
    "raw_outcomes",
    "outcomes with opt-outs as they came",
    RECORDS,
    told(where("raw_outcomes", "at < $1", { appendOnly: "raw_outcomes" })),
  ),
  table(
    "gate_manifests",
    "what the gate decided, and by which facts",
    RECORDS,
    told(where("gate_manifests", "created_at < $1", { appendOnly: "gate_manifests" })),
  ),
  table("consents", "consent to be called", CONSENT),
  table("wordings", "the words that people agreed to", CONSENT),
  table("revocations", "consent that was taken back", OPT_OUT),
  table("revocation_acks", "which systems have carried a revocation out", OPT_OUT),
  table("suppressions", "the company's do-not-call list", OPT_OUT),
  table("suppression_lifts", "who took a number off that list, and why", OPT_OUT),
  table("lifted_suppressions", "what was taken off", OPT_OUT),
  table("relationships", "transactions and inquiries", CONSENT),
  table("disconnections", "numbers that were given back to the pool", OPT_OUT),
  table("line_types", "mobile, landline or internet", { stays: SAID }, { erased: "rows" }),
  table("reassigned_queries", "when the reassigned numbers database was asked", CONSENT),
  table("fact_imports", "imports of facts, and how far each came", { stays: "which file a fact came from" }),
  table("registry_files", "files of do-not-call registries", { stays: "which file was in force when" }),
  table(
    "registry_blocks",
    "numbers of the files in force",
    { as: "outdial.registry_files, until a later file replaces it", held: REGISTRY },
    { by: "the import that replaces it, at the switch" },
  ),
  table("registry_coverage", "which file counts for which area code", FEW),

  table(
    "lake_files",
    "the list of the lake's files; those that a merge replaced",
    { ms: 7 * DAY_MS, held: "names of files" },
    {
      remove: where("lake_files", "removed_at < $1"),
    },
  ),
  table("read_periods", "which periods were retrieved", { as: "lake" }),
  table("told_dials", "how many dials the tenant says there were", { as: "lake" }),
  table("reported_figures", "conversions as they were reported", { as: "lake" }),
  table("crm_acknowledged", "which version of a call the CRM has", { as: "lake" }),
  table("crm_refused", "versions of calls that the CRM will not have", { as: "lake" }),
  table("retrieval_schedules", "when which campaign is retrieved", FEW, { by: "outdial outcomes schedule --remove" }),

  table(
    "audit",
    "who did what, and when",
    { stays: "the proof of what was done" },
    {
      erased: {
        words:
          "the number is replaced, and what an entry about it says is gone; entries keep their hash, and their salt is destroyed",
      },
    },
  ),
  table("audit_jobs", "where a job's entries are", EVIDENCE),
  table("audit_head", "the log's end", EVIDENCE),
  table("audit_checkpoints", "signed ends of the log", EVIDENCE),
  table("audit_nodes", "hashes of parts of the log", EVIDENCE),
  table("audit_cosignatures", "signatures of witnesses", EVIDENCE),
  table("audit_conflicts", "heads outside that did not fit", EVIDENCE),
  table("removals", "what was removed by this table, and when", FEW),
  table("erasures", "who was erased: of each number what stands in its place, and the number sealed with the log's key", {
    stays: "a backup of before has the person again",
  }),

  table("dialer_changes", "changes of dialer settings", HISTORY),
  table("dialer_events", "their steps", HISTORY),
  table("dialer_campaigns", "campaigns that outdial created", HISTORY),
  table("campaign_applies", "applied campaign files", HISTORY),
  table("campaign_events", "their steps", HISTORY),
  table("campaign_policies", "what campaign files say that is not the vendor's", FEW),
  table("state_intents", "pauses and resumes", HISTORY),
  table("state_changes", "states that outdial sent", HISTORY),
  table("starts", "starts that the tenant has not answered", FEW),
  table("stops", "emergency stops", HISTORY),
  table("stop_campaigns", "what each stop did", HISTORY),
  table("stops_given", "the order of stops", HISTORY),
  table("failover_pairs", "pairs of campaigns", FEW),
  table("failover_events", "steps of the watch over a pair", HISTORY),
  table(
    "handover_holds",
    "numbers that a campaign must not call for a while",
    { ms: 40 * DAY_MS, held: "without it the number could be called twice; it ends by itself" },
    { remove: where("handover_holds", "until < $1") },
  ),
  table("campaign_plans", "plans that were shown", { ms: 30 * DAY_MS }, { remove: where("campaign_plans", "shown_at < $1") }),
  table("metric_readings", "figures of campaigns", { ms: 40 * DAY_MS }, { remove: first("metric_readings", "received_at < $1") }),
  table(
    "known_campaigns",
    "campaigns of the tenant; those that a person called gone",
    { ms: 40 * DAY_MS },
    {
      remove: where("known_campaigns", "gone_at < $1"),
    },
  ),
  table(
    "known_counts",
    "how much the tenant had of a thing, when it was asked last",
    { ms: 400 * DAY_MS },
    {
      remove: where("known_counts", "coalesce(answered_at, seen_at) < $1"),
    },
  ),
  table(
    "tenant_readings",
    "last readings of the tenant; those of campaigns that are gone",
    {
      ms: DAY_MS,
      held: "what the tenant has: a callback that is left there could be placed; it goes when the tenant has it no more",
    },
    {
      remove: where(
        "tenant_readings",
        "subject <> '' and coalesce(tried_at, claimed_until) < $1 and not exists (select from outdial.known_campaigns where id = subject)",
      ),
    },
  ),
  table("reply_shapes", "in which form the tenant answers", FEW),
  table("tenant_of_store", "whose store this is", FEW),

  table("api_tokens", "who may use the service; of tokens their hash", {
    stays: "names in the audit log are theirs",
    held: "it says who may",
  }),
  table("sessions", "sign-ins", { ms: 0 }, { remove: where("sessions", "expires_at < $1") }),
  table("login_codes", "links that sign in once", { ms: 0 }, { remove: where("login_codes", "expires_at < $1") }),
  table(
    "idempotency_keys",
    "requests with a key, and their answers",
    { ms: DAY_MS },
    { remove: where("idempotency_keys", "created_at < $1") },
  ),
  table(
    "attention",
    "what people said of things that need attention",
    { ms: 30 * DAY_MS },
    { remove: where("attention", "updated_at < $1") },
  ),
  table("service_events", "live updates of pages", { ms: HOUR_MS }, { remove: "feed" }),
  table("service_feed", "where live updates begin", FEW),
  table(
    "replicas",
    "processes that work on the store; those that were not heard of",
    { ms: HOUR_MS },
    {
      // By the database's clock, as heartbeats are.
      remove: where("replicas", "heartbeat_at < clock_timestamp() - interval '1 hour'"),
    },
  ),
  table("rate_limits", "shared request limits", FEW),
  table("rate_parts", "who has which part of them", FEW),
  table("migrations", "steps of the schema", FEW),

  folder(
    "lake",
    "outcomes of calls, as Parquet files",
    { stays: "as long as the company wants; outdial removes no outcome" },
    "the company; files that a merge replaced: the retrieval, after an hour",
    {
      erased: {
        words:
          "of the person's calls the contact's id and the vendor's further fields are emptied, and of rows put aside all but the call's id; the digest of the row as it came stays",
      },
    },
  ),
  folder("pg", "the embedded database", { stays: "all tables above", held: "as the tables" }, "nobody"),
  folder(
    "uploads",
    "files that were sent to the service, while they are read",
    { as: "the request", held: "it goes with the request" },
    "the service",
  ),
  folder("stops", "stops that no database could take", { as: "the next start with a database" }, "the service"),
  folder(
    "tenants",
    "one folder like this for each tenant by name",
    { stays: "as this folder", held: "each tenant is asked by itself" },
    "nobody",
  ),
  file("audit.key, audit.pub, audit.head", "key and newest signed end of the audit log", EVIDENCE, "nobody"),
  file("erasures", "who was erased, as in outdial.erasures, also in the folders of audit.heads", {
    stays: "a backup of before has the person again",
    held: "the number is sealed with the log's key",
  }),
  file("completion.json", "ids of campaigns and lists, for completion at the command line", FEW, "nobody"),
  file("tenant", "which tenant is chosen here", FEW, "outdial context use"),
  file("login-link", "a link that signs in the administrator", { as: "the service" }, "the service, at its end"),
  file("pg.password, pg.location, pg.lock, pg.log", "of the embedded database", { stays: "as long as it" }, "nobody"),
];

function folder(name: string, holds: string, span: Span, by: string, more: More = {}): Life {
  return { name, kind: "folder", holds, span, by, ...more };
}

function file(name: string, holds: string, span: Span, by = "nobody"): Life {
  return { name, kind: "file", holds, span, by };
}

/** How long something is kept, ms; null for as long as something else, or for good. */
export function spanMs({ span }: Pick<Life, "span">, kept: Kept): number | null {
  return "setting" in span ? kept[span.setting] : "ms" in span ? span.ms : null;
}

/** A life in words: how long, what removes it, who may change that, and what becomes of it when a person is erased. */
export function lifeWords(
  life: Life,
  kept: Kept,
): Readonly<Record<"kept" | "by" | "changed" | "erased", string>> & { readonly held: boolean } {
  const { span } = life;
  const ms = spanMs(life, kept);
  return {
    kept:
      ms === null
        ? "as" in span
          ? `as long as ${span.as}`
          : "stays" in span
            ? `for good: ${span.stays}`
            : ""
        : ms === 0
          ? "until it ends"
          : spanText(ms),
    by: life.by ?? (life.remove !== undefined ? "the service, hourly" : "as" in span ? `with ${span.as}` : "nobody"),
    changed:
      "setting" in span ? `kept.${span.setting} (${KEPT[span.setting].least} to ${KEPT[span.setting].most} days)` : "nobody",
    held: span.held !== undefined,
    erased: span.held === undefined ? erasedWords(life) : `stays: ${span.held}`,
  };
}

function erasedWords({ erased, ofCalls }: Life): string {
  if (erased === "rows") return "its rows are removed";
  if (erased !== undefined) return erased.words;
  return `the number is replaced${ofCalls === undefined ? "" : ", and what was noted of its calls is gone"}`;
}

const spanText = (ms: number): string => (ms % DAY_MS === 0 ? `${ms / DAY_MS} days` : durationText(ms));

/** docs/lives.md. */
export function livesDocument(): string {
  const kept = keptOf();
  const rows = LIVES.map((life) => {
    const words = lifeWords(life, kept);
    return `| \`${life.name}\` | ${life.holds} | ${words.kept} | ${words.by} | ${words.changed} | ${words.erased} |`;
  });
  const settings = Object.entries(KEPT).map(
    ([name, { days, least, most, of }]) => `| \`kept.${name}\` | ${of} | ${days} days | ${least} to ${most} days |`,
  );
  return `# What is kept, and for how long

${HEAD}

## What the company decides

| in outdial.yaml | of what | default | allowed |
| --- | --- | --- | --- |
${settings.join("\n")}

## Everything that is kept

Names with a dot are tables of the database; folders and files are in the working folder (\`.outdial\`).

| what | holds | kept | removed by | who may change it | when a person is erased |
| --- | --- | --- | --- | --- | --- |
${rows.join("\n")}
`;
}

const HEAD = `This page is made from the table by which outdial removes (\`outdial data lives\` shows it with what was removed so far).
Once an hour one of the services on a database removes what is older than its life, in small batches beside all other work: nobody waits for it, and a service that is killed in the
middle leaves only whole batches behind. Each batch of jobs, rows, events, approvals and call records is an entry of the audit log in the same transaction (\`data.removed\`: which table, how many
rows, older than when, and a hash over them and what goes with them: SHA-256 over the concatenated SHA-256 of the rows in ascending order, each of the table's name, a space and
\`row_to_json\` of the row with the time zone UTC). Nothing that is removed was the only evidence of something that stays: the result of each line of a job is an entry of the audit log of its own, the periods that a
retrieval has read stay known (\`read_periods\`), and an opt-out or a consent is never removed. While the audit log is held because the database was set back, nothing is removed,
and a store of a version that removed nothing begins a week after its update, so that the company can set \`kept\` first.
The database itself refuses to delete placed calls, outcomes and manifests that are younger than five years, whatever asks for it.

\`outdial data find NUMBER\` lists every place that keeps a person, with how much it has, how long, and what removes it: each table of outdial and of the workflow engine, the lake, and the
files of the working folder, also those of a service's machine when it is asked through it. The number is found in every form (international, national, with what people write between
digits), and so are the ids of the calls to it, of the newest 200. It reads everything once, in parts. Neither the answer nor its entry in the audit log has the number.

## Erasing a person

\`outdial data erase NUMBER --reason TEXT\` removes or replaces all of a person that no duty holds, in every place that \`data find\` knows, also in the files of a service's machine, and says what is
left, and why. The table above tells it of each place. Role admin; it shows first what it would do, and where the service wants four eyes, a second person agrees. It cannot be taken back.

- In place of the number stands a word that is made by chance for this erasure (\`erased-…\`), in JSON 0 where a number stands without quotes. In lines of files, events, corrections and outcomes of the
  person's calls what people noted is gone; call, code and time stay with the record of the call.
- What is held: calls, outcomes with opt-outs, the gate's manifests and what allowed a call stay as long as the rules ask (16 CFR 310.5, \`kept.callRecords\`). Opt-outs stay without end, and so does that
  a number was given back (it ends the consent of before): without them the number could be called again. What the tenant itself has is deleted there.
- It is refused while a job that has not ended has the person's row, or a row of one of the person's calls, and names the job: let it end, or cancel it. It is the same for events of the vendor that are not
  processed yet.
- It goes on beside all other work, in transactions of one table and 200 rows at most, which wait for nobody; it goes round until nothing is left. When it is killed, finds no room, or others hold a row all the
  time, what was erased is, and the same command goes on where it was. Two at once do not disturb each other.
- Files of the lake are written anew with the same rows, and the old ones are deleted at once; a reader who had just begun on one has to begin again. The digest of each row stays as it came, so that
  \`outcomes verify\` holds, and says of how many calls that is all it could compare. A file that a crash left in the lake goes with the next retrieval that is an hour later.
- What comes later is not erased: a retrieval or an import brings a person again whom the tenant or the file still has. Erase there first.
- Entries of the audit log keep their hash, and their salt is destroyed ([audit.md](audit.md)): every proof of everything else holds. The erasure is an entry itself (\`data.erase\`): how much in each place,
  a SHA-256 over what was left there, and what is held, without the number. There is no hash over what was removed: it could be tried out.
- An id with the same digits (of a campaign, a call, a job) is not taken for the number where rows are known by it. Ids that are written into texts are.
- The list of erasures is kept in the database, in the working folder (\`erasures\`) and in each folder of \`audit.heads\`, outside of backups, each number sealed with the key of the audit log: after a restore,
  \`outdial data erase --again\` brings the database up to it ([backup.md](backup.md)). When it cannot be written, nothing is erased.
- PostgreSQL keeps what was replaced in its own files until it cleans up (autovacuum, or \`vacuum full\` at once), and in its log of changes; dumps have it until you delete them.`;
