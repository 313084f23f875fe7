// The live plots of a campaign: one time axis, with what happened marked on all of them.

import { useMemo } from "preact/hooks";
import { useLocation } from "preact-iso";
import type { ApiTypes } from "../../../server/index.ts";
import { Plot } from "../../ui/plot.tsx";
import type { Colour, PlotLimit, PlotSeries } from "../../ui/plot-types.ts";
import { percent, whole } from "../../view/format.ts";
import type { TimeRange } from "../../view/time-range.ts";
import { columnsOf, marksOf } from "./series.ts";

const short = (value: number) => percent(value, 1);
const wholePercent = (value: number) => percent(value, 0);

const steps = (name: string, colour: Colour, values: PlotSeries["values"]): readonly PlotSeries[] => [
  { name, colour, values, stepped: true },
];
const across = (at: number, name: string): PlotLimit => ({ at, name: `${name} ${wholePercent(at)}`, colour: "--bad" });

interface CampaignPlotsProps {
  readonly detail: ApiTypes.CampaignDetail;
  readonly range: TimeRange | undefined;
  readonly onRange: (range: TimeRange) => void;
}

export function CampaignPlots({ detail, range, onRange }: CampaignPlotsProps) {
  const { route } = useLocation();
  const { series, events, threshold, abandonmentLimit } = detail;
  const drawn = useMemo(() => {
    const { times, column } = columnsOf(series);
    return {
      times,
      marks: marksOf(events),
      success: [
        {
          name: "success rate",
          colour: "--accent",
          values: column(({ successRate }) => successRate),
          band: { low: column(({ low }) => low), high: column(({ high }) => high) },
        },
      ],
      abandonment: [{ name: "abandoned", colour: "--warn", values: column(({ abandonmentRate }) => abandonmentRate) }],
      calls: steps(
        "active calls",
        "--info",
        column(({ activeCalls }) => activeCalls),
      ),
      fourth: series.some(({ agents }) => agents !== null)
        ? {
            title: "Agents signed in",
            series: steps(
              "agents",
              "--good",
              column(({ agents }) => agents),
            ),
          }
        : // Without them the evidence itself: how many calls the success rate is counted from.
          {
            title: "Calls behind the success rate",
            series: steps(
              "calls",
              "--good",
              column(({ calls }) => calls),
            ),
          },
      thresholds: threshold === null ? [] : [across(threshold, "threshold")],
      limits: [across(abandonmentLimit, "limit")],
    } as const;
  }, [series, events, threshold, abandonmentLimit]);
  const shared = { times: drawn.times, marks: drawn.marks, sync: detail.id, range, onRange, onOpen: route };
  return (
    <div class="grid halves">
      <div class="card">
        <Plot
          {...shared}
          title="Success rate with its 95 % band"
          series={drawn.success}
          limits={drawn.thresholds}
          text={wholePercent}
        />
      </div>
      <div class="card">
        <Plot {...shared} title="Abandonment" series={drawn.abandonment} limits={drawn.limits} text={short} />
      </div>
      <div class="card">
        <Plot {...shared} title="Active calls" series={drawn.calls} text={whole} counts />
      </div>
      <div class="card">
        <Plot {...shared} title={drawn.fourth.title} series={drawn.fourth.series} text={whole} counts />
      </div>
    </div>
  );
}
