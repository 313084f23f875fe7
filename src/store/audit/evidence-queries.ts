// The SQL of evidence: which facts and entries belong to a number, a campaign or a period. $1 is the number or the campaign; for
// a campaign, $2 is its id as it appears in the details of entries; for a period, $1 and $2 are its begin and end.

import type { PhoneKey } from "../facts/types.ts";
import { COLUMNS } from "./append.ts";

/** The subject of evidence. Times are ms since the epoch, the first inclusive, the second exclusive. */
export type EvidenceAbout =
  | { readonly kind: "number"; readonly number: PhoneKey }
  | { readonly kind: "campaign"; readonly campaign: string }
  | { readonly kind: "period"; readonly from: number; readonly to: number };

type AboutKind = EvidenceAbout["kind"];

/** The values of the statements. */
export function valuesOf(about: EvidenceAbout): unknown[] {
  if (about.kind === "number") return [about.number];
  if (about.kind === "campaign") return [about.campaign, JSON.stringify(about.campaign)];
  return [new Date(about.from).toISOString(), new Date(about.to).toISOString()];
}

const ISO = (column: string, name: string) =>
  `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as "${name}"`;
const E164 = (column = "number") => `'+' || ${column} as number`;

/** Facts about people: of the number, of everyone whom the campaign called, or of the period. */
const people =
  (table: string, ...times: readonly string[]) =>
  (kind: AboutKind): string => {
    if (kind === "number") return `${table}.number = $1::bigint`;
    if (kind === "campaign")
      return `$2::text is not null and ${table}.number in (select number from outdial.attempts where campaign = $1::text)`;
    return `(${times.map((time) => `${time} >= $1::timestamptz and ${time} < $2::timestamptz`).join(" or ")})`;
  };

/** Facts that name their campaign. */
const named =
  (table: string, time: string) =>
  (kind: AboutKind): string =>
    kind === "campaign" ? `$2::text is not null and ${table}.campaign = $1::text` : people(table, time)(kind);

const consents = people("c", "c.given_at", "c.recorded_at");
const suppressions = people("s", "s.said_at", "s.recorded_at", "f.lifted_at");

const SUPPRESSIONS = `outdial.suppressions s left join outdial.lifted_suppressions l on l.suppression_id = s.id
  left join outdial.suppression_lifts f on f.id = l.lift_id`;

/** Ids of the imports that brought consents and opt-outs. */
const imports = (kind: AboutKind) =>
  `select c.import_id from outdial.consents c where ${consents(kind)} union select s.import_id from ${SUPPRESSIONS} where ${suppressions(kind)}`;

/** Calls to the number or of the campaign. */
const CALLS: Readonly<Record<Exclude<AboutKind, "period">, string>> = {
  number: "a.number = $1::bigint",
  campaign: "a.campaign = $1::text",
};

/** Which manifests: for a number, the newest one before each of its calls. */
function manifests(kind: AboutKind): string {
  if (kind === "campaign") return "$2::text is not null and m.campaign = $1::text";
  if (kind === "period") return "m.created_at >= $1::timestamptz and m.created_at < $2::timestamptz";
  return `m.id in (select before.id from outdial.attempts a cross join lateral (select id from outdial.gate_manifests g
    where g.campaign = a.campaign and g.at <= a.at order by g.at desc, g.id desc limit 1) before where a.number = $1::bigint)`;
}

/** Versions of the settings that were in force while there were calls, or in the period. */
function settings(kind: AboutKind): string {
  const during =
    kind === "period"
      ? "since < $2::timestamptz and (until is null or until > $1::timestamptz)"
      : `since <= (select max(a.at) from outdial.attempts a where ${CALLS[kind]})
          and (until is null or until > (select min(a.at) from outdial.attempts a where ${CALLS[kind]}))`;
  const own = kind === "campaign" ? "and $2::text is not null and subject in ('', $1::text)" : "";
  return `select * from (select version, subject, kind, source_name, actor, settings_hash, settings, job_id,
      coalesce(ended_at, created_at) as since,
      lead(coalesce(ended_at, created_at)) over (partition by subject order by version) as until
    from outdial.dialer_changes where kind = 'observed' or outcome = 'applied') v where ${during} ${own}`;
}

