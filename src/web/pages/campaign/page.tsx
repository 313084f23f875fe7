// One campaign: figures, live plots with what happened on the same axis, why it does not dial, and what can be done.

import { useSignal } from "@preact/signals";
import { useId, useMemo } from "preact/hooks";
import { useLocation, useRoute } from "preact-iso";
import type { ApiTypes } from "../../../server/index.ts";
import { waitsForApproval } from "../../api/approval.ts";
import { useDashboard } from "../../api/dashboard.ts";
import { useResource } from "../../api/resource.ts";
import { Page } from "../../shell/page.tsx";
import { Age } from "../../ui/age.tsx";
import { BudgetMeter } from "../../ui/budget-meter.tsx";
import { Confirm, type Shown } from "../../ui/confirm.tsx";
import { SelectField } from "../../ui/fields.tsx";
import { Figure, Figures } from "../../ui/figures.tsx";
import { Stories } from "../../ui/film.tsx";
import { NameText, Sentence } from "../../ui/name-text.tsx";
import { NotReadable } from "../../ui/not-readable.tsx";
import { Pill } from "../../ui/pill.tsx";
import { Plot } from "../../ui/plot.tsx";
import type { Colour, PlotLimit, PlotSeries } from "../../ui/plot-types.ts";
import { SavedTable } from "../../ui/saved-table.tsx";
import { Loaded } from "../../ui/states.tsx";
import type { Column } from "../../ui/table.tsx";
import { Time } from "../../ui/time.tsx";
import { TimeTrouble } from "../../ui/time-trouble.tsx";
import { useWhy } from "../../ui/why.tsx";
import { pairBadge } from "../../view/failover.ts";
import { besidePaused, counted, interval, intervalKind, percent, span, whole, zoneName } from "../../view/format.ts";
import { withQuery } from "../../view/link.ts";
import { moved, part, rangeOf, rangeQuery, type TimeRange, timeTrouble, zoomed } from "../../view/time-range.ts";
import { offeredVerbs } from "../../view/verbs.ts";
import { windowLines } from "../../view/windows.ts";
import { auditOf, besideEachOther, columnsOf, coverageOf, type Effect, effectsOf, lookOf, marksOf, type Side } from "./series.ts";
import { Agents, WorkloadFigures } from "./workload.tsx";

/** What a campaign does now: its figures, its pair, and the calling windows of its list. */
function Now({ detail }: { readonly detail: Detail }) {
  const { successRate, activeCalls, windowMinutes, threshold, abandonment, failover, lastMetricAt, known } = detail;
  return (
    <Figures>
      <Figure
        name="Active calls"
        value={whole(activeCalls)}
        note={
          <>
            as of <Time at={lastMetricAt} as="clock" />, read <Age at={known.figures.at} />
          </>
        }
      />
      <Figure
        name={windowMinutes === null ? "Success rate" : `Success rate, last ${windowMinutes} min`}
        value={percent(successRate?.rate)}
        note={
          successRate === null
            ? known.figures.at === null
              ? "not read yet"
              : "no figures"
            : successRate.rate === null
              ? "no calls"
              : `${intervalKind(successRate)} ${interval(successRate.low, successRate.high)} · ${counted(successRate.numerator, successRate.denominator)}${threshold === null ? "" : ` · threshold ${percent(threshold, 0)}`}`
        }
      />
      <Figure
        name={`Abandonment budget${abandonment === null ? "" : `, ${span(3_600_000 * abandonment.windowHours)}`}`}
        value={
          <span class="meter-value">
            <BudgetMeter budget={abandonment} />
          </span>
        }
        note={
          known.windows.at === null ? (
            "not read yet"
          ) : (
            <>
              read <Age at={known.windows.at} />
            </>
          )
        }
      />
      <Figure
        name="Failover"
        value={<span class="small-value">{failover === null ? "no pair" : failover.words}</span>}
        tone={failover === null ? undefined : figureTone(failover)}
        note={
          failover === null ? undefined : (
            <>
              {failover.role}, with <NameText text={failover.partner} />
              {[failover.reason, failover.nextStep].map((text) =>
                text === null ? null : (
                  <span class="cell-note break" key={text}>
                    <NameText text={text} />
                  </span>
                ),
              )}
            </>
          )
        }
      />
    </Figures>
  );
}

