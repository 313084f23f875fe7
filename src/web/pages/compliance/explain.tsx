// Explains a number: whether it may be called, every reason, its clocks, the 48 hours ahead, what the lists say, and the evidence.

import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { useLocation } from "preact-iso";
import type { ApiTypes } from "../../../server/index.ts";
import { useDashboard } from "../../api/dashboard.ts";
import { RequestError } from "../../api/problem-error.ts";
import { SelectField, TextField } from "../../ui/fields.tsx";
import { Pill } from "../../ui/pill.tsx";
import { saveFile } from "../../ui/save-file.ts";
import { Failed } from "../../ui/states.tsx";
import { SuppressionFacts } from "../../ui/suppression-facts.tsx";
import { Time } from "../../ui/time.tsx";
import { useWidth } from "../../ui/use-width.ts";
import { useWhy } from "../../ui/why.tsx";
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

/** Between ticks, minutes of the day where the person is. */
const TICK = 6 * 60;

/** Where the day of a zone is at midnight and every six hours after it, in cells from `start`. */
function dayTicks(start: number, cells: number, minutes: number, zone: string | undefined): readonly number[] {
  const clock = new Intl.DateTimeFormat("en-GB", {
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
    ...(zone === undefined ? {} : { timeZone: zone }),
  });
  return Array.from({ length: cells }, (_, cell) => {
    const [hours = 0, past = 0] = clock
      .format(start + cell * minutes * 60_000)
      .split(":")
      .map(Number);
    return [cell, (TICK - ((60 * hours + past) % TICK)) % TICK] as const;
  }).flatMap(([cell, until]) => (until < minutes ? [cell + until / minutes] : []));
}

/** @param zone the person's; undefined: the browser's */
function StripChart({ strip, zone }: { readonly strip: Strip; readonly zone: string | undefined }) {
  const { ref, width } = useWidth(640);
  const { from, minutes, all, rows } = strip;
  const start = Date.parse(from);
  const time = timeFormat(zone);
  const at = (cell: number) => start + cell * minutes * 60_000;
  const lines = [{ label: "May be called", open: all }, ...rows];
  const name = width.value < 500 ? 96 : 170;
  const step = (width.value - name) / Math.max(1, all.length);
  const every = width.value < 500 ? 2 : 1;
  const ticks = dayTicks(start, all.length, minutes, zone).filter((_, i) => i % every === 0);
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
                  {label}: {run.open ? "open" : "closed"} {time.day(at(run.from))} to {time.day(at(run.from + run.length))}
                </title>
              </rect>
            ))}
          </g>
        ))}
        {ticks.map((cell) => (
          <g key={cell}>
            <line x1={name + cell * step} x2={name + cell * step} y1="0" y2={height - AXIS + 4} />
            <text x={name + cell * step + 2} y={height - 4}>
              {time.minute(at(cell))}
            </text>
          </g>
        ))}
        <text x="0" y={height - 4}>
          {time.date(start)}
        </text>
      </svg>
    </div>
  );
}

/** What the lists say of the number, or why they say nothing. */
type Lists = ApiTypes.SuppressionView | RequestError;

type Found =
  | { readonly kind: "nothing" }
  | { readonly kind: "asking" }
  | { readonly kind: "found"; readonly answer: ApiTypes.ComplianceExplain; readonly lists: Lists; readonly number: string }
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
      const asked = { number: body.number, ...(reveal.value ? { reveal: true } : {}) };
      const [answer, lists] = await Promise.all([
        client.ask("compliance.explain", { body }),
        client.ask("suppressions.lookup", { body: asked }).catch(asError),
      ]);
      found.value = { kind: "found", answer, lists, number: body.number };
    } catch (thrown) {
      found.value = { kind: "failed", error: asError(thrown) };
    }
  };
  const { url } = useLocation();
  useEffect(() => {
    if (location.hash === "") return;
    number.value = decodeURIComponent(location.hash.slice(1));
    // It does not stay in the address bar or the history.
    history.replaceState(null, "", location.pathname);
    void ask();
  }, [url]);
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
        {now.kind === "found" ? (
          <div class="stack">
            <Answer answer={now.answer} />
            <OnLists lists={now.lists} />
            <Calls key={now.number} number={now.number} />
            <Evidence number={now.number} />
          </div>
        ) : null}
      </div>
    </section>
  );
}

