// New settings: a form that begins with what is in force or with a plan of the simulator, and ends in a preview.

import { useSignal } from "@preact/signals";
import { useMemo, useRef } from "preact/hooks";
import type { ApiTypes } from "../../../server/index.ts";
import { begunVersion, waitsForApproval } from "../../api/approval.ts";
import { useDashboard } from "../../api/dashboard.ts";
import type { Asking } from "../../api/operation.ts";
import { Confirm } from "../../ui/confirm.tsx";
import { TextField } from "../../ui/fields.tsx";
import { useWhy } from "../../ui/why.tsx";
import { type Draft, draftKey, draftOf, FIELDS, fileOf, GUARD, keptDraft, touchedBy } from "./draft.ts";
import { PreviewBody } from "./preview-body.tsx";

interface DraftFormProps {
  readonly view: ApiTypes.DialerView;
  readonly query: Readonly<Record<string, string>>;
  readonly onBegun: (version: number | undefined) => void;
}

export function DraftForm({ view, query, onBegun }: DraftFormProps) {
  const { client, session, toasts } = useDashboard();
  const plan = touchedBy(query);
  const isPlan = Object.keys(plan).length > 0;
  // Only what a person sets: the rest follows what is in force, also when somebody else changes it meanwhile.
  const key = draftKey(view.campaign);
  const kept = useMemo(() => (isPlan ? {} : keptDraft(sessionStorage.getItem(key))), []);
  const touched = useSignal<Draft>({ ...kept, ...plan });
  const draft = draftOf(view, touched.value);
  const keep = (next: Draft) => {
    touched.value = next;
    if (Object.keys(next).length === 0) sessionStorage.removeItem(key);
    else sessionStorage.setItem(key, JSON.stringify(next));
  };
  const touch = (field: string, value: string) => keep({ ...touched.value, [field]: value });
  const guard = draft[GUARD] ?? "";
  const override = useSignal(false);
  const open = useSignal(false);
  const why = useWhy(session.needs("operator"));
  const proposed = useRef<Asking<"dialer.preview">["body"]>({ file: {} });
  const proposal = (begin: ApiTypes.DialerView) => ({
    file: fileOf(begin, touched.value),
    ...(begin.campaign === null ? {} : { campaign: begin.campaign }),
    sourceName: isPlan ? "simulator" : "dashboard",
    ...(override.value ? { overrides: ["predicted_abandonment"] } : {}),
    ...(guard === "" ? {} : { guardMinutes: Number(guard) }),
  });
  return (
    <section class="card" aria-label="New settings">
      <div class="card-head">
        <h2>New settings</h2>
        {isPlan ? <span class="aside muted small">a plan from the simulator</span> : null}
        {isPlan || Object.keys(touched.value).length === 0 ? null : (
          <button type="button" class="button quiet aside" onClick={() => keep({})}>
            Discard the draft
          </button>
        )}
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
            value={draft["name"] ?? ""}
            required
            wide
            hint="of the settings at the tenant"
            onChange={(value) => touch("name", value)}
          />
          {FIELDS.map(({ name: field, label, hint }) => (
            <TextField
              key={field}
              label={label}
              type="number"
              value={draft[field] ?? ""}
              {...(hint === undefined ? {} : { hint })}
              onChange={(value) => touch(field, value)}
            />
          ))}
          <TextField
            label="Guard, minutes"
            wide
            type="number"
            value={guard}
            hint="watch the figures for so long and put the old settings back; may be left empty"
            onChange={(value) => touch(GUARD, value)}
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
          {why.said}
          <button type="submit" class="button primary" {...why.off}>
            Check and preview
          </button>
        </div>
      </form>
      {open.value ? (
        <Confirm
          title={`Apply ${draft["name"] ?? ""}`}
          verb="Apply"
          word="apply"
          preview={async () => {
            // What is in force now, not when the page was read; and what is applied is what was previewed.
            proposed.current = proposal(
              await client.ask("dialer.show", { query: { fresh: true, campaign: view.campaign ?? undefined } }),
            );
            const preview = await client.ask("dialer.preview", { body: proposed.current });
            return { confirm: preview.confirm, refusals: preview.refusals, body: <PreviewBody preview={preview} /> };
          }}
          onConfirm={async (confirm) => {
            const answer = await client.ask("dialer.apply", { body: { ...proposed.current, confirm: confirm ?? "" } });
            toasts.show(...waitsForApproval(answer, () => ["good", "The change is on its way"]));
            // The next draft begins with what is in force, and passes no gate.
            keep({});
            override.value = false;
            onBegun(begunVersion(answer));
          }}
          onClose={() => {
            open.value = false;
          }}
        />
      ) : null}
    </section>
  );
}
