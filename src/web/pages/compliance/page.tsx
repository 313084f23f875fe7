// Compliance: one number explained, suppression, what gates let through, and opt-outs on their clock.

import type { ApiTypes } from "../../../server/index.ts";
import { useDashboard } from "../../api/dashboard.ts";
import { Page } from "../../shell/page.tsx";
import { More } from "../../ui/more.tsx";
import { Pill } from "../../ui/pill.tsx";
import { Empty } from "../../ui/states.tsx";
import { type Column, Table } from "../../ui/table.tsx";
import { Time } from "../../ui/time.tsx";
import { timeFormat, whole, words } from "../../view/format.ts";
import { CompanyList } from "./company-list.tsx";
import { Explain } from "./explain.tsx";
import { Rules } from "./rules.tsx";
import { Suppression } from "./suppression.tsx";

/** Those that some system has not confirmed yet. */
const STILL_OPEN = { open: true };

export default function CompliancePage() {
  const { now } = useDashboard();
  return (
    <Page
      title="Compliance"
      lead="Whether somebody may be called, with every reason; who must not be; and how fast opt-outs reach every system."
    >
      <Explain />
      <Suppression />
      <CompanyList />
      <section class="stack" aria-label="Revocations">
        <h2>Revocations</h2>
        <More
          of="compliance.revocations"
          query={STILL_OPEN}
          what="revocations"
          options={{ every: 30_000 }}
          empty={
            <Empty title="No opt-out is on the clock">
              <p>An opt-out appears here until every system has confirmed it.</p>
            </Empty>
          }
        >
          {(rows) => (
            <Table
              caption="Revocations"
              columns={revocationColumns(new Date(now()).toISOString().slice(0, 10))}
              rows={rows}
              rowKey={({ id }) => id}
            />
          )}
        </More>
      </section>
      <Rules />
      <section class="stack" aria-label="Manifests">
        <h2>Manifests</h2>
        <More
          of="compliance.manifests"
          what="manifests"
          empty={
            <Empty title="No gate has been passed yet">
              <p>Each passage of a list through the gate leaves a manifest with its counts.</p>
            </Empty>
          }
        >
          {(rows) => <Table caption="Manifests" columns={MANIFESTS} rows={rows} rowKey={({ id }) => id} />}
        </More>
      </section>
    </Page>
  );
}

/** Past the deadline of the rules, or only past the time that outdial sets for a system. */
function clockOf({ open, overdue, isPast }: { readonly open: boolean; readonly overdue: boolean; readonly isPast: boolean }) {
  if (!open) return { tone: "good", text: "done" } as const;
  if (isPast) return { tone: "bad", text: "past the deadline" } as const;
  return overdue ? ({ tone: "warn", text: "late" } as const) : ({ tone: "warn", text: "running" } as const);
}

/** @param today a date of UTC, as deadlines are */
const revocationColumns = (today: string): readonly Column<ApiTypes.RevocationView>[] => [
  { name: "Number", head: true, cell: ({ number }) => <span class="mono">{number}</span> },
  {
    name: "Clock",
    cell: ({ open, overdue, deadline, systems }) => (
      <>
        <Pill state="" {...clockOf({ open, overdue, isPast: deadline < today })} />
        {systems
          .filter(({ state }) => state === "overdue")
          .map(({ system, target }) => (
            <span class="cell-note break" key={system}>
              {system} since <Time at={target} />
            </span>
          ))}
        <span class="cell-note">deadline of the rules {timeFormat("UTC").date(deadline)}</span>
      </>
    ),
  },
  {
    name: "Revoked",
    cell: ({ revokedAt, channel, reference }) => (
      <>
        <Time at={revokedAt} />
        <span class="cell-note break">
          {words(channel)} · {reference}
        </span>
      </>
    ),
  },
  {
    name: "Systems",
    cell: ({ systems, deadline }) => (
      <ul class="legend">
        {systems.map(({ system, state, acknowledgedAt }) => (
          <li key={system} class="break">
            {system}: {state === "overdue" && deadline >= today ? "late" : words(state).toLowerCase()}
            {acknowledgedAt === null ? (
              ""
            ) : (
              <>
                {" "}
                <Time at={acknowledgedAt} />
              </>
            )}
          </li>
        ))}
      </ul>
    ),
  },
];

const MANIFESTS: readonly Column<ApiTypes.ManifestView>[] = [
  {
    name: "Passage",
    head: true,
    cell: ({ id, campaign, madeAt, actor }) => (
      <>
        <span class="break">{campaign}</span>
        <span class="cell-note break">
          <Time at={madeAt} /> · {actor} · <span class="mono">{id}</span>
        </span>
      </>
    ),
  },
  { name: "Contacts", numeric: true, cell: ({ contacts }) => whole(contacts) },
  { name: "Dial", numeric: true, cell: ({ counts }) => <span class="good">{whole(counts.dial)}</span> },
  { name: "Later", numeric: true, cell: ({ counts }) => whole(counts.later) },
  { name: "Never", numeric: true, cell: ({ counts }) => whole(counts.never) },
  {
    name: "Refused",
    numeric: true,
    cell: ({ counts }) => (counts.refused > 0 ? <span class="bad">{whole(counts.refused)}</span> : "0"),
  },
  {
    name: "Reasons",
    cell: ({ byReason, pack }) => (
      <>
        <ul class="plain-list">
          {byReason.map(({ reason, verdict, contacts }) => (
            <li class="break" key={`${reason} ${verdict}`}>
              {reason} <span class="muted">({verdict})</span> {whole(contacts)}
            </li>
          ))}
        </ul>
        <span class="cell-note">rules {pack}</span>
      </>
    ),
  },
];
