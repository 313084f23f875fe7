// The latest stop while it goes on, and as long as it left something that is not confirmed paused.

import type { ApiTypes } from "../../../server/index.ts";
import { useResource } from "../../api/resource.ts";
import { NameText } from "../../ui/name-text.tsx";
import { Time } from "../../ui/time.tsx";
import { whole } from "../../view/format.ts";
import { problemText } from "../../view/stop.ts";

type Stop = ApiTypes.StopResult;

/** A stop that waits for a service, and calls under way that end, are announced by no event. */
const EVERY = 10_000;
const LIVE = { on: ({ type }: ApiTypes.ServiceEvent) => type === "stop", every: EVERY, sticky: true };
/** Campaigns that are named; the command line names all. */
const NAMED = 50;

export function StopNotice() {
  const latest = useResource("campaigns.stops", { query: { limit: 1 } }, LIVE).state.value;
  const id = latest.kind === "ready" ? latest.value.items[0]?.id : undefined;
  const stop = useResource("campaigns.stopped", id === undefined ? undefined : { params: { stop: id } }, LIVE).state.value;
  if (stop.kind !== "ready" || stop.value.id !== id) return null;
  return <Notice stop={stop.value} />;
}

function Notice({ stop }: { readonly stop: Stop }) {
  const { actor, createdAt, endedAt, changes, seenPaused, alreadyPaused, carriedOut, listProblem } = stop;
  const open = changes.filter(({ confirmed, status }) => !confirmed && status !== "resumed");
  if (endedAt !== null && open.length === 0 && alreadyPaused.length === 0 && listProblem === null) return null;
  const confirmed = changes.filter((one) => one.confirmed).length;
  return (
    <section class="card" aria-label="Stop">
      <h2>{endedAt === null ? "Stop under way" : "Stop, not all confirmed"}</h2>
      <p>
        By <NameText text={actor} />, <Time at={createdAt} as="clock" />: {whole(confirmed)} paused and confirmed,{" "}
        {whole(seenPaused.length)} seen paused before, {whole(alreadyPaused.length)} only listed as paused and not looked at,{" "}
        {whole(open.length)} not confirmed.
        {endedAt === null && !carriedOut ? " It waits for a service to continue it." : null}
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
    </section>
  );
}

const WORDS: Readonly<Record<Exclude<Stop["changes"][number]["status"], "paused">, string>> = {
  failed: "not paused",
  unknown: "unknown whether paused",
  pending: "not tried yet",
  resumed: "resumed",
};
