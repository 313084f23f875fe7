// The rule pack in force, and which of its rules were looked up too long ago.

import type { ApiTypes } from "../../../server/index.ts";
import { useResource } from "../../api/resource.ts";
import { SavedTable } from "../../ui/saved-table.tsx";
import { Empty, Loaded } from "../../ui/states.tsx";
import { type Column } from "../../ui/table.tsx";
import { whole } from "../../view/format.ts";

type Freshness = ApiTypes.PackFreshness;

export function Rules() {
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
