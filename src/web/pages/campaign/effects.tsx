// What the figures were before and after each change of dialer settings.

import type { ApiTypes } from "../../../server/index.ts";
import { SavedTable } from "../../ui/saved-table.tsx";
import { type Column } from "../../ui/table.tsx";
import { Time } from "../../ui/time.tsx";
import { interval, percent, whole } from "../../view/format.ts";
import type { TimeRange } from "../../view/time-range.ts";
import { type Effect, effectsOf, type Side } from "./series.ts";

interface EffectsProps {
  readonly detail: ApiTypes.CampaignDetail;
  /** Shows a time in the plots. */
  readonly onRange: (range: TimeRange) => void;
}

/** So much before and after a change is shown of the plots, ms: at least, and in windows of the readings. */
const AROUND_MS = 15 * 60_000;
const AROUND_WINDOWS = 2;

export function Effects({ detail: { series, events, windowMinutes }, onRange }: EffectsProps) {
  const effects = effectsOf(series, events, windowMinutes);
  if (effects.length === 0) return null;
  const around = Math.max(AROUND_MS, AROUND_WINDOWS * 60_000 * (windowMinutes ?? 0));
  const inPlots: Column<Effect> = {
    name: "In the plots",
    cell: ({ at, text }) => (
      <button
        type="button"
        class="button"
        aria-label={`Show the plots before and after: ${text}`}
        onClick={() => onRange({ from: at - around, to: at + around })}
      >
        Show
      </button>
    ),
  };
  return (
    <section class="card" aria-label="Before and after each change of settings">
      <h2>Before and after each change of settings</h2>
      <p class="muted small">
        The last reading before the change, and the first whose {windowMinutes === null ? "" : `${windowMinutes} `}minutes lie
        behind it. Other things change as well: a difference is no proof.
      </p>
      <SavedTable
        caption="Changes of settings"
        saved="changes-of-settings"
        columns={[...COLUMNS, inPlots]}
        rows={effects}
        rowKey={({ at, text }) => `${at} ${text}`}
      />
    </section>
  );
}

const pair = (of: (side: Side) => string): Column<Effect>["cell"] =>
  function Pair({ before, after }) {
    return (
      <>
        {before === null ? "no reading" : of(before)} → <strong>{after === null ? "no reading yet" : of(after)}</strong>
      </>
    );
  };

const COLUMNS: readonly Column<Effect>[] = [
  {
    name: "Change",
    head: true,
    cell: ({ at, text }) => (
      <>
        <Time at={new Date(at).toISOString()} />
        <span class="cell-note break">{text}</span>
      </>
    ),
  },
  {
    name: "Success rate",
    cell: pair(({ successRate, low, high }) =>
      successRate === null || low === null || high === null
        ? percent(successRate)
        : `${percent(successRate)} (${interval(low, high)})`,
    ),
  },
  { name: "Abandonment", cell: pair(({ abandonmentRate }) => percent(abandonmentRate, 2)) },
  { name: "Calls counted", cell: pair(({ calls }) => whole(calls)) },
  { name: "Active calls", cell: pair(({ activeCalls }) => whole(activeCalls)) },
];
