// What the vendor's listing of calls allows (contract §2.6), for those who ask for it.

export { MAX_CALLS_PAGE, OUTCOME_CODES, RETENTION_DAYS } from "../../contract/index.ts";
