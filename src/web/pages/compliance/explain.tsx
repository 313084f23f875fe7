// Explains a number: whether it may be called, every reason, its clocks, and the 48 hours ahead.

import { useSignal } from "@preact/signals";
import type { ApiTypes } from "../../../server/index.ts";
import { useDashboard } from "../../api/dashboard.ts";
import { RequestError } from "../../api/problem-error.ts";
import { SelectField, TextField } from "../../ui/fields.tsx";
import { Pill } from "../../ui/pill.tsx";
import { Failed } from "../../ui/states.tsx";
import { Time } from "../../ui/time.tsx";
import { useWidth } from "../../ui/use-width.ts";
import { timeFormat } from "../../view/format.ts";

interface Run {
  /** First half hour and how many. */
  readonly from: number;
  readonly length: number;
  readonly open: boolean;
}

export function runsOf(cells: readonly boolean[]): readonly Run[] {
  const runs: { from: number; length: number; open: boolean }[] = [];
  cells.forEach((open, at) => {
    const last = runs.at(-1);
    if (last !== undefined && last.open === open) last.length += 1;
    else runs.push({ from: at, length: 1, open });
  });
  return runs;
}

/** When calls are allowed, in words: what a reader hears instead of the picture. */
export function openInWords(cells: readonly boolean[], from: number, minutes: number, text: (at: number) => string): string {
  const open = runsOf(cells).filter((run) => run.open);
  const at = (index: number) => text(from + index * minutes * 60_000);
  if (open.length === 0) return "not within the time shown";
  return open.map((run) => `${at(run.from)} to ${at(run.from + run.length)}`).join("; ");
}

type Strip = ApiTypes.ComplianceExplain["strip"];
const ROW = 26;
const AXIS = 20;

function StripChart({ strip }: { readonly strip: Strip }) {
  const { ref, width } = useWidth(640);
  const { from, minutes, all, rows } = strip;
  const start = Date.parse(from);
  const time = timeFormat();
  const lines = [{ label: "May be called", open: all }, ...rows];
  const name = width.value < 500 ? 96 : 170;
  const step = (width.value - name) / Math.max(1, all.length);
  const perTick = Math.round(((width.value < 500 ? 12 : 6) * 60) / minutes);
  const tickCount = Math.ceil(all.length / perTick);
  const height = lines.length * ROW + AXIS;
  return (
    <div ref={ref}>
      <svg
        class="strip48"
        width={width.value}
        height={height}
        role="img"
        aria-label={`May be called: ${openInWords(all, start, minutes, time.day)}`}
      >
        {lines.map(({ label, open }, row) => (
          <g key={label}>
            <text x="0" y={row * ROW + 15}>
              {label.length > (name > 100 ? 26 : 14) ? `${label.slice(0, name > 100 ? 25 : 13)}…` : label}
            </text>
            {runsOf(open).map((run) => (
              <rect
                key={run.from}
                class={run.open ? "allow" : "deny"}
                x={name + run.from * step}
                y={row * ROW + 3}
                width={Math.max(0.5, run.length * step - 0.5)}
                height={ROW - 9}
              >
                <title>
                  {label}: {run.open ? "open" : "closed"} {time.day(start + run.from * minutes * 60_000)} to{" "}
                  {time.day(start + (run.from + run.length) * minutes * 60_000)}
                </title>
              </rect>
            ))}
          </g>
        ))}
        {Array.from({ length: tickCount }, (_, i) => i * perTick).map((at) => (
          <g key={at}>
            <line x1={name + at * step} x2={name + at * step} y1="0" y2={height - AXIS + 4} />
            <text x={name + at * step + 2} y={height - 4}>
              {time.minute(start + at * minutes * 60_000)}
            </text>
          </g>
        ))}
      </svg>
    </div>
  );
}

type Found =
  | { readonly kind: "nothing" }
  | { readonly kind: "asking" }
  | { readonly kind: "found"; readonly answer: ApiTypes.ComplianceExplain }
  | { readonly kind: "failed"; readonly error: RequestError };

const CALL_TYPES = [
  ["telemarketing", "Telemarketing"],
  ["prerecorded", "Prerecorded message"],
  ["collection", "Collection"],
] as const;

