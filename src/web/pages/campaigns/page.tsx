// All campaigns: what each is doing, how well, how much of its abandonment budget is left, and why it does not dial.

import { useSignal, useSignalEffect } from "@preact/signals";
import type { ApiTypes } from "../../../server/index.ts";
import type { ListPage } from "../../api/page-list.ts";
import { PATHS } from "../../api/paths.ts";
import { useResource } from "../../api/resource.ts";
import { Page } from "../../shell/page.tsx";
import { BudgetMeter } from "../../ui/budget-meter.tsx";
import { Figure, Figures } from "../../ui/figures.tsx";
import { NameText } from "../../ui/name-text.tsx";
import { Pill } from "../../ui/pill.tsx";
import { ShareBar } from "../../ui/share-bar.tsx";
import { Empty, Loaded } from "../../ui/states.tsx";
import { type Column, Table } from "../../ui/table.tsx";
import { Time } from "../../ui/time.tsx";
import { whole } from "../../view/format.ts";
import { scaleOf } from "../../view/scale.ts";
import { toneOf } from "../../view/tone.ts";
import { windowGroups, windowsInShort } from "../../view/windows.ts";

type Summary = ApiTypes.CampaignSummary;

/** How often the list is read anew, ms. */
const EVERY = 15_000;
/** The same while the figures of a campaign may still be on their way; no longer than so many readings, for some have none. */
const EVERY_AT_FIRST = 1500;
const AT_FIRST = 10;

export default function CampaignsPage() {
  const atFirst = useSignal(AT_FIRST);
  const campaigns = useResource<ListPage<Summary>>(
    PATHS.campaigns,
    {},
    {
      on: ({ type }) => type === "campaign" || type === "failover" || type === "alarm",
      every: atFirst.value > 0 ? EVERY_AT_FIRST : EVERY,
      sticky: true,
    },
  );
  useSignalEffect(() => {
    const state = campaigns.state.value;
    if (state.kind === "ready") atFirst.value = state.value.items.every(isRead) ? 0 : Math.max(0, atFirst.peek() - 1);
  });
  return (
    <Page title="Campaigns" lead="What each campaign does now, and what keeps it from dialing.">
      <Loaded
        of={campaigns}
        what="campaigns"
        isEmpty={({ items }) => items.length === 0}
        empty={
          <Empty title="The tenant has no campaigns">
            <p>
              Campaigns are made from files: <code>outdial campaign plan</code>, then <code>outdial campaign apply</code>.
            </p>
          </Empty>
        }
      >
        {({ items }) => (
          <>
            <Overview items={items} />
            <Table caption="Campaigns" columns={columnsOf(items)} rows={items} rowKey={({ id }) => id} />
          </>
        )}
      </Loaded>
    </Page>
  );
}

const isRead = ({ windows, lastMetricAt }: Summary) => windows.length > 0 || lastMetricAt !== null;

function Overview({ items }: { readonly items: readonly Summary[] }) {
  const dialing = items.filter(({ notDialing }) => notDialing === null).length;
  const calls = items.reduce((sum, { activeCalls }) => sum + (activeCalls ?? 0), 0);
  const over = items.filter(({ failover }) => failover?.triggered === true && failover.role === "primary").length;
  const tight = items.filter(
    ({ abandonment }) => abandonment !== null && (abandonment.used >= 0.8 || !abandonment.withinLimit),
  ).length;
  return (
    <Figures>
      <Figure name="Dialing" value={`${dialing} of ${items.length}`} note="campaigns" />
      <Figure name="Active calls" value={whole(calls)} note="all campaigns" />
      <Figure name="Failed over" value={whole(over)} tone={over > 0 ? "warn" : undefined} note="their backup works" />
      <Figure
        name="Budget nearly used"
        value={whole(tight)}
        tone={tight > 0 ? "warn" : undefined}
        note="80 % or more of what may be abandoned"
      />
    </Figures>
  );
}

const columnsOf = (items: readonly Summary[]): readonly Column<Summary>[] => [
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
    cell: ({ status, notDialing, failover }) => (
      <>
        <span class="row">
          <Pill state={status} />
          {failover?.triggered === true ? (
            <Pill state={failover.role === "primary" ? "failed over" : "stands in"} tone="warn" />
          ) : null}
        </span>
        {notDialing === null ? null : (
          <span class="cell-note break">
            <NameText text={notDialing.first} />
          </span>
        )}
      </>
    ),
  },
  { name: "Active calls", numeric: true, cell: ({ activeCalls }) => whole(activeCalls) },
  {
    name: "Success rate",
    cell: ({ successRate, windowMinutes }) =>
      successRate === null ? (
        <span class="muted">no figures</span>
      ) : (
        <>
          <ShareBar share={successRate} to={scaleOf(items.map((one) => one.successRate))} />
          {windowMinutes === null ? null : <span class="cell-note">last {windowMinutes} min</span>}
        </>
      ),
  },
  { name: "Abandonment budget", cell: ({ abandonment }) => <BudgetMeter budget={abandonment} /> },
  {
    name: "Calling windows",
    cell: ({ windows }) => (
      <>
        <Pill state="" tone={toneOf(windows.some(({ open }) => open) ? "active" : "")} text={windowsInShort(windows)} />
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
    cell: ({ lastMetricAt, stale }) => (
      <>
        <Time at={lastMetricAt} as="clock" />
        {stale ? <span class="cell-note warn">stale</span> : null}
      </>
    ),
  },
];