const QUERIES = {
  consent: (kind) =>
    `select ${E164("c.number")}, ${ISO("c.given_at", "givenAt")}, c.level, c.basis, w.words as wording, c.source, c.evidence,
       c.import_id as import, ${ISO("c.recorded_at", "recordedAt")}
     from outdial.consents c join outdial.wordings w on w.digest = c.wording where ${consents(kind)} order by c.number, c.given_at, c.digest`,
  optOut: (kind) =>
    `select ${E164("s.number")}, ${ISO("s.said_at", "saidAt")}, s.origin, s.code, s.reference, s.actor, s.import_id as import,
       ${ISO("s.recorded_at", "recordedAt")}, ${ISO("f.lifted_at", "liftedAt")}, f.actor as "liftedBy", f.reason as "liftReason", f.audit_seq as "liftEntry"
     from ${SUPPRESSIONS} where ${suppressions(kind)} order by s.id`,
  revocation: (kind) =>
    `select ${E164("r.number")}, ${ISO("r.revoked_at", "revokedAt")}, r.channel, r.reference, ${ISO("r.recorded_at", "recordedAt")}, (
       select coalesce(json_agg(json_build_object('system', k.system, 'actor', k.actor, 'evidence', k.evidence,
         'at', to_char(k.acknowledged_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')) order by k.acknowledged_at, k.system), '[]')
       from outdial.revocation_acks k where k.revocation_id = r.id) as acknowledgements
     from outdial.revocations r where ${people("r", "r.revoked_at", "r.recorded_at")(kind)} order by r.id`,
  import: (kind) =>
    `select i.id, i.kind as file, i.source_name as "sourceName", i.actor, ${ISO("i.finished_at", "finishedAt")}, i.content_hash as "contentHash", i.counts
     from outdial.fact_imports i where ${
       kind === "period" ? "i.finished_at >= $1::timestamptz and i.finished_at < $2::timestamptz" : `i.id in (${imports(kind)})`
     } order by i.id`,
  manifest: (kind) => `select m.manifest from outdial.gate_manifests m where ${manifests(kind)} order by m.created_at, m.id`,
  attempt: (kind) =>
    `select ${E164("a.number")}, ${ISO("a.at", "at")}, a.kind as call, a.subject, a.campaign, a.call_id as "callId", a.answer
     from outdial.attempts a where ${named("a", "a.at")(kind)} order by a.at, a.number, a.campaign, a.kind, a.subject`,
  disposition: (kind) =>
    `select o.call_id as "callId", ${ISO("o.at", "at")}, o.code, '+' || o.number as number, o.campaign, o.opt_out as "optOut",
       ${ISO("o.recorded_at", "recordedAt")}
     from outdial.raw_outcomes o where ${
       kind === "number"
         ? "o.number = $1::bigint or o.call_id in (select call_id from outdial.attempts where number = $1::bigint and call_id <> '')"
         : named("o", "o.at")(kind)
     } order by o.at, o.call_id, o.code`,
  settings: (kind) =>
    `select version, subject, kind as found, source_name as "sourceName", actor, settings_hash as "settingsHash", settings, job_id as job,
       ${ISO("since", "since")}, ${ISO("until", "until")} from (${settings(kind)}) s order by version`,
} satisfies Record<string, (kind: AboutKind) => string>;

/** A kind of fact in evidence packs. */
export type FactKind = keyof typeof QUERIES;
/** The SQL that reads the facts of a kind, by the subject of the pack. */
export const FACTS_OF: Readonly<Record<FactKind, (kind: AboutKind) => string>> = QUERIES;

const ENTRY = `select ${COLUMNS} from outdial.audit`;

/** The import that an import's entry names, and the manifest that a gate's entry names. */
const IMPORT_NAMED = `substring(details from '"import":"([^"]+)"')`;

/** Which entries: for a number by subject, using an index; for a campaign all that name it, in one pass. */
export const ENTRIES_OF: Readonly<Record<Exclude<AboutKind, "period">, string>> = {
  number: `with wanted (subject, action, job, part) as (
      select '+' || $1::bigint, null, null, null
      union select call_id, null, null, null from outdial.attempts where number = $1::bigint and call_id <> ''
      union select call_id, null, null, null from outdial.raw_outcomes where number = $1::bigint
      union select i.source_name, i.kind || '.import', null, '"import":"' || i.id || '"'
        from outdial.fact_imports i where i.id in (${imports("number")})
      union select m.campaign, 'gate.manifest', null, '"id":"' || m.id || '"' from outdial.gate_manifests m where ${manifests("number")}
      union select 'dialer/settings', null, s.job_id, null from (${settings("number")}) s where s.job_id is not null)
    ${ENTRY} where seq in (
      select a.seq from wanted w join outdial.audit a
        on left(a.subject, 200) collate "C" = left(w.subject, 200) collate "C" and a.subject = w.subject
      where (w.action is null or a.action = w.action) and (w.job is null or a.job = w.job collate "C")
        and (w.part is null or strpos(a.details, w.part) > 0))
    order by seq`,
  campaign: `${ENTRY} where subject = $1::text or strpos(details, $2::text) > 0
      or job in (select id from outdial.jobs where campaign_id = $1::text union select job_id from outdial.retrievals where campaign_id = $1::text)
      or subject in (select call_id from outdial.attempts where campaign = $1::text and call_id <> '')
      or (action like '%.import' and ${IMPORT_NAMED} in (${imports("campaign")}))
      or (subject = 'dialer/settings' and job in (select s.job_id from (${settings("campaign")}) s))
    order by seq`,
};

/**
 * The entries of a period: from the last entry before it to the first one after it, or to the ends of the log. These two show
 * that no entry of the period is missing. Null for an empty log.
 */
export const RUN = `with within as (
    select coalesce(min(seq) filter (where time < $2::text), min(seq), (select max(seq) + 1 from outdial.audit)) as first,
      coalesce(max(seq) filter (where time < $2::text), min(seq) - 1, (select max(seq) from outdial.audit)) as last
    from outdial.audit where time >= $1::text)
  select coalesce((select max(a.seq) from outdial.audit a where a.seq < w.first and a.time < $1::text and a.erased is null), 0) as first,
    coalesce((select min(a.seq) from outdial.audit a where a.seq > w.last and a.time >= $2::text and a.erased is null), (select max(seq) from outdial.audit)) as last
  from within w`;
