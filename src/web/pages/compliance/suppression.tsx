// Whether a number is on the list of those who must not be called, since when, and who put it there.

import { useSignal } from "@preact/signals";
import type { ApiTypes } from "../../../server/index.ts";
import { useDashboard } from "../../api/dashboard.ts";
import { TextField } from "../../ui/fields.tsx";
import { SuppressionFacts } from "../../ui/suppression-facts.tsx";

export function Suppression() {
  const { client, session, toasts } = useDashboard();
  const reveal = useSignal(false);
  const number = useSignal("");
  const found = useSignal<ApiTypes.SuppressionView | undefined>(undefined);
  const ask = async () => {
    try {
      found.value = await client.ask("suppressions.lookup", {
        body: { number: number.value.trim(), ...(reveal.value ? { reveal: true } : {}) },
      });
    } catch (thrown) {
      found.value = undefined;
      toasts.show("bad", thrown instanceof Error ? thrown.message : String(thrown));
    }
  };
  return (
    <section class="card stack" aria-label="Suppression">
      <h2>Suppression</h2>
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
          <button type="submit" class="button">
            Look up
          </button>
        </div>
      </form>
      <div aria-live="polite">
        {found.value === undefined
          ? null
          : [found.value, ...found.value.others].map((answer) => <SuppressionFacts key={answer.number} answer={answer} />)}
      </div>
    </section>
  );
}
