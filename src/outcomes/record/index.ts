// The canonical record, how vendor rows become records, and what is hashed of them.

export { ComplianceHash, canonicalText, digestOf } from "./canonical.ts";
export { type OutcomeRecord, SCHEMA_VERSION } from "./record.ts";
