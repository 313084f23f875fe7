// Outcomes: how well campaigns convert and how sure that is, by category, hour and day, and against each other.

import { useSignal } from "@preact/signals";
import { useMemo } from "preact/hooks";
import { useLocation } from "preact-iso";
import type { ApiTypes } from "../../../server/index.ts";
import { useResource } from "../../api/resource.ts";
import { Page } from "../../shell/page.tsx";
import { CampaignField } from "../../ui/campaign-field.tsx";
import { SelectField, TextField } from "../../ui/fields.tsx";
import { Figure, Figures } from "../../ui/figures.tsx";
import { NameText } from "../../ui/name-text.tsx";
import { Pill } from "../../ui/pill.tsx";
import { Plot } from "../../ui/plot.tsx";
import { SavedTable } from "../../ui/saved-table.tsx";
import { SharesNote, shareColumn } from "../../ui/share-bar.tsx";
import { Empty, Loaded } from "../../ui/states.tsx";
import { comparedOf, comparedWords, DIFFER, WAYS } from "../../view/compare.ts";
import { counted, decimal, interval, intervalKind, levelText, percent, whole, words } from "../../view/format.ts";
import { scaleOf } from "../../view/scale.ts";
import type { Tone } from "../../view/tone.ts";

/** What a report of outcomes says, as figures and tables. */
function Summary({ report }: { readonly report: Report }) {
  const { conversion, calls, averageSeconds, trend, unmapped, definition } = report;
  const points = (share: number) => decimal(100 * share, 2);
  const slope =
    trend.slope === null
      ? `needs ${trend.minimum.days} days and ${trend.minimum.calls} calls`
      : `${points(trend.slope.perDay)} points a day (${levelText(trend.slope.confidence)} interval ${points(trend.slope.low)} to ${points(trend.slope.high)}, allows for effects that last)`;
  return (
    <Figures>
      <Figure
        name="Conversion"
        value={percent(conversion.rate, 2)}
        note={
          calls === null
            ? "no day was read whole"
            : `${intervalKind(conversion)} ${interval(conversion.low, conversion.high, 2)} · ${counted(conversion.numerator, conversion.denominator)}`
        }
      />
      <Figure name="Calls" value={whole(calls)} note={calls === null ? "not read" : `mean ${decimal(averageSeconds, 0)} s`} />
      <Figure
        name="Trend"
        value={
          <span class="small-value">
            {trend.days === 0 ? "Not known" : trend.verdict === "none shown" ? "No trend shown" : words(trend.verdict)}
          </span>
        }
        tone={trend.verdict === "rising" ? "good" : trend.verdict === "falling" ? "bad" : undefined}
        note={slope}
      />
      <Figure
        name="Unmapped codes"
        value={whole(unmapped.calls)}
        tone={unmapped.codes.length > 0 ? "warn" : undefined}
        note={
          unmapped.codes.length === 0
            ? unmapped.calls === null
              ? ""
              : "all codes are mapped"
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
            low: days.map(({ calls, conversion }) => (calls ? conversion.low : null)),
            high: days.map(({ calls, conversion }) => (calls ? conversion.high : null)),
          },
        } as const,
      ],
    }),
    [days],
  );
  return (
    <div class="card">
      <Plot
        title={`Conversion by day, with the ${percent(0.95, 0)} interval of each day's calls alone`}
        times={drawn.times}
        series={drawn.series}
        text={(value) => percent(value, 1)}
        unit="share of calls"
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
          shareColumn("Share", categories, ({ share }) => share, scaleOf(categories.map(({ share }) => share))),
        ]}
      />
      <SharesNote shares={categories.map(({ share }) => share)} />
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
          shareColumn("Share", by.code, ({ share }) => share, scaleOf(by.code.map(({ share }) => share))),
          { name: "Mean duration", numeric: true, cell: ({ averageSeconds }) => `${decimal(averageSeconds, 0)} s` },
        ]}
      />
      <SharesNote shares={by.code.map(({ share }) => share)} />
    </section>
  );
}

/** Campaigns against each other: the difference with its interval, and whether there is one. */
type Report = ApiTypes.OutcomeReportView;

const TONES: Readonly<Record<string, Tone>> = { higher: "good", lower: "bad" };
/** What the report puts before the id of a campaign that is compared. */
const CAMPAIGN = "campaign ";
const points = (value: number) => `${value >= 0 ? "+" : "−"}${decimal(Math.abs(100 * value), 2)}`;

