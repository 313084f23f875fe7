// What outcomes mean, how well campaigns convert, and the lake that keeps them.

export {
  type CompactionReport,
  createMemoryCatalog,
  dayOf,
  type LakeCatalog,
  type LakeFile,
  type LakeFileKind,
  type LakeOptions,
  type LakeRange,
  type OutcomeLake,
  openLake,
  type Partition,
  type QuarantinedRow,
  type RecordQuery,
  type StoredRecord,
} from "./lake/index.ts";
export {
  ComplianceHash,
  canonicalText,
  digestOf,
  type OutcomeRecord,
  type ParsedRow,
  parseRow,
  type QuarantineReason,
  type RowContext,
  SCHEMA_VERSION,
} from "./record/index.ts";
