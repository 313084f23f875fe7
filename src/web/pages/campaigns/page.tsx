// All campaigns: what each is doing, how well, how much of its abandonment budget is left, and why it does not dial.

import { useSignal, useSignalEffect } from "@preact/signals";
import type { ApiTypes } from "../../../server/index.ts";
import { type Resource, type ResourceState, useResource } from "../../api/resource.ts";
import { Page } from "../../shell/page.tsx";
import { Age, NotReadable } from "../../ui/age.tsx";
import { BudgetMeter } from "../../ui/budget-meter.tsx";
import { Figure, Figures } from "../../ui/figures.tsx";
import { NameText } from "../../ui/name-text.tsx";
import { Pill } from "../../ui/pill.tsx";
import { ShareBar } from "../../ui/share-bar.tsx";
import { Empty, Loaded } from "../../ui/states.tsx";
import { type Column, Table } from "../../ui/table.tsx";
import { Time } from "../../ui/time.tsx";
import { pairBadge, pairCounts } from "../../view/failover.ts";
import { timeFormat, whole } from "../../view/format.ts";
import { scaleOf } from "../../view/scale.ts";
import { toneOf } from "../../view/tone.ts";
import { windowGroups, windowsInShort } from "../../view/windows.ts";
import { StopNotice } from "./stop-notice.tsx";

type Summary = ApiTypes.CampaignSummary;

/** How often the list is read anew, ms. */
const EVERY = 15_000;
/** The same while something of a campaign has not been read yet; no longer than so many readings. */
const EVERY_AT_FIRST = 1500;
const AT_FIRST = 10;

export default function CampaignsPage() {
  const atFirst = useSignal(AT_FIRST);
  const campaigns = useResource(
    "campaigns.list",
    {},
    {
      on: ({ type }) => type === "campaign" || type === "tenant" || type === "failover" || type === "alarm",
      every: atFirst.value > 0 ? EVERY_AT_FIRST : EVERY,
      sticky: true,
    },
  );
  useSignalEffect(() => {
    const state = campaigns.state.value;
    if (state.kind === "ready") atFirst.value = isRead(state.value) ? 0 : Math.max(0, atFirst.peek() - 1);
  });
  return (
    <Page title="Campaigns" lead="What each campaign does now, and what keeps it from dialing.">
      <StopNotice />
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
                Campaigns are made from files: <code>outdial campaign plan</code>, then <code>outdial campaign apply</code>.
              </p>
            </Empty>
          )
        }
      >
        {({ items, asOf, failed }) => (
          <>
            <NotReadable failed={failed} asOf={asOf} />
            <Overview items={items} />
            <Table caption="Campaigns" columns={columnsOf(items)} rows={items} rowKey={({ id }) => id} />
          </>
        )}
      </Loaded>
    </Page>
  );
}

const isRead = ({ items, asOf }: ApiTypes.CampaignList) => asOf !== null && items.every(({ unread }) => unread.length === 0);

const isUnread = (state: ResourceState<ApiTypes.CampaignList>) => state.kind === "ready" && state.value.asOf === null;

/** Nothing is known of the tenant: it says so, and fills itself as soon as something is. */
function Unread({ list }: { readonly list: Resource<ApiTypes.CampaignList> }) {
  const state = list.state.value;
  const failed = state.kind === "ready" ? state.value.failed : null;
  return (
    <Empty title="The tenant's campaigns have not been read yet">
      <p class="break">
        {failed === null
          ? "They are being read, and appear here by themselves."
          : `The tenant could not be read at ${timeFormat().clock(failed.at)}: ${failed.message}. It is tried again.`}
      </p>
    </Empty>
  );
}

