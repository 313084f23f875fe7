// All campaigns: what each is doing, how well, how much of its abandonment budget is left, and why it does not dial.

import { useSignal } from "@preact/signals";
import { useLocation } from "preact-iso";
import type { ApiTypes } from "../../../server/index.ts";
import { useAttention } from "../../api/attention.tsx";
import { useCampaigns } from "../../api/campaigns.ts";
import { useDashboard } from "../../api/dashboard.ts";
import { type Resource, type ResourceState, useResource } from "../../api/resource.ts";
import { Page } from "../../shell/page.tsx";
import { Age } from "../../ui/age.tsx";
import { BudgetMeter } from "../../ui/budget-meter.tsx";
import { Export } from "../../ui/export.tsx";
import { SelectField, TextField } from "../../ui/fields.tsx";
import { Figure, Figures } from "../../ui/figures.tsx";
import { FoldedStories } from "../../ui/film.tsx";
import { NameText, Sentence } from "../../ui/name-text.tsx";
import { couldNotRead, NotReadable } from "../../ui/not-readable.tsx";
import { Pill } from "../../ui/pill.tsx";
import { ShareBar } from "../../ui/share-bar.tsx";
import { Empty, Loaded } from "../../ui/states.tsx";
import { type Column, Table } from "../../ui/table.tsx";
import { Time } from "../../ui/time.tsx";
import {
  addressOfList,
  budgetsNearlyUsed,
  callsThough,
  dialsThough,
  type ListQuery,
  listed,
  listQueryOf,
  ORDERS,
  SHOWN,
  STATES,
  type State,
  savedViews,
  stateOf,
  withView,
} from "../../view/campaign-list.ts";
import { pairBadge, pairCounts } from "../../view/failover.ts";
import { besidePaused, counted, hoursText, intervalKind, percent, timeFormat, whole } from "../../view/format.ts";
import { scaleOf } from "../../view/scale.ts";
import { problemText } from "../../view/stop.ts";
import { toneOf } from "../../view/tone.ts";
import { windowGroups, windowsInShort } from "../../view/windows.ts";
import { Attention } from "./attention.tsx";
import { PauseChosen, StopAll } from "./stops.tsx";

/** The latest stop while it goes on, and as long as it left something that is not confirmed paused. */
type Stop = ApiTypes.StopResult;

/** A stop that waits for a service, and calls under way that end, are announced by no event. */
const STOP_EVERY = 10_000;
const LIVE = { on: ({ type }: ApiTypes.ServiceEvent) => type === "stop", every: STOP_EVERY, sticky: true };
/** Campaigns that are named; the command line names all. */
const NAMED = 50;

/** That stop. */
function useStop(): Stop | undefined {
  const latest = useResource("campaigns.stops", { query: { limit: 1 } }, LIVE).state.value;
  const id = latest.kind === "ready" ? latest.value.items[0]?.id : undefined;
  const stop = useResource("campaigns.stopped", id === undefined ? undefined : { params: { stop: id } }, LIVE).state.value;
  if (stop.kind !== "ready" || stop.value.id !== id) return undefined;
  const { endedAt, alreadyPaused, listProblem } = stop.value;
  const isOver = endedAt !== null && notConfirmed(stop.value).length === 0 && alreadyPaused.length === 0 && listProblem === null;
  return isOver ? undefined : stop.value;
}

const notConfirmed = ({ changes }: Stop) => changes.filter(({ confirmed, status }) => !confirmed && status !== "resumed");

function StopNotice({ stop }: { readonly stop: Stop }) {
  const { actor, createdAt, endedAt, changes, seenPaused, alreadyPaused, carriedOut, lastSign, listProblem } = stop;
  const open = notConfirmed(stop);
  const confirmed = changes.filter((one) => one.confirmed).length;
  return (
    <section class="card" aria-label="Stop">
      <h2>{endedAt === null ? "Stop under way" : "Stop, not all confirmed"}</h2>
      <p>
        By <NameText text={actor} />, <Time at={createdAt} as="clock" />: {whole(confirmed)} paused and confirmed,{" "}
        {whole(seenPaused.length)} seen paused before, {whole(alreadyPaused.length)} only listed as paused and not looked at,{" "}
        {whole(open.length)} not confirmed.
        {endedAt === null && !carriedOut ? " It waits for a service to continue it." : null}
        {lastSign === null ? null : (
          <>
            {" "}
            Last sign of life of the one that had it: <Time at={lastSign} as="clock" />.
          </>
        )}
      </p>
      {listProblem === null ? null : <p class="warn break">Not all is known: {problemText(listProblem)}</p>}
      <ul>
        {open.slice(0, NAMED).map(({ campaignId, status, message }) => (
          <li class="break" key={campaignId}>
            <NameText text={campaignId} /> {status === "paused" ? "paused, not confirmed" : WORDS[status]}: {message}
          </li>
        ))}
      </ul>
      {open.length > NAMED ? <p>and {whole(open.length - NAMED)} more</p> : null}
      <FoldedStories of={{ stop: stop.id }} />
    </section>
  );
}

