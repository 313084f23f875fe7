// The 48 hours ahead: a bar for the decision and one for each rule that opens and closes.

import type { ApiTypes } from "../../../server/index.ts";
import { useWidth } from "../../ui/use-width.ts";
import { timeFormat } from "../../view/format.ts";
import { openInWords, runsOf } from "./strip.ts";

type Strip = ApiTypes.ComplianceExplain["strip"];
const ROW = 26;
const AXIS = 20;

export function StripChart({ strip }: { readonly strip: Strip }) {
  const { ref, width } = useWidth(640);
  const { from, minutes, all, rows } = strip;
  const start = Date.parse(from);
  const time = timeFormat();
  const lines = [{ label: "May be called", open: all }, ...rows];
  const name = width.value < 500 ? 96 : 170;
  const step = (width.value - name) / Math.max(1, all.length);
  const perTick = Math.round(((width.value < 500 ? 12 : 6) * 60) / minutes);
  const tickCount = Math.ceil(all.length / perTick);
  const height = lines.length * ROW + AXIS;
  return (
    <div ref={ref}>
      <svg
        class="strip48"
        width={width.value}
        height={height}
        role="img"
        aria-label={`May be called: ${openInWords(all, start, minutes, time.day)}`}
      >
        {lines.map(({ label, open }, row) => (
          <g key={label}>
            <text x="0" y={row * ROW + 15}>
              {label.length > (name > 100 ? 26 : 14) ? `${label.slice(0, name > 100 ? 25 : 13)}…` : label}
            </text>
            {runsOf(open).map((run) => (
              <rect
                key={run.from}
                class={run.open ? "allow" : "deny"}
                x={name + run.from * step}
                y={row * ROW + 3}
                width={Math.max(0.5, run.length * step - 0.5)}
                height={ROW - 9}
              >
                <title>
                  {label}: {run.open ? "open" : "closed"} {time.day(start + run.from * minutes * 60_000)} to{" "}
                  {time.day(start + (run.from + run.length) * minutes * 60_000)}
                </title>
              </rect>
            ))}
          </g>
        ))}
        {Array.from({ length: tickCount }, (_, i) => i * perTick).map((at) => (
          <g key={at}>
            <line x1={name + at * step} x2={name + at * step} y1="0" y2={height - AXIS + 4} />
            <text x={name + at * step + 2} y={height - 4}>
              {time.minute(start + at * minutes * 60_000)}
            </text>
          </g>
        ))}
      </svg>
    </div>
  );
}