function figureTone(failover: NonNullable<Detail["failover"]>): "warn" | "bad" | undefined {
  const tone = pairBadge(failover)?.tone;
  return tone === "warn" || tone === "bad" ? tone : undefined;
}

function Windows({ detail: { windows, known } }: { readonly detail: Detail }) {
  const { covers } = known.windows;
  const isPart = covers !== null && covers.known !== covers.of;
  return (
    <section class="card" aria-label="Calling windows">
      <div class="card-head">
        <h2>Calling windows</h2>
        {known.windows.at === null ? null : (
          <span class="aside muted small">
            read <Age at={known.windows.at} />
            {known.windows.why === null ? "" : `, ${known.windows.why}`}
            {isPart ? ", of the beginning of the list" : ""}
          </span>
        )}
      </div>
      {windows.length === 0 ? (
        <p class="muted">The zones of the list are not known yet.</p>
      ) : (
        <SavedTable
          caption="Calling windows by zone"
          saved="calling-windows"
          rows={windowLines(windows)}
          rowKey={({ zone }) => zone}
          columns={[
            { name: "Zone", head: true, cell: ({ zone }) => zone },
            { name: "Window, in the time there", cell: ({ text, tone }) => <Pill state="" tone={tone} text={text} /> },
            { name: "Contacts looked at", numeric: true, cell: ({ contacts }) => whole(contacts) },
          ]}
        />
      )}
    </section>
  );
}

/** The live plots of a campaign: one time axis, with what happened marked on all of them. */
const short = (value: number) => percent(value, 1);
const wholePercent = (value: number) => percent(value, 0);

const across = (at: number, name: string): PlotLimit => ({ at, name: `${name} ${wholePercent(at)}`, colour: "--bad" });

/** Other times that the curves can be compared with. */
const BEFORE = [
  ["", "nothing"],
  ["day", "24 hours before"],
  ["week", "7 days before"],
] as const;
type Before = (typeof BEFORE)[number][0];
const BEFORE_MS = { "": 0, day: 86_400_000, week: 7 * 86_400_000 } as const;

interface CampaignPlotsProps {
  readonly detail: ApiTypes.CampaignDetail;
  readonly before: Before;
  readonly range: TimeRange | undefined;
  readonly onRange: (range: TimeRange) => void;
}

function CampaignPlots({ detail, before, range, onRange }: CampaignPlotsProps) {
  const { route } = useLocation();
  const { series, earlier, events, threshold, abandonmentLimit } = detail;
  const drawn = useMemo(() => {
    const { times, column, besides } = besideEachOther(columnsOf(series), columnsOf(earlier ?? [], BEFORE_MS[before]));
    const name = BEFORE.find(([key]) => key === before)?.[1] ?? "";
    /** A curve, and beside it the same of the other time. */
    const curve = (own: Omit<PlotSeries, "values">, of: Parameters<typeof column>[0]): readonly PlotSeries[] => {
      const one: PlotSeries = { ...own, values: column(of) };
      const { stepped = false } = own;
      return before === "" ? [one] : [one, { name, colour: "--muted", dashed: true, stepped, values: besides(of) }];
    };
    const steps = (what: string, colour: Colour, of: Parameters<typeof column>[0]) =>
      curve({ name: what, colour, stepped: true }, of);
    return {
      times,
      marks: marksOf(events),
      success: curve(
        {
          name: "success rate",
          colour: "--accent",
          band: { low: column(({ low }) => low), high: column(({ high }) => high) },
        },
        ({ successRate }) => successRate,
      ),
      abandonment: curve({ name: "abandoned", colour: "--warn" }, ({ abandonmentRate }) => abandonmentRate),
      calls: steps("active calls", "--info", ({ activeCalls }) => activeCalls),
      fourth: series.some(({ agents }) => agents !== null)
        ? { title: "Agents signed in", unit: "agents", series: steps("agents", "--good", ({ agents }) => agents) }
        : // Without them the evidence itself: how many calls the success rate is counted from.
          { title: "Calls behind the success rate", unit: "calls", series: steps("calls", "--good", ({ calls }) => calls) },
      thresholds: threshold === null ? [] : [across(threshold, "threshold")],
      limits: [across(abandonmentLimit, "limit")],
    } as const;
  }, [series, earlier, before, events, threshold, abandonmentLimit]);
  const shared = { times: drawn.times, marks: drawn.marks, sync: detail.id, range, onRange, onOpen: route };
  return (
    <div class="grid halves">
      <div class="card">
        <Plot
          {...shared}
          title={`Success rate with its ${percent(0.95, 0)} band`}
          series={drawn.success}
          limits={drawn.thresholds}
          unit="share of calls"
          text={wholePercent}
        />
      </div>
      <div class="card">
        <Plot
          {...shared}
          title="Abandonment"
          series={drawn.abandonment}
          limits={drawn.limits}
          unit="share of live answers"
          text={short}
        />
      </div>
      <div class="card">
        <Plot {...shared} title="Active calls" series={drawn.calls} unit="calls" text={whole} counts />
      </div>
      <div class="card">
        <Plot {...shared} {...drawn.fourth} text={whole} counts />
      </div>
    </div>
  );
}

