// Limits of the vendor's listing of calls (contract §2.6), for code that requests it.

export { MAX_CALLS_PAGE, OUTCOME_CODES, RETENTION_DAYS } from "../../contract/index.ts";