const FACTS = {
  store: "with the consent, attempts and suppressions known here",
  given: "on the facts given, not those of the store",
  none: "without facts: no list, consent or attempts were looked at",
} as const;

export function Explain() {
  const { client, session } = useDashboard();
  const number = useSignal("");
  const callType = useSignal<(typeof CALL_TYPES)[number][0]>("telemarketing");
  const postal = useSignal("");
  const reveal = useSignal(false);
  const found = useSignal<Found>({ kind: "nothing" });
  const ask = async () => {
    if (found.peek().kind === "asking") return;
    found.value = { kind: "asking" };
    try {
      const place = postal.value.trim();
      const body = {
        number: number.value.trim(),
        callType: callType.value,
        ...(place === "" ? {} : { postal: place }),
        ...(reveal.value ? { reveal: true } : {}),
      };
      found.value = { kind: "found", answer: await client.ask("compliance.explain", { body }) };
    } catch (thrown) {
      found.value = {
        kind: "failed",
        error: thrown instanceof RequestError ? thrown : new RequestError(0, String(thrown), undefined, thrown),
      };
    }
  };
  const now = found.value;
  return (
    <section class="card stack" aria-label="Explain a number">
      <h2>Explain a number</h2>
      <form
        class="field-grid"
        onSubmit={(event) => {
          event.preventDefault();
          void ask();
        }}
      >
        <TextField
          label="Number"
          type="tel"
          required
          placeholder="+12125550123"
          value={number.value}
          onChange={(value) => {
            number.value = value;
          }}
        />
        <SelectField
          label="Kind of call"
          value={callType.value}
          options={CALL_TYPES}
          onChange={(value) => {
            callType.value = value;
          }}
        />
        <TextField
          label="Postal code"
          value={postal.value}
          hint="says more about where somebody is than the number"
          onChange={(value) => {
            postal.value = value;
          }}
        />
        {session.may("operator") ? (
          <label class="check">
            <input
              type="checkbox"
              checked={reveal.value}
              onChange={(event) => {
                reveal.value = event.currentTarget.checked;
              }}
            />
            Show the number in full; it is written into the audit
          </label>
        ) : null}
        <div class="row">
          <button type="submit" class="button primary" aria-disabled={now.kind === "asking"}>
            Explain
          </button>
        </div>
      </form>
      <div aria-live="polite">
        {now.kind === "failed" ? <Failed error={now.error} /> : null}
        {now.kind === "found" ? <Answer answer={now.answer} /> : null}
      </div>
    </section>
  );
}

function Answer({ answer }: { readonly answer: ApiTypes.ComplianceExplain }) {
  const { number, decision, at, readings, reasons, weighed, next, clocks, strip, packVersion, timeZoneData, facts } = answer;
  return (
    <div class="stack">
      <div class="row">
        <Pill state={decision} text={decision === "allow" ? "may be called" : "must not be called"} />
        <strong class="mono">{number}</strong>
        <span class="muted">
          at <Time at={at} />
        </span>
        {decision === "deny" ? (
          <span>
            {next === null ? (
              "never within 45 days, as things stand"
            ) : (
              <>
                first allowed <Time at={next} />
              </>
            )}
          </span>
        ) : null}
      </div>
      {readings.length === 0 ? null : (
        <ul class="effects" aria-label="Each number by itself">
          {readings.map((one) => (
            <li key={one.number}>
              <span class="mono">{one.number}</span> {one.decision === "allow" ? "may be called" : "must not be called"}
            </li>
          ))}
        </ul>
      )}
      {reasons.length === 0 ? null : (
        <ul class="effects">
          {reasons.map(({ rule, text }) => (
            <li class="break" key={`${rule} ${text}`}>
              {text} <code class="muted small">{rule}</code>
            </li>
          ))}
        </ul>
      )}
      {weighed === null ? null : (
        <ul class="effects" aria-label="What was weighed">
          {weighed.map(({ rule, text }) => (
            <li key={rule}>{text}</li>
          ))}
        </ul>
      )}
      <StripChart strip={strip} />
      <p class="muted small break">
        {clocks.map(({ zone, time }) => `${zone} ${time}`).join(" · ")}. Rules {packVersion}, time zones {timeZoneData},{" "}
        {FACTS[facts]}.
      </p>
    </div>
  );
}