const WORDS: Readonly<Record<Exclude<Stop["changes"][number]["status"], "paused">, string>> = {
  failed: "not paused",
  unknown: "unknown whether paused",
  pending: "not tried yet",
  resumed: "resumed",
};

/** What a rate was counted from, and over which time. */
function rateNote(
  { numerator, denominator }: ApiTypes.Share,
  { windowMinutes, threshold }: Pick<Summary, "windowMinutes" | "threshold">,
): string {
  const window = windowMinutes === null ? "" : `, ${windowMinutes} min`;
  return `${counted(numerator, denominator)}${window}${threshold === null ? "" : `, threshold ${percent(threshold, 0)}`}`;
}

function PairPill({ failover }: Pick<Summary, "failover">) {
  const badge = failover === null ? null : pairBadge(failover);
  return badge === null ? null : <Pill state={badge.text} tone={badge.tone} />;
}

/** Where a row whose text is cut has its button. */
const MORE: Column<Summary> = { name: "More", width: 4, top: <span class="visually-hidden">More</span>, cell: () => null };

/** The last letters of a name: those by which names of a program differ. */
const TAIL = /.{0,12}$/su;

/** A name that is cut in its middle where there is no room. */
function MiddleCut({ text }: { readonly text: string }) {
  const tail = TAIL.exec(text)?.[0] ?? "";
  return (
    <span class="middle">
      <span>{text.slice(0, text.length - tail.length)}</span>
      <span>{tail}</span>
    </span>
  );
}

/** The state as a shape and a word. */
function Mark({ state }: { readonly state: State }) {
  return <span class={`mark ${state}`}>{STATES.find(([name]) => name === state)?.[1]}</span>;
}

