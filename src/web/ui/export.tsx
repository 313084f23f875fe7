// A table as a CSV file: every row that the service has, with the names and values of its API.

import { useSignal } from "@preact/signals";
import { useDashboard } from "../api/dashboard.ts";
import { csvOf, MOST_ROWS } from "../view/csv.ts";
import { whole } from "../view/format.ts";
import { saveFile } from "./save-file.ts";

export interface ExportProps {
  /** Names the file and, for a screen reader, the button: "campaigns". */
  readonly what: string;
  /** All rows; MOST_ROWS at most are written. */
  readonly rows: () => Promise<readonly object[]>;
}

export function Export({ what, rows }: ExportProps) {
  const { toasts, now } = useDashboard();
  const busy = useSignal(false);
  const save = async () => {
    busy.value = true;
    try {
      const all = await rows();
      if (all.length > MOST_ROWS)
        toasts.show("bad", `Only the first ${whole(MOST_ROWS)} rows were written: search for fewer, or use the command line`);
      const name = `${what}-${new Date(now()).toISOString().slice(0, 19).replaceAll(":", "")}.csv`;
      saveFile(csvOf(all.slice(0, MOST_ROWS)), "text/csv", name);
    } catch (thrown) {
      toasts.show("bad", thrown instanceof Error ? thrown.message : String(thrown));
    } finally {
      busy.value = false;
    }
  };
  return (
    <button type="button" class="button quiet" disabled={busy.value} onClick={() => void save()}>
      {busy.value ? "Reading all rows …" : "CSV"}
      <span class="visually-hidden"> of {what}</span>
    </button>
  );
}
