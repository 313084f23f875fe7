// The simulator: turn agents, calls and settings, and see at once what they would come to.

import "./simulator.css";
import { type ReadonlySignal, useComputed, useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { Prediction, PredictionLimit } from "../../../dialing/index.ts";
import { ABANDONMENT_LIMIT, probabilityText } from "../../../kernel/index.ts";
import { useResource } from "../../api/resource.ts";
import { Page } from "../../shell/page.tsx";
import { Slider } from "../../ui/fields.tsx";
import { Figure, Figures } from "../../ui/figures.tsx";
import { useWidth } from "../../ui/use-width.ts";
import { decimal, percent, whole } from "../../view/format.ts";
import { scale, ticks } from "../../view/scale.ts";
import { CONTROLS, DEFAULT_INPUTS, type Inputs, planAddress } from "./inputs.ts";
import type { Answer, Point, Question } from "./protocol.ts";

/** Occupancy against abandonment: what a fixed ratio can have, what the state-aware rule can have, and where the settings land. */
interface FrontierProps {
  readonly points: readonly Point[];
  readonly prediction: Prediction | undefined;
  readonly ratio: number;
}

const HEIGHT = 360;
const EDGE = { left: 46, right: 14, top: 12, bottom: 40 };
const WIDEST = 0.12;

function FrontierChart({ points, prediction, ratio }: FrontierProps) {
  const { ref, width } = useWidth(640);
  const right = Math.min(WIDEST, Math.max(0.05, ...points.map(({ abandonment }) => abandonment)));
  const occupancies = [
    ...points.map(({ occupancy }) => occupancy),
    ...(prediction === undefined ? [] : [prediction.occupancy.low]),
  ];
  const bottom = Math.max(0, Math.floor(10 * Math.min(0.8, ...occupancies) - 0.2) / 10);
  const x = scale(0, right, EDGE.left, width.value - EDGE.right);
  const y = scale(bottom, 1, HEIGHT - EDGE.bottom, EDGE.top);
  const raw = points.find((point) => point.curve === "ratio" && point.value === ratio);
  const clip = (value: number) => Math.min(right, value);
  return (
    <div ref={ref} class="plot-host tall">
      <svg class="frontier" width={width.value} height={HEIGHT} role="img" aria-label={describe(prediction)}>
        {ticks(0, right, width.value < 500 ? 4 : 8).map((tick) => (
          <g key={tick}>
            <line class="grid-line" x1={x(tick)} x2={x(tick)} y1={EDGE.top} y2={HEIGHT - EDGE.bottom} />
            <text x={x(tick)} y={HEIGHT - EDGE.bottom + 15} text-anchor="middle">
              {percent(tick, 0)}
            </text>
          </g>
        ))}
        {ticks(bottom, 1, 6).map((tick) => (
          <g key={tick}>
            <line class="grid-line" x1={EDGE.left} x2={width.value - EDGE.right} y1={y(tick)} y2={y(tick)} />
            <text x={EDGE.left - 6} y={y(tick) + 3.5} text-anchor="end">
              {percent(tick, 0)}
            </text>
          </g>
        ))}
        <text x={(EDGE.left + width.value - EDGE.right) / 2} y={HEIGHT - 6} text-anchor="middle">
          abandoned, share of live answers
        </text>
        <rect
          class="forbidden"
          x={x(ABANDONMENT_LIMIT)}
          y={EDGE.top}
          width={Math.max(0, x(right) - x(ABANDONMENT_LIMIT))}
          height={HEIGHT - EDGE.bottom - EDGE.top}
        />
        <line class="limit-line" x1={x(ABANDONMENT_LIMIT)} x2={x(ABANDONMENT_LIMIT)} y1={EDGE.top} y2={HEIGHT - EDGE.bottom} />
        <text class="limit-text" x={x(ABANDONMENT_LIMIT) + 4} y={HEIGHT - EDGE.bottom - 6}>
          limit {percent(0.03, 0)}
        </text>
        {(["ratio", "state-aware"] as const).map((curve) => {
          const own = points.filter((point) => point.curve === curve && point.abandonment <= right);
          return (
            <g key={curve} class={curve}>
              <polyline points={own.map((point) => `${x(point.abandonment)},${y(point.occupancy)}`).join(" ")} />
              {own.map((point) => (
                <g key={point.value}>
                  <line
                    x1={x(point.abandonment)}
                    x2={x(point.abandonment)}
                    y1={y(Math.max(0, point.occupancyLow))}
                    y2={y(Math.min(1, point.occupancyHigh))}
                  />
                  <circle cx={x(point.abandonment)} cy={y(point.occupancy)} r="3" />
                </g>
              ))}
            </g>
          );
        })}
        {raw === undefined ? null : <circle class="raw" cx={x(clip(raw.abandonment))} cy={y(raw.occupancy)} r="6.5" />}
        {prediction === undefined ? null : (
          <g class="operating">
            <line
              x1={x(clip(prediction.abandonment.low))}
              x2={x(clip(prediction.abandonment.high))}
              y1={y(prediction.occupancy.median)}
              y2={y(prediction.occupancy.median)}
            />
            <line
              x1={x(clip(prediction.abandonment.median))}
              x2={x(clip(prediction.abandonment.median))}
              y1={y(prediction.occupancy.low)}
              y2={y(prediction.occupancy.high)}
            />
            <circle cx={x(clip(prediction.abandonment.median))} cy={y(prediction.occupancy.median)} r="6" />
          </g>
        )}
      </svg>
    </div>
  );
}

function describe(prediction: Prediction | undefined): string {
  const title = "Occupancy against abandonment of several pacing rules.";
  if (prediction === undefined) return title;
  return `${title} With these settings: occupancy ${percent(prediction.occupancy.median)}, abandonment ${percent(prediction.abandonment.median, 2)}.`;
}

/** The answers of the worker as one picture. Points of an older question stay until the newer one has its own. */
export interface StudyState {
  readonly points: readonly (Point & { readonly id: number })[];
  readonly prediction: Prediction | undefined;
  readonly isRough: boolean;
  readonly problem: string | undefined;
  /** How long the whole study took, ms; undefined while it goes on. */
  readonly doneIn: number | undefined;
  /** Question that the picture belongs to. */
  readonly id: number;
}

export const EMPTY: StudyState = {
  points: [],
  prediction: undefined,
  isRough: true,
  problem: undefined,
  doneIn: undefined,
  id: 0,
};

/** @param current number of the latest question: answers to others are late and count for nothing */
export function gather(state: StudyState, answer: Answer, current: number): StudyState {
  if (answer.id !== current) return state;
  const base = state.id === answer.id ? state : { ...state, id: answer.id, doneIn: undefined, problem: undefined };
  switch (answer.kind) {
    case "point":
      return { ...base, points: withPoint(base.points, { ...answer.point, id: answer.id }) };
    case "prediction":
      return { ...base, prediction: answer.prediction, isRough: answer.isRough };
    case "done":
      return { ...base, doneIn: answer.ms, points: base.points.filter(({ id }) => id === answer.id) };
    case "failed":
      return { ...base, problem: answer.message };
  }
}

type Kept = StudyState["points"][number];

/** The new point takes the place of the same candidate, or of an older question's nearest one on its curve. */
function withPoint(points: readonly Kept[], point: Kept): readonly Kept[] {
  const isSame = (one: Kept) => one.curve === point.curve && one.value === point.value;
  const rest = points.filter((one) => !isSame(one));
  const old = rest.filter((one) => one.curve === point.curve && one.id !== point.id);
  const near = old.find((one) => Math.abs(one.value - point.value) < 0.26);
  const isRatio = point.curve === "ratio";
  return [
    ...(isRatio && near !== undefined && rest.length === points.length ? rest.filter((one) => one !== near) : rest),
    point,
  ].sort((a, b) => a.value - b.value);
}

/** What is known of the dialer; null: not read yet. */
interface KnownDialer {
  readonly settings: unknown;
  readonly basis: { readonly expected: Readonly<Record<string, number>> } | null;
  readonly measured: { readonly numerator: number; readonly denominator: number } | null;
}

/** Where the simulator's answer rate is from, as for the prediction of the settings in force. */
export function answerRateFrom({ basis, measured }: KnownDialer): "measured" | "given" | "assumed" {
  if (measured !== null) return "measured";
  return basis?.expected["answer_rate"] === undefined ? "assumed" : "given";
}

/** The inputs that are known, inside what the sliders allow: the basis of the prediction of the settings in force. */
export function measuredInputs({ settings, basis, measured }: KnownDialer): Partial<Inputs> {
  const answered = measured === null ? basis?.expected["answer_rate"] : measured.numerator / measured.denominator;
  const known: Partial<Record<keyof Inputs, unknown>> = {
    agents: within(settings, "concurrency", "max_agents"),
    maxCalls: within(settings, "concurrency", "max_simultaneous_calls"),
    spacingMs: within(settings, "concurrency", "call_spacing_ms"),
    target: within(settings, "algorithm", "abandonment_rate_target"),
    ratio: within(settings, "algorithm", "dial_ratio"),
    answerRate: answered,
    handleSeconds: basis?.expected["handle_seconds"],
  };
  const inputs: Partial<Record<keyof Inputs, number>> = {};
  for (const { name, min, max, step } of CONTROLS.flatMap(({ controls }) => controls)) {
    const value = known[name];
    if (typeof value !== "number" || !Number.isFinite(value)) continue;
    const stepped = min + Math.round((Math.min(max, Math.max(min, value)) - min) / step) * step;
    inputs[name] = Number(Math.min(max, stepped).toFixed(4));
  }
  return inputs;
}

function within(data: unknown, section: string, field: string): unknown {
  return fieldOf(fieldOf(data, section), field);
}

function fieldOf(data: unknown, name: string): unknown {
  return typeof data === "object" && data !== null ? Object.entries(data).find(([key]) => key === name)?.[1] : undefined;
}

const LIMITED: Readonly<Record<PredictionLimit, string>> = {
  agents: "nobody is at work",
  lines: "the simultaneous calls allowed",
  carrier: "the carrier's lines",
  spacing: "the spacing between calls",
  target: "the abandonment target",
  volume: "the calls there are",
  ratio: "the dial ratio",
};

function limitedBy({ limitedBy: limit }: Pick<Prediction, "limitedBy">): string {
  return LIMITED[limit];
}

interface Verdict {
  readonly tone: "good" | "warn" | "bad";
  readonly text: string;
}

/** Chances that a person would act on: one in a hundred is what activation accepts, one in four is a breach to be expected. */
export function verdictOf({
  chanceAboveLimit,
  heldShare,
  limit,
}: Pick<Prediction, "chanceAboveLimit" | "heldShare" | "limit">): Verdict {
  const chance = probabilityText(chanceAboveLimit);
  const held = heldShare > 0.3 ? ` The dialer falls back to one call an agent ${percent(heldShare, 0)} of the time.` : "";
  const text = `Chance of more than ${percent(limit, 0)} abandoned in 30 days: ${chance}.${held}`;
  return { tone: chanceAboveLimit > 0.25 ? "bad" : chanceAboveLimit > 0.01 ? "warn" : "good", text };
}

/** Asks the worker anew whenever the sliders move, and gathers what it answers. */
function useStudy(inputs: ReadonlySignal<Inputs>): ReadonlySignal<StudyState> {
  const state = useSignal<StudyState>(EMPTY);
  const worker = useRef<Worker | undefined>(undefined);
  const id = useRef(0);
  useEffect(() => {
    const started = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
    worker.current = started;
    started.addEventListener("message", ({ data }: MessageEvent<Answer>) => {
      state.value = gather(state.peek(), data, id.current);
    });
    started.addEventListener("error", ({ message }) => {
      state.value = { ...state.peek(), problem: message };
    });
    return () => started.terminate();
  }, []);
  useEffect(() => {
    id.current += 1;
    const question: Question = { id: id.current, inputs: inputs.value };
    worker.current?.postMessage(question);
  }, [inputs.value]);
  return state;
}

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
              <h2>Pacing options</h2>
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
      <div
        class={`banner ${verdict?.tone === "good" ? "good" : verdict?.tone === "bad" ? "bad" : verdict === undefined ? "plain" : ""}`}
      >
        {verdict?.text ?? "Simulating …"}
      </div>
    </section>
  );
}

function Footnote({ state: { points, doneIn } }: { readonly state: StudyState }) {
  const runs = points.reduce((sum, point) => sum + point.runs, 0);
  const end = doneIn === undefined ? "and more are being made" : `in ${decimal(doneIn / 1000)} s`;
  return (
    <p class="muted small">
      The ring is the ratio as it is set, not held back; the dot is where the dialer lands once the target holds it. Bars are{" "}
      {percent(0.95, 0)} intervals. {runs} simulated runs, {end}.
    </p>
  );
}
