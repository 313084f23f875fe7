// New settings: a form that begins with what is in force or with a plan of the simulator, and ends in a preview.

import { useSignal } from "@preact/signals";
import type { ApiTypes } from "../../../server/index.ts";
import { type Begun, waitsForApproval } from "../../api/approval.ts";
import { useDashboard } from "../../api/dashboard.ts";
import { PATHS } from "../../api/paths.ts";
import { Confirm } from "../../ui/confirm.tsx";
import { TextField } from "../../ui/fields.tsx";
import { bringsPlan, type Draft, draftOf, FIELDS, fileOf } from "./draft.ts";
import { PreviewBody } from "./preview-body.tsx";

export interface DraftFormProps {
  readonly settings: unknown;
  readonly query: Readonly<Record<string, string>>;
  readonly onBegun: (version: number | undefined) => void;
}

export function DraftForm({ settings, query, onBegun }: DraftFormProps) {
  const { client, session, toasts } = useDashboard();
  const draft = useSignal<Draft>(draftOf(settings, query));
  const name = useSignal(bringsPlan(query) ? "From the simulator" : "Dashboard");
  const guard = useSignal("");
  const override = useSignal(false);
  const open = useSignal(false);
  const mayAct = session.may("operator");
  const proposal = () => ({
    file: fileOf(draft.value, name.value),
    sourceName: "dashboard",
    ...(override.value ? { overrides: ["predicted_abandonment"] } : {}),
    ...(guard.value === "" ? {} : { guardMinutes: Number(guard.value) }),
  });
  return (
    <section class="card" aria-label="New settings">
      <div class="card-head">
        <h2>New settings</h2>
        {bringsPlan(query) ? <span class="aside muted small">a plan from the simulator</span> : null}
      </div>
      <form
        class="stack"
        onSubmit={(event) => {
          event.preventDefault();
          open.value = true;
        }}
      >
        <div class="field-grid">
          <TextField
            label="Name"
            value={name.value}
            required
            onChange={(value) => {
              name.value = value;
            }}
          />
          {FIELDS.map(({ name: field, label, hint }) => (
            <TextField
              key={field}
              label={label}
              type="number"
              value={draft.value[field] ?? ""}
              {...(hint === undefined ? {} : { hint })}
              onChange={(value) => {
                draft.value = { ...draft.value, [field]: value };
              }}
            />
          ))}
          <TextField
            label="Guard, minutes"
            type="number"
            value={guard.value}
            hint="watch the figures for so long and put the old settings back; may be left empty"
            onChange={(value) => {
              guard.value = value;
            }}
          />
        </div>
        <label class="check">
          <input
            type="checkbox"
            checked={override.value}
            onChange={(event) => {
              override.value = event.currentTarget.checked;
            }}
          />
          Pass the gate on predicted abandonment by name; it is written into the audit
        </label>
        <div class="row end">
          <button type="submit" class="button primary" disabled={!mayAct} title={mayAct ? undefined : "Needs the role operator"}>
            Check and preview
          </button>
        </div>
      </form>
      {open.value ? (
        <Confirm
          title={`Apply ${name.value}`}
          verb="Apply"
          word="apply"
          preview={async () => {
            const preview = await client.send<ApiTypes.DialerPreview>("POST", PATHS.dialerPreview, proposal());
            return { confirm: preview.confirm, refusals: preview.refusals, body: <PreviewBody preview={preview} /> };
          }}
          onConfirm={async (confirm) => {
            const answer = await client.send<Begun>("POST", PATHS.dialerApply, { ...proposal(), confirm });
            toasts.show(...waitsForApproval(answer, () => ["good", "The change is on its way"]));
            onBegun(answer.version);
          }}
          onClose={() => {
            open.value = false;
          }}
        />
      ) : null}
    </section>
  );
}
