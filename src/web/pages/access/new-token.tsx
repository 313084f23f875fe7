// The form that makes a token, which is shown once.

import { useSignal } from "@preact/signals";
import type { ApiTypes } from "../../../server/index.ts";
import { useDashboard } from "../../api/dashboard.ts";
import { SelectField, TextField } from "../../ui/fields.tsx";
import { NameText } from "../../ui/name-text.tsx";
import { Time } from "../../ui/time.tsx";

const ROLES = [
  ["viewer", "viewer"],
  ["operator", "operator"],
  ["admin", "admin"],
] as const;

/** A form that ends in the text of a token, which is shown here and nowhere else. */
export function NewToken({ onMade }: { readonly onMade: () => void }) {
  const { client, toasts } = useDashboard();
  const name = useSignal("");
  const role = useSignal<ApiTypes.Role>("viewer");
  const days = useSignal("90");
  const person = useSignal("");
  const made = useSignal<{ readonly name: string; readonly token: string; readonly expiresAt: string } | undefined>(undefined);
  const busy = useSignal(false);
  const make = async () => {
    if (busy.peek()) return;
    busy.value = true;
    try {
      const body = {
        name: name.value.trim(),
        role: role.value,
        ...(days.value === "" ? {} : { days: Number(days.value) }),
        ...(person.value.trim() === "" ? {} : { person: person.value.trim() }),
      };
      const { token, expiresAt } = await client.ask("tokens.add", { body });
      made.value = { name: body.name, token, expiresAt };
      name.value = "";
      person.value = "";
      onMade();
    } catch (thrown) {
      toasts.show("bad", thrown instanceof Error ? thrown.message : String(thrown));
    } finally {
      busy.value = false;
    }
  };
  return (
    <section class="card stack" aria-label="New token">
      <h2>New token</h2>
      <p class="muted small">
        A viewer sees everything but telephone numbers, an operator also acts, an admin also makes tokens and registrations.
      </p>
      <form
        class="field-grid"
        onSubmit={(event) => {
          event.preventDefault();
          void make();
        }}
      >
        <TextField
          label="Name"
          required
          value={name.value}
          hint="the person or program that will hold it"
          onChange={(value) => {
            name.value = value;
          }}
        />
        <TextField
          label="Person"
          value={person.value}
          hint="whose it is, as the sign-in provider names them (sso:…): nobody approves their own request by another token"
          onChange={(value) => {
            person.value = value;
          }}
        />
        <SelectField
          label="Role"
          value={role.value}
          options={ROLES}
          onChange={(value) => {
            role.value = value;
          }}
        />
        <TextField
          label="Days"
          type="number"
          value={days.value}
          hint="1 to 3650; then it ends by itself"
          onChange={(value) => {
            days.value = value;
          }}
        />
        <div class="row">
          <button type="submit" class="button primary" aria-disabled={busy.value}>
            Make a token
          </button>
        </div>
      </form>
      <div role="status">
        {made.value === undefined ? null : (
          <div class="banner good">
            <div class="stack">
              <p class="break">
                The token of <NameText text={made.value.name} />, good until <Time at={made.value.expiresAt} />. Copy it now: it
                is not shown again.
              </p>
              <code class="break">{made.value.token}</code>
              <div class="row">
                <button
                  type="button"
                  class="button"
                  onClick={() => {
                    made.value = undefined;
                  }}
                >
                  I have copied it
                </button>
              </div>
            </div>
          </div>
        )}
      </div>
    </section>
  );
}
