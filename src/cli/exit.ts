// Exit codes, and the errors that lead to each.

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

const EXIT_OF_CODE: Readonly<Record<string, number>> = {
  invalid_input: EXIT.usage,
  invalid_config: EXIT.usage,
  invalid_scenario: EXIT.usage,
  scenario_invalid: EXIT.usage,
  invalid_request: EXIT.usage,
  request_too_large: EXIT.usage,
  unsupported_root: EXIT.usage,
  invalid_pack: EXIT.usage,
  invalid_facts: EXIT.usage,
  no_store: EXIT.usage,
  other_tenant: EXIT.usage,
  unknown_zone: EXIT.usage,
  job_not_found: EXIT.usage,
  not_found: EXIT.failed,
  job_state: EXIT.refused,
  plan_changed: EXIT.refused,
  no_company_list: EXIT.refused,
  audit_set_back: EXIT.refused,
  unsupported: EXIT.refused,
  unauthorized: EXIT.notAuthorised,
  not_authenticated: EXIT.notAuthorised,
  not_permitted: EXIT.notAuthorised,
  missing_scope: EXIT.notAuthorised,
  vendor_unavailable: EXIT.vendorUnavailable,
  rate_limited: EXIT.vendorUnavailable,
  deadline_exceeded: EXIT.vendorUnavailable,
  aborted: EXIT.interrupted,
  interrupted: EXIT.interrupted,
};

/** The exit code of an error's code; 1 for any that is not listed. */
export function exitOf(code: string): number {
  return EXIT_OF_CODE[code] ?? EXIT.failed;
}
