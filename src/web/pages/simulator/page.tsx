// The simulator: turn agents, calls and settings, and see at once what they would come to.

import { useComputed, useSignal } from "@preact/signals";
import { useResource } from "../../api/resource.ts";
import { Page } from "../../shell/page.tsx";
import { Slider } from "../../ui/fields.tsx";
import { Figure, Figures } from "../../ui/figures.tsx";
import { decimal, percent, whole } from "../../view/format.ts";
import { FrontierChart } from "./frontier-chart.tsx";
import { CONTROLS, DEFAULT_INPUTS, type Inputs, planAddress } from "./inputs.ts";
import { answerRateFrom, type KnownDialer, measuredInputs } from "./measured.ts";
import type { StudyState } from "./study-state.ts";
import { useStudy } from "./use-study.ts";
import { limitedBy, verdictOf } from "./verdict.ts";
import "./simulator.css";

export default function SimulatorPage() {
  const turned = useSignal<Partial<Inputs>>({});
  const dialer = useResource("dialer.show", {});
  const known = useComputed<KnownDialer>(() => {
    const state = dialer.state.value;
    return state.kind === "ready" ? state.value : { settings: null, basis: null, measured: null };
  });
  const measured = useComputed<Partial<Inputs>>(() => measuredInputs(known.value));
  const inputs = useComputed<Inputs>(() => ({ ...DEFAULT_INPUTS, ...measured.value, ...turned.value }));
  const study = useStudy(inputs);
  return (
    <Page
      title="Simulator"
      lead="The dialer model, run in this browser while you drag: nothing here touches a campaign. What you turn can become a plan for the settings; the rest of them stays as it is."
      actions={
        <>
          <button
            type="button"
            class="button"
            onClick={() => {
              turned.value = {};
            }}
          >
            Reset
          </button>
          <a
            class="button primary"
            href={planAddress(turned.value)}
            title="What you have turned; the rest stays as it is in force"
          >
            Use as settings
          </a>
        </>
      }
    >
      <div class="split">
        <div class="stack">
          {CONTROLS.map(({ title, controls }) => (
            <section class="card stack" key={title} aria-label={title}>
              <h2>{title}</h2>
              {controls.map((control) => (
                <Slider
                  key={control.name}
                  {...control}
                  value={inputs.value[control.name]}
                  text={control.text(inputs.value[control.name])}
                  onChange={(value) => {
                    turned.value = { ...turned.value, [control.name]: value };
                  }}
                />
              ))}
            </section>
          ))}
          <p class="muted small">
            It begins with the settings in force, and with what their prediction stands on: the answer rate is{" "}
            {answerRateFrom(known.value)}. What is not known begins with the defaults.
          </p>
        </div>
        <div class="stack">
          <Result state={study.value} />
          <section class="card" aria-label="Frontier">
            <div class="card-head">
              <h2>What pacing can have</h2>
              <span class="legend aside">
                <span>
                  <span class="swatch info" />
                  fixed ratio, never held back
                </span>
                <span>
                  <span class="swatch good" />
                  state-aware
                </span>
                <span>
                  <span class="swatch accent" />
                  these settings
                </span>
              </span>
            </div>
            <FrontierChart points={study.value.points} prediction={study.value.prediction} ratio={inputs.value.ratio} />
            <Footnote state={study.value} />
          </section>
        </div>
      </div>
    </Page>
  );
}

function Result({ state: { prediction, problem } }: { readonly state: StudyState }) {
  if (problem !== undefined) {
    return (
      <div class="banner bad" role="alert">
        <span class="break">{problem}</span>
      </div>
    );
  }
  const verdict = prediction === undefined ? undefined : verdictOf(prediction);
  return (
    <section class="stack" aria-label="Prediction" aria-live="polite">
      <Figures>
        <Figure
          name="Occupancy"
          value={percent(prediction?.occupancy.median)}
          note={prediction === undefined ? "–" : `${percent(prediction.occupancy.low)} to ${percent(prediction.occupancy.high)}`}
        />
        <Figure
          name="Abandonment"
          tone={verdict?.tone}
          value={percent(prediction?.abandonment.median, 2)}
          note={
            prediction === undefined
              ? "–"
              : `${percent(prediction.abandonment.low, 2)} to ${percent(prediction.abandonment.high, 2)}`
          }
        />
        <Figure
          name="Attempts an hour"
          value={whole(prediction?.attemptsPerHour.median)}
          note={prediction === undefined ? "–" : `peak ${whole(prediction.peakCalls)} calls at once`}
        />
        <Figure
          name="Mean wait of callers"
          value={prediction === undefined ? "–" : `${decimal(prediction.waitSeconds.median, 2)} s`}
          note="for an agent, from the greeting on"
        />
        <Figure
          name="Held back by"
          value={<span class="small-value">{prediction === undefined ? "–" : limitedBy(prediction)}</span>}
          note="what keeps more calls from being placed"
        />
      </Figures>
      <div class={`banner ${verdict?.tone === "good" ? "good" : verdict?.tone === "bad" ? "bad" : ""}`}>
        {verdict?.text ?? "Simulating …"}
      </div>
    </section>
  );
}

function Footnote({ state: { points, doneIn } }: { readonly state: StudyState }) {
  const runs = points.reduce((sum, point) => sum + point.runs, 0);
  const end = doneIn === undefined ? "and more are being made" : `in ${(doneIn / 1000).toFixed(1)} s`;
  return (
    <p class="muted small">
      The ring is the ratio as it is set, not held back; the dot is where the dialer lands once the target holds it. Bars are 95 %
      intervals. {runs} simulated runs, {end}.
    </p>
  );
}