/** What the figures were before and after each change of dialer settings. */
interface EffectsProps {
  readonly detail: ApiTypes.CampaignDetail;
  /** Shows a time in the plots. */
  readonly onRange: (range: TimeRange) => void;
}

/** So much before and after a change is shown of the plots, ms: at least, and in windows of the readings. */
const AROUND_MS = 15 * 60_000;
const AROUND_WINDOWS = 2;

function Effects({ detail: { series, events, windowMinutes }, onRange }: EffectsProps) {
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

/** What can be done with a campaign, each behind a preview and a word to type. */
const VERBS: readonly {
  readonly verb: ApiTypes.CampaignVerb;
  readonly name: string;
  readonly title: string;
}[] = [
  { verb: "pause", name: "Pause", title: "Pause the campaign" },
  { verb: "resume", name: "Resume", title: "Let the campaign dial again" },
  { verb: "failover", name: "Fail over", title: "Fail over to the backup" },
  { verb: "failback", name: "Fail back", title: "Go back to the primary" },
  { verb: "drill", name: "Drill", title: "Drill a failover" },
];

function CampaignVerbs({ detail, onDone }: { readonly detail: ApiTypes.CampaignDetail; readonly onDone: () => void }) {
  const { client, session, toasts, now } = useDashboard();
  const open = useSignal<ApiTypes.CampaignVerb | undefined>(undefined);
  const chosen = VERBS.find(({ verb }) => verb === open.value);
  const offered = VERBS.filter((known) => offeredVerbs(detail, now()).includes(known.verb));
  const why = useWhy(session.needs("operator"));
  const preview = async (verb: ApiTypes.CampaignVerb): Promise<Shown> => {
    const { confirm, refusals, effects } = await client.ask("campaigns.preview", { params: { id: detail.id, verb } });
    return {
      confirm,
      refusals,
      body: (
        <ol class="effects">
          {effects.map((text) => (
            <li class="break" key={text}>
              {text}
            </li>
          ))}
        </ol>
      ),
    };
  };
  const act = async (verb: ApiTypes.CampaignVerb, confirm: string | undefined) => {
    const result = await client.ask(`campaigns.${verb}`, { params: { id: detail.id }, body: { confirm } });
    toasts.show(...waitsForApproval(result, ({ confirmed, message }) => [confirmed ? "good" : "bad", message]));
    onDone();
  };
  return (
    <>
      {offered.length === 0 ? null : why.said}
      {offered.map(({ verb, name }) => (
        <button
          key={verb}
          type="button"
          class={`button ${verb === "pause" ? "danger" : ""}`}
          {...why.off}
          onClick={() => {
            open.value = verb;
          }}
        >
          {name}
        </button>
      ))}
      {chosen === undefined ? null : (
        <Confirm
          key={chosen.verb}
          title={`${chosen.title}: ${detail.name}`}
          verb={chosen.name}
          word={chosen.verb === "pause" ? undefined : detail.id}
          preview={() => preview(chosen.verb)}
          onConfirm={(confirm) => act(chosen.verb, confirm)}
          onClose={() => {
            open.value = undefined;
          }}
        />
      )}
    </>
  );
}

/** Hours that the plots may show. */
const SPANS = [
  ["1", "1 hour"],
  ["6", "6 hours"],
  ["24", "1 day"],
  ["168", "7 days"],
  ["720", "30 days"],
] as const;
type Hours = (typeof SPANS)[number][0];

interface RangeBarProps {
  readonly hours: Hours;
  /** All of the time shown. */
  readonly shown: TimeRange;
  /** The part of it that the plots show; undefined: all. */
  readonly range: TimeRange | undefined;
  /** What is missing of it, as a sentence. */
  readonly coverage: string | null;
  readonly before: Before;
  readonly onBefore: (before: Before) => void;
  readonly onHours: (hours: Hours) => void;
  readonly onRange: (range: TimeRange | undefined) => void;
}

function RangeBar({ hours, shown, range, coverage, before, onBefore, onHours, onRange }: RangeBarProps) {
  const isAll = range === undefined;
  const id = useId();
  const off = isAll ? { "aria-disabled": true, "aria-describedby": id } : {};
  return (
    <div class="row bottom">
      <SelectField label="Time shown" value={hours} options={SPANS} onChange={onHours} />
      <SelectField label="Compare with" value={before} options={BEFORE} onChange={onBefore} />
      <div class="row" role="group" aria-label="Zoom">
        <button type="button" class="button" onClick={() => onRange(zoomed(range, 0.5, shown))}>
          Zoom in
        </button>
        <button type="button" class="button" {...off} onClick={() => isAll || onRange(zoomed(range, 2, shown))}>
          Zoom out
        </button>
        <button type="button" class="button" {...off} onClick={() => isAll || onRange(moved(range, -0.5, shown))}>
          Earlier
        </button>
        <button type="button" class="button" {...off} onClick={() => isAll || onRange(moved(range, 0.5, shown))}>
          Later
        </button>
      </div>
      <p class="muted small break">
        {isAll ? null : (
          <>
            Shown: <Time at={new Date(range.from).toISOString()} /> to <Time at={new Date(range.to).toISOString()} />.{" "}
          </>
        )}
        Times are those of {zoneName()}. {coverage} {isAll ? <span id={id}>The curves are not zoomed in.</span> : null}
      </p>
    </div>
  );
}

type Detail = ApiTypes.CampaignDetail;

/** A campaign of its own for each address: nothing of the one before it may be seen, let alone be acted upon. */
export default function CampaignPage() {
  const id = useRoute().params["id"] ?? "";
  return <Campaign key={id} id={id} />;
}

function Campaign({ id }: { readonly id: string }) {
  const { query: asked, path, route } = useLocation();
  const { now } = useDashboard();
  const hours = SPANS.find(([key]) => key === asked["hours"])?.[0] ?? "1";
  const before = BEFORE.find(([key]) => key === asked["compare"])?.[0] ?? "";
  const campaign = useResource(
    "campaigns.show",
    { params: { id }, query: { hours, ...(before === "" ? {} : { daysBefore: BEFORE_MS[before] / 86_400_000 }) } },
    {
      on: (event) =>
        (event.type === "campaign" && event.campaignId === id) ||
        (event.type === "failover" && (event.primary === id || event.backup === id)) ||
        event.type === "dialer",
      every: 10_000,
      sticky: true,
    },
  );
  const shown = { from: now() - Number(hours) * 3_600_000, to: now() };
  const range = rangeOf(asked, shown);
  const trouble = timeTrouble(asked, { from: "From", to: "To" });
  const show = (span: Hours, chosen: TimeRange | undefined) =>
    route(withQuery(path, asked, { hours: span, ...rangeQuery(chosen) }), true);
  const state = campaign.state.value;
  const detail = state.kind === "ready" ? state.value : undefined;
  return (
    <Page
      title={detail?.name ?? id}
      crumb={<a href="/">Campaigns</a>}
      beside={
        detail === undefined ? null : (
          <>
            {detail.status === null ? <Pill state="" text="not read yet" /> : <Pill state={detail.status} />}
            {detail.known.figures.why !== null && detail.known.figures.at !== null ? (
              <Pill state="stale" tone="warn" text="figures are stale" />
            ) : null}
          </>
        )
      }
      actions={detail === undefined ? null : <CampaignVerbs detail={detail} onDone={campaign.reload} />}
    >
      <Loaded of={campaign} what="the campaign">
        {(value) => (
          <>
            <NotReadable parts={Object.values(value.known)} />
            <WhyNot detail={value} />
            <Now detail={value} />
            <WorkloadFigures of={value.workloadDetail} />
            <Agents id={id} />
            <Stories of={{ campaign: id }} />
            {trouble === undefined ? null : <TimeTrouble text={`${trouble} All of the chosen hours are shown.`} />}
            <RangeBar
              hours={hours}
              shown={shown}
              range={range}
              coverage={
                value.earlier?.length === 0
                  ? `There are no readings of ${BEFORE.find(([key]) => key === before)?.[1]}.`
                  : coverageOf(value.series, Number(hours), shown.to)
              }
              before={before}
              onBefore={(chosen) => route(withQuery(path, asked, { hours, compare: chosen || undefined }), true)}
              onHours={(chosen) => show(chosen, undefined)}
              onRange={(chosen) => show(hours, chosen)}
            />
            <CampaignPlots detail={value} before={before} range={range} onRange={(chosen) => show(hours, part(chosen, shown))} />
            <Effects detail={value} onRange={(chosen) => show(hours, part(chosen, shown))} />
            <div class="grid">
              <Events events={value.events} />
              <Windows detail={value} />
            </div>
            <details class="card">
              <summary>
                Configuration at the vendor
                {value.configuration === null ? "" : ", read "}
                {value.configuration === null ? null : <Age at={value.known.configuration.at} />}
              </summary>
              {value.configuration === null ? (
                <p class="muted">It has not been read yet.</p>
              ) : (
                <>
                  <p>
                    <a href={`/campaign-files?campaign=${encodeURIComponent(value.id)}`}>Edit it as a campaign file</a>
                  </p>
                  <pre tabIndex={0}>{JSON.stringify(value.configuration, null, 2)}</pre>
                </>
              )}
            </details>
          </>
        )}
      </Loaded>
    </Page>
  );
}

function WhyNot({ detail: { dialing, notDialing, mayDial } }: { readonly detail: Detail }) {
  if (notDialing === null)
    return mayDial.verdict !== "not_ok" ? null : (
      <section class="banner" aria-label="Why it must not dial">
        <p class="bad break">Dialing, must not: {mayDial.why.join(", ")}</p>
      </section>
    );
  return (
    <section class="banner" aria-label={dialing === null ? "Why it is not known whether it dials" : "Why it does not dial"}>
      <strong class="break">
        {dialing === null ? "Not known whether it dials" : "Not dialing"}: <Sentence text={besidePaused(notDialing.first)} />
      </strong>
      {notDialing.all.length < 2 ? null : (
        <ul class="effects">
          {notDialing.all.slice(1).map(({ code, text }) => (
            <li class="break" key={code}>
              <Sentence text={text} />
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function Events({ events }: { readonly events: Detail["events"] }) {
  const latest = [...events].sort((a, b) => b.at.localeCompare(a.at)).slice(0, 20);
  return (
    <section class="card" aria-label="What happened">
      <h2>What happened</h2>
      {latest.length === 0 ? (
        <p class="muted">Nothing in this period.</p>
      ) : (
        <ol class="events">
          {latest.map(({ at, kind, text, actor, audit }) => (
            <li key={`${at} ${text}`}>
              <span class={`letter ${lookOf(kind).colour.slice(2)}`} title={lookOf(kind).name}>
                {lookOf(kind).letter}
              </span>
              <span class="break">
                {text}
                <span class="cell-note">
                  <Time at={at} as="clock" />
                  {actor === null ? "" : ` · ${actor}`}
                  {" · "}
                  <a href={auditOf({ at, audit })}>{audit === null ? "audit of that time" : `audit ${audit}`}</a>
                </span>
              </span>
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}
