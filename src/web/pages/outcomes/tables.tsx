// What a report of outcomes says, as figures and tables.

import { useMemo } from "preact/hooks";
import type { ApiTypes } from "../../../server/index.ts";
import { Figure, Figures } from "../../ui/figures.tsx";
import { Pill } from "../../ui/pill.tsx";
import { Plot } from "../../ui/plot.tsx";
import { SavedTable } from "../../ui/saved-table.tsx";
import { ShareBar } from "../../ui/share-bar.tsx";
import { counted, decimal, interval, intervalKind, percent, whole, words } from "../../view/format.ts";
import { scaleOf } from "../../view/scale.ts";

type Report = ApiTypes.OutcomeReportView;

export function Summary({ report }: { readonly report: Report }) {
  const { conversion, calls, averageSeconds, trend, unmapped, definition } = report;
  const points = (share: number) => (100 * share).toFixed(2);
  const slope =
    trend.slope === null
      ? `needs ${trend.minimum.days} days and ${trend.minimum.calls} calls`
      : `${points(trend.slope.perDay)} points a day (${Number((100 * trend.slope.confidence).toFixed(2))} % interval ${points(trend.slope.low)} to ${points(trend.slope.high)}, allows for effects that last)`;
  return (
    <Figures>
      <Figure
        name="Conversion"
        value={percent(conversion.rate, 2)}
        note={`${intervalKind(conversion)} ${interval(conversion.low, conversion.high, 2)} · ${counted(conversion.numerator, conversion.denominator)}`}
      />
      <Figure name="Calls" value={whole(calls)} note={`mean ${decimal(averageSeconds, 0)} s`} />
      <Figure
        name="Trend"
        value={<span class="small-value">{trend.verdict === "none shown" ? "No trend shown" : words(trend.verdict)}</span>}
        tone={trend.verdict === "rising" ? "good" : trend.verdict === "falling" ? "bad" : undefined}
        note={slope}
      />
      <Figure
        name="Codes without a meaning"
        value={whole(unmapped.calls)}
        tone={unmapped.calls > 0 ? "warn" : undefined}
        note={
          unmapped.codes.length === 0
            ? "all codes are mapped"
            : `${unmapped.codes
                .slice(0, 3)
                .map(({ code }) => code)
                .join(", ")}${unmapped.codes.length > 3 ? ` and ${whole(unmapped.codes.length - 3)} more, below` : ""}`
        }
      />
      <Figure
        name="Measure"
        value={<span class="small-value mono break">{definition.id.slice(0, 24)}</span>}
        note="figures of other ids are another measure"
      />
    </Figures>
  );
}

export function Days({ report: { days } }: { readonly report: Report }) {
  const drawn = useMemo(
    () => ({
      times: days.map(({ day }) => Date.parse(`${day}T12:00:00Z`)),
      series: [
        {
          name: "conversion",
          colour: "--accent",
          values: days.map(({ conversion }) => conversion.rate),
          band: {
            low: days.map(({ calls, conversion }) => (calls === 0 ? null : conversion.low)),
            high: days.map(({ calls, conversion }) => (calls === 0 ? null : conversion.high)),
          },
        } as const,
      ],
    }),
    [days],
  );
  return (
    <div class="card">
      <Plot
        title="Conversion by day, with the 95 % interval of each day's calls alone"
        times={drawn.times}
        series={drawn.series}
        text={(value) => percent(value, 1)}
        axis="day"
        height={230}
      />
    </div>
  );
}

export function Categories({ report: { categories } }: { readonly report: Report }) {
  return (
    <section class="card" aria-label="Categories">
      <h2>Categories</h2>
      <SavedTable
        caption="Calls by category"
        saved="calls-by-category"
        rows={categories}
        rowKey={({ category }) => category}
        columns={[
          { name: "Category", head: true, cell: ({ category }) => words(category) },
          { name: "Calls", numeric: true, cell: ({ calls }) => whole(calls) },
          { name: "Share", cell: ({ share }) => <ShareBar share={share} to={scaleOf(categories.map((one) => one.share))} /> },
        ]}
      />
    </section>
  );
}

export function Codes({ report: { by } }: { readonly report: Report }) {
  if (by.code === undefined || by.code.length === 0) return null;
  return (
    <section class="stack" aria-label="Codes">
      <h2>Disposition codes</h2>
      <SavedTable
        caption="Calls by disposition code"
        saved="calls-by-code"
        rows={by.code}
        rowKey={({ code }) => code}
        columns={[
          { name: "Code", head: true, cell: ({ code }) => <span class="break">{code}</span> },
          {
            name: "Means",
            cell: ({ categories, mapped }) =>
              mapped ? categories.map(words).join(", ") : <Pill state="unmapped" tone="warn" text="not mapped" />,
          },
          { name: "Calls", numeric: true, cell: ({ calls }) => whole(calls) },
          { name: "Share", cell: ({ share }) => <ShareBar share={share} /> },
          { name: "Mean duration", numeric: true, cell: ({ averageSeconds }) => `${decimal(averageSeconds, 0)} s` },
        ]}
      />
    </section>
  );
}
