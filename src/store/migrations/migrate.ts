// Brings a database to this version's schema: all missing steps in one transaction, one process at a time.

import { messageOf } from "../../kernel/index.ts";
import type { Database } from "../database/database.ts";
import { StoreError } from "../error.ts";
import type { Connection } from "../plain-types.ts";
import { ledger } from "./0001-ledger.ts";
import { audit } from "./0002-audit.ts";
import { outbox } from "./0003-outbox.ts";
import { replicas } from "./0004-replicas.ts";
import { facts } from "./0005-facts.ts";
import { registry } from "./0006-registry.ts";
import { retrieval } from "./0008-retrieval.ts";
import { outcomeReports } from "./0009-outcome-reports.ts";
import { dialerChanges } from "./0010-dialer-changes.ts";
import { interactions } from "./0011-interactions.ts";
import { campaigns } from "./0012-campaigns.ts";
import { campaignState } from "./0013-campaign-state.ts";
import { failover } from "./0014-failover.ts";
import { service } from "./0015-service.ts";
import { inbound } from "./0016-inbound.ts";
import { failoverUpdates } from "./0017-failover-updates.ts";
import { alarmUpdates } from "./0018-alarm-updates.ts";
import { tenantReadings } from "./0019-tenant-readings.ts";
import { approvalPlans } from "./0020-approval-plans.ts";
import { stops } from "./0021-stops.ts";
import { stoppedCampaigns } from "./0022-stopped-campaigns.ts";
import { servingReplicas } from "./0023-serving-replicas.ts";
import { lineTypes } from "./0024-line-types.ts";
import { rates } from "./0025-rates.ts";
import { auditHeads } from "./0026-audit-heads.ts";
import { profiles } from "./0027-profiles.ts";
import { settingsSubject } from "./0028-settings-subject.ts";
import { pageAttempts } from "./0029-page-attempts.ts";
import { vendorBodies } from "./0030-vendor-bodies.ts";
import { jobProfile } from "./0031-job-profile.ts";
import { attention } from "./0032-attention.ts";
import { crmPushes } from "./0033-crm-pushes.ts";
import { tenantOfStore } from "./0034-tenant-of-store.ts";
import { factImports } from "./0035-fact-imports.ts";
import { turnsAndScopes } from "./0036-turns-and-scopes.ts";
import { jobTenant } from "./0037-job-tenant.ts";
import { mailAlarms } from "./0038-mail-alarms.ts";
import { persons } from "./0039-persons.ts";
import { attentionIndexes } from "./0040-attention-indexes.ts";
import { stateChanges } from "./0041-state-changes.ts";
import { workload } from "./0042-workload.ts";
import { contactTags } from "./0043-contact-tags.ts";
import { stateExecutors } from "./0044-state-executors.ts";
import { doNotCallReadings } from "./0045-do-not-call-readings.ts";
import { interruptedApprovals } from "./0046-interrupted-approvals.ts";
import { receiverOn } from "./0047-receiver-on.ts";
import { unknownApprovals } from "./0048-unknown-approvals.ts";
import { jobsByKind } from "./0049-jobs-by-kind.ts";
import { begunApprovals } from "./0050-begun-approvals.ts";
import { failoverRuns } from "./0051-failover-runs.ts";
import { failoverOrderTimes } from "./0052-failover-order-times.ts";
import { stopsGiven } from "./0053-stops-given.ts";
import { stopEvidence } from "./0054-stop-evidence.ts";
import { registryCoverage } from "./0056-registry-coverage.ts";
import { knownAnswers } from "./0058-known-answers.ts";
import { comparedRetrievals } from "./0059-compared-retrievals.ts";
import { replicasAlike } from "./0062-replicas-alike.ts";
import { askers } from "./0063-askers.ts";
import { journalMachines } from "./0064-journal-machines.ts";
import { toldDials } from "./0065-told-dials.ts";
import type { Migration } from "./migration.ts";

