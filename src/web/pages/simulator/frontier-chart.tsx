// Occupancy against abandonment: what a fixed ratio can have, what the state-aware rule can have, and where the settings land.

import type { Prediction } from "../../../dialing/index.ts";
import { ABANDONMENT_LIMIT } from "../../../kernel/index.ts";
import { useWidth } from "../../ui/use-width.ts";
import { percent } from "../../view/format.ts";
import { scale, ticks } from "../../view/scale.ts";
import type { Point } from "./protocol.ts";

interface FrontierProps {
  readonly points: readonly Point[];
  readonly prediction: Prediction | undefined;
  readonly ratio: number;
}

const HEIGHT = 360;
const EDGE = { left: 46, right: 14, top: 12, bottom: 40 };
const WIDEST = 0.12;

export function FrontierChart({ points, prediction, ratio }: FrontierProps) {
  const { ref, width } = useWidth(640);
  const right = Math.min(WIDEST, Math.max(0.05, ...points.map(({ abandonment }) => abandonment)));
  const occupancies = [
    ...points.map(({ occupancy }) => occupancy),
    ...(prediction === undefined ? [] : [prediction.occupancy.low]),
  ];
  const bottom = Math.max(0, Math.floor(10 * Math.min(0.8, ...occupancies) - 0.2) / 10);
  const x = scale(0, right, EDGE.left, width.value - EDGE.right);
  const y = scale(bottom, 1, HEIGHT - EDGE.bottom, EDGE.top);
  const raw = points.find((point) => point.curve === "ratio" && point.value === ratio);
  const clip = (value: number) => Math.min(right, value);
  return (
    <div ref={ref} class="plot-host tall">
      <svg class="frontier" width={width.value} height={HEIGHT} role="img" aria-label={describe(prediction)}>
        {ticks(0, right, width.value < 500 ? 4 : 8).map((tick) => (
          <g key={tick}>
            <line class="grid-line" x1={x(tick)} x2={x(tick)} y1={EDGE.top} y2={HEIGHT - EDGE.bottom} />
            <text x={x(tick)} y={HEIGHT - EDGE.bottom + 15} text-anchor="middle">
              {percent(tick, 0)}
            </text>
          </g>
        ))}
        {ticks(bottom, 1, 6).map((tick) => (
          <g key={tick}>
            <line class="grid-line" x1={EDGE.left} x2={width.value - EDGE.right} y1={y(tick)} y2={y(tick)} />
            <text x={EDGE.left - 6} y={y(tick) + 3.5} text-anchor="end">
              {percent(tick, 0)}
            </text>
          </g>
        ))}
        <text x={(EDGE.left + width.value - EDGE.right) / 2} y={HEIGHT - 6} text-anchor="middle">
          abandoned, share of live answers
        </text>
        <rect
          class="forbidden"
          x={x(ABANDONMENT_LIMIT)}
          y={EDGE.top}
          width={Math.max(0, x(right) - x(ABANDONMENT_LIMIT))}
          height={HEIGHT - EDGE.bottom - EDGE.top}
        />
        <line class="limit-line" x1={x(ABANDONMENT_LIMIT)} x2={x(ABANDONMENT_LIMIT)} y1={EDGE.top} y2={HEIGHT - EDGE.bottom} />
        <text class="limit-text" x={x(ABANDONMENT_LIMIT) + 4} y={HEIGHT - EDGE.bottom - 6}>
          limit 3 %
        </text>
        {(["ratio", "state-aware"] as const).map((curve) => {
          const own = points.filter((point) => point.curve === curve && point.abandonment <= right);
          return (
            <g key={curve} class={curve}>
              <polyline points={own.map((point) => `${x(point.abandonment)},${y(point.occupancy)}`).join(" ")} />
              {own.map((point) => (
                <g key={point.value}>
                  <line
                    x1={x(point.abandonment)}
                    x2={x(point.abandonment)}
                    y1={y(Math.max(0, point.occupancyLow))}
                    y2={y(Math.min(1, point.occupancyHigh))}
                  />
                  <circle cx={x(point.abandonment)} cy={y(point.occupancy)} r="3" />
                </g>
              ))}
            </g>
          );
        })}
        {raw === undefined ? null : <circle class="raw" cx={x(clip(raw.abandonment))} cy={y(raw.occupancy)} r="6.5" />}
        {prediction === undefined ? null : (
          <g class="operating">
            <line
              x1={x(clip(prediction.abandonment.low))}
              x2={x(clip(prediction.abandonment.high))}
              y1={y(prediction.occupancy.median)}
              y2={y(prediction.occupancy.median)}
            />
            <line
              x1={x(clip(prediction.abandonment.median))}
              x2={x(clip(prediction.abandonment.median))}
              y1={y(prediction.occupancy.low)}
              y2={y(prediction.occupancy.high)}
            />
            <circle cx={x(clip(prediction.abandonment.median))} cy={y(prediction.occupancy.median)} r="6" />
          </g>
        )}
      </svg>
    </div>
  );
}

function describe(prediction: Prediction | undefined): string {
  const title = "Occupancy against abandonment of several pacing rules.";
  if (prediction === undefined) return title;
  return `${title} With these settings: occupancy ${percent(prediction.occupancy.median)}, abandonment ${percent(prediction.abandonment.median, 2)}.`;
}
