// Outcomes: how well campaigns convert and how sure that is, by category, hour and day, and against each other.

import { useSignal } from "@preact/signals";
import { useMemo } from "preact/hooks";
import { useLocation } from "preact-iso";
import type { ApiTypes } from "../../../server/index.ts";
import { useResource } from "../../api/resource.ts";
import { Page } from "../../shell/page.tsx";
import { CampaignField } from "../../ui/campaign-field.tsx";
import { TextField } from "../../ui/fields.tsx";
import { Figure, Figures } from "../../ui/figures.tsx";
import { Pill } from "../../ui/pill.tsx";
import { Plot } from "../../ui/plot.tsx";
import { SavedTable } from "../../ui/saved-table.tsx";
import { ShareBar } from "../../ui/share-bar.tsx";
import { Empty, Loaded } from "../../ui/states.tsx";
import { counted, decimal, interval, intervalKind, percent, whole, words } from "../../view/format.ts";
import { scaleOf } from "../../view/scale.ts";
import { CompareFields } from "./compare-fields.tsx";
import { Comparisons } from "./comparisons.tsx";
import { HeatTable } from "./heat-table.tsx";

type Report = ApiTypes.OutcomeReportView;
const FIELDS = ["campaign", "from", "to", "compare"] as const;
/** What the page shows besides the whole. */
const BY = ["campaign", "code"];
const COMPARE = ["previous", "campaign"];

export default function OutcomesPage() {
  const { query } = useLocation();
  const asked = Object.fromEntries(FIELDS.map((name) => [name, query[name] === "" ? undefined : query[name]]));
  const search = { ...asked, by: BY, compare: asked["compare"] ?? COMPARE };
  const report = useResource(
    "outcomes.report",
    { query: search },
    {
      on: (event) => event.type === "job" && event.kind === "retrieve" && event.status === "done",
    },
  );
  return (
    <Page
      title="Outcomes"
      lead="Every rate with what it was counted from, and a 95 % interval that allows for days that differ, or says that it does not."
    >
      <Scope key={JSON.stringify(search)} />
      <Loaded
        of={report}
        what="outcomes"
        isEmpty={({ calls }) => calls === 0}
        empty={
          <Empty title="No calls in this period">
            <p>
              Outcomes are brought home by <code>outdial outcomes pull</code>.
            </p>
          </Empty>
        }
      >
        {(value) => (
          <>
            <Summary report={value} />
            <div class="grid">
              <Days report={value} />
              <Categories report={value} />
            </div>
            <HeatTable cells={value.heat} zone={value.scope.zone} />
            <Comparisons report={value} />
            <Codes report={value} />
          </>
        )}
      </Loaded>
    </Page>
  );
}

function Scope() {
  const { query, route } = useLocation();
  const asked = useSignal(query);
  const set = (name: (typeof FIELDS)[number], value: string) => {
    asked.value = { ...asked.value, [name]: value };
  };
  const day = (name: "from" | "to", label: string, hint: string) => (
    <TextField label={label} type="date" value={asked.value[name] ?? ""} hint={hint} onChange={(value) => set(name, value)} />
  );
  return (
    <form
      class="card field-grid"
      role="search"
      aria-label="Outcomes"
      onSubmit={(event) => {
        event.preventDefault();
        const wanted = FIELDS.flatMap((name) => (asked.value[name] ? [[name, asked.value[name]] as [string, string]] : []));
        route(`/outcomes?${new URLSearchParams(wanted).toString()}`);
      }}
    >
      <CampaignField
        value={asked.value["campaign"] ?? ""}
        none="All campaigns"
        onChange={(campaign) => set("campaign", campaign)}
      />
      {day("from", "From", "empty: 30 days ago")}
      {day("to", "To", "until before this day")}
      <CompareFields words={asked.value["compare"] ?? ""} onChange={(words) => set("compare", words)} />
      <div class="row">
        <button type="submit" class="button primary">
          Show
        </button>
      </div>
    </form>
  );
}

function Summary({ report }: { readonly report: Report }) {
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

function Days({ report: { days } }: { readonly report: Report }) {
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

function Categories({ report: { categories } }: { readonly report: Report }) {
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

function Codes({ report: { by } }: { readonly report: Report }) {
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
