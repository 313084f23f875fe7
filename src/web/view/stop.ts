// What is said of a stop and of a pause of several: before it, what it means; after it, what came of it. Pure.

import { callsUnderWay } from "../../kernel/index.ts";
import type { ApiTypes } from "../../server/index.ts";
import { whole } from "./format.ts";

/** `good` only when the tenant's list was complete and every campaign is confirmed paused or was seen paused. */
export function toldOf(stop: Pick<ApiTypes.StopResult, "changes" | "seenPaused" | "alreadyPaused" | "listProblem" | "endedAt">): {
  readonly tone: "good" | "bad";
  readonly text: string;
} {
  const { changes, seenPaused, alreadyPaused, listProblem } = stop;
  const confirmed = seenPaused.length + changes.filter((one) => one.confirmed).length;
  const resumed = changes.filter(({ confirmed, status }) => !confirmed && status === "resumed").length;
  const open = changes.length + seenPaused.length - confirmed - resumed;
  // While it goes on without having seen any, its list is not read yet.
  const isUnseen = confirmed === 0 && stop.endedAt === null;
  if (listProblem === null && open === 0 && resumed === 0 && alreadyPaused.length === 0 && !isUnseen)
    return { tone: "good", text: "Stop: every campaign is confirmed paused" };
  const said = [
    ...(listProblem === null ? [] : [problemText(listProblem)]),
    ...(open === 0 ? [] : [`${whole(open)} not confirmed paused yet; the page shows which`]),
    ...(alreadyPaused.length === 0 ? [] : [`${whole(alreadyPaused.length)} only listed as paused, looked at next`]),
    ...(resumed === 0 ? [] : [`${whole(resumed)} resumed by somebody since`]),
    `${whole(confirmed)} confirmed paused`,
  ];
  return { tone: "bad", text: `Stop: ${said.join("; ")}` };
}

/** Why it is not said that nothing dials, although all that is known may be paused. */
export function problemText({ code, message }: NonNullable<ApiTypes.StopResult["listProblem"]>): string {
  const what =
    code === "known_unread"
      ? "what was asked for before the stop may still start a campaign"
      : "the list of campaigns is not whole, others may be dialing";
  return `${what}: ${message}`;
}

type Named = Pick<ApiTypes.CampaignSummary, "id" | "name">;
type Listed = Pick<ApiTypes.CampaignSummary, "id" | "name" | "status" | "activeCalls" | "failover">;

/** What a stop of all means: tenant, number of campaigns, calls under way. */
export function stoppedOf({ of, list }: Pick<Parameters<typeof pausedOf>[0], "of" | "list">): string {
  const count = list === undefined ? "" : `${whole(list.items.length)} `;
  return `Stop all ${count}campaigns of ${of}: ${callsUnderWay(list?.items.map(({ activeCalls }) => activeCalls) ?? [null], whole)}.`;
}

/**
 * What a pause of several means, in sentences: tenant, number, calls under way, and the pairs of which nobody dials afterwards.
 * @param list as far as it is known; undefined when it is not
 */
export function pausedOf({
  of,
  campaigns,
  list,
}: {
  readonly of: string;
  readonly campaigns: readonly Named[];
  readonly list: { readonly items: readonly Listed[] } | undefined;
}): string {
  const count = campaigns.length === 1 ? "1 campaign" : `${whole(campaigns.length)} campaigns`;
  const known = new Map(list?.items.map((one) => [one.id, one]));
  const chosen = campaigns.map(({ id }) => known.get(id));
  const under = callsUnderWay(
    chosen.map((one) => one?.activeCalls),
    whole,
  );
  const ids = new Set(campaigns.map(({ id }) => id));
  const silent = chosen.flatMap((one) => {
    if (one === undefined || one.failover === null) return [];
    const { role, partner } = one.failover;
    // Of a pair that is paused as a whole one sentence is enough.
    if (ids.has(partner) && role === "backup") return [];
    const other = known.get(partner);
    const its = role === "primary" ? "backup" : "primary";
    if (ids.has(partner)) return [`Nobody dials for ${one.name} afterwards: its ${its} is paused with it.`];
    if (other?.status === "paused") return [`Nobody dials for ${one.name} afterwards: its ${its} is paused too.`];
    return other === undefined || other.status === null ? [`Whether the ${its} of ${one.name} dials is not known.`] : [];
  });
  return [
    `Pause ${count} of ${of}: ${under}.`,
    ...silent.slice(0, MOST_PAIRS),
    ...(silent.length > MOST_PAIRS ? ["More pairs are alike."] : []),
  ].join(" ");
}

/** So many pairs are named one by one. */
const MOST_PAIRS = 5;
