// What needs somebody, worst first: what it is, since when, why, what to do next; seen by whom, and who sees to it.

import type { ApiTypes } from "../../../server/index.ts";
import { useDashboard } from "../../api/dashboard.ts";
import type { Answer } from "../../api/operation.ts";
import type { Resource } from "../../api/resource.ts";
import { Age } from "../../ui/age.tsx";
import { FoldedStories } from "../../ui/film.tsx";
import { NameText, Sentence } from "../../ui/name-text.tsx";
import { Pill } from "../../ui/pill.tsx";
import { Loaded } from "../../ui/states.tsx";
import { timeFormat, whole } from "../../view/format.ts";
import { PauseSeveral, StopAll } from "./stops.tsx";

type Concern = ApiTypes.Concern;

/** Where something can be done about it. */
const PAGE: Readonly<Record<Concern["subject"]["kind"], (id: string) => string>> = {
  campaign: (id) => (id === "" ? "/?show=attention" : `/campaigns/${encodeURIComponent(id)}`),
  approval: (id) => `/approvals/${encodeURIComponent(id)}`,
  receiver: () => "/deliveries",
  compliance: () => "/compliance",
  dialer: () => "/dialer",
  job: (id) => (id === "" ? "/jobs" : `/jobs/${encodeURIComponent(id)}`),
  tenant: () => "/tenant",
  stop: () => "/",
  store: () => "/audit",
};

/** What is told step by step beside it. */
const HAS_STORY: ReadonlySet<string> = new Set(["hand_over", "pair_halted", "pair_needs_a_person"]);

/** What a pause is the first answer to. */
const PAUSED_FOR: ReadonlySet<string> = new Set([
  "calls_outside_hours",
  "calls_hours_unknown",
  "calls_not_allowed",
  "company_list_not_held",
]);

/** @param besides a stop is shown above, of which not all is confirmed */
export function Attention({ list, besides }: { readonly list: Resource<Answer<"attention.list">>; readonly besides: boolean }) {
  const state = list.state.value;
  const old = state.kind === "ready" && state.failed !== undefined ? ` at ${timeFormat().clock(state.at)}` : null;
  return (
    <section class="card attention" aria-label="Needs attention">
      <Loaded of={list} what="what needs attention">
        {({ items, known }) => {
          const open = items.filter(({ acknowledged }) => acknowledged === null);
          const seen = items.filter(({ acknowledged }) => acknowledged !== null);
          return (
            <>
              <h2>
                {open.length > 0
                  ? `Needs attention: ${whole(open.length)}`
                  : `${besides ? "Besides the stop, nothing" : "Nothing"}${known.verdict === "ok" && !besides ? "" : " known"} ${
                      old === null ? "needs attention" : `needed attention${old}`
                    }`}
              </h2>
              <HowMuch known={known} />
              <Concerns items={open} onDone={list.reload} />
              {seen.length === 0 ? null : (
                <details>
                  <summary>Acknowledged: {whole(seen.length)}</summary>
                  <Concerns items={seen} onDone={list.reload} />
                </details>
              )}
            </>
          );
        }}
      </Loaded>
    </section>
  );
}

/** How much of the tenant is known: all and how old, what is not yet, or that it does not answer since when. */
function HowMuch({ known: { covers, oldest, missing, away } }: { readonly known: ApiTypes.TenantKnown }) {
  const told = `${whole(covers.known)} of ${whole(covers.of)}`;
  if (away !== null)
    return (
      <p class="warn break">
        {away.since === null
          ? "The tenant has not answered yet"
          : `The tenant has not answered since ${timeFormat().clock(away.since)}`}
        : <Sentence text={away.reason} /> What is shown is what it showed last.
      </p>
    );
  if (missing.length > 0)
    return (
      <>
        <p class="warn break">
          Not known yet:{" "}
          {missing.map(({ what, count }) => (what.startsWith("the ") ? what : `${whole(count)} (${what})`)).join(", ")}; {told}{" "}
          campaigns known
        </p>
        <progress max={Math.max(1, covers.of)} value={covers.known} aria-label="Campaigns known" />
      </>
    );
  return (
    <p class="muted small">
      {told} campaigns known, the oldest <Age at={oldest} />
    </p>
  );
}

function Concerns({ items, onDone }: { readonly items: readonly Concern[]; readonly onDone: () => void }) {
  if (items.length === 0) return null;
  return (
    <ul class="concerns">
      {items.map((one) => (
        <Row key={one.key} concern={one} onDone={onDone} />
      ))}
    </ul>
  );
}

function Row({ concern, onDone }: { readonly concern: Concern; readonly onDone: () => void }) {
  const { key, code, severity, subject, campaigns, what, cause, evidence, since, lastSeen, next, acknowledged, owner } = concern;
  const { client, session, toasts } = useDashboard();
  const state = session.state.value;
  const me = state.kind === "signed_in" ? state.me.name : "";
  const say = async (verb: ApiTypes.AttentionVerb) => {
    try {
      await client.ask("attention.say", { body: { key, verb } });
    } catch (thrown) {
      toasts.show("bad", thrown instanceof Error ? thrown.message : String(thrown));
    }
    onDone();
  };
  const [first, ...rest] = evidence;
  return (
    <li class={severity}>
      <div class="concern">
        <p class="break">
          <Pill state={severity} tone={severity === "urgent" ? "bad" : "warn"} />{" "}
          <a href={PAGE[subject.kind](subject.id)}>
            <NameText text={subject.name} />
          </a>
          : <Sentence text={what} />
        </p>
        {first === undefined ? null : (
          <p class="break">
            {cause === null ? "Why" : `Why (${cause})`}: <Sentence text={first} />
          </p>
        )}
        {rest.length === 0 ? null : (
          <details>
            <summary class="small">More evidence: {whole(rest.length)}</summary>
            <ul class="effects">
              {rest.map((text) => (
                <li class="break" key={text}>
                  <Sentence text={text} />
                </li>
              ))}
            </ul>
          </details>
        )}
        {HAS_STORY.has(code) ? <FoldedStories of={{ campaign: subject.id }} /> : null}
        <p class="break">
          Next: <Sentence text={next} />
        </p>
        <p class="muted small break">
          {since === null ? "since when is not known" : <Age at={since} />}
          {lastSeen === null ? "" : ` · last seen ${timeFormat().clock(lastSeen)}`}
          {owner === null ? "" : ` · ${owner} sees to it`}
          {acknowledged === null ? "" : ` · acknowledged by ${acknowledged.by}`}
        </p>
      </div>
      {session.may("operator") ? (
        <div class="row">
          {subject.kind === "stop" ? <StopAll onDone={onDone} /> : null}
          {PAUSED_FOR.has(code) && campaigns.length > 0 ? (
            <PauseSeveral
              campaigns={campaigns}
              name={campaigns.length === 1 ? "Pause it" : `Pause all ${whole(campaigns.length)}`}
              onDone={onDone}
            />
          ) : null}
          {acknowledged === null ? (
            <button
              type="button"
              class="button"
              aria-label={`Acknowledge: ${subject.name}`}
              onClick={() => void say("acknowledge")}
            >
              Acknowledge
            </button>
          ) : null}
          <button
            type="button"
            class="button"
            aria-label={`${owner === me ? "Give back" : "Take"}: ${subject.name}`}
            onClick={() => void say(owner === me ? "release" : "take")}
          >
            {owner === me ? "Give back" : "Take"}
          </button>
        </div>
      ) : null}
    </li>
  );
}