/** Names of the campaigns by their ids, as far as they are known: outcomes may be of one that the tenant has no more. */
function useCampaignNames(): ReadonlyMap<string, string> {
  const state = useResource("campaigns.names", {}, { sticky: true }).state.value;
  return new Map((state.kind === "ready" ? state.value.items : []).map(({ id, name }) => [id, name]));
}

/** What is compared: a campaign by its name, where that is known. */
function groupText({ name }: { readonly name: string }, names: ReadonlyMap<string, string>): string {
  const id = name.startsWith(CAMPAIGN) ? name.slice(CAMPAIGN.length) : undefined;
  return (id === undefined ? undefined : names.get(id)) ?? name;
}

function Comparisons({ report: { by, comparisons } }: { readonly report: Report }) {
  const names = useCampaignNames();
  const groups = by.campaign ?? [];
  const top = scaleOf(groups.map(({ conversion }) => conversion));
  return (
    <div class="grid">
      {groups.length === 0 ? null : (
        <section class="card" aria-label="By campaign">
          <h2>By campaign</h2>
          <SavedTable
            caption="Conversion by campaign"
            saved="conversion-by-campaign"
            rows={groups}
            rowKey={({ value }) => value ?? ""}
            columns={[
              {
                name: "Campaign",
                head: true,
                cell: ({ value }) => <CampaignName id={value} names={names} />,
              },
              shareColumn("Conversion", groups, ({ conversion }) => conversion, top),
            ]}
          />
          <SharesNote shares={groups.map(({ conversion }) => conversion)} />
        </section>
      )}
      {comparisons.length === 0 ? null : (
        <section class="card" aria-label="Comparisons">
          <h2>Comparisons</h2>
          <SavedTable
            caption="Differences of conversion, in points"
            saved="comparisons"
            rows={comparisons}
            rowKey={({ first, second }) => `${first.name}\n${second.name}`}
            columns={[
              {
                name: "Pair",
                head: true,
                cell: ({ first, second }) => (
                  <span class="break">
                    <NameText text={`${groupText(first, names)} against ${groupText(second, names)}`} />
                  </span>
                ),
              },
              {
                name: "Difference",
                cell: ({ difference }) =>
                  difference === null ? (
                    "–"
                  ) : (
                    <>
                      {points(difference.value)} points
                      <span class="cell-note">
                        {points(difference.low)} to {points(difference.high)}, {levelText(difference.confidence)} interval over
                        days
                        {difference.comparisons === 1
                          ? ""
                          : `; all ${difference.comparisons} hold together at ${levelText(difference.together)}`}
                      </span>
                    </>
                  ),
              },
              {
                name: "Verdict",
                cell: ({ verdict, minimum }) => (
                  <>
                    <Pill
                      state={verdict}
                      tone={TONES[verdict] ?? "none"}
                      {...(verdict === "none shown" ? { text: "No difference shown" } : {})}
                    />
                    {verdict === "too few" ? <span class="cell-note">needs {minimum} calls a side</span> : null}
                    {verdict === "too few days" ? (
                      <span class="cell-note">
                        how much days vary cannot be told: the groups were worked on days of their own
                      </span>
                    ) : null}
                  </>
                ),
              },
            ]}
          />
        </section>
      )}
    </div>
  );
}

/** A campaign by its name with its id below; by its id alone when no name is known. */
function CampaignName({ id, names }: { readonly id: string | null; readonly names: ReadonlyMap<string, string> }) {
  const name = id === null ? undefined : names.get(id);
  return (
    <>
      <span class="break">
        <NameText text={name ?? id ?? "none"} />
      </span>
      {name === undefined || name === id ? null : (
        <span class="cell-note break">
          <NameText text={id ?? ""} />
        </span>
      )}
    </>
  );
}

const WEEKDAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"] as const;

/** Cells with fewer calls say nothing of their own. */
const FEWEST = 30;
const LEVELS = 5;

type HeatCell = ApiTypes.OutcomeReportView["heat"][number];

interface HeatSquare {
  readonly hour: number;
  /** 1 to 5; 0 without enough calls. */
  readonly level: number;
  readonly text: string;
  readonly title: string;
}

interface HeatRow {
  readonly weekday: string;
  readonly cells: readonly HeatSquare[];
}

interface HeatMap {
  readonly hours: readonly number[];
  readonly rows: readonly HeatRow[];
  /** Conversion that the darkest colour stands for. */
  readonly top: number;
}

