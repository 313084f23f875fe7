// A prediction: medians with what lies between 5 and 95 %, and the chance of a breach.

import { ABANDONMENT_LIMIT, factWords, probabilityText } from "../../../kernel/index.ts";
import type { ApiTypes } from "../../../server/index.ts";
import { Table } from "../../ui/table.tsx";
import { Time } from "../../ui/time.tsx";
import { percent, whole } from "../../view/format.ts";

export function PredictionBands({ prediction }: { readonly prediction: ApiTypes.SettingsPrediction }) {
  const { abandonment, occupancy, attemptsPerHour, chanceAboveLimit } = prediction;
  const tone = chanceAboveLimit > 0.25 ? "bad" : chanceAboveLimit > 0.01 ? "warn" : "good";
  return (
    <div class="stack">
      <p class="muted small">
        Medians with {percent(0.9, 0)} bands: from the {percent(0.05, 0)} to the {percent(0.95, 0)} quantile.
      </p>
      <dl class="facts">
        <dt>Abandonment</dt>
        <dd>
          <strong>{percent(abandonment.median, 2)}</strong>{" "}
          <span class="muted">
            {percent(abandonment.low, 2)} to {percent(abandonment.high, 2)}
          </span>
          <Band low={abandonment.low} high={abandonment.high} median={abandonment.median} to={0.06} limit={ABANDONMENT_LIMIT} />
        </dd>
        <dt>Occupancy</dt>
        <dd>
          <strong>{percent(occupancy.median)}</strong>{" "}
          <span class="muted">
            {percent(occupancy.low)} to {percent(occupancy.high)}
          </span>
          <Band low={occupancy.low} high={occupancy.high} median={occupancy.median} to={1} />
        </dd>
        <dt>Attempts an hour</dt>
        <dd>
          <strong>{whole(attemptsPerHour.median)}</strong>{" "}
          <span class="muted">
            {whole(attemptsPerHour.low)} to {whole(attemptsPerHour.high)}
          </span>
        </dd>
        <dt>More than {percent(0.03, 0)} in 30 days</dt>
        <dd class={tone}>
          <strong>{probabilityText(chanceAboveLimit)}</strong> chance
        </dd>
      </dl>
      <PredictionBasis prediction={prediction} />
    </div>
  );
}

/** What a prediction stands on: what was measured, else what a person gave, else what is assumed. */
export function PredictionBasis({ prediction }: { readonly prediction: ApiTypes.SettingsPrediction }) {
  return (
    <p class="muted small break">
      Stands on{" "}
      {prediction.basis.map((fact, i) => (
        <span key={fact.name}>
          {i === 0 ? "" : ", "}
          {factWords(fact)}
          {fact.at === null ? null : (
            <>
              {" "}
              <Time at={fact.at} />
            </>
          )}
        </span>
      ))}
      .
    </p>
  );
}

/** Predictions of the settings in force and of the new ones, on the same basis. */
export function NowThen({
  now,
  then,
}: {
  readonly now: ApiTypes.SettingsPrediction;
  readonly then: ApiTypes.SettingsPrediction;
}) {
  const rows: readonly (readonly [string, (prediction: ApiTypes.SettingsPrediction) => string])[] = [
    [
      "Abandonment",
      ({ abandonment: { low, median, high } }) => `${percent(median, 2)} (${percent(low, 2)} to ${percent(high, 2)})`,
    ],
    ["Occupancy", ({ occupancy: { low, median, high } }) => `${percent(median)} (${percent(low)} to ${percent(high)})`],
    ["Attempts an hour", ({ attemptsPerHour: { low, median, high } }) => `${whole(median)} (${whole(low)} to ${whole(high)})`],
    [`Chance of more than ${percent(0.03, 0)} in 30 days`, ({ chanceAboveLimit }) => probabilityText(chanceAboveLimit)],
  ];
  return (
    <Table
      caption={`Predicted, medians with ${percent(0.9, 0)} bands`}
      rows={rows}
      rowKey={([name]) => name}
      columns={[
        { name: "Figure", head: true, cell: ([name]) => name },
        { name: "Now", cell: ([, text]) => text(now) },
        { name: "Then", cell: ([, text]) => text(then) },
      ]}
    />
  );
}

interface BandProps {
  readonly low: number;
  readonly median: number;
  readonly high: number;
  readonly to: number;
  readonly limit?: number;
}

function Band({ low, median, high, to, limit }: BandProps) {
  const at = (value: number) => `${Math.min(100, Math.max(0, (100 * value) / to))}%`;
  return (
    <span class="interval">
      <svg aria-hidden="true">
        <rect class="axis" x="0" y="4.5" width="100%" height="1" />
        <rect class="band" x={at(low)} y="2" width={at(high - low)} height="6" rx="2" />
        <circle class="point" cx={at(median)} cy="5" r="3" />
        {limit === undefined ? null : <rect class="limit" x={at(limit)} y="0" width="1.5" height="10" />}
      </svg>
    </span>
  );
}
