// Writes Parquet files without a database.

export type { ColumnSpec } from "./column.ts";
export { ParquetWriter } from "./file.ts";
