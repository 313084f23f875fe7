// Expected errors of the store: one class with a closed set of codes.

import { OutdialError } from "../kernel/index.ts";

/**
 * - `no_store`: there is none where one was to be found
 * - `other_tenant`: it is of another tenant than the one that is worked with
 * - `store_unavailable`: no server, no connection, the server refused to start, or it is read-only
 * - `store_full`: the server has no disk or memory left
 * - `store_locked`: another process holds the folder's lock, or the data belongs to another folder
 * - `server_version`: the data was written by another major version of PostgreSQL
 * - `migration_failed`: a schema change did not go through; nothing of it was kept
 * - `newer_schema`: the schema is not one that this outdial knows: a newer outdial has changed it, or a development version of before
 *   the first release has made it
 * - `unsuitable_database`: the server's version, the database's encoding, or a setting that outdial cannot work with
 * - `no_rights`: the role that is connected with lacks a right in the database
 * - `audit_key`: the signing key is unreadable, or is not the key this audit log was begun with
 * - `audit_set_back`: the database is of an older state, or of another history, than a head of its audit log that is kept outside
 * - `not_found`: no such job, chunk, entry or delivery
 * - `invalid_state`: the row is not in a state that allows the change
 * - `not_owner`: the job is run by another replica, or no longer runs
 * - `too_long`: an id or a name is longer than the database can find again
 */
export type StoreErrorCode =
  | "no_store"
  | "other_tenant"
  | "store_unavailable"
  | "store_full"
  | "store_locked"
  | "server_version"
  | "migration_failed"
  | "newer_schema"
  | "unsuitable_database"
  | "no_rights"
  | "audit_key"
  | "audit_set_back"
  | "not_found"
  | "invalid_state"
  | "not_owner"
  | "too_long";

/** An expected failure of the store; branch on `code`. */
export class StoreError extends OutdialError<StoreErrorCode> {}

/** The error for a job that is not in the ledger. */
export function noJob(jobId: string): StoreError {
  return new StoreError("not_found", `there is no job ${jobId}`, { advice: "List jobs with: outdial jobs list" });
}

/** The error for a job that another replica has taken, or that has ended in the meantime. */
export function notOwner(jobId: string, executor: string): StoreError {
  return new StoreError("not_owner", `job ${jobId} is no longer run by ${executor}`);
}
