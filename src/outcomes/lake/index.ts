// The outcome lake: the port and its implementation on DuckDB.

export { type LakeOptions, openLake } from "./duckdb/lake.ts";
export type {
  CompactionReport,
  LakeCatalog,
  LakeFile,
  LakeFileKind,
  LakeRange,
  OutcomeLake,
  Partition,
  QuarantinedRow,
  RecordQuery,
  StoredRecord,
} from "./lake.ts";
export { dayOf } from "./layout.ts";
export { createMemoryCatalog } from "./memory-catalog.ts";
