// Explains a number: whether it may be called, every reason, its clocks, and the 48 hours ahead.

import { useSignal } from "@preact/signals";
import type { ApiTypes } from "../../../server/index.ts";
import { useDashboard } from "../../api/dashboard.ts";
import { RequestError } from "../../api/problem-error.ts";
import { SelectField, TextField } from "../../ui/fields.tsx";
import { Pill } from "../../ui/pill.tsx";
import { Failed } from "../../ui/states.tsx";
import { Time } from "../../ui/time.tsx";
import { StripChart } from "./strip-chart.tsx";

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
  const { number, decision, at, reasons, weighed, next, clocks, strip, packVersion, timeZoneData, facts } = answer;
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
