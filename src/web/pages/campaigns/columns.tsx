// What the list of campaigns says of each.

import type { ApiTypes } from "../../../server/index.ts";
import { Age } from "../../ui/age.tsx";
import { BudgetMeter } from "../../ui/budget-meter.tsx";
import { NameText, Sentence } from "../../ui/name-text.tsx";
import { Pill } from "../../ui/pill.tsx";
import { ShareBar } from "../../ui/share-bar.tsx";
import type { Column } from "../../ui/table.tsx";
import { Time } from "../../ui/time.tsx";
import { callsOutsideHours } from "../../view/campaign-list.ts";
import { pairBadge } from "../../view/failover.ts";
import { besidePaused, counted, hoursText, percent, whole } from "../../view/format.ts";
import { scaleOf } from "../../view/scale.ts";
import { toneOf } from "../../view/tone.ts";
import { windowGroups, windowsInShort } from "../../view/windows.ts";

type Summary = ApiTypes.CampaignSummary;

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
export const MORE: Column<Summary> = { name: "More", width: 6, cell: () => null };

/** The columns, on one scale for all rates. */
export function columnsOf(items: readonly Summary[]): readonly Column<Summary>[] {
  const to = scaleOf(items.map(({ successRate }) => successRate));
  return [
    {
      name: "Campaign",
      width: 15,
      head: true,
      cell: ({ id, name }) => (
        <span class="lines">
          <a class="break" href={`/campaigns/${encodeURIComponent(id)}`}>
            {name}
          </a>
          <span class="cell-note break">
            <NameText text={id} />
          </span>
        </span>
      ),
    },
    {
      name: "State",
      width: 18,
      cell: ({ status, dialing, notDialing, mayDial, failover }) => (
        <>
          <span class="row">
            {status === null ? <Pill state="" text="not read yet" /> : <Pill state={status} />}
            <PairPill failover={failover} />
          </span>
          {notDialing !== null || mayDial.verdict !== "not_ok" ? null : (
            <span class="cell-note bad break">
              dialing, must not ({mayDial.why[0]}
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
      width: 8,
      numeric: true,
      cell: (campaign) =>
        callsOutsideHours(campaign) ? (
          <>
            <span class="bad">{whole(campaign.activeCalls)}</span>
            <span class="cell-note bad">outside hours</span>
          </>
        ) : (
          whole(campaign.activeCalls)
        ),
    },
    {
      name: "Success rate",
      width: 14,
      cell: ({ successRate, asOf, ...one }) =>
        successRate === null ? (
          <span class="muted">{asOf.figures === null ? "not read yet" : "no figures"}</span>
        ) : (
          <ShareBar share={successRate} to={to} note={rateNote(successRate, one)} />
        ),
    },
    { name: "Abandonment budget", width: 14, cell: ({ abandonment }) => <BudgetMeter budget={abandonment} /> },
    {
      name: "Work left",
      width: 9,
      cell: ({ workload: { hoursLeft, penetration, callbacksDue, asOf } }) => {
        const notes = [
          ...(penetration === null ? [] : [`${percent(penetration, 0)} tried`]),
          ...(callbacksDue === null || callbacksDue === 0 ? [] : [`${whole(callbacksDue)} callbacks due`]),
        ];
        return (
          <>
            {hoursLeft === null ? (
              <span class="muted">{asOf === null ? "not read yet" : "not known"}</span>
            ) : (
              hoursText(hoursLeft)
            )}
            {notes.length === 0 ? null : <span class="cell-note">{notes.join(" · ")}</span>}
          </>
        );
      },
    },
    {
      name: "Calling windows",
      width: 11,
      cell: ({ windows, asOf }) => {
        const groups = windowGroups(windows).map(
          // That it is closed, the pill says.
          ({ zones, text }) => `${text.replace(/^closed, /, "")} in ${zones.join(", ")}`,
        );
        return (
          <>
            <Pill
              state=""
              tone={toneOf(windows.some(({ open }) => open) ? "active" : "")}
              text={asOf.windows === null ? "not read yet" : windowsInShort(windows)}
            />
            {groups.length === 0 ? null : <span class="cell-note break">{groups.join("; ")}</span>}
          </>
        );
      },
    },
    {
      name: "Updated",
      width: 7,
      cell: ({ lastMetricAt, asOf, stale, failed }) => (
        <>
          <Time at={lastMetricAt} as="clock" />
          {failed === null ? (
            <span class={`cell-note ${stale && asOf.figures !== null ? "warn" : ""}`}>
              {stale && asOf.figures !== null ? "old, " : null}
              <Age at={asOf.figures} />
            </span>
          ) : (
            <>
              <span class="cell-note warn">not readable</span>
              <span class="cell-note break in-whole">{failed.message}</span>
            </>
          )}
        </>
      ),
    },
  ];
}
