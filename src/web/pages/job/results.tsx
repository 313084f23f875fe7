// The results of a job's rows.

import { useSignal } from "@preact/signals";
import type { ApiTypes } from "../../../server/index.ts";
import { useDashboard } from "../../api/dashboard.ts";
import { useReading } from "../../api/resource.ts";
import { Export } from "../../ui/export.tsx";
import { SelectField } from "../../ui/fields.tsx";
import { Pill } from "../../ui/pill.tsx";
import { Empty, Loaded } from "../../ui/states.tsx";
import { type Column, Table } from "../../ui/table.tsx";
import { MOST_ROWS } from "../../view/csv.ts";
import { decimal, words } from "../../view/format.ts";

type Detail = ApiTypes.JobDetail;

/** Rows shown at first, and more at each asking. */
const STEP = 50;

export function Results({ job }: { readonly job: Detail }) {
  const { client } = useDashboard();
  const result = useSignal("");
  const size = useSignal(STEP);
  const chosen = { result: result.value === "" ? undefined : result.value };
  const rows = useReading(
    `${job.id} ${result.value} ${size.value} ${job.done}`,
    (signal) => client.lines("jobs.rows", { params: { id: job.id }, query: { ...chosen, limit: size.value } }, signal),
    { sticky: true },
  );
  // Of a push those rows alone are kept that the CRM refused.
  const title = job.push === null ? "Results" : "Refused records";
  return (
    <section class="stack" aria-label={title}>
      <div class="row">
        <h2>{title}</h2>
        {job.push === null ? (
          <SelectField
            label="Result"
            value={result.value}
            options={[["", "All"], ...Object.keys(job.counts).map((name) => [name, words(name)] as const)]}
            onChange={(value) => {
              result.value = value;
            }}
          />
        ) : null}
      </div>
      <Loaded
        of={rows}
        what="results"
        isEmpty={(found) => found.length === 0}
        empty={<Empty title={job.push === null ? "No results yet" : "The CRM refused none"} />}
      >
        {(found) => (
          <>
            <Table caption={title} rows={found} rowKey={({ line }) => line} columns={COLUMNS} />
            <div class="row">
              <Export
                what={job.push === null ? "results" : "refused-records"}
                rows={() => client.lines("jobs.rows", { params: { id: job.id }, query: { ...chosen, limit: MOST_ROWS + 1 } })}
                chosen={{ job: job.id, ...chosen }}
              />
              {found.length < size.value ? null : (
                <button
                  type="button"
                  class="button"
                  onClick={() => {
                    size.value += STEP;
                  }}
                >
                  More results
                </button>
              )}
            </div>
          </>
        )}
      </Loaded>
    </section>
  );
}

const COLUMNS: readonly Column<ApiTypes.ResultRow>[] = [
  { name: "Line", head: true, cell: ({ line }) => line },
  { name: "Call", cell: ({ callId, interactionId }) => <span class="mono break">{callId ?? interactionId ?? "–"}</span> },
  {
    name: "Result",
    cell: ({ result, reason }) => (
      <>
        <Pill state={result} />
        {reason === undefined ? null : <span class="cell-note break">{reason}</span>}
      </>
    ),
  },
  { name: "Attempts", numeric: true, cell: ({ attempts }) => attempts },
  { name: "Latency", numeric: true, cell: ({ latencyMs }) => (latencyMs === undefined ? "–" : `${decimal(latencyMs, 0)} ms`) },
];
