// Campaigns against each other: the difference with its interval, and whether there is one.

import type { ApiTypes } from "../../../server/index.ts";
import { NameText } from "../../ui/name-text.tsx";
import { Pill } from "../../ui/pill.tsx";
import { ShareBar } from "../../ui/share-bar.tsx";
import { Table } from "../../ui/table.tsx";
import { scaleOf } from "../../view/scale.ts";
import type { Tone } from "../../view/tone.ts";

type Report = ApiTypes.OutcomeReportView;

const TONES: Readonly<Record<string, Tone>> = { higher: "good", lower: "bad" };
const points = (value: number) => `${value >= 0 ? "+" : "−"}${Math.abs(100 * value).toFixed(2)}`;

export function Comparisons({ report: { by, comparisons } }: { readonly report: Report }) {
  const groups = by.campaign ?? [];
  const top = scaleOf(groups.map(({ conversion }) => conversion));
  return (
    <div class="grid">
      {groups.length === 0 ? null : (
        <section class="card" aria-label="By campaign">
          <h2>By campaign</h2>
          <Table
            caption="Conversion by campaign"
            rows={groups}
            rowKey={({ value }) => value ?? ""}
            columns={[
              {
                name: "Campaign",
                head: true,
                cell: ({ value }) => (
                  <span class="break">
                    <NameText text={value ?? "none"} />
                  </span>
                ),
              },
              { name: "Conversion", cell: ({ conversion }) => <ShareBar share={conversion} to={top} /> },
            ]}
          />
        </section>
      )}
      {comparisons.length === 0 ? null : (
        <section class="card" aria-label="Comparisons">
          <h2>Comparisons</h2>
          <Table
            caption="Differences of conversion, in points"
            rows={comparisons}
            rowKey={({ first, second }) => `${first.name}\n${second.name}`}
            columns={[
              {
                name: "Pair",
                head: true,
                cell: ({ first, second }) => (
                  <span class="break">
                    <NameText text={`${first.name} against ${second.name}`} />
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
                    <Pill state={verdict} tone={TONES[verdict] ?? "none"} />
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
