// The list of campaigns: searched, ordered, and those of it that are to be paused.

import { useSignal } from "@preact/signals";
import { useLocation } from "preact-iso";
import type { ApiTypes } from "../../../server/index.ts";
import { useDashboard } from "../../api/dashboard.ts";
import { Export } from "../../ui/export.tsx";
import { Empty } from "../../ui/states.tsx";
import { type Column, Table } from "../../ui/table.tsx";
import { listed, listQueryOf } from "../../view/campaign-list.ts";
import { intervalKind, whole } from "../../view/format.ts";
import { columnsOf, MORE } from "./columns.tsx";
import { Find } from "./find.tsx";
import { PauseChosen } from "./stops.tsx";

type Summary = ApiTypes.CampaignSummary;

/** The list as it is asked for in the address, with those that are ticked. */
export function List({ items, onDone }: { readonly items: readonly Summary[]; readonly onDone: () => void }) {
  const { session } = useDashboard();
  const query = listQueryOf(useLocation().query);
  const ticked = useSignal<ReadonlySet<string>>(new Set());
  const rows = listed(items, query);
  // What is ticked and not shown any more is not acted upon.
  const chosen = rows.filter(({ id }) => ticked.value.has(id));
  const tick = (id: string, isOn: boolean) => {
    ticked.value = new Set(isOn ? [...ticked.value, id] : [...ticked.value].filter((one) => one !== id));
  };
  const choose: Column<Summary> = {
    name: "Choose",
    width: 6,
    cell: ({ id, name }) => (
      <input
        type="checkbox"
        aria-label={`Choose ${name}`}
        checked={ticked.value.has(id)}
        onChange={(event) => tick(id, event.currentTarget.checked)}
      />
    ),
  };
  return (
    <>
      <Find query={query} shown={rows.length} all={items.length} />
      {chosen.length === 0 ? null : (
        <PauseChosen
          chosen={chosen}
          onDone={() => {
            ticked.value = new Set();
            onDone();
          }}
          onClear={() => {
            ticked.value = new Set();
          }}
        />
      )}
      {rows.length === 0 ? (
        <Empty title="No campaign fits">
          <p>
            None of {whole(items.length)} campaigns fits what is searched and shown. <a href="/">Show all</a>
          </p>
        </Empty>
      ) : (
        <Table
          caption="Campaigns"
          dense
          columns={[...columnsOf(items), session.may("operator") ? choose : MORE]}
          rows={rows}
          rowKey={({ id }) => id}
        />
      )}
      <div class="row">
        <Export
          what="campaigns"
          rows={async () => rows}
          chosen={{ search: query.text, shown: query.shown, order: query.order }}
        />
        <span class="muted small">Success rates with their {intervalKind({ confidence: 0.95 })}.</span>
      </div>
    </>
  );
}
