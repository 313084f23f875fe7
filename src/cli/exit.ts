// Exit codes, and the errors that lead to each.

import type { ComplianceErrorCode } from "../compliance/index.ts";
import type { OperationErrorCode, SimulationErrorCode } from "../operations/index.ts";
import type { LakeErrorCode } from "../outcomes/index.ts";
import type { ServerErrorCode } from "../server/index.ts";
import type { StoreErrorCode } from "../store/index.ts";
import type { TenantErrorCode } from "../tenant/index.ts";

export const EXIT = {
  done: 0,
  failed: 1,
  usage: 2,
  refused: 3,
  partlyFailed: 4,
  notAuthorised: 5,
  vendorUnavailable: 6,
  interrupted: 130,
} as const;

/** Meaning of each exit code. */
export const EXIT_WORDS: Readonly<Record<string, string>> = {
  [EXIT.done]: "done",
  [EXIT.failed]: "failed",
  [EXIT.usage]: "usage or invalid input",
  [EXIT.refused]: "refused by a rule",
  [EXIT.partlyFailed]: "partly failed",
  [EXIT.notAuthorised]: "not authorised",
  [EXIT.vendorUnavailable]: "vendor unavailable",
  [EXIT.interrupted]: "interrupted",
};

/** The codes of errors that a command may end with: those of outdial's parts, those of a service, and those of asking one. */
type ErrorCode =
  | ComplianceErrorCode
  | LakeErrorCode
  | OperationErrorCode
  | ServerErrorCode
  | SimulationErrorCode
  | StoreErrorCode
  | TenantErrorCode
  | "answer_cut_off"
  | "internal"
  | "interrupted"
  | "invalid_scenario"
  | "not_a_service"
  | "scenario_invalid"
  | "service_unavailable";

/** Every code has an exit code on purpose. */
export const EXIT_OF_CODE: Readonly<Record<ErrorCode, number>> = {
  // The command line, a file or the configuration is to be mended.
  invalid_input: EXIT.usage,
  invalid_config: EXIT.usage,
  invalid_scenario: EXIT.usage,
  scenario_invalid: EXIT.usage,
  invalid_request: EXIT.usage,
  request_too_large: EXIT.usage,
  unsupported_media_type: EXIT.usage,
  too_long: EXIT.usage,
  unsupported_root: EXIT.usage,
  invalid_pack: EXIT.usage,
  invalid_facts: EXIT.usage,
  no_store: EXIT.usage,
  other_tenant: EXIT.usage,
  unknown_zone: EXIT.usage,
  job_not_found: EXIT.usage,
  wrong_host: EXIT.usage,
  // A rule, or the state of what was named, forbids it.
  job_state: EXIT.refused,
  plan_changed: EXIT.refused,
  other_version: EXIT.refused,
  plan_refused: EXIT.refused,
  no_company_list: EXIT.refused,
  clock_off: EXIT.refused,
  audit_set_back: EXIT.refused,
  unsupported: EXIT.refused,
  // The credentials at the tenant, or the token at the service, do not do.
  unauthorized: EXIT.notAuthorised,
  missing_scope: EXIT.notAuthorised,
  not_authenticated: EXIT.notAuthorised,
  not_permitted: EXIT.notAuthorised,
  too_many_attempts: EXIT.notAuthorised,
  cross_site: EXIT.notAuthorised,
  // The tenant does not answer: the same command may do later.
  vendor_unavailable: EXIT.vendorUnavailable,
  rate_limited: EXIT.vendorUnavailable,
  too_many_at_once: EXIT.vendorUnavailable,
  deadline_exceeded: EXIT.vendorUnavailable,
  not_read_yet: EXIT.vendorUnavailable,
  aborted: EXIT.interrupted,
  interrupted: EXIT.interrupted,
  // It failed: the message says at what.
  not_found: EXIT.failed,
  not_available: EXIT.failed,
  no_such_route: EXIT.failed,
  wrong_method: EXIT.failed,
  request_too_slow: EXIT.failed,
  key_reused: EXIT.failed,
  key_busy: EXIT.failed,
  answer_lost: EXIT.failed,
  cannot_listen: EXIT.failed,
  conflict: EXIT.failed,
  stale_lock: EXIT.failed,
  invalid_state: EXIT.failed,
  refused: EXIT.failed,
  unknown_outcome: EXIT.failed,
  outcome_unknown: EXIT.failed,
  invalid_reply: EXIT.failed,
  paging_loop: EXIT.failed,
  redirect_refused: EXIT.failed,
  host_not_allowed: EXIT.failed,
  body_too_large: EXIT.failed,
  receiver_refuses: EXIT.failed,
  receiver_unavailable: EXIT.failed,
  not_owner: EXIT.failed,
  store_unavailable: EXIT.failed,
  store_full: EXIT.failed,
  store_locked: EXIT.failed,
  server_version: EXIT.failed,
  migration_failed: EXIT.failed,
  newer_schema: EXIT.failed,
  unsuitable_database: EXIT.failed,
  no_rights: EXIT.failed,
  audit_key: EXIT.failed,
  incomplete_read: EXIT.failed,
  lake_files_missing: EXIT.failed,
  lake_unavailable: EXIT.failed,
  simulation_failed: EXIT.failed,
  simulation_stopped: EXIT.failed,
  simulation_too_long: EXIT.failed,
  simulation_busy: EXIT.failed,
  service_unavailable: EXIT.failed,
  not_a_service: EXIT.failed,
  answer_cut_off: EXIT.failed,
  internal: EXIT.failed,
};

/** The exit code of an error's code; 1 for one that only a newer service knows. */
export function exitOf(code: string): number {
  return (EXIT_OF_CODE as Readonly<Record<string, number>>)[code] ?? EXIT.failed;
}
