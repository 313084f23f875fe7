// A story as a film strip: its curve and its steps on one time line, to be scrubbed, with what was known at each moment.

import { useSignal } from "@preact/signals";
import { useEffect, useId, useRef } from "preact/hooks";
import { useLocation } from "preact-iso";
import type { ApiTypes } from "../../server/index.ts";
import { useDashboard } from "../api/dashboard.ts";
import { useResource } from "../api/resource.ts";
import { framesOf, knownAt, piecesOf } from "../view/film.ts";
import { interval, percent, span, timeFormat, whole } from "../view/format.ts";
import { withQuery } from "../view/link.ts";
import { timeNamed } from "../view/time-range.ts";
import { useWidth } from "./use-width.ts";

type Story = ApiTypes.Story;
type Of = { readonly campaign: string } | { readonly stop: string } | { readonly version: number };

const HEIGHT = 150;
const TOP = 16;
const BOTTOM = 132;
const LEFT = 44;

/** Live events after which a story may have gone on. */
const MOVES: ReadonlySet<string> = new Set(["failover", "dialer", "stop"]);

/** Writes the story and the moment that are looked at into the address, so that another person sees the same. */
function useShownMoment() {
  const { path, query, route } = useLocation();
  const show = (story: string, at?: number) =>
    route(withQuery(path, query, { story, at: at === undefined ? undefined : new Date(at).toISOString() }), true);
  return { story: query["story"], at: timeNamed(query["at"]), show };
}

/** The stories of a campaign, a stop, or a version of the settings: the latest one is shown, others can be chosen. Nothing while there is none. */
export function Stories({ of }: { readonly of: Of }) {
  const on = ({ type }: ApiTypes.ServiceEvent) => MOVES.has(type);
  const state = useResource("campaigns.stories", { query: of }, { on, sticky: true }).state.value;
  return state.kind === "ready" ? <Listed items={state.value.items} /> : null;
}

function Listed({ items }: { readonly items: readonly Story[] }) {
  const address = useShownMoment();
  const shown = items.find(({ id }) => id === address.story) ?? items[0];
  if (shown === undefined) return null;
  return (
    <section class="card film" aria-label="Story">
      <div class="card-head">
        <h2>{shown.title}</h2>
        {items.length < 2 ? null : (
          <select
            class="select aside"
            aria-label="Story shown"
            value={shown.id}
            onChange={({ currentTarget }) => address.show(currentTarget.value)}
          >
            {items.map(({ id, title, steps }) => (
              <option key={id} value={id}>
                {timeFormat().day(steps[0]?.at ?? "")} · {title}
              </option>
            ))}
          </select>
        )}
      </div>
      <Film key={shown.id} story={shown} />
    </section>
  );
}

/** The same, read when somebody opens it. */
export function FoldedStories({ of }: { readonly of: Of }) {
  const { story } = useShownMoment();
  // The address of a story has what it is of.
  const open = useSignal(story !== undefined && Object.values(of).includes(story.split(" ")[1]));
  return (
    <details
      open={open.value}
      onToggle={({ currentTarget }) => {
        open.value = currentTarget.open;
      }}
    >
      <summary class="small">Step by step</summary>
      {open.value ? <Stories of={of} /> : null}
    </details>
  );
}

function Film({ story }: { readonly story: Story }) {
  const { now } = useDashboard();
  const { curve, steps } = story;
  const ends = Date.parse(story.to ?? new Date(now()).toISOString());
  const from = Date.parse(story.from);
  // Whole seconds, as the slider has them: its end is behind the last step.
  const to = from + 1000 * Math.ceil((Math.max(ends, Date.parse(steps.at(-1)?.at ?? story.from)) - from) / 1000);
  const frames = framesOf(steps);
  const address = useShownMoment();
  const named = address.story === story.id ? Math.min(to, Math.max(from, address.at)) : Number.NaN;
  const moment = useSignal(Number.isNaN(named) ? undefined : named);
  // Until somebody scrubs it is now, or the end.
  const at = moment.value ?? to;
  const { reading, facts } = knownAt(story, at);
  const step = frames.findLastIndex((one) => Date.parse(one.at) <= at);
  const id = useId();
  const value = curve.share ? (of: number | null) => percent(of) : (of: number | null) => whole(of);
  const time = timeFormat();
  const film = useRef<HTMLOListElement>(null);
  useEffect(() => {
    const frame = film.current?.children[step];
    if (film.current === null || !(frame instanceof HTMLElement)) return;
    film.current.scrollLeft = frame.offsetLeft - film.current.offsetLeft - film.current.clientWidth / 2;
  }, [step]);
  const go = (index: number) => {
    const there = frames[index];
    if (there === undefined) return;
    moment.value = Date.parse(there.at);
    address.show(story.id, moment.value);
  };
  const figure =
    reading === undefined
      ? "no reading yet"
      : `${value(reading.value)}${reading.low === null || reading.high === null ? "" : ` (${interval(reading.low, reading.high)}${reading.of === null ? "" : ` of ${whole(reading.of)} calls`})`}, read ${span(at - Date.parse(reading.at))} before`;
  return (
    <>
      <Strip story={{ ...story, steps: frames }} from={from} to={to} at={at} text={value} />
      <div class="row scrub">
        <button type="button" class="button" aria-disabled={step < 1} onClick={() => go(step - 1)} aria-label="Step before">
          ◂
        </button>
        <input
          type="range"
          min={from}
          max={to}
          step={1000}
          value={at}
          aria-label="Moment"
          aria-valuetext={`${time.clock(at)}, ${frames[step]?.text ?? "before the first step"}`}
          onInput={({ currentTarget }) => {
            moment.value = Number(currentTarget.value);
          }}
          onChange={() => address.show(story.id, moment.value)}
        />
        <button
          type="button"
          class="button"
          aria-disabled={step >= frames.length - 1}
          onClick={() => go(step + 1)}
          aria-label="Step after"
        >
          ▸
        </button>
      </div>
      <ol class="frames" aria-label="Steps" ref={film}>
        {frames.map((one, i) => (
          <li key={`${one.at} ${one.text}`}>
            <button type="button" class="frame" aria-current={i === step ? "step" : undefined} onClick={() => go(i)}>
              <span class="muted small">{time.clock(one.at)}</span>
              <span>{one.text}</span>
            </button>
          </li>
        ))}
      </ol>
      <h3 class="section-head" id={id}>
        Known at {time.clock(at)}
        {moment.value !== undefined || story.to !== null ? "" : ", now"}
      </h3>
      <dl class="facts" aria-labelledby={id}>
        <dt>{curve.name}</dt>
        <dd class="break">{figure}</dd>
        {facts.map((fact) => [
          <dt key={fact.name} class="break">
            {fact.name}
          </dt>,
          <dd key={`${fact.name} value`} class="break">
            {fact.value} <span class="muted small">{time.clock(fact.at)}</span>
          </dd>,
        ])}
      </dl>
    </>
  );
}

