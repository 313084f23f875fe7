// What a campaign does now: its figures, its pair, and the calling windows of its list.

import type { ApiTypes } from "../../../server/index.ts";
import { Age } from "../../ui/age.tsx";
import { BudgetMeter } from "../../ui/budget-meter.tsx";
import { Figure, Figures } from "../../ui/figures.tsx";
import { NameText } from "../../ui/name-text.tsx";
import { Pill } from "../../ui/pill.tsx";
import { SavedTable } from "../../ui/saved-table.tsx";
import { Time } from "../../ui/time.tsx";
import { pairBadge } from "../../view/failover.ts";
import { counted, interval, intervalKind, percent, span, whole } from "../../view/format.ts";
import { windowLines } from "../../view/windows.ts";

type Detail = ApiTypes.CampaignDetail;

export function Now({ detail }: { readonly detail: Detail }) {
  const { successRate, activeCalls, windowMinutes, threshold, abandonment, failover, lastMetricAt, asOf } = detail;
  return (
    <Figures>
      <Figure
        name="Active calls"
        value={whole(activeCalls)}
        note={
          <>
            as of <Time at={lastMetricAt} as="clock" />, read <Age at={asOf.figures} />
          </>
        }
      />
      <Figure
        name={windowMinutes === null ? "Success rate" : `Success rate, last ${windowMinutes} min`}
        value={percent(successRate?.rate)}
        note={
          successRate === null
            ? asOf.figures === null
              ? "not read yet"
              : "no figures"
            : successRate.rate === null
              ? "no calls"
              : `${intervalKind(successRate)} ${interval(successRate.low, successRate.high)} · ${counted(successRate.numerator, successRate.denominator)}${threshold === null ? "" : ` · threshold ${percent(threshold, 0)}`}`
        }
      />
      <Figure
        name={`Abandonment budget${abandonment === null ? "" : `, ${span(3_600_000 * abandonment.windowHours)}`}`}
        value={
          <span class="meter-value">
            <BudgetMeter budget={abandonment} />
          </span>
        }
        note={asOf.windows === null ? "not read yet" : undefined}
      />
      <Figure
        name="Failover"
        value={<span class="small-value">{failover === null ? "no pair" : failover.words}</span>}
        tone={failover === null ? undefined : figureTone(failover)}
        note={
          failover === null ? undefined : (
            <>
              {failover.role}, with <NameText text={failover.partner} />
              {[failover.reason, failover.nextStep].map((text) =>
                text === null ? null : (
                  <span class="cell-note break" key={text}>
                    <NameText text={text} />
                  </span>
                ),
              )}
            </>
          )
        }
      />
    </Figures>
  );
}

function figureTone(failover: NonNullable<Detail["failover"]>): "warn" | "bad" | undefined {
  const tone = pairBadge(failover)?.tone;
  return tone === "warn" || tone === "bad" ? tone : undefined;
}

export function Windows({ detail: { windows, asOf } }: { readonly detail: Detail }) {
  return (
    <section class="card" aria-label="Calling windows">
      <div class="card-head">
        <h2>Calling windows</h2>
        {asOf.windows === null ? null : (
          <span class="aside muted small">
            read <Age at={asOf.windows} />
          </span>
        )}
      </div>
      {windows.length === 0 ? (
        <p class="muted">The zones of the list are not known yet.</p>
      ) : (
        <SavedTable
          caption="Calling windows by zone"
          saved="calling-windows"
          rows={windowLines(windows)}
          rowKey={({ zone }) => zone}
          columns={[
            { name: "Zone", head: true, cell: ({ zone }) => zone },
            { name: "Window, in the time there", cell: ({ text, tone }) => <Pill state="" tone={tone} text={text} /> },
            { name: "Contacts looked at", numeric: true, cell: ({ contacts }) => whole(contacts) },
          ]}
        />
      )}
    </section>
  );
}
