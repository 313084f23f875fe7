// Refused rows, each with all its reasons.

import type { ApiTypes } from "../../server/index.ts";
import { Table } from "./table.tsx";

export function RefusedRows({ rows }: { readonly rows: readonly ApiTypes.RefusedRow[] }) {
  return (
    <Table
      caption="Refused rows"
      rows={rows}
      rowKey={({ line }) => line}
      columns={[
        { name: "Line", head: true, cell: ({ line }) => line },
        { name: "Call", cell: ({ callId, interactionId }) => <span class="mono break">{callId ?? interactionId ?? "–"}</span> },
        {
          name: "Reasons",
          cell: ({ problems }) => (
            <ul class="plain-list">
              {problems.map(({ code, message, field }) => (
                <li class="break" key={`${code} ${field ?? ""} ${message}`}>
                  {field === undefined ? null : <code>{field} </code>}
                  {message}
                </li>
              ))}
            </ul>
          ),
        },
      ]}
    />
  );
}
