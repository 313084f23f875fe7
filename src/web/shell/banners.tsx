// Messages for every page: live updates are lost, or something happened that needs a person.

import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { useDashboard } from "../api/dashboard.ts";
import { useResource } from "../api/resource.ts";
import { approvalNews } from "../view/approval.ts";
import { pairNews } from "../view/failover.ts";
import { timeFormat } from "../view/format.ts";
import { shouldTell } from "../view/link.ts";

/** Only this number of recent approvals is searched. */
const RECENT = 20;

export function Banners() {
  const { client, live, session, toasts, now } = useDashboard();
  const link = live.link.value;
  const tick = useSignal(now());
  /** What was told of approvals: an event that is read late finds the state of the next one. */
  const told = useRef(new Set<string>());
  /** People who may approve are told about waiting requests, and the person who asked is told the result. */
  const tellApproval = async (id: string) => {
    const state = session.state.peek();
    if (state.kind !== "signed_in" || !state.me.service.fourEyes || !session.may("operator")) return;
    try {
      const { items } = await client.ask("approvals.list", { query: { limit: RECENT } });
      const approval = items.find((one) => one.id === id);
      const news = approval === undefined ? undefined : approvalNews(approval, state.me.name);
      if (news === undefined || told.current.has(`${id} ${news.text}`)) return;
      told.current.add(`${id} ${news.text}`);
      toasts.show(news.tone, news.text);
    } catch {
      // The page of approvals shows the error.
    }
  };
  useEffect(
    () =>
      live.subscribe((event) => {
        if (event.type === "approval") void tellApproval(event.approvalId);
        if (event.type === "alarm") toasts.show("bad", `${event.subject}: ${event.message}`);
        if (event.type !== "failover") return;
        const { tone, text } = pairNews(event.primary, event.backup, event.phase);
        toasts.show(tone, text);
      }),
    [live],
  );
  useEffect(() => {
    if (link.kind !== "lost") return undefined;
    const beat = setInterval(() => {
      tick.value = now();
    }, 500);
    return () => clearInterval(beat);
  }, [link]);
  const isLost = link.kind === "lost" && shouldTell(link.since, Math.max(tick.value, now()));
  return (
    <>
      <Conditions />
      {isLost ? <Disconnected since={link.since} /> : null}
    </>
  );
}

/** Conditions of the database, and what jobs wait for: no event announces them. */
function Conditions() {
  const { state } = useResource("service.conditions", {}, { every: 10_000 });
  if (state.value.kind !== "ready") return null;
  return state.value.value.items.map(({ name, message, advice, since }) => (
    <div class="banner bad break" role="alert" key={`${name} ${since}`}>
      <strong>
        Since {timeFormat().clock(Date.parse(since))}: {message}.
      </strong>
      {advice}
    </div>
  ));
}

function Disconnected({ since }: { readonly since: number }) {
  return (
    <div class="banner" role="status">
      <strong>Disconnected since {timeFormat().clock(since)}.</strong>
      What you see may be out of date; it is tried again, and nothing is missed.
    </div>
  );
}