/** The columns, on one scale for all rates. */
function columnsOf(items: readonly Summary[], isOne: boolean): readonly Column<Summary>[] {
  const to = scaleOf(items.map(({ successRate }) => successRate));
  return [
    {
      name: "Campaign",
      width: isOne ? 24 : 15,
      sort: "name",
      head: true,
      cell: ({ id, name }) => (
        <span class="lines">
          <a class="break" href={`/campaigns/${encodeURIComponent(id)}`}>
            {isOne ? <MiddleCut text={name} /> : name}
          </a>
          <span class="cell-note id break">{isOne ? <MiddleCut text={id} /> : <NameText text={id} />}</span>
        </span>
      ),
    },
    {
      name: "State",
      width: isOne ? 13 : 16,
      sort: "worst",
      cell: ({ status, dialing, notDialing, mayDial, failover, ...one }) => (
        <>
          <span class="row">
            {isOne ? <Mark state={stateOf({ status, dialing, notDialing, mayDial, failover, ...one })} /> : null}
            {status === null ? <Pill state="" text="not read yet" /> : <Pill state={status} />}
            <PairPill failover={failover} />
          </span>
          {!dialsThough({ dialing, mayDial, ...one }) ? null : (
            <span class="cell-note bad break">
              {dialing === null ? "dialed when last seen" : "dialing"}, must not ({mayDial.why[0]}
              {mayDial.why.length > 1 ? ` and ${mayDial.why.length - 1} more` : ""})
            </span>
          )}
          {notDialing === null ? null : (
            <span class="cell-note break">
              {dialing === null ? "not known whether it dials: " : null}
              <Sentence text={besidePaused(notDialing.first)} />
            </span>
          )}
          {failover === null ? null : (
            // A reason names the other one, too.
            <span class={`cell-note break pair ${notDialing === null && mayDial.verdict !== "not_ok" ? "" : "in-whole"}`}>
              {failover.role} with <NameText text={failover.partner} />
            </span>
          )}
        </>
      ),
    },
    {
      name: "Active calls",
      width: 7,
      sort: "calls",
      numeric: true,
      cell: (campaign) =>
        callsThough(campaign) ? (
          <>
            <span class="bad">{whole(campaign.activeCalls)}</span>
            <span class="cell-note bad">{campaign.mayDial.why[0]}</span>
          </>
        ) : (
          whole(campaign.activeCalls)
        ),
    },
    {
      name: "Success rate",
      width: isOne ? 10 : 14,
      sort: "success",
      cell: ({ successRate, known, ...one }) =>
        successRate === null ? (
          <span class="muted">{known.figures.at === null ? "not read yet" : "no figures"}</span>
        ) : (
          <ShareBar share={successRate} to={to} note={rateNote(successRate, one)} />
        ),
    },
    {
      name: "Abandonment budget",
      width: isOne ? 12 : 14,
      sort: "budget",
      cell: ({ abandonment }) => <BudgetMeter budget={abandonment} />,
    },
    {
      name: "Work left",
      width: 8,
      sort: "hours",
      cell: ({ workload: { hoursLeft, penetration, callbacksDue, at } }) => {
        const notes = [
          ...(penetration === null ? [] : [`${percent(penetration, 0)} tried`]),
          ...(callbacksDue === null || callbacksDue === 0 ? [] : [`${whole(callbacksDue)} callbacks due`]),
        ];
        return (
          <>
            {hoursLeft === null ? <span class="muted">{at === null ? "not read yet" : "not known"}</span> : hoursText(hoursLeft)}
            {notes.length === 0 ? null : <span class="cell-note">{notes.join(" · ")}</span>}
          </>
        );
      },
    },
    {
      name: "Calling windows",
      width: 10,
      cell: ({ windows, known }) => {
        const groups = windowGroups(windows).map(
          // That it is closed, the pill says.
          ({ zones, text }) => `${text.replace(/^closed, /, "")} in ${zones.join(", ")}`,
        );
        return (
          <>
            <Pill
              state=""
              tone={toneOf(windows.some(({ open }) => open) ? "active" : "")}
              text={known.windows.at === null ? "not read yet" : windowsInShort(windows)}
            />
            {groups.length === 0 ? null : <span class="cell-note break">{groups.join("; ")}</span>}
            {known.windows.from === "assumed" ? <span class="cell-note warn">without its own hours</span> : null}
          </>
        );
      },
    },
    {
      name: "Updated",
      width: 9,
      cell: ({ lastMetricAt, known }) => (
        <>
          <Time at={lastMetricAt} as="clock" />
          {known.figures.code === null ? (
            <span class={`cell-note ${known.figures.why !== null && known.figures.at !== null ? "warn" : ""}`}>
              {known.figures.why !== null && known.figures.at !== null ? "old, " : null}
              <Age at={known.figures.at} />
            </span>
          ) : (
            <>
              <span class="cell-note warn">not readable</span>
              <span class="cell-note break in-whole">{known.figures.why}</span>
            </>
          )}
        </>
      ),
    },
  ];
}

/** What of the list is shown, kept in the address: search, filter, order, and views that have a name. */
const VIEWS = "outdial campaign views";

/** What this browser shows of each campaign. */
const LOOK = "outdial campaign rows";
/** More campaigns have one line each. */
const ONE_LINE_FROM = 30;

/** Columns that are not shown; `isOne`: chosen by a person. */
interface Look {
  readonly hidden: readonly string[];
  readonly isOne?: boolean;
}

function storedLook(): Look {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(LOOK) ?? "{}");
    const { hidden, isOne } = (typeof kept === "object" && kept !== null ? kept : {}) as Readonly<Record<string, unknown>>;
    return {
      hidden: Array.isArray(hidden) ? hidden.filter((name) => typeof name === "string") : [],
      ...(typeof isOne === "boolean" ? { isOne } : {}),
    };
  } catch {
    return { hidden: [] };
  }
}

interface LookProps {
  readonly columns: readonly string[];
  readonly isOne: boolean;
  readonly look: Look;
  readonly onLook: (look: Look) => void;
}

