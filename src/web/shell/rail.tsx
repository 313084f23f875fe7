// The rail: the pages, whether live updates arrive, who is signed in, the theme.

import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { useLocation } from "preact-iso";
import type { ApiTypes } from "../../server/index.ts";
import { useDashboard } from "../api/dashboard.ts";
import { useResource } from "../api/resource.ts";
import { ToastList } from "../ui/toasts.tsx";
import { ago, timeFormat } from "../view/format.ts";
import { Icon } from "./icons.tsx";
import { APPROVALS, pageOf, pagesOf } from "./pages.tsx";
import { Palette } from "./palette.tsx";
import { applyTheme, storedTheme, type Theme } from "./theme.ts";

const WAITING = { on: ({ type }: ApiTypes.ServiceEvent) => type === "approval", every: 60_000, sticky: true };

export function Rail() {
  const { path } = useLocation();
  const { session } = useDashboard();
  const open = useSignal(false);
  useEffect(() => {
    open.value = false;
  }, [path]);
  const current = pageOf(path);
  const state = session.state.value;
  const pages = pagesOf(session);
  return (
    <header class={`rail ${open.value ? "open" : ""}`}>
      <a class="brand" href="/">
        <img src="/favicon.svg" alt="" width="24" height="24" />
        outdial
      </a>
      <button
        type="button"
        class="button menu-button"
        aria-expanded={open.value}
        aria-controls="pages"
        onClick={() => {
          open.value = !open.value;
        }}
      >
        Menu
      </button>
      <nav id="pages" aria-label="Pages">
        <ul>
          {pages.map((page) => (
            <li key={page.path}>
              <a href={page.path} aria-current={page === current ? "page" : undefined}>
                <Icon name={page.icon} />
                {page.name}
                {page === APPROVALS ? <Waiting me={state.kind === "signed_in" ? state.me.name : ""} /> : null}
              </a>
            </li>
          ))}
        </ul>
      </nav>
      <Palette />
      <ToastList />
      <Foot />
    </header>
  );
}

/** How many requests wait for this person's decision. */
function Waiting({ me }: { readonly me: string }) {
  const { session } = useDashboard();
  const { state } = useResource("approvals.list", { query: { pending: true } }, WAITING);
  if (state.value.kind !== "ready" || !session.may("operator")) return null;
  const count = state.value.value.items.filter(({ requestedBy }) => requestedBy !== me).length;
  if (count === 0) return null;
  return (
    <span class="badge">
      {count}
      <span class="visually-hidden"> waiting for you</span>
    </span>
  );
}

function Foot() {
  const { session, signOut } = useDashboard();
  const theme = useSignal<Theme>(storedTheme(localStorage));
  const state = session.state.value;
  return (
    <div class="rail-foot">
      <LinkState />
      {state.kind === "signed_in" ? (
        <div class="row">
          <span class="break">
            {state.me.label ?? state.me.name} · {state.me.role}
          </span>
          <button type="button" class="button quiet small" onClick={() => void signOut()}>
            Sign out
          </button>
        </div>
      ) : null}
      <label class="field">
        <span>Theme</span>
        <select
          class="select"
          value={theme.value}
          onChange={(event) => {
            const { value } = event.currentTarget;
            theme.value = value === "light" || value === "dark" ? value : "system";
            applyTheme(theme.value, document.documentElement, localStorage);
          }}
        >
          <option value="system">System</option>
          <option value="light">Light</option>
          <option value="dark">Dark</option>
        </select>
      </label>
    </div>
  );
}

function LinkState() {
  const { live, now } = useDashboard();
  const link = live.link.value;
  const attention = useResource("attention.list", {}, { every: 15_000, sticky: true });
  const state = attention.state.value;
  const known = state.kind === "ready" ? state.value.known : null;
  const isAway = known !== null && known.away !== null;
  const since = known?.away?.since ?? null;
  const text =
    link.kind === "lost"
      ? `Lost since ${timeFormat().clock(link.since)}`
      : link.kind === "connecting"
        ? "Connecting"
        : isAway
          ? `Tenant away${since === null ? "" : ` since ${timeFormat().clock(since)}`}`
          : known === null || known.latest === null
            ? "Tenant not read yet"
            : "Live";
  const isLive = link.kind === "open" && !isAway && known !== null && known.latest !== null;
  return (
    <span class="link-state">
      <span class={`dot ${isLive ? "good" : link.kind === "lost" || isAway ? "bad" : ""}`} aria-hidden="true" />
      <span>{text}</span>
      {isLive ? <span class="muted small">tenant read {ago(known.latest, now())}</span> : null}
    </span>
  );
}
