// The canonical record, how vendor rows become records, and what is hashed of them.

export { ComplianceHash, canonicalText, digestOf } from "./canonical.ts";
export { createInstantReader } from "./instant-reader.ts";
export { MAX_CALLS_PAGE, OUTCOME_CODES, RETENTION_DAYS } from "./listing.ts";
export { parseRow } from "./parse.ts";
export { type OutcomeRecord, SCHEMA_VERSION } from "./record.ts";