/** Which columns are shown, and how many lines a row has. */
function Columns({ columns, isOne, look, onLook }: LookProps) {
  const check = (label: string, isOn: boolean, change: (isOn: boolean) => Look) => (
    <label class="check" key={label}>
      <input type="checkbox" checked={isOn} onChange={(event) => onLook(change(event.currentTarget.checked))} />
      {label}
    </label>
  );
  return (
    <details class="look">
      <summary>Columns</summary>
      <div class="stack">
        {check("One line a campaign", isOne, (isOn) => ({ ...look, isOne: isOn }))}
        {columns.map((name) =>
          check(name, !look.hidden.includes(name), (isOn) => ({
            ...look,
            hidden: isOn ? look.hidden.filter((one) => one !== name) : [...look.hidden, name],
          })),
        )}
      </div>
    </details>
  );
}

/** How many campaigns are in each state; one that is pressed shows these alone. */
function Totals({ items, query }: { readonly items: readonly Summary[]; readonly query: ListQuery }) {
  const { route } = useLocation();
  const counts = Map.groupBy(items, stateOf);
  return (
    <div class="row totals" role="group" aria-label="States">
      {STATES.map(([state]) => (
        <button
          key={state}
          type="button"
          class="button total"
          aria-pressed={query.state === state}
          onClick={() => route(addressOfList({ ...query, state: query.state === state ? "" : state }), true)}
        >
          <Mark state={state} /> <span class="count">{whole(counts.get(state)?.length ?? 0)}</span>
        </button>
      ))}
    </div>
  );
}

interface FindProps extends LookProps {
  readonly query: ListQuery;
  readonly shown: number;
  readonly all: number;
}

function Find({ query, shown, all, ...look }: FindProps) {
  const { route } = useLocation();
  const go = (change: Partial<ListQuery>) => route(addressOfList({ ...query, ...change }), true);
  return (
    <search class="find" aria-label="Campaigns">
      <TextField label="Search" type="search" value={query.text} placeholder="name or id" onChange={(text) => go({ text })} />
      <SelectField label="Show" value={query.shown} options={SHOWN} onChange={(next) => go({ shown: next })} />
      <SelectField label="Order" value={query.order} options={ORDERS} onChange={(order) => go({ order, isReversed: false })} />
      <Columns {...look} />
      <Views address={addressOfList(query)} />
      <span class="muted small" role="status">
        {shown === all ? "" : `${counted(shown, all)} shown`}
      </span>
    </search>
  );
}

function Views({ address }: { readonly address: string }) {
  const views = useSignal(savedViews(localStorage.getItem(VIEWS)));
  const name = useSignal("");
  const keep = (next: typeof views.value) => {
    views.value = next;
    localStorage.setItem(VIEWS, JSON.stringify(next));
  };
  const here = views.value.find((view) => view.address === address);
  return (
    <details class="views">
      <summary>Views{here === undefined ? "" : `: ${here.name}`}</summary>
      <div class="stack">
        {views.value.length === 0 ? <p class="muted">Saved in this browser. None yet.</p> : null}
        <ul class="plain-list">
          {views.value.map((view) => (
            <li class="row" key={view.name}>
              <a class="break" href={view.address} aria-current={view === here ? "true" : undefined}>
                {view.name}
              </a>
              <button
                type="button"
                class="button quiet"
                aria-label={`Delete the view ${view.name}`}
                onClick={() => keep(views.value.filter((one) => one !== view))}
              >
                ✕
              </button>
            </li>
          ))}
        </ul>
        <form
          class="row"
          onSubmit={(event) => {
            event.preventDefault();
            if (name.value.trim() === "") return;
            keep(withView(views.value, { name: name.value.trim(), address }));
            name.value = "";
          }}
        >
          <TextField
            label="Save this list as"
            value={name.value}
            required
            onChange={(value) => {
              name.value = value;
            }}
          />
          {/* Never disabled: it would lose the focus once it has saved. */}
          <button type="submit" class="button">
            Save
          </button>
        </form>
      </div>
    </details>
  );
}

