// The second confirmation of a dangerous verb: what it would do, just read; a word to type; bound to the hash of what was shown.

import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect, useId } from "preact/hooks";
import { RequestError } from "../api/problem-error.ts";
import { Dialog } from "./dialog.tsx";
import { Failed } from "./states.tsx";
import { Where } from "./where.tsx";

export interface Shown {
  /** Hash that is sent back with the confirmation; undefined when the service needs none. */
  readonly confirm: string | undefined;
  readonly refusals: readonly string[];
  readonly body: ComponentChildren;
}

interface ConfirmProps {
  readonly title: string;
  readonly verb: string;
  /** Text to type, for example the campaign's id; undefined: the button is enough. */
  readonly word?: string | undefined;
  readonly tone?: "danger" | "plain";
  /** Asks the service what would happen. */
  readonly preview: () => Promise<Shown>;
  /** Carries it out. An error is shown in the dialog. */
  readonly onConfirm: (confirm: string | undefined) => Promise<void>;
  readonly onClose: () => void;
}

type Stage =
  | { readonly kind: "asking" }
  | { readonly kind: "shown"; readonly shown: Shown }
  | { readonly kind: "failed"; readonly error: RequestError };

export function Confirm({ title, verb, word, tone = "danger", preview, onConfirm, onClose }: ConfirmProps) {
  const stage = useSignal<Stage>({ kind: "asking" });
  const typed = useSignal("");
  const busy = useSignal(false);
  const id = useId();
  const ask = async () => {
    stage.value = { kind: "asking" };
    try {
      stage.value = { kind: "shown", shown: await preview() };
    } catch (thrown) {
      stage.value = { kind: "failed", error: asRequestError(thrown) };
    }
  };
  useEffect(() => void ask(), []);
  const now = stage.value;
  const isReady = now.kind === "shown" && now.shown.refusals.length === 0 && (word === undefined || typed.value === word);
  /** What keeps the button disabled has this id: the wait, the failure, the refusals, or the word to type. */
  const why = `${id}-why`;
  const submit = async (event: Event) => {
    event.preventDefault();
    if (now.kind !== "shown" || !isReady || busy.value) return;
    busy.value = true;
    try {
      await onConfirm(now.shown.confirm);
      onClose();
    } catch (thrown) {
      stage.value = { kind: "failed", error: asRequestError(thrown) };
    } finally {
      busy.value = false;
    }
  };
  return (
    <Dialog title={title} onClose={onClose}>
      <form onSubmit={(event) => void submit(event)}>
        <Where before="At" />
        {now.kind === "asking" ? (
          <p role="status" id={why}>
            Asking what this would do …
          </p>
        ) : null}
        {now.kind === "failed" ? (
          <div id={why}>
            <Failed error={now.error} onRetry={() => void ask()} />
          </div>
        ) : null}
        {now.kind === "shown" ? (
          <>
            {now.shown.body}
            {now.shown.refusals.length === 0 ? null : (
              <div class="banner bad" role="alert" id={why}>
                <ul>
                  {now.shown.refusals.map((text) => (
                    <li class="break" key={text}>
                      {text}
                    </li>
                  ))}
                </ul>
              </div>
            )}
            {now.shown.confirm === undefined ? null : <p class="muted small mono break">plan {now.shown.confirm.slice(0, 16)}</p>}
            {word === undefined || now.shown.refusals.length > 0 ? null : (
              <div class="field">
                <label for={id} id={why}>
                  Type <strong class="mono break">{word}</strong> to confirm
                </label>
                <input
                  id={id}
                  class="input mono"
                  autocomplete="off"
                  spellcheck={false}
                  value={typed.value}
                  onInput={(event) => {
                    typed.value = event.currentTarget.value;
                  }}
                />
              </div>
            )}
          </>
        ) : null}
        <div class="row end">
          <button type="button" class="button" onClick={onClose}>
            Cancel
          </button>
          <button
            type="submit"
            class={`button primary ${tone === "danger" ? "danger" : ""}`}
            disabled={!isReady}
            aria-disabled={busy.value}
            aria-describedby={isReady ? undefined : why}
          >
            {busy.value ? "Working …" : verb}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

function asRequestError(thrown: unknown): RequestError {
  return thrown instanceof RequestError ? thrown : new RequestError(0, String(thrown), undefined, thrown);
}
