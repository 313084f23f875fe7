// The work that is left in a campaign, and who is there to do it: each figure with its age, or why there is none.

import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import type { ApiTypes } from "../../../server/index.ts";
import { useDashboard } from "../../api/dashboard.ts";
import { Age } from "../../ui/age.tsx";
import { Figure, Figures } from "../../ui/figures.tsx";
import { SavedTable } from "../../ui/saved-table.tsx";
import type { Column } from "../../ui/table.tsx";
import { Time } from "../../ui/time.tsx";
import { counted, decimal, hoursText, percent, whole } from "../../view/format.ts";

type Detail = ApiTypes.CampaignDetail["workloadDetail"];

export function WorkloadFigures({ of }: { readonly of: Detail }) {
  const { agents, mostAgents } = of;
  return (
    <section aria-label="Work left">
      <Figures>
        <Told
          name="List penetration"
          of={of.penetration}
          value={({ rate }) => percent(rate)}
          note={({ attempted, contacts, countedBy }) =>
            `${counted(attempted, contacts)} ${countedBy === "tenant" ? "contacts attempted" : "contacts, by the numbers called that outdial was told of"}`
          }
        />
        <Told
          name="Hours of work left"
          of={of.hoursLeft}
          value={({ hours }) => hoursText(hours)}
          note={(left) => (
            <>
              {bandOf(left)}
              {left.days === null || left.days < 1
                ? null
                : ` · ${decimal(left.days)} days of ${hoursText(left.perDay)} calling time`}
              <span class="cell-note">
                {of.dialable.value === null ? null : `${whole(of.dialable.value.contacts)} ${of.dialable.value.of}`}
                {of.pace.value === null ? null : ` at ${whole(of.pace.value.perHour)} calls an hour`}
              </span>
              <CallingTime left={left} />
            </>
          )}
        />
        <Told
          name="Callbacks due"
          of={of.callbacks}
          tone={({ due }) => (due > 0 ? "warn" : undefined)}
          value={({ due }) => whole(due)}
          note={({ waiting, withinHour, next }) => (
            <>
              {whole(withinHour)} within the hour · {whole(waiting)} waiting
              {next === null ? null : (
                <>
                  {" · next "}
                  <Time at={next} />
                </>
              )}
            </>
          )}
        />
        <Told
          name="Agents logged in"
          of={agents}
          value={({ loggedIn }) => whole(loggedIn)}
          note={({ available, working, wrapUp }) =>
            `${whole(available)} available · ${whole(working)} working · ${whole(wrapUp)} on wrap-up`
          }
          more={mostAgents === null ? undefined : `at most ${whole(mostAgents)} by the dialer settings`}
        />
        <Told
          name={`Occupancy${of.occupancy.value === null ? "" : `, last ${of.occupancy.value.windowMinutes} min`}`}
          of={of.occupancy}
          value={({ rate }) => percent(rate)}
          note={({ busyMinutes, staffedMinutes, readings }) =>
            `talk and wrap-up: ${counted(busyMinutes, staffedMinutes)} agent-minutes, ${whole(readings)} readings`
          }
        />
      </Figures>
    </section>
  );
}

const AGENTS: readonly Column<ApiTypes.CampaignAgent>[] = [
  { name: "Agent", head: true, cell: ({ id, name }) => name ?? <span class="mono">{id}</span> },
  { name: "Team", cell: ({ team }) => team ?? "" },
  { name: "Assigned", cell: ({ assigned }) => (assigned ? "yes" : "no") },
  {
    name: "State",
    cell: ({ signedIn, state }) => (signedIn === null ? "not known" : signedIn ? (state ?? "signed in") : "signed out"),
  },
];

/** Who works on a campaign; asked of the tenant when somebody wants to know. */
export function Agents({ id }: { readonly id: string }) {
  const { client, toasts, session } = useDashboard();
  const found = useSignal<readonly ApiTypes.CampaignAgent[] | undefined>(undefined);
  const state = session.state.value;
  if (state.kind !== "signed_in" || state.me.service.lacks.some(({ capability }) => capability === "agents")) return null;
  const show = async () => {
    try {
      found.value = (await client.ask("campaigns.agents", { params: { id } })).items;
    } catch (thrown) {
      toasts.show("bad", thrown instanceof Error ? thrown.message : String(thrown));
    }
  };
  return (
    <section class="card stack" aria-label="Agents">
      <h2>Agents</h2>
      <div class="row">
        <button type="button" class="button" onClick={() => void show()}>
          Show agents
        </button>
      </div>
      {found.value === undefined ? null : found.value.length === 0 ? (
        <p>Nobody is assigned to it, or signed in on it.</p>
      ) : (
        <SavedTable caption="Agents" saved="agents" columns={AGENTS} rows={found.value} rowKey={({ id: key }) => key} />
      )}
    </section>
  );
}

function CallingTime({ left: { today, opens } }: { readonly left: NonNullable<Detail["hoursLeft"]["value"]> }) {
  if (today === null && opens === null) return null;
  return (
    <span class="cell-note">
      {today === null ? (
        <>
          All windows are closed, the next opens <Time at={opens} />
        </>
      ) : (
        <>
          {hoursText(today.hours)} of calling time left, until <Time at={today.until} />
        </>
      )}
    </span>
  );
}

interface ToldProps<Value> {
  readonly name: string;
  readonly of: { readonly value: Value | null; readonly why: string | null; readonly at: string | null };
  readonly value: (value: Value) => string;
  readonly note: (value: Value) => ComponentChildren;
  readonly tone?: (value: Value) => "warn" | undefined;
  readonly more?: string | undefined;
}

/** A figure that is not known is a dash with its reason, never 0. */
function Told<Value>({ name, of: { value, why, at }, value: text, note, tone, more }: ToldProps<Value>) {
  return (
    <Figure
      name={name}
      value={value === null ? "–" : text(value)}
      tone={value === null ? undefined : tone?.(value)}
      note={
        <>
          {value === null ? <span class="break">{why}</span> : note(value)}
          {more === undefined ? null : <span class="cell-note">{more}</span>}
          {at === null ? null : (
            <span class="cell-note">
              read <Age at={at} />
            </span>
          )}
        </>
      }
    />
  );
}

/** The band of the hours left; empty when both ends read alike. */
function bandOf({ low, high }: { readonly low: number; readonly high: number | null }): string {
  const [from, to] = [hoursText(low), high === null ? "no end" : hoursText(high)];
  return from === to ? "" : `${from} to ${to}`;
}