interface StripProps {
  readonly story: Story;
  readonly from: number;
  readonly to: number;
  readonly at: number;
  readonly text: (value: number | null) => string;
}

function Strip({ story: { curve, steps, title }, from, to, at, text }: StripProps) {
  const { ref, width } = useWidth(640);
  const highest = Math.max(curve.limit?.at ?? 0, ...curve.points.flatMap(({ value, high }) => [value ?? 0, high ?? 0]));
  const top = highest > 0 ? 1.05 * highest : 1;
  const x = (when: number | string) =>
    LEFT + ((new Date(when).getTime() - from) / Math.max(1, to - from)) * (width.value - LEFT - 2);
  const y = (value: number) => BOTTOM - (value / top) * (BOTTOM - TOP);
  const line = (points: readonly (readonly [when: string, value: number])[]) =>
    points.map(([when, value]) => `${x(when).toFixed(1)},${y(value).toFixed(1)}`).join(" ");
  // A count stays as it is until the next step: nothing is missing between them.
  const stairs = curve.points.flatMap((point, i) => {
    const before = curve.points[i - 1];
    return before === undefined ? [point] : [{ ...before, at: point.at }, point];
  });
  const pieces = curve.share ? piecesOf(curve.points) : [stairs];
  return (
    <div ref={ref}>
      <svg class="strip48 reel" width={width.value} height={HEIGHT} role="img" aria-label={`${curve.name}: ${title}`}>
        <text x="0" y="10">
          {curve.name}
        </text>
        <text x="0" y={BOTTOM}>
          {text(0)}
        </text>
        <text x="0" y={TOP + 14}>
          {text(top)}
        </text>
        {pieces.map((piece) => {
          const band = piece.flatMap(({ at: when, low, high }) => (low === null || high === null ? [] : [{ when, low, high }]));
          const points = piece.map(({ at: when, value }) => [when, value ?? 0] as const);
          const [first] = points;
          return (
            <g key={piece[0]?.at}>
              <polygon
                class="band"
                points={line([
                  ...band.map(({ when, high }) => [when, high] as const),
                  ...band.toReversed().map(({ when, low }) => [when, low] as const),
                ])}
              />
              {points.length === 1 && first !== undefined ? <circle cx={x(first[0])} cy={y(first[1])} r="2" /> : null}
              <polyline points={line(points)} />
            </g>
          );
        })}
        {curve.limit === null ? null : (
          <g class="limit">
            <line x1={LEFT} x2={width.value} y1={y(curve.limit.at)} y2={y(curve.limit.at)} />
            <text x={LEFT} y={y(curve.limit.at) - 3}>
              {curve.limit.name} {text(curve.limit.at)}
            </text>
          </g>
        )}
        {steps.map(({ at: when, text: what }) => (
          <line key={`${when} ${what}`} class="step" x1={x(when)} x2={x(when)} y1={TOP} y2={BOTTOM}>
            <title>
              {timeFormat().clock(when)} {what}
            </title>
          </line>
        ))}
        <line class="now" x1={x(at)} x2={x(at)} y1={TOP - 4} y2={BOTTOM + 4} />
        <text x={LEFT} y={HEIGHT - 3}>
          {timeFormat().minute(from)}
        </text>
        <text x={width.value} y={HEIGHT - 3} text-anchor="end">
          {timeFormat().minute(to)}
        </text>
      </svg>
    </div>
  );
}
