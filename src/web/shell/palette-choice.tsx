// The entries that the palette offers for the typed text; chosen with the arrow keys and Enter.

import { type Signal, useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";
import { useLocation } from "preact-iso";
import { useDashboard } from "../api/dashboard.ts";
import { useResource } from "../api/resource.ts";
import { PauseDialog, StopDialog } from "../pages/campaigns/stops.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { type Entry, found } from "../view/palette.ts";
import { type PageLink, pagesOf } from "./pages.tsx";
import { applyTheme, THEMES } from "./theme.ts";

const asEntry = ({ path, name }: PageLink): Entry => ({ path, name, kind: "page" });

/** @param typed what was typed before the code of this came, too */
export function Choice({ typed, onClose }: { readonly typed: Signal<string>; readonly onClose: () => void }) {
  const { session, signOut } = useDashboard();
  const { route } = useLocation();
  const at = useSignal(0);
  const asks = useSignal<ComponentChildren>(null);
  const id = useId();
  const campaigns = useResource("campaigns.names", {}).state.value;
  const known = campaigns.kind === "ready" ? campaigns.value.items : [];
  const ask = (name: string, dialog: ComponentChildren): readonly Entry[] =>
    session.may("operator") ? [{ path: name, name, kind: "verb", run: () => (asks.value = dialog) }] : [];
  const done = () => undefined;
  const offered = found(typed.value, [
    ...pagesOf(session).map(asEntry),
    ...ask("Stop all campaigns", <StopDialog onDone={done} onClose={onClose} />),
    { path: "/jobs", name: "Tag a file", kind: "verb" },
    { path: "/compliance", name: "Explain a number", kind: "verb" },
    ...THEMES.map(
      (theme): Entry => ({
        path: `theme ${theme}`,
        name: `Switch to the ${theme} theme`,
        kind: "verb",
        run: () => {
          applyTheme(theme, document.documentElement, localStorage);
          onClose();
        },
      }),
    ),
    { path: "sign out", name: "Sign out", kind: "verb", run: () => void signOut() },
    ...known.map(({ id: of, name }): Entry => ({ path: `/campaigns/${encodeURIComponent(of)}`, name, kind: "campaign" })),
    ...known.flatMap((one) =>
      ask(`Pause ${one.name} (${one.id})`, <PauseDialog campaigns={[one]} onDone={done} onClose={onClose} />),
    ),
  ]);
  const current = Math.min(at.value, offered.length - 1);
  const go = (entry: Entry | undefined) => {
    if (entry?.run !== undefined) return entry.run();
    if (entry === undefined) return;
    onClose();
    route(entry.path);
  };
  const move = (event: KeyboardEvent, by: number) => {
    event.preventDefault();
    at.value = offered.length === 0 ? 0 : (current + by + offered.length) % offered.length;
  };
  if (asks.value !== null) return asks.value;
  return (
    <Dialog title="Go to, or do" onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          go(offered[current]);
        }}
      >
        <input
          class="input"
          type="text"
          role="combobox"
          aria-label="Page, campaign, verb or id"
          aria-expanded="true"
          aria-controls={id}
          aria-activedescendant={offered.length === 0 ? undefined : `${id}-${current}`}
          aria-autocomplete="list"
          autocomplete="off"
          spellcheck={false}
          value={typed.value}
          onInput={(event) => {
            typed.value = event.currentTarget.value;
            at.value = 0;
          }}
          onKeyDown={(event) => {
            if (event.key === "ArrowDown") move(event, 1);
            if (event.key === "ArrowUp") move(event, -1);
          }}
        />
        <ul class="palette" id={id} role="listbox" aria-label="Found">
          {offered.map((entry, i) => (
            // Chosen with the arrow keys from the field, which keeps the focus.
            <li
              key={`${entry.kind} ${entry.path}`}
              id={`${id}-${i}`}
              role="option"
              aria-selected={i === current}
              onMouseDown={(event) => event.preventDefault()}
              onClick={() => go(entry)}
            >
              <span class="break">{entry.name}</span> <span class="muted small">{entry.kind}</span>
            </li>
          ))}
        </ul>
        {offered.length === 0 ? (
          <p class="muted">Nothing fits. Jobs, approvals and audit entries are found by their whole id.</p>
        ) : null}
      </form>
    </Dialog>
  );
}

const KEYS = [
  ["Ctrl K, ⌘ K", "go to a page, a campaign or an id, or do something"],
  ["?", "these keys"],
  ["↑ ↓, k j", "from row to row of the list of campaigns"],
  ["x", "choose the campaign of the row"],
  ["Tab, Enter", "reach and press anything"],
  ["Esc", "close a dialog; nothing is done"],
] as const;

export function Keys({ onClose }: { readonly onClose: () => void }) {
  return (
    <Dialog title="Keys" onClose={onClose}>
      <dl class="facts">
        {KEYS.map(([key, what]) => (
          <>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{what}</dd>
          </>
        ))}
      </dl>
      <div class="row end">
        <button type="button" class="button" onClick={onClose}>
          Close
        </button>
      </div>
    </Dialog>
  );
}
