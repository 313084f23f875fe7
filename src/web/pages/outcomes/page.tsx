// Outcomes: how well campaigns convert and how sure that is, by category, hour and day, and against each other.

import { useSignal } from "@preact/signals";
import { useLocation } from "preact-iso";
import { useResource } from "../../api/resource.ts";
import { Page } from "../../shell/page.tsx";
import { CampaignField } from "../../ui/campaign-field.tsx";
import { TextField } from "../../ui/fields.tsx";
import { Empty, Loaded } from "../../ui/states.tsx";
import { CompareFields } from "./compare-fields.tsx";
import { Comparisons } from "./comparisons.tsx";
import { HeatTable } from "./heat-table.tsx";
import { Categories, Codes, Days, Summary } from "./tables.tsx";

const FIELDS = ["campaign", "from", "to", "compare"] as const;
/** What the page shows besides the whole. */
const BY = ["campaign", "code"];
const COMPARE = ["previous", "campaign"];

export default function OutcomesPage() {
  const { query } = useLocation();
  const asked = Object.fromEntries(FIELDS.map((name) => [name, query[name] === "" ? undefined : query[name]]));
  const search = { ...asked, by: BY, compare: asked["compare"] ?? COMPARE };
  const report = useResource(
    "outcomes.report",
    { query: search },
    {
      on: (event) => event.type === "job" && event.kind === "retrieve" && event.status === "done",
    },
  );
  return (
    <Page
      title="Outcomes"
      lead="Every rate with what it was counted from, and a 95 % interval that allows for days that differ, or says that it does not."
    >
      <Scope key={JSON.stringify(search)} />
      <Loaded
        of={report}
        what="outcomes"
        isEmpty={({ calls, covers }) => calls === 0 && covers.leftOut === 0}
        empty={
          <Empty title="No calls in this period">
            <p>
              Outcomes are brought home by <code>outdial outcomes pull</code>.
            </p>
          </Empty>
        }
      >
        {(value) => (
          <>
            {value.covers.words === null ? null : <p class="notice warn">{value.covers.words}</p>}
            <Summary report={value} />
            <div class="grid">
              <Days report={value} />
              <Categories report={value} />
            </div>
            <HeatTable cells={value.heat} zone={value.scope.zone} />
            <Comparisons report={value} />
            <Codes report={value} />
          </>
        )}
      </Loaded>
    </Page>
  );
}

function Scope() {
  const { query, route } = useLocation();
  const asked = useSignal(query);
  const set = (name: (typeof FIELDS)[number], value: string) => {
    asked.value = { ...asked.value, [name]: value };
  };
  const day = (name: "from" | "to", label: string, hint: string) => (
    <TextField label={label} type="date" value={asked.value[name] ?? ""} hint={hint} onChange={(value) => set(name, value)} />
  );
  return (
    <form
      class="card field-grid"
      role="search"
      aria-label="Outcomes"
      onSubmit={(event) => {
        event.preventDefault();
        const wanted = FIELDS.flatMap((name) => (asked.value[name] ? [[name, asked.value[name]] as [string, string]] : []));
        route(`/outcomes?${new URLSearchParams(wanted).toString()}`);
      }}
    >
      <CampaignField
        value={asked.value["campaign"] ?? ""}
        none="All campaigns"
        onChange={(campaign) => set("campaign", campaign)}
      />
      {day("from", "From", "empty: 30 days ago")}
      {day("to", "To", "until before this day")}
      <CompareFields words={asked.value["compare"] ?? ""} onChange={(words) => set("compare", words)} />
      <div class="row">
        <button type="submit" class="button primary">
          Show
        </button>
      </div>
    </form>
  );
}
