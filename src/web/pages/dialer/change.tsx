// The change under way: its steps, and what it stands still for.

import type { ApiTypes } from "../../../server/index.ts";
import { Pill } from "../../ui/pill.tsx";
import { valueText } from "../../view/changes.ts";
import { GLYPHS, stepsOf } from "./steps.ts";

export function Change({ change }: { readonly change: ApiTypes.DialerChange; readonly onDone: () => void }) {
  const { version, phase, outcome, message, failure, stop, conflicts, running } = change;
  return (
    <section class="card" aria-label="Change under way">
      <div class="card-head">
        <h2>Version {version}</h2>
        <Pill state={outcome ?? phase} />
        <span class="aside muted small">{running ? "worked on now" : "nobody works on it now"}</span>
      </div>
      <ol class="steps" aria-live="polite">
        {stepsOf(change).map(({ name, text, state }) => (
          <li key={name} class={state}>
            <span class="glyph" aria-hidden="true">
              {GLYPHS[state]}
            </span>
            <span>{text}</span>
            <span class="muted small">{state}</span>
          </li>
        ))}
      </ol>
      {[failure?.message, stop?.message, message].map((text) =>
        text === undefined || text === null ? null : (
          <p class="break" key={text}>
            {text}
          </p>
        ),
      )}
      {conflicts.length === 0 ? null : (
        <>
          <h3 class="section-head">Somebody else changed the same fields</h3>
          <ul class="effects mono">
            {conflicts.map(({ path, base, ours, theirs }) => (
              <li class="break" key={path}>
                {path}: was {valueText(base)}, ours {valueText(ours)}, theirs {valueText(theirs)}
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
}
