// The text that is edited, beside what was found in it or what its plan says; and the confirmation of that plan.

import { useSignal } from "@preact/signals";
import type { RefObject } from "preact";
import { useId, useRef } from "preact/hooks";
import type { ApiTypes } from "../../../server/index.ts";
import { waitsForApproval } from "../../api/approval.ts";
import { useDashboard } from "../../api/dashboard.ts";
import { RequestError } from "../../api/problem-error.ts";
import { Changes } from "../../ui/changes.tsx";
import { Confirm } from "../../ui/confirm.tsx";
import { saveFile } from "../../ui/save-file.ts";
import { Failed } from "../../ui/states.tsx";
import { useWhy } from "../../ui/why.tsx";
import { type FilesDraft, findingsOf, lineAt, lineCount, mistakesOf, movedWords, whyNotApplied } from "./draft.ts";
import { FilesPlan } from "./plan.tsx";

interface EditorProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (text: string) => void;
  /** Lines with a finding. */
  readonly marked: ReadonlySet<number>;
  readonly field: RefObject<HTMLTextAreaElement | null>;
}

/** Height of a line, px: `.editor` draws with the same. */
const LINE = 20;

function Editor({ label, value, onChange, marked, field }: EditorProps) {
  const id = useId();
  const numbers = useRef<HTMLDivElement>(null);
  const lines = lineCount(value);
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <div class="editor">
        <div class="numbers" aria-hidden="true" ref={numbers}>
          <pre>{Array.from({ length: lines }, (_, i) => i + 1).join("\n")}</pre>
          {[...marked].map((line) => (
            <span key={line} class="mark" style={{ top: `${(line - 1) * LINE}px` }}>
              {line}
            </span>
          ))}
        </div>
        <textarea
          id={id}
          ref={field}
          value={value}
          spellcheck={false}
          autocomplete="off"
          wrap="off"
          rows={Math.min(28, Math.max(12, lines + 1))}
          aria-invalid={marked.size > 0 ? true : undefined}
          onInput={(event) => onChange(event.currentTarget.value)}
          onScroll={(event) => {
            if (numbers.current !== null) numbers.current.scrollTop = event.currentTarget.scrollTop;
          }}
        />
      </div>
    </div>
  );
}

/** Puts the cursor into a line, chooses it, and brings it into view. */
function goToLine(field: HTMLTextAreaElement | null, line: number): void {
  if (field === null) return;
  field.focus();
  field.setSelectionRange(...lineAt(field.value, line));
  field.scrollTop = Math.max(0, (line - 4) * LINE);
}

interface EditedProps {
  readonly draft: FilesDraft;
  readonly onChange: (draft: FilesDraft) => void;
  readonly onDiscard: () => void;
  /** @param job undefined when it waits for another person */
  readonly onBegun: (job: string | undefined) => void;
}

type Plan = ApiTypes.CampaignPlanView;

type Stage =
  | { readonly kind: "none" }
  | { readonly kind: "planning" }
  | {
      readonly kind: "planned";
      readonly of: FilesDraft;
      readonly plan: Plan;
      readonly meanwhile: ApiTypes.CampaignDriftView["campaigns"];
    }
  | { readonly kind: "failed"; readonly of: FilesDraft; readonly error: RequestError };

const filesOf = ({ name, text }: FilesDraft) => [{ name, text }];

