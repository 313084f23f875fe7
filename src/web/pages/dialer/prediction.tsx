// A prediction: medians with what lies between 5 and 95 %, and the chance of a breach.

import { ABANDONMENT_LIMIT, probabilityText } from "../../../kernel/index.ts";
import type { ApiTypes } from "../../../server/index.ts";
import { Time } from "../../ui/time.tsx";
import { counted, percent, whole, words } from "../../view/format.ts";

export function PredictionBands({ prediction }: { readonly prediction: ApiTypes.SettingsPrediction }) {
  const { abandonment, occupancy, attemptsPerHour, chanceAboveLimit, assumed } = prediction;
  const tone = chanceAboveLimit > 0.25 ? "bad" : chanceAboveLimit > 0.01 ? "warn" : "good";
  return (
    <div class="stack">
      <p class="muted small">Medians with 90 % bands: from the 5 % to the 95 % quantile.</p>
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
        <dt>More than 3 % in 30 days</dt>
        <dd class={tone}>
          <strong>{probabilityText(chanceAboveLimit)}</strong> chance
        </dd>
      </dl>
      {assumed.length === 0 ? null : (
        <p class="muted small break">
          Assumed, because nobody said: {assumed.map((name) => words(name).toLowerCase()).join(", ")}.
        </p>
      )}
    </div>
  );
}

/** What answer rate the prediction of the settings in force goes by: one that was measured, or one that a person expected. */
export function AnswerRate({ view: { measured, basis } }: { readonly view: ApiTypes.DialerView }) {
  const expected = basis?.expected["answer_rate"];
  if (measured === null)
    return expected === undefined ? null : (
      <p class="muted small">Answer rate: expected, {percent(expected)}; fewer than 50 calls of the last day were counted.</p>
    );
  const { numerator, denominator, from, to } = measured;
  return (
    <p class="muted small">
      Answer rate: measured, {percent(numerator / denominator)}, {counted(numerator, denominator)} placed calls,{" "}
      <Time at={from} /> to <Time at={to} />.
      {expected === undefined ? "" : ` ${percent(expected)} was expected when these settings were put in force.`}
    </p>
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
