// Campaigns against each other: the difference with its interval, and whether there is one.

import type { ApiTypes } from "../../../server/index.ts";
import { useResource } from "../../api/resource.ts";
import { NameText } from "../../ui/name-text.tsx";
import { Pill } from "../../ui/pill.tsx";
import { SavedTable } from "../../ui/saved-table.tsx";
import { ShareBar } from "../../ui/share-bar.tsx";
import { scaleOf } from "../../view/scale.ts";
import type { Tone } from "../../view/tone.ts";

type Report = ApiTypes.OutcomeReportView;

const TONES: Readonly<Record<string, Tone>> = { higher: "good", lower: "bad" };
/** What the report puts before the id of a campaign that is compared. */
const CAMPAIGN = "campaign ";
const points = (value: number) => `${value >= 0 ? "+" : "−"}${Math.abs(100 * value).toFixed(2)}`;

/** Names of the campaigns by their ids, as far as they are known: outcomes may be of one that the tenant has no more. */
function useCampaignNames(): ReadonlyMap<string, string> {
  const state = useResource("campaigns.list", {}, { sticky: true }).state.value;
  return new Map((state.kind === "ready" ? state.value.items : []).map(({ id, name }) => [id, name]));
}

/** What is compared: a campaign by its name, where that is known. */
function groupText({ name }: { readonly name: string }, names: ReadonlyMap<string, string>): string {
  const id = name.startsWith(CAMPAIGN) ? name.slice(CAMPAIGN.length) : undefined;
  return (id === undefined ? undefined : names.get(id)) ?? name;
}

export function Comparisons({ report: { by, comparisons } }: { readonly report: Report }) {
  const names = useCampaignNames();
  const groups = by.campaign ?? [];
  const top = scaleOf(groups.map(({ conversion }) => conversion));
  return (
    <div class="grid">
      {groups.length === 0 ? null : (
        <section class="card" aria-label="By campaign">
          <h2>By campaign</h2>
          <SavedTable
            caption="Conversion by campaign"
            saved="conversion-by-campaign"
            rows={groups}
            rowKey={({ value }) => value ?? ""}
            columns={[
              {
                name: "Campaign",
                head: true,
                cell: ({ value }) => <CampaignName id={value} names={names} />,
              },
              { name: "Conversion", cell: ({ conversion }) => <ShareBar share={conversion} to={top} /> },
            ]}
          />
        </section>
      )}
      {comparisons.length === 0 ? null : (
        <section class="card" aria-label="Comparisons">
          <h2>Comparisons</h2>
          <SavedTable
            caption="Differences of conversion, in points"
            saved="comparisons"
            rows={comparisons}
            rowKey={({ first, second }) => `${first.name}\n${second.name}`}
            columns={[
              {
                name: "Pair",
                head: true,
                cell: ({ first, second }) => (
                  <span class="break">
                    <NameText text={`${groupText(first, names)} against ${groupText(second, names)}`} />
                  </span>
                ),
              },
              {
                name: "Difference",
                cell: ({ difference }) =>
                  difference === null ? (
                    "–"
                  ) : (
                    <>
                      {points(difference.value)} points
                      <span class="cell-note">
                        {points(difference.low)} to {points(difference.high)}, {Number((100 * difference.confidence).toFixed(3))}{" "}
                        % interval over days
                        {difference.comparisons === 1
                          ? ""
                          : `; all ${difference.comparisons} hold together at ${Number((100 * difference.together).toFixed(2))} %`}
                      </span>
                    </>
                  ),
              },
              {
                name: "Verdict",
                cell: ({ verdict, minimum }) => (
                  <>
                    <Pill
                      state={verdict}
                      tone={TONES[verdict] ?? "none"}
                      {...(verdict === "none shown" ? { text: "No difference shown" } : {})}
                    />
                    {verdict === "too few" ? <span class="cell-note">needs {minimum} calls a side</span> : null}
                    {verdict === "too few days" ? (
                      <span class="cell-note">
                        how much days vary cannot be told: the groups were worked on days of their own
                      </span>
                    ) : null}
                  </>
                ),
              },
            ]}
          />
        </section>
      )}
    </div>
  );
}

/** A campaign by its name with its id below; by its id alone when no name is known. */
function CampaignName({ id, names }: { readonly id: string | null; readonly names: ReadonlyMap<string, string> }) {
  const name = id === null ? undefined : names.get(id);
  return (
    <>
      <span class="break">
        <NameText text={name ?? id ?? "none"} />
      </span>
      {name === undefined || name === id ? null : (
        <span class="cell-note break">
          <NameText text={id ?? ""} />
        </span>
      )}
    </>
  );
}