/** All weekdays, and the hours from the first that has calls to the last. Levels are equal steps from no conversion to the best cell's. */
export function heatMap(cells: readonly HeatCell[]): HeatMap {
  const used = cells.filter(({ calls }) => calls > 0).map(({ hour }) => hour);
  const [from, to] = used.length === 0 ? [8, 20] : [Math.min(...used), Math.max(...used)];
  const hours = Array.from({ length: to - from + 1 }, (_, i) => from + i);
  const top = Math.max(0, ...cells.filter(({ calls }) => calls >= FEWEST).map(({ conversion }) => conversion.rate ?? 0));
  const byPlace = new Map(cells.map((cell) => [cell.weekday * 24 + cell.hour, cell]));
  return {
    hours,
    top,
    rows: WEEKDAYS.map((weekday, index) => ({
      weekday,
      cells: hours.map((hour) => square(byPlace.get((index + 1) * 24 + hour), weekday, hour, top)),
    })),
  };
}

function square(cell: HeatCell | undefined, weekday: string, hour: number, top: number): HeatSquare {
  const when = `${weekday} ${String(hour).padStart(2, "0")}:00`;
  if (cell === undefined || cell.calls === 0 || cell.conversion.rate === null)
    return { hour, level: 0, text: "", title: `${when}: no calls that count` };
  const { rate, low, high, numerator, denominator } = cell.conversion;
  const title = `${when}: ${percent(rate)} (${interval(low, high)}, ${intervalKind(cell.conversion)}), ${counted(numerator, denominator)}`;
  if (cell.calls < FEWEST) return { hour, level: 0, text: "·", title: `${title}; too few to say` };
  const level = top > 0 ? Math.min(LEVELS, Math.max(1, Math.ceil((LEVELS * rate) / top))) : 1;
  return { hour, level, text: decimal(100 * rate, 0), title };
}

/** What is compared, as fields; conditions that the fields cannot say stay as they were written. */
interface CompareFieldsProps {
  /** As the address has it. */
  readonly words: string;
  readonly onChange: (words: string) => void;
}

function CompareFields({ words, onChange }: CompareFieldsProps) {
  const compared = useSignal(comparedOf(words));
  const now = compared.value;
  if (now === undefined)
    return (
      <TextField label="Compare" value={words} hint="conditions as in outdial outcomes report --compare" onChange={onChange} />
    );
  const change = (next: Partial<typeof now>) => {
    compared.value = { ...now, ...next };
    onChange(comparedWords(compared.value));
  };
  return (
    <>
      <SelectField label="Compare" value={now.way} options={WAYS} onChange={(way) => change({ way })} />
      {now.way === "groups" ? (
        <>
          <SelectField label="That differ in" value={now.differ} options={DIFFER} onChange={(differ) => change({ differ })} />
          <TextField
            label="The first"
            value={now.first}
            required
            hint={HINTS[now.differ]}
            onChange={(first) => change({ first })}
          />
          <TextField
            label="The second"
            value={now.second}
            required
            hint={HINTS[now.differ]}
            onChange={(second) => change({ second })}
          />
        </>
      ) : null}
    </>
  );
}

const HINTS: Readonly<Record<(typeof DIFFER)[number][0], string>> = {
  hour: "such as 9, 10; 0 to 23",
  weekday: "such as Mon, Tue",
  agent: "ids, with commas between",
  list: "ids, with commas between",
  attempt: "such as 1, 2",
  code: "codes, with commas between",
  campaign: "ids, with commas between",
};

/** The heat map as a table: the colour repeats the number in the cell. */
function HeatTable({ cells, zone }: { readonly cells: ApiTypes.OutcomeReportView["heat"]; readonly zone: string }) {
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
      lead={`Every rate with what it was counted from, and a ${percent(0.95, 0)} interval that allows for days that differ, or says that it does not.`}
    >
      <Scope key={JSON.stringify(search)} />
      <Loaded
        of={report}
        what="outcomes"
        isEmpty={({ calls, covers }) => !calls && covers.leftOut === 0 && covers.lacks.every(({ reason }) => reason === "unread")}
        empty={
          <Empty title="No calls in this period, or none that was read">
            <p>
              Outcomes are brought home by <code>outdial outcomes pull</code>.
            </p>
          </Empty>
        }
      >
        {(value) => (
          <>
            {value.covers.words === null ? null : <p class="notice warn">{value.covers.words}</p>}
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
      {day("to", "To", "this day included; empty: now")}
      <CompareFields words={asked.value["compare"] ?? ""} onChange={(words) => set("compare", words)} />
      <div class="row">
        <button type="submit" class="button primary">
          Show
        </button>
      </div>
    </form>
  );
}
