// What outdial doctor says of this workplace, each line with what to do and where.

import type { ApiTypes } from "../../../server/index.ts";
import { useResource } from "../../api/resource.ts";
import { Page } from "../../shell/page.tsx";
import { Pill } from "../../ui/pill.tsx";
import { SavedTable } from "../../ui/saved-table.tsx";
import { Loaded } from "../../ui/states.tsx";
import type { Column } from "../../ui/table.tsx";
import { whole } from "../../view/format.ts";
import type { Tone } from "../../view/tone.ts";

type Check = ApiTypes.SetupCheck;

/** In the order in which they want a person. */
const STATES: Readonly<Record<Check["state"], { readonly text: string; readonly tone: Tone }>> = {
  fail: { text: "wrong", tone: "bad" },
  todo: { text: "left to do", tone: "info" },
  warn: { text: "doubtful", tone: "warn" },
  ok: { text: "ok", tone: "good" },
};
const ORDER = Object.keys(STATES);

/** Where a check is mended in the dashboard, or read about, by the beginning of its name. */
const PLACES: readonly (readonly [check: RegExp, path: string, name: string])[] = [
  [/^(tenant|token|rights|limits|clock)/, "/tenant", "Tenant"],
  [/^campaigns/, "/campaign-files", "Campaign files"],
  [/^(company's list|registr)/, "/compliance", "Compliance"],
  [/^colleagues/, "/access", "Users and tokens"],
  [/^(receiver|mail)/, "/deliveries", "Deliveries"],
  [/^alarms/, "/docs/events.html", "Events and alarms"],
  [/^(backup|audit key)/, "/docs/backup.html", "Backup, restore, upgrade"],
  [/^audit log/, "/audit", "Audit"],
  [/^(store|database|room)/, "/docs/database.html", "Database"],
];

const COLUMNS: readonly Column<Check>[] = [
  { name: "State", cell: ({ state }) => <Pill state={state} {...STATES[state]} /> },
  { name: "What", head: true, cell: ({ check }) => check },
  { name: "Found", cell: ({ text }) => <span class="break">{text}</span> },
  {
    name: "What to do",
    cell: ({ check, state, mend }) => {
      if (mend === null) return null;
      const place = state === "ok" ? undefined : PLACES.find(([of]) => of.test(check));
      return (
        <>
          <span class="break">{mend}</span>
          {place === undefined ? null : (
            <span class="cell-note">
              <a href={place[1]} {...(place[1].startsWith("/docs/") ? { target: "outdial-docs" } : {})}>
                {place[2]}
              </a>
            </span>
          )}
        </>
      );
    },
  },
];

export default function SetupPage() {
  const checks = useResource("service.setup", {}, { sticky: true });
  return (
    <Page
      title="Set up"
      lead="What is right, and what is left to do before calls are made: the list of outdial doctor, looked at just now. Nothing is sent to anybody."
      actions={
        <button type="button" class="button" onClick={checks.reload}>
          Look again
        </button>
      }
    >
      <Loaded of={checks} what="the list">
        {({ items }) => {
          const counts = ORDER.flatMap((state) => {
            const count = items.filter((one) => one.state === state).length;
            return count === 0 ? [] : `${whole(count)} ${STATES[state as Check["state"]].text}`;
          });
          return (
            <section class="card" aria-label="Checks">
              <h2>{counts.join(" · ")}</h2>
              <SavedTable
                caption="Checks"
                saved="set-up"
                columns={COLUMNS}
                rows={items.toSorted((a, b) => ORDER.indexOf(a.state) - ORDER.indexOf(b.state))}
                rowKey={({ check, text }) => `${check} ${text}`}
              />
            </section>
          );
        }}
      </Loaded>
    </Page>
  );
}
