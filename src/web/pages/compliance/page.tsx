// Compliance: one number explained, suppression, what gates let through, and opt-outs on their clock.

import { useSignal } from "@preact/signals";
import type { ApiTypes } from "../../../server/index.ts";
import { useDashboard } from "../../api/dashboard.ts";
import { useResource } from "../../api/resource.ts";
import { Page } from "../../shell/page.tsx";
import { TextField } from "../../ui/fields.tsx";
import { More } from "../../ui/more.tsx";
import { Pill } from "../../ui/pill.tsx";
import { SavedTable } from "../../ui/saved-table.tsx";
import { Empty, Loaded } from "../../ui/states.tsx";
import { type Column, Table } from "../../ui/table.tsx";
import { Time } from "../../ui/time.tsx";
import { useWhy } from "../../ui/why.tsx";
import { timeFormat, whole, words } from "../../view/format.ts";
import { Explain } from "./explain.tsx";

/** How the company's do-not-call list came here; where there is none, a person declares by name that the company has none. */
function CompanyList() {
  const list = useResource("suppressions.list", {});
  return (
    <section class="card stack" aria-label="Company do-not-call list">
      <h2>Company do-not-call list</h2>
      <Loaded of={list} what="how the list came here">
        {({ companyList }) =>
          companyList === null ? (
            <Undeclared onDeclared={list.reload} />
          ) : (
            <div class="row">
              <Pill state="" tone="good" text={companyList.state === "loaded" ? "loaded" : "declared empty"} />
              <span class="break">
                <Time at={companyList.at} /> by {companyList.by}: {companyList.source}
              </span>
            </div>
          )
        }
      </Loaded>
    </section>
  );
}

function Undeclared({ onDeclared }: { readonly onDeclared: () => void }) {
  const { client, session, toasts } = useDashboard();
  const name = useSignal("");
  const reason = useSignal("");
  const isComplete = name.value.trim() !== "" && reason.value.trim().length >= 3;
  const why = useWhy(isComplete ? undefined : "Needs your name and a reason of 3 characters or more");
  const declare = async () => {
    try {
      await client.ask("suppressions.declareEmpty", { body: { name: name.value.trim(), reason: reason.value.trim() } });
      toasts.show("good", "The company's do-not-call list is declared empty");
    } catch (thrown) {
      toasts.show("bad", thrown instanceof Error ? thrown.message : String(thrown));
    }
    onDeclared();
  };
  return (
    <>
      <p>
        The list was neither loaded nor declared empty, and no gate lets anybody be called before. Load it with{" "}
        <code>outdial dnc import FILE</code>. If the company has none, a person declares that here, with name and reason; the
        audit log keeps both.
      </p>
      {session.may("operator") ? (
        <form
          class="field-grid"
          onSubmit={(event) => {
            event.preventDefault();
            void declare();
          }}
        >
          <TextField
            label="Your name"
            required
            value={name.value}
            onChange={(value) => {
              name.value = value;
            }}
          />
          <TextField
            label="Why there is no list"
            required
            value={reason.value}
            onChange={(value) => {
              reason.value = value;
            }}
          />
          <div class="row">
            <button type="submit" class="button danger" {...why.off}>
              Declare the list empty
            </button>
            {why.said}
          </div>
        </form>
      ) : (
        <p class="muted">Declaring it needs the role operator.</p>
      )}
    </>
  );
}

/** The rule pack in force, and which of its rules were looked up too long ago. */
type Freshness = ApiTypes.PackFreshness;

function Rules() {
  const freshness = useResource("packs.freshness", {});
  return (
    <section class="stack" aria-label="Rules in force">
      <h2>Rules in force</h2>
      <Loaded of={freshness} what="the rules">
        {({ pack, days, rules, calendars, unread }) => (
          <>
            <p class="break">
              Decisions are made with <span class="mono">{pack}</span>. Of {whole(unread.length)} of its rules nobody has read the
              law itself: <code>outdial compliance pack show</code> says which.
            </p>
            {calendars.map((calendar) => (
              <p key={calendar.calendar} class="notice warn">
                {calendarText(calendar)}
              </p>
            ))}
            {rules.length === 0 ? (
              <Empty title={`Each rule was looked up within the last ${whole(days)} days`}>
                <p>A rule that was last read in its source longer ago appears here.</p>
              </Empty>
            ) : (
              <>
                <p class="muted">
                  {whole(rules.length)} rules were last looked up more than {whole(days)} days ago, or on no known day. Read them
                  again in their sources before you rely on them.
                </p>
                <SavedTable
                  caption="Rules to look up again"
                  saved="rules-to-look-up"
                  columns={COLUMNS}
                  rows={rules}
                  rowKey={({ id }) => id}
                />
              </>
            )}
          </>
        )}
      </Loaded>
    </section>
  );
}

function calendarText({ calendar, lastDay, daysLeft }: Freshness["calendars"][number]): string {
  return daysLeft < 0
    ? `The calendar ${calendar} ended on ${lastDay}: its rules close no day any more.`
    : `The calendar ${calendar} ends on ${lastDay}, in ${whole(daysLeft)} days.`;
}

const COLUMNS: readonly Column<Freshness["rules"][number]>[] = [
  {
    name: "Rule",
    head: true,
    cell: ({ id, citation }) => (
      <>
        <span class="mono break">{id}</span>
        <span class="cell-note break">{citation}</span>
      </>
    ),
  },
  { name: "Where", cell: ({ jurisdiction }) => jurisdiction },
  { name: "Confidence", cell: ({ confidence }) => confidence },
  {
    name: "Looked up",
    cell: ({ lookedUp, days }) =>
      lookedUp === null || days === null ? "on no known day" : `${lookedUp}, ${whole(days)} days ago`,
  },
];

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
              rows={rows.toSorted((a, b) => a.deadline.localeCompare(b.deadline))}
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

/** Past the deadline of the rules, on its day, or only past the time that outdial sets for a system. */
function clockOf({ open, overdue, deadline }: Pick<ApiTypes.RevocationView, "open" | "overdue" | "deadline">, today: string) {
  if (!open) return { tone: "good", text: "done" } as const;
  if (deadline < today) return { tone: "bad", text: "past the deadline" } as const;
  if (deadline === today) return { tone: "bad", text: "due today" } as const;
  return overdue ? ({ tone: "warn", text: "late" } as const) : ({ tone: "warn", text: "running" } as const);
}

/** @param today a date of UTC, as deadlines are */
const revocationColumns = (today: string): readonly Column<ApiTypes.RevocationView>[] => [
  { name: "Number", head: true, cell: ({ number }) => <span class="mono">{number}</span> },
  {
    name: "Clock",
    cell: ({ open, overdue, deadline, systems }) => (
      <>
        <Pill state="" {...clockOf({ open, overdue, deadline }, today)} />
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
