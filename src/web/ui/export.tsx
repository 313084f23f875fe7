// A table as a CSV file or as a PDF: every row that the service has, with the names and values of its API. Both are made from the
// same rows.

import { useSignal } from "@preact/signals";
import { cellText } from "../../kernel/index.ts";
import { useDashboard } from "../api/dashboard.ts";
import { csvOf, MOST_PDF_ROWS, MOST_ROWS } from "../view/csv.ts";
import { whole, words, zoneName } from "../view/format.ts";
import { saveFile } from "./save-file.ts";

interface ExportProps {
  /** Names the file and, for a screen reader, the button: "campaigns". */
  readonly what: string;
  /** All rows; at most MOST_ROWS are written, at most MOST_PDF_ROWS to a PDF. */
  readonly rows: () => Promise<readonly object[]>;
  /** Search text and filters, by name; `from` and `to` are the period. */
  readonly chosen?: Readonly<Record<string, unknown>>;
}

export function Export({ what, rows, chosen = {} }: ExportProps) {
  const { client, toasts, now } = useDashboard();
  const busy = useSignal<"CSV" | "PDF" | undefined>(undefined);
  const save = async (as: "CSV" | "PDF") => {
    // Not disabled meanwhile: the button would lose the focus.
    if (busy.peek() !== undefined) return;
    busy.value = as;
    try {
      const all = await rows();
      const most = as === "CSV" ? MOST_ROWS : MOST_PDF_ROWS;
      if (all.length > most)
        toasts.show(
          "bad",
          `Only the first ${whole(most)} rows were written: search for fewer, or use ${as === "PDF" ? "the CSV" : "the command line"}`,
        );
      const csv = new Blob([csvOf(all.slice(0, most))], { type: "text/csv" });
      const query = { title: words(what), zone: zoneName(), rows: all.length, ...headOf(chosen) };
      const file = as === "CSV" ? csv : await client.made("tables.pdf", { query }, csv);
      saveFile(file, `${what}-${new Date(now()).toISOString().slice(0, 19).replaceAll(":", "")}.${as.toLowerCase()}`);
    } catch (thrown) {
      toasts.show("bad", thrown instanceof Error ? thrown.message : String(thrown));
    } finally {
      busy.value = undefined;
    }
  };
  return (
    <>
      {(["CSV", "PDF"] as const).map((as) => (
        <button
          key={as}
          type="button"
          class="button quiet"
          aria-disabled={busy.value !== undefined}
          onClick={() => void save(as)}
        >
          {busy.value === as ? "Reading all rows …" : as}
          <span class="visually-hidden"> of {words(what).toLowerCase()}</span>
        </button>
      ))}
    </>
  );
}

/** Period and filters as text. */
function headOf({ from, to, ...others }: Readonly<Record<string, unknown>>) {
  const told = Object.entries(others).filter(([, value]) => value !== undefined && value !== "" && value !== null);
  const period = [from === undefined ? "" : `from ${cellText(from)}`, to === undefined ? "" : `to ${cellText(to)}`].filter(
    Boolean,
  );
  return {
    period: period.length === 0 ? undefined : period.join(" "),
    filters:
      told.length === 0
        ? undefined
        : told
            .map(([name, value]) => `${words(name)}: ${cellText(value)}`)
            .join("; ")
            .slice(0, 1000),
  };
}