const asError = (thrown: unknown) =>
  thrown instanceof RequestError ? thrown : new RequestError(0, String(thrown), undefined, thrown);

/** Whether the number is on a list of those who must not be called, since when, and who put it there. */
function OnLists({ lists }: { readonly lists: Lists }) {
  return (
    <section class="stack" aria-label="Suppression">
      <h3>On the lists</h3>
      {lists instanceof RequestError ? (
        <Failed error={lists} />
      ) : (
        [lists, ...lists.others].map((answer) => <SuppressionFacts key={answer.number} answer={answer} />)
      )}
    </section>
  );
}

/** The calls that are known of the number, each with a way to its recordings where the tenant tells them. */
function Calls({ number }: { readonly number: string }) {
  const { client, session, toasts } = useDashboard();
  const calls = useSignal<readonly ApiTypes.CallOfNumber[] | undefined>(undefined);
  const links = useSignal<Readonly<Record<string, readonly ApiTypes.RecordingLink[]>>>({});
  const why = useWhy(session.needs("operator"));
  const state = session.state.value;
  const tells = state.kind === "signed_in" && !state.me.service.lacks.some(({ capability }) => capability === "recordings");
  const told = async (work: () => Promise<void>) => {
    try {
      await work();
    } catch (thrown) {
      toasts.show("bad", thrown instanceof Error ? thrown.message : String(thrown));
    }
  };
  const show = async () => {
    calls.value = (await client.ask("calls.ofNumber", { body: { number } })).items;
  };
  const look = async (id: string) => {
    links.value = { ...links.peek(), [id]: (await client.ask("calls.recordings", { params: { id } })).items };
  };
  return (
    <section class="stack" aria-label="Calls">
      <div class="row">
        <button type="button" class="button" {...why.off} onClick={() => void told(show)}>
          Calls
        </button>
        {why.said}
      </div>
      {calls.value === undefined ? null : calls.value.length === 0 ? (
        <p>No call to it is known here.</p>
      ) : (
        <ul class="effects">
          {calls.value.map(({ at, campaign, callId }) => (
            <li key={`${at} ${callId ?? ""}`}>
              <Time at={at} /> {campaign} <code class="muted small">{callId ?? "no id"}</code>{" "}
              {!tells || callId === null ? null : links.value[callId] === undefined ? (
                <button type="button" class="button small" {...why.off} onClick={() => void told(() => look(callId))}>
                  Recordings of {callId}
                </button>
              ) : links.value[callId].length === 0 ? (
                "no recording"
              ) : (
                links.value[callId].map(({ url }) => (
                  <a key={url} href={url} rel="noreferrer" target="_blank">
                    Recording
                  </a>
                ))
              )}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

/** All that was done and asked for the person, with its proofs, as a file. */
function Evidence({ number }: { readonly number: string }) {
  const { client, session, toasts } = useDashboard();
  const busy = useSignal(false);
  const why = useWhy(session.needs("operator"));
  const make = async (id: "audit.packPdf" | "audit.pack", name: string) => {
    if (busy.peek()) return;
    busy.value = true;
    try {
      const body = { number };
      saveFile(await client.made(id, { body }, new Blob([JSON.stringify(body)], { type: "application/json" })), name);
      toasts.show("good", `Saved: ${name}. That it was made is an entry of the audit.`);
    } catch (thrown) {
      toasts.show("bad", thrown instanceof Error ? thrown.message : String(thrown));
    } finally {
      busy.value = false;
    }
  };
  return (
    <section class="row" aria-label="Evidence pack">
      <button
        type="button"
        class="button"
        {...why.off}
        aria-busy={busy.value}
        onClick={() => void make("audit.packPdf", "evidence.pdf")}
      >
        Evidence pack, PDF
      </button>
      <button
        type="button"
        class="button"
        {...why.off}
        aria-busy={busy.value}
        onClick={() => void make("audit.pack", "evidence.ndjson")}
      >
        JSON
      </button>
      {why.said}
      <span class="muted small">Everything outdial did and was asked for this number, signed. It holds the number in full.</span>
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
      <StripChart strip={strip} zone={clocks[0]?.zone} />
      <p class="muted small break">
        {clocks.map(({ zone, time }) => `${zone} ${time}`).join(" · ")}; the picture has the times of the first. Rules{" "}
        {packVersion}, time zones {timeZoneData}, {FACTS[facts]}.
      </p>
    </div>
  );
}
