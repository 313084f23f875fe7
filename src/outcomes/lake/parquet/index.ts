// Writes Parquet files without a database.

export { type ColumnSpec, ParquetWriter } from "./file.ts";
