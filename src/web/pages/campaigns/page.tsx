// All campaigns: what each is doing, how well, how much of its abandonment budget is left, and why it does not dial.

import { useSignal, useSignalEffect } from "@preact/signals";
import type { ApiTypes } from "../../../server/index.ts";
import { type Resource, type ResourceState, useResource } from "../../api/resource.ts";
import { Page } from "../../shell/page.tsx";
import { NotReadable } from "../../ui/age.tsx";
import { Figure, Figures } from "../../ui/figures.tsx";
import { Empty, Loaded } from "../../ui/states.tsx";
import { pairCounts } from "../../view/failover.ts";
import { timeFormat, whole } from "../../view/format.ts";
import { ATTENTION, Attention } from "./attention.tsx";
import { List } from "./list.tsx";
import { StopNotice } from "./stop-notice.tsx";
import { StopAll } from "./stops.tsx";

type Summary = ApiTypes.CampaignSummary;

/** How often the list is read anew, ms. */
const EVERY = 15_000;
/** The same while something of a campaign has not been read yet; no longer than so many readings. */
const EVERY_AT_FIRST = 1500;
const AT_FIRST = 10;

export default function CampaignsPage() {
  const atFirst = useSignal(AT_FIRST);
  const attention = useResource("attention.list", {}, ATTENTION);
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
    <Page
      title="Campaigns"
      lead="What each campaign does now, and what keeps it from dialing."
      actions={<StopAll onDone={campaigns.reload} />}
    >
      <StopNotice />
      <Attention list={attention} />
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
                  Campaigns are made from files: <code>outdial campaign plan</code>, then <code>outdial campaign apply</code>.
                </p>
              </Empty>
            )
          }
        >
          {({ items, asOf, failed }) => (
            <>
              <NotReadable failed={failed} asOf={asOf} />
              <Overview items={items} isAway={failed !== null} />
              <List items={items} onDone={campaigns.reload} />
            </>
          )}
        </Loaded>
      )}
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
          : `The tenant could not be read at ${timeFormat().clock(failed.at)}: ${failed.message.replace(/\.*$/, ".")} It is tried again.`}
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
  const calls = items.reduce((sum, { activeCalls }) => sum + (activeCalls ?? 0), 0);
  const { over, stuck } = pairCounts(items);
  const tight = items.filter(
    ({ abandonment }) => abandonment !== null && ((abandonment.used ?? 0) >= 0.8 || abandonment.withinLimit === false),
  ).length;
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