/** From row to row (arrows, j and k), and choosing (x): the focus goes to what it has in the other row. */
function onListKey(event: KeyboardEvent & { readonly currentTarget: EventTarget }) {
  const { target, key } = event;
  const by = key === "ArrowDown" || key === "j" ? 1 : key === "ArrowUp" || key === "k" ? -1 : 0;
  const row = target instanceof HTMLElement ? target.closest<HTMLElement>("tbody tr") : null;
  if (row === null || !(target instanceof HTMLElement) || event.ctrlKey || event.metaKey || event.altKey) return;
  if (key === "x") row.querySelector<HTMLInputElement>("input[type=checkbox]")?.click();
  const other = by > 0 ? row.nextElementSibling : by < 0 ? row.previousElementSibling : null;
  if (other === null || other.classList.contains("gap")) return;
  event.preventDefault();
  const parts = "a, input, button";
  const place = [...row.querySelectorAll(parts)].indexOf(target);
  [...other.querySelectorAll<HTMLElement>(parts)].at(place)?.focus();
}

/** The list as it is asked for in the address, with those that are ticked. */
function List({ items, onDone }: { readonly items: readonly Summary[]; readonly onDone: () => void }) {
  const { session } = useDashboard();
  const { query: asked, route } = useLocation();
  const query = listQueryOf(asked);
  const ticked = useSignal<ReadonlySet<string>>(new Set());
  const rows = listed(items, query);
  // What is ticked and not shown any more is not acted upon.
  const chosen = rows.filter(({ id }) => ticked.value.has(id));
  const tick = (id: string, isOn: boolean) => {
    ticked.value = new Set(isOn ? [...ticked.value, id] : [...ticked.value].filter((one) => one !== id));
  };
  const look = useSignal(storedLook());
  const isOne = look.value.isOne ?? items.length > ONE_LINE_FROM;
  const isAll = rows.length > 0 && chosen.length === rows.length;
  const choose: Column<Summary> = {
    name: "Choose",
    width: 3,
    top: (
      <input
        type="checkbox"
        aria-label="All that are shown"
        checked={isAll}
        onChange={() => {
          ticked.value = new Set(isAll ? [] : rows.map(({ id }) => id));
        }}
      />
    ),
    cell: ({ id, name }) => (
      <input
        type="checkbox"
        aria-label={`Choose ${name}`}
        checked={ticked.value.has(id)}
        onChange={(event) => tick(id, event.currentTarget.checked)}
      />
    ),
  };
  const columns = columnsOf(items, isOne);
  const onSort = (by: string) => {
    const order = ORDERS.find(([name]) => name === by)?.[0] ?? "worst";
    route(addressOfList({ ...query, order, isReversed: order === query.order && !query.isReversed }), true);
  };
  return (
    <>
      <Totals items={items} query={query} />
      <Find
        query={query}
        shown={rows.length}
        all={items.length}
        columns={columns.flatMap(({ name, head }) => (head === true || name === "State" ? [] : [name]))}
        isOne={isOne}
        look={look.value}
        onLook={(next) => {
          look.value = next;
          localStorage.setItem(LOOK, JSON.stringify(next));
        }}
      />
      {chosen.length === 0 ? null : (
        <PauseChosen
          chosen={chosen}
          onDone={() => {
            ticked.value = new Set();
            onDone();
          }}
          onClear={() => {
            ticked.value = new Set();
          }}
        />
      )}
      {rows.length === 0 ? (
        <Empty title="No campaign fits">
          <p>
            None of {whole(items.length)} campaigns fits what is searched and shown. <a href="/">Show all</a>
          </p>
        </Empty>
      ) : (
        <div class="stack" onKeyDown={onListKey}>
          <Table
            caption="Campaigns"
            dense
            isOne={isOne}
            columns={[
              ...(session.may("operator") ? [choose] : []),
              ...columns.filter(({ name }) => !look.value.hidden.includes(name)),
              MORE,
            ]}
            rows={rows}
            rowKey={({ id }) => id}
            isChosen={({ id }) => ticked.value.has(id)}
            order={{ by: query.order, isReversed: query.isReversed, onSort }}
          />
        </div>
      )}
      <div class="row">
        <Export
          what="campaigns"
          rows={async () => rows}
          chosen={{ search: query.text, shown: query.shown, state: query.state, order: query.order }}
        />
        <span class="muted small">Success rates with their {intervalKind({ confidence: 0.95 })}.</span>
      </div>
    </>
  );
}

type Summary = ApiTypes.CampaignSummary;

