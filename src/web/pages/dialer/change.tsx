// The change under way: its steps, what it stands still for, and a person's word on it.

import type { ApiTypes } from "../../../server/index.ts";
import { useDashboard } from "../../api/dashboard.ts";
import type { Asking } from "../../api/operation.ts";
import { Stories } from "../../ui/film.tsx";
import { Pill } from "../../ui/pill.tsx";
import { useWhy } from "../../ui/why.tsx";
import { valueText } from "../../view/changes.ts";
import { GLYPHS, stepsOf } from "./steps.ts";
import { changeCalled } from "./words.ts";

interface ChangeProps {
  readonly change: ApiTypes.DialerChange;
  readonly onDone: () => void;
}

export const STANDING: Readonly<Record<ApiTypes.DialerChange["standing"], string>> = {
  here: "worked on now",
  elsewhere: "worked on by another process",
  waiting: "its process ended; a service continues it within seconds",
  still: "nobody works on it now",
};

export function Change({ change, onDone }: ChangeProps) {
  const { version, phase, outcome, message, failure, stop, conflicts, running, standing, guard } = change;
  return (
    <>
      <section class="card" aria-label="Change under way">
        <div class="card-head">
          <h2>Version {version}</h2>
          <Pill state="" {...changeCalled({ phase, outcome, isStill: stop !== null })} />
          <span class="aside muted small">{phase === "ended" ? "ended" : STANDING[standing]}</span>
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
        {[...new Set([failure?.message, stop?.message, message])].map((text) =>
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
        {phase === "ended" || running || standing === "elsewhere" ? null : <GoOn change={change} onDone={onDone} />}
      </section>
      {guard === null ? null : <Stories of={{ version }} />}
    </>
  );
}

/** A change that waits for a decision takes nothing else, and one that stands still takes none. */
function GoOn({ change: { version, phase }, onDone }: ChangeProps) {
  const { client, session, toasts } = useDashboard();
  const go = async (body: Asking<"dialer.resume">["body"], text: string) => {
    try {
      await client.ask("dialer.resume", { params: { version }, body });
      toasts.show("info", text);
    } catch (thrown) {
      toasts.show("bad", thrown instanceof Error ? thrown.message : String(thrown));
    }
    onDone();
  };
  const why = useWhy(session.needs("operator"));
  return (
    <div class="row end">
      {why.said}
      {phase !== "paused" ? (
        <button type="button" class="button" {...why.off} onClick={() => void go(undefined, "The change goes on")}>
          Go on
        </button>
      ) : (
        <>
          <button
            type="button"
            class="button"
            {...why.off}
            onClick={() => void go({ decision: "keep" }, "The new settings stay")}
          >
            Keep the new settings
          </button>
          <button
            type="button"
            class="button danger"
            {...why.off}
            onClick={() =>
              void go({ decision: "rollBack" }, "The old settings are being put back: the steps show whether they are")
            }
          >
            Put the old ones back
          </button>
        </>
      )}
    </div>
  );
}
