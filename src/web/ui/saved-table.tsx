// A table whose rows can be saved: those that are shown are all that there are.

import { Export } from "./export.tsx";
import { Table, type TableProps } from "./table.tsx";

interface SavedTableProps<Row> extends TableProps<Row> {
  /** Names the file. */
  readonly saved: string;
}

export function SavedTable<Row extends object>({ saved, ...table }: SavedTableProps<Row>) {
  return (
    <>
      <Table {...table} />
      <div class="row">
        <Export what={saved} rows={async () => table.rows} />
      </div>
    </>
  );
}
