// The canonical record, its parsing from vendor rows, and its hashing.

export { ComplianceHash, canonicalText, digestOf } from "./canonical.ts";
export { type OutcomeRecord, SCHEMA_VERSION } from "./record.ts";