function Overview({ items }: { readonly items: readonly Summary[] }) {
  const dialing = items.filter((one) => one.dialing === true).length;
  const unknown = items.filter((one) => one.dialing === null).length;
  const calls = items.reduce((sum, { activeCalls }) => sum + (activeCalls ?? 0), 0);
  const { over, stuck } = pairCounts(items);
  const tight = items.filter(
    ({ abandonment }) => abandonment !== null && (abandonment.used >= 0.8 || !abandonment.withinLimit),
  ).length;
  return (
    <Figures>
      <Figure
        name="Dialing"
        value={`${dialing} of ${items.length}`}
        note={unknown === 0 ? "campaigns" : `campaigns, ${unknown} not known`}
      />
      <Figure name="Active calls" value={whole(calls)} note="all campaigns" />
      <Figure name="Failed over" value={whole(over)} tone={over > 0 ? "warn" : undefined} note="their backup dials" />
      {stuck === 0 ? null : (
        <Figure name="Halted pairs" value={whole(stuck)} tone="bad" note="of a primary and a backup; a person must decide" />
      )}
      <Figure
        name="Budget nearly used"
        value={whole(tight)}
        tone={tight > 0 ? "warn" : undefined}
        note="80 % or more of what may be abandoned"
      />
    </Figures>
  );
}

function PairPill({ failover }: Pick<Summary, "failover">) {
  const badge = failover === null ? null : pairBadge(failover);
  return badge === null ? null : <Pill state={badge.text} tone={badge.tone} />;
}

function columnsOf(items: readonly Summary[]): readonly Column<Summary>[] {
  const to = scaleOf(items.map(({ successRate }) => successRate));
  return [
    {
      name: "Campaign",
      head: true,
      cell: ({ id, name, failover }) => (
        <>
          <a class="break" href={`/campaigns/${encodeURIComponent(id)}`}>
            {name}
          </a>
          <span class="cell-note break">
            <NameText text={id} />
            {failover === null ? null : (
              <>
                {` · ${failover.role} with `}
                <NameText text={failover.partner} />
              </>
            )}
          </span>
        </>
      ),
    },
    {
      name: "State",
      cell: ({ status, dialing, notDialing, failover }) => (
        <>
          <span class="row">
            {status === null ? <Pill state="" text="not read yet" /> : <Pill state={status} />}
            <PairPill failover={failover} />
          </span>
          {notDialing === null ? null : (
            <span class="cell-note break">
              {dialing === null ? "not known whether it dials: " : null}
              <NameText text={notDialing.first} />
            </span>
          )}
        </>
      ),
    },
    { name: "Active calls", numeric: true, cell: ({ activeCalls }) => whole(activeCalls) },
    {
      name: "Success rate",
      cell: ({ successRate, windowMinutes, asOf }) =>
        successRate === null ? (
          <span class="muted">{asOf.figures === null ? "not read yet" : "no figures"}</span>
        ) : (
          <>
            <ShareBar share={successRate} to={to} />
            {windowMinutes === null ? null : <span class="cell-note">last {windowMinutes} min</span>}
          </>
        ),
    },
    { name: "Abandonment budget", cell: ({ abandonment }) => <BudgetMeter budget={abandonment} /> },
    {
      name: "Calling windows",
      cell: ({ windows, asOf }) => (
        <>
          <Pill
            state=""
            tone={toneOf(windows.some(({ open }) => open) ? "active" : "")}
            text={asOf.windows === null ? "not read yet" : windowsInShort(windows)}
          />
          {windows.length === 0 || windows.length > 6 ? null : (
            <ul class="zone-list">
              {windowGroups(windows).map(({ zones, text }) => (
                <li key={text}>
                  <span>{zones.join(", ")}</span> {text}
                </li>
              ))}
            </ul>
          )}
        </>
      ),
    },
    {
      name: "Updated",
      cell: ({ lastMetricAt, asOf, stale, failed }) => (
        <>
          <Time at={lastMetricAt} as="clock" />
          <span class="cell-note">
            <Age at={asOf.figures} />
          </span>
          {stale && asOf.figures !== null ? <span class="cell-note warn">stale</span> : null}
          {failed === null ? null : (
            <span class="cell-note warn break" title={failed.message}>
              not readable
            </span>
          )}
        </>
      ),
    },
  ];
}