export function Edited({ draft, onChange, onDiscard, onBegun }: EditedProps) {
  const { client, session, toasts } = useDashboard();
  const field = useRef<HTMLTextAreaElement>(null);
  const stage = useSignal<Stage>({ kind: "none" });
  const open = useSignal(false);
  const planOf = (of: FilesDraft) => client.ask("campaigns.plan", { body: { files: filesOf(of), activate: of.activate } });
  /** What the tenant says otherwise than it did when the text was exported. */
  const meanwhileOf = async ({ base, name }: FilesDraft) => {
    if (base === null) return [];
    const drift = await client.ask("campaigns.drift", { body: { files: [{ name, text: base }] } });
    return drift.campaigns.filter(({ action }) => action !== "in_sync");
  };
  const plan = async () => {
    if (stage.peek().kind === "planning") return;
    const of = draft;
    stage.value = { kind: "planning" };
    try {
      const [made, meanwhile] = [await planOf(of), await meanwhileOf(of)];
      stage.value = { kind: "planned", of, plan: made, meanwhile };
    } catch (thrown) {
      const error = thrown instanceof RequestError ? thrown : new RequestError(0, String(thrown), undefined, thrown);
      stage.value = { kind: "failed", of, error };
    }
  };
  const now = stage.value;
  const isOfThis = (of: FilesDraft) => of.text === draft.text && of.activate === draft.activate;
  const findings =
    now.kind === "planned" ? findingsOf(now.plan.violations) : now.kind === "failed" ? mistakesOf(now.error.problem) : [];
  const isTrue = (now.kind === "planned" || now.kind === "failed") && isOfThis(now.of);
  const empty = useWhy(draft.text.trim() === "" ? "There is no text to plan" : undefined);
  const hindrances = [
    now.kind !== "planned" ? undefined : isTrue ? whyNotApplied(now.plan) : "Plan the changed text first.",
    session.needs("operator"),
  ].filter((one) => one !== undefined);
  const why = useWhy(hindrances.length === 0 ? undefined : hindrances.join(" "));
  const toLine = (line: number) => goToLine(field.current, line);
  return (
    <div class="grid halves editing">
      <section class="card" aria-label="Text">
        <div class="card-head">
          <h2 class="break">{draft.name}</h2>
          <button type="button" class="button quiet aside" onClick={onDiscard}>
            Discard the draft
          </button>
        </div>
        <form
          class="stack"
          onSubmit={(event) => {
            event.preventDefault();
            void plan();
          }}
        >
          <Editor
            label="Campaign files, YAML or JSON; --- begins another campaign"
            value={draft.text}
            field={field}
            marked={new Set(isTrue ? findings.map(({ line }) => line) : [])}
            onChange={(text) => onChange({ ...draft, text })}
          />
          <label class="check">
            <input
              type="checkbox"
              checked={draft.activate}
              onChange={(event) => onChange({ ...draft, activate: event.currentTarget.checked })}
            />
            Activate the campaigns afterwards, past the pre-dial gate
          </label>
          <div class="row end">
            <button
              type="button"
              class="button quiet"
              onClick={() => saveFile(new Blob([draft.text], { type: "application/yaml" }), draft.name)}
            >
              Save as a file
            </button>
            {empty.said}
            <button type="submit" class="button primary" {...empty.off} aria-disabled={now.kind === "planning"}>
              Plan
            </button>
          </div>
        </form>
      </section>
      <section class="card" aria-label="Plan">
        <h2>Plan</h2>
        <div class="stack">
          {now.kind === "none" ? (
            <p class="muted">Nothing is planned yet. A plan changes nothing at the tenant.</p>
          ) : now.kind === "planning" ? (
            <p role="status">Comparing the text with the tenant …</p>
          ) : isTrue ? null : (
            <div class="banner" role="status">
              The text has changed since. Plan again.
            </div>
          )}
          {now.kind === "failed" ? (
            findings.length === 0 ? (
              <Failed error={now.error} onRetry={() => void plan()} />
            ) : (
              <div role="alert" class="stack">
                <p class="bad">This is no campaign file yet. Nothing was compared.</p>
                <ul class="plain-list">
                  {findings.map(({ line, column, text }) => (
                    <li class="break" key={`${line} ${column} ${text}`}>
                      <button type="button" class="button quiet small" onClick={() => toLine(line)}>
                        Line {line}
                      </button>{" "}
                      {text}
                    </li>
                  ))}
                </ul>
              </div>
            )
          ) : null}
          {now.kind === "planned" ? (
            <>
              <Meanwhile campaigns={now.meanwhile} />
              <FilesPlan plan={now.plan} sourceName={draft.name} onLine={toLine} />
              <p class="muted small mono break">plan {now.plan.plan.slice(0, 16)}</p>
              <div class="row end">
                {why.said}
                <button
                  type="button"
                  class="button primary danger"
                  {...why.off}
                  onClick={() => {
                    open.value = true;
                  }}
                >
                  Apply
                </button>
              </div>
            </>
          ) : null}
        </div>
      </section>
      {open.value ? (
        <Confirm
          title={`Apply ${draft.name}`}
          verb="Apply"
          word="apply"
          // What the tenant has now, not when the page showed the plan; what is applied is what the dialog shows.
          preview={async () => {
            const made = await planOf(draft);
            const isOther = now.kind === "planned" && now.plan.plan !== made.plan;
            const why = whyNotApplied(made);
            stage.value = { kind: "planned", of: draft, plan: made, meanwhile: now.kind === "planned" ? now.meanwhile : [] };
            return {
              confirm: made.confirm,
              refusals: why === undefined ? [] : [why],
              body: (
                <>
                  {isOther ? (
                    <div class="banner">
                      The tenant or the rules have changed since the plan was shown. This is the plan of now.
                    </div>
                  ) : null}
                  <FilesPlan plan={made} sourceName={draft.name} />
                </>
              ),
            };
          }}
          onConfirm={async (confirm) => {
            const shown = stage.peek();
            if (shown.kind !== "planned") return;
            const body = { plan: shown.plan.plan, confirm: confirm ?? "", sourceName: draft.name };
            const answer = await client.ask("campaigns.apply", { body }).catch((thrown: unknown) => {
              const moved = thrown instanceof RequestError ? movedWords(thrown.problem) : undefined;
              if (!(thrown instanceof RequestError) || moved === undefined) throw thrown;
              throw new RequestError(thrown.status, `${thrown.message}: ${moved}`, thrown.problem, thrown);
            });
            toasts.show(...waitsForApproval(answer, () => ["info", "The apply has begun"]));
            // What differs from now on is what this apply changed.
            onChange({ ...draft, base: null });
            if (!("job" in answer)) return onBegun(undefined);
            // What was planned is under way: it is followed above.
            stage.value = { kind: "none" };
            onBegun(answer.job);
          }}
          onClose={() => {
            open.value = false;
          }}
        />
      ) : null}
    </div>
  );
}

/** What somebody changed at the tenant while the text was edited: the plan would put it back. */
function Meanwhile({ campaigns }: { readonly campaigns: ApiTypes.CampaignDriftView["campaigns"] }) {
  if (campaigns.length === 0) return null;
  return (
    <div class="banner" role="alert">
      <strong>Changed at the tenant since this draft began. Where the text says otherwise, the plan puts it back.</strong>
      {campaigns.map(({ name, action, changes }) => (
        <div class="stack tried" key={name}>
          <span class="break">{action === "create" ? `${name} is no longer there.` : name}</span>
          {action === "create" ? null : (
            <Changes changes={changes.map(({ path, before, after }) => ({ path, before: after, after: before }))} />
          )}
        </div>
      ))}
    </div>
  );
}
