// One campaign: figures, live plots with what happened on the same axis, why it does not dial, and what can be done.

import { useLocation, useRoute } from "preact-iso";
import type { ApiTypes } from "../../../server/index.ts";
import { useDashboard } from "../../api/dashboard.ts";
import { useResource } from "../../api/resource.ts";
import { Page } from "../../shell/page.tsx";
import { Age, NotReadable } from "../../ui/age.tsx";
import { Sentence } from "../../ui/name-text.tsx";
import { Pill } from "../../ui/pill.tsx";
import { Loaded } from "../../ui/states.tsx";
import { Time } from "../../ui/time.tsx";
import { TimeTrouble } from "../../ui/time-trouble.tsx";
import { besidePaused } from "../../view/format.ts";
import { part, rangeOf, rangeQuery, type TimeRange, timeTrouble } from "../../view/time-range.ts";
import { Effects } from "./effects.tsx";
import { Now, Windows } from "./now.tsx";
import { CampaignPlots } from "./plots.tsx";
import { type Hours, RangeBar, SPANS } from "./range.tsx";
import { auditOf, coverageOf, lookOf } from "./series.ts";
import { CampaignVerbs } from "./verbs.tsx";
import { WorkloadFigures } from "./workload.tsx";

type Detail = ApiTypes.CampaignDetail;

/** A campaign of its own for each address: nothing of the one before it may be seen, let alone be acted upon. */
export default function CampaignPage() {
  const id = useRoute().params["id"] ?? "";
  return <Campaign key={id} id={id} />;
}

function Campaign({ id }: { readonly id: string }) {
  const { query: asked, route } = useLocation();
  const { now, session } = useDashboard();
  const lack = session.lack("campaignDocuments");
  const hours = SPANS.find(([key]) => key === asked["hours"])?.[0] ?? "1";
  const campaign = useResource(
    "campaigns.show",
    { params: { id }, query: { hours } },
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
    route(`/campaigns/${encodeURIComponent(id)}?hours=${span}${rangeQuery(chosen)}`, true);
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
            {detail.stale && detail.asOf.figures !== null ? <Pill state="stale" tone="warn" text="figures are stale" /> : null}
          </>
        )
      }
      actions={detail === undefined ? null : <CampaignVerbs detail={detail} onDone={campaign.reload} />}
    >
      <Loaded of={campaign} what="the campaign">
        {(value) => (
          <>
            <NotReadable failed={value.failed} asOf={value.asOf.figures ?? value.asOf.status} />
            <WhyNot detail={value} />
            <Now detail={value} />
            <WorkloadFigures of={value.workloadDetail} />
            {trouble === undefined ? null : <TimeTrouble text={`${trouble} All of the chosen hours are shown.`} />}
            <RangeBar
              hours={hours}
              shown={shown}
              range={range}
              coverage={coverageOf(value.series, Number(hours), shown.to)}
              onHours={(chosen) => show(chosen, undefined)}
              onRange={(chosen) => show(hours, chosen)}
            />
            <CampaignPlots detail={value} range={range} onRange={(chosen) => show(hours, part(chosen, shown))} />
            <Effects detail={value} onRange={(chosen) => show(hours, part(chosen, shown))} />
            <div class="grid">
              <Events events={value.events} />
              <Windows detail={value} />
            </div>
            <details class="card">
              <summary>
                Configuration at the vendor
                {value.configuration === null ? "" : ", read "}
                {value.configuration === null ? null : <Age at={value.configurationAsOf} />}
              </summary>
              {value.configuration === null ? (
                <p class="muted">It has not been read yet.</p>
              ) : (
                <>
                  {lack === undefined ? (
                    <p>
                      <a href={`/campaign-files?campaign=${encodeURIComponent(value.id)}`}>Edit it as a campaign file</a>
                    </p>
                  ) : null}
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