const MIGRATIONS: readonly Migration[] = [
  ledger,
  audit,
  outbox,
  replicas,
  facts,
  registry,
  retrieval,
  outcomeReports,
  dialerChanges,
  interactions,
  campaigns,
  campaignState,
  failover,
  service,
  inbound,
  failoverUpdates,
  alarmUpdates,
  tenantReadings,
  approvalPlans,
  stops,
  stoppedCampaigns,
  servingReplicas,
  lineTypes,
  rates,
  auditHeads,
  profiles,
  settingsSubject,
  pageAttempts,
  vendorBodies,
  jobProfile,
  attention,
  crmPushes,
  tenantOfStore,
  factImports,
  turnsAndScopes,
  jobTenant,
  mailAlarms,
  persons,
  attentionIndexes,
  stateChanges,
  workload,
  contactTags,
  stateExecutors,
  doNotCallReadings,
  interruptedApprovals,
  receiverOn,
  unknownApprovals,
  jobsByKind,
  begunApprovals,
  failoverRuns,
  failoverOrderTimes,
  stopsGiven,
  stopEvidence,
  registryCoverage,
  replicasAlike,
  askers,
  journalMachines,
  knownAnswers,
  comparedRetrievals,
  toldDials,
];

/** The version of the schema that this outdial works with. */
export const MIGRATION_COUNT = MIGRATIONS.length;

/**
 * Key of the advisory lock that processes wait for when they start at once: "outdia" in ASCII, as a decimal for PostgreSQL 15.
 */
const LOCK = String(0x6f7574646961);

const VERSION = "select coalesce(max(version), 0)::int as version from outdial.migrations";

/** Applies the missing steps. Throws StoreError `newer_schema` or `migration_failed`; after a failure nothing is kept. */
export async function migrate(database: Database, migrations: readonly Migration[] = MIGRATIONS): Promise<void> {
  if ((await versionIfAny(database)) === migrations.length) return;
  await database.transaction(async (connection) => {
    const version = await prepare(connection);
    refuseNewer(version, migrations.length);
    for (const [i, migration] of migrations.entries()) if (i >= version) await apply(connection, i + 1, migration);
  });
}

/** Takes the lock until the end of the transaction and reads the version. */
async function prepare(connection: Connection): Promise<number> {
  try {
    await connection.query(`select pg_advisory_xact_lock(${LOCK})`);
    await connection.query("create schema if not exists outdial");
    await connection.query(
      "create table if not exists outdial.migrations (version integer primary key, name text not null, applied_at timestamptz not null default now())",
    );
    const { rows } = await connection.query<{ version: number }>(VERSION);
    return rows[0]?.version ?? 0;
  } catch (cause) {
    throw failed("the schema outdial", cause);
  }
}

/** Whether outdial has ever created its schema in the database. */
export async function hasSchema(database: Database): Promise<boolean> {
  return (await versionIfAny(database)) !== undefined;
}

async function versionIfAny(database: Database): Promise<number | undefined> {
  const [found] = await database.query<{ here: boolean }>("select to_regclass('outdial.migrations') is not null as here");
  if (!found?.here) return undefined;
  const [row] = await database.query<{ version: number }>(VERSION);
  return row?.version;
}

function refuseNewer(found: number, known: number): void {
  if (found <= known) return;
  throw new StoreError("newer_schema", `the database has schema version ${found}; this outdial knows versions up to ${known}`, {
    advice: "Update outdial on this machine; running an older one on a newer schema could damage data.",
    details: { found, known },
  });
}

async function apply(connection: Connection, version: number, migration: Migration): Promise<void> {
  try {
    await connection.query(migration.sql);
    await connection.query("insert into outdial.migrations (version, name) values ($1, $2)", [version, migration.name]);
  } catch (cause) {
    throw failed(`change ${version} (${migration.name})`, cause);
  }
}

function failed(what: string, cause: unknown): StoreError {
  return new StoreError("migration_failed", `preparing the database failed at ${what}: ${messageOf(cause)}`, {
    advice: "Nothing was changed. The database user needs the right to create a schema and tables.",
    cause,
  });
}
