// The outcome lake: the port and its implementation on DuckDB.

export { bucketPlace } from "./bucket.ts";
export { openLake } from "./duckdb/lake.ts";
export { type LakeErrorCode, withLake } from "./error.ts";
export type {
  LakeCatalog,
  LakeFile,
  LakeRange,
  OutcomeLake,
  RecordQuery,
  StagedFile,
  StagingPlace,
} from "./lake.ts";
