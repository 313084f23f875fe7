// The heat map as a table: the colour repeats the number in the cell.

import type { ApiTypes } from "../../../server/index.ts";
import { percent } from "../../view/format.ts";
import { heatMap } from "./heat.ts";

export function HeatTable({ cells, zone }: { readonly cells: ApiTypes.OutcomeReportView["heat"]; readonly zone: string }) {
  const { hours, rows, top } = heatMap(cells);
  return (
    <section class="card" aria-label="Conversion by hour and weekday">
      <div class="card-head">
        <h2>Conversion by hour and weekday, %</h2>
        <span class="aside muted small">
          {zone} · darkest {percent(top)} · a dot: fewer than 30 calls
        </span>
      </div>
      <div class="heat-wrap" role="region" aria-label="Heat map" tabIndex={0}>
        <table class="heat">
          <caption class="visually-hidden">Conversion in per cent by weekday (rows) and hour of the day (columns)</caption>
          <thead>
            <tr>
              <td />
              {hours.map((hour) => (
                <th key={hour} scope="col">
                  {String(hour).padStart(2, "0")}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={row.weekday}>
                <th scope="row">{row.weekday}</th>
                {row.cells.map(({ hour, level, text, title }) => (
                  <td key={hour} class={level === 0 ? "cell" : `l${level}`} title={title}>
                    {text}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
