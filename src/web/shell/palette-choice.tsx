// The entries that the palette offers for the typed text; chosen with the arrow keys and Enter.

import { useSignal } from "@preact/signals";
import { useId } from "preact/hooks";
import { useLocation } from "preact-iso";
import { useDashboard } from "../api/dashboard.ts";
import { useResource } from "../api/resource.ts";
import { Dialog } from "../ui/dialog.tsx";
import { type Entry, found } from "../view/palette.ts";
import { type PageLink, pagesOf } from "./pages.tsx";

const asEntry = ({ path, name }: PageLink): Entry => ({ path, name, kind: "page" });

export function Choice({ onClose }: { readonly onClose: () => void }) {
  const { session } = useDashboard();
  const { route } = useLocation();
  const typed = useSignal("");
  const at = useSignal(0);
  const id = useId();
  const campaigns = useResource("campaigns.names", {}).state.value;
  const known = campaigns.kind === "ready" ? campaigns.value.items : [];
  const offered = found(typed.value, [
    ...pagesOf(session).map(asEntry),
    ...known.map(({ id: of, name }) => ({ path: `/campaigns/${encodeURIComponent(of)}`, name, kind: "campaign" })),
  ]);
  const current = Math.min(at.value, offered.length - 1);
  const go = (entry: Entry | undefined) => {
    if (entry === undefined) return;
    onClose();
    route(entry.path);
  };
  const move = (event: KeyboardEvent, by: number) => {
    event.preventDefault();
    at.value = offered.length === 0 ? 0 : (current + by + offered.length) % offered.length;
  };
  return (
    <Dialog title="Go to" onClose={onClose}>
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
          aria-label="Page, campaign or id"
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
