// What a page shows when it has nothing to show: loading, empty, failed, not found, no permission. They look the same on all
// pages.

import type { ComponentChildren } from "preact";
import type { RequestError } from "../api/problem-error.ts";
import type { Resource } from "../api/resource.ts";
import { timeFormat } from "../view/format.ts";
import { Sentence } from "./name-text.tsx";

function Loading({ what }: { readonly what: string }) {
  return (
    <div class="state loading" role="status">
      Loading {what} …
    </div>
  );
}

export function Empty({ title, children }: { readonly title: string; readonly children?: ComponentChildren }) {
  return (
    <div class="state empty">
      <h2>{title}</h2>
      {children}
    </div>
  );
}

const TITLES: Readonly<Record<RequestError["code"], string>> = {
  unreachable: "The service does not answer",
  not_signed_in: "You are not signed in any more",
  no_permission: "Your role does not allow this",
  not_found: "Not found",
  refused: "The service refused this",
  failed: "The service failed",
};

export function Failed({ error, onRetry }: { readonly error: RequestError; readonly onRetry?: (() => void) | undefined }) {
  return (
    <div class="state error" role="alert">
      <h2>{TITLES[error.code]}</h2>
      <p class="break">
        <Sentence text={error.message} />
      </p>
      {error.advice === undefined ? null : <p class="break">{error.advice}</p>}
      {error.problem?.problems === undefined ? null : (
        <ul>
          {error.problem.problems.map(({ path, message }) => (
            <li class="break" key={`${path} ${message}`}>
              <code>{path}</code> {message}
            </li>
          ))}
        </ul>
      )}
      {error.code === "no_permission" ? <p>Ask an administrator for the role operator, or sign in with another token.</p> : null}
      {error.problem === undefined ? null : (
        <p class="muted small mono">
          {error.problem.code} · request {error.problem.requestId}
        </p>
      )}
      {onRetry === undefined ? null : (
        <button type="button" class="button" onClick={onRetry}>
          Try again
        </button>
      )}
    </div>
  );
}

interface LoadedProps<T> {
  readonly of: Resource<T>;
  /** Its name while it loads: "campaigns". */
  readonly what: string;
  readonly isEmpty?: (value: T) => boolean;
  readonly empty?: ComponentChildren;
  readonly children: (value: T) => ComponentChildren;
}

/** Shows a resource in any state. Figures that could not be read again stay, with a note about their age. */
export function Loaded<T>({ of, what, isEmpty, empty, children }: LoadedProps<T>) {
  const state = of.state.value;
  if (state.kind === "loading") return <Loading what={what} />;
  if (state.kind === "failed") return <Failed error={state.error} onRetry={of.reload} />;
  const body = isEmpty?.(state.value) === true ? empty : children(state.value);
  if (state.failed === undefined) return <>{body}</>;
  return (
    <>
      <div class="banner" role="status">
        Shown as of {timeFormat().clock(state.at)}: {state.failed.error.message}
        <button type="button" class="button quiet" onClick={of.reload}>
          Try again
        </button>
      </div>
      {body}
    </>
  );
}