export default function CampaignsPage() {
  const stop = useStop();
  const attention = useAttention();
  const campaigns = useCampaigns();
  return (
    <Page
      title="Campaigns"
      lead="What each campaign does now, and what keeps it from dialing."
      actions={<StopAll onDone={campaigns.reload} />}
    >
      {stop === undefined ? null : <StopNotice stop={stop} />}
      <Attention list={attention} besides={stop !== undefined} />
      {/* What comes above it would push it down. */}
      {attention.state.value.kind === "loading" ? null : (
        <Loaded
          of={campaigns}
          what="campaigns"
          isEmpty={({ items }) => items.length === 0}
          empty={
            isUnread(campaigns.state.value) ? (
              <Unread list={campaigns} />
            ) : (
              <Empty title="The tenant has no campaigns">
                <p>
                  Campaigns are made from files: <a href="/campaign-files">Campaign files</a>, or{" "}
                  <code>outdial campaign plan</code>, then <code>outdial campaign apply</code>. <a href="/setup">Set up</a> says
                  what else is missing.
                </p>
              </Empty>
            )
          }
        >
          {({ items, known }) => (
            <>
              {/* Above, what needs attention says it. */}
              {isToldAway(attention.state.value) ? null : <NotReadable parts={[known]} />}
              <Overview items={items} isAway={known.code !== null} />
              <List items={items} onDone={campaigns.reload} />
            </>
          )}
        </Loaded>
      )}
    </Page>
  );
}

const isToldAway = (state: ResourceState<ApiTypes.AttentionList>) => state.kind === "ready" && state.value.known.away !== null;
const isUnread = (state: ResourceState<ApiTypes.CampaignList>) => state.kind === "ready" && state.value.known.at === null;

/** Nothing is known of the tenant: it says so, and fills itself as soon as something is. */
function Unread({ list }: { readonly list: Resource<ApiTypes.CampaignList> }) {
  const state = list.state.value;
  const known = state.kind === "ready" ? state.value.known : null;
  return (
    <Empty title="The tenant's campaigns have not been read yet">
      <p class="break">
        {known === null || known.code === null
          ? "They are being read, and appear here by themselves."
          : `${couldNotRead(known)}It is tried again.`}
      </p>
    </Empty>
  );
}

function Overview({ items, isAway }: { readonly items: readonly Summary[]; readonly isAway: boolean }) {
  // While the tenant is away, what it showed last stays.
  const seen = items.filter(({ dialing, lastDialing }) => (dialing ?? (isAway ? lastDialing.value : null)) === true);
  const dialing = seen.length;
  const last = isAway
    ? (seen.flatMap(({ dialing: now, lastDialing }) => (now === null ? (lastDialing.at ?? []) : [])).sort()[0] ?? null)
    : null;
  const unknown = items.filter((one) => one.dialing === null).length;
  const calls = items.flatMap(({ activeCalls }) => activeCalls ?? []);
  const { over, stuck } = pairCounts(items);
  const tight = budgetsNearlyUsed(items);
  return (
    <Figures>
      <Figure
        name="Dialing"
        value={`${dialing} of ${items.length}`}
        note={
          last !== null
            ? `campaigns, last seen ${timeFormat().clock(last)}`
            : unknown === 0
              ? "campaigns"
              : `campaigns, ${unknown} not known`
        }
      />
      <Figure
        name="Active calls"
        value={whole(calls.length === 0 && items.length > 0 ? null : calls.reduce((sum, one) => sum + one, 0))}
        note={
          calls.length === items.length
            ? `all campaigns${isAway ? ", when last seen" : ""}`
            : `of ${calls.length} campaigns${isAway ? " when last seen" : ""}, ${items.length - calls.length} not known`
        }
      />
      <Figure name="Failed over" value={whole(over)} tone={over > 0 ? "warn" : undefined} note="their backup dials" />
      {stuck === 0 ? null : (
        <Figure name="Halted pairs" value={whole(stuck)} tone="bad" note="of a primary and a backup; a person must decide" />
      )}
      <Figure
        name="Budget nearly used"
        value={whole(tight.count)}
        tone={(tight.count ?? 0) > 0 ? "warn" : undefined}
        note={
          tight.known === items.length
            ? `${percent(0.8, 0)} or more of what may be abandoned`
            : `of ${tight.known} campaigns, ${items.length - tight.known} not known`
        }
      />
    </Figures>
  );
}
