// The whole dashboard: whether somebody is signed in decides between login and pages; the address decides which page.

import { useSignal } from "@preact/signals";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { ErrorBoundary, LocationProvider, Route, Router, useLocation } from "preact-iso";
import type { ApiTypes } from "../../server/index.ts";
import { Attentive, useAttention } from "../api/attention.tsx";
import { type Dashboard, DashboardContext, useDashboard } from "../api/dashboard.ts";
import type { Answer } from "../api/operation.ts";
import { type ResourceState, useResource } from "../api/resource.ts";
import { Age } from "../ui/age.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { TextField } from "../ui/fields.tsx";
import { ToastList } from "../ui/toasts.tsx";
import { Where } from "../ui/where.tsx";
import { approvalNews } from "../view/approval.ts";
import { pairNews } from "../view/failover.ts";
import { timeFormat } from "../view/format.ts";
import { shouldTell } from "../view/link.ts";
import { Icon } from "./icons.tsx";
import { Page } from "./page.tsx";
import {
  Access,
  APPROVALS,
  Approval,
  Approvals,
  Audit,
  Campaign,
  CampaignFiles,
  Campaigns,
  Compliance,
  Deliveries,
  Dialer,
  Job,
  Jobs,
  Outcomes,
  pageOf,
  pagesOf,
  Setup,
  Simulator,
  Tenant,
} from "./pages.tsx";
import { applyTheme, THEMES, theme } from "./theme.ts";

// The rail: the pages, whether live updates arrive, who is signed in, the theme.

// The palette: opens a page, a campaign or an id, and carries out verbs, from any page. Ctrl+K, or ⌘K. The field is there at once, so
// that no letter is lost; the code of the rest is loaded when it is first used. `?` shows the keys.

type Parts = typeof import("./palette-choice.tsx");

function Palette() {
  const { toasts } = useDashboard();
  const shown = useSignal<"none" | "palette" | "keys">("none");
  const typed = useSignal("");
  const parts = useSignal<Parts | undefined>(undefined);
  const show = async (what: "palette" | "keys") => {
    typed.value = "";
    shown.value = what;
    try {
      parts.value ??= await import("./palette-choice.tsx");
    } catch {
      shown.value = "none";
      toasts.show(
        "bad",
        "The code of this did not come: the service may be away, or may have been replaced. Load the page again.",
      );
    }
  };
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      const isPalette = event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey;
      const isTyping =
        event.target instanceof HTMLElement && event.target.matches("input:not([type=checkbox]), select, textarea");
      if (!isPalette && (event.key !== "?" || isTyping)) return;
      event.preventDefault();
      // Not over a dialog that asks a question.
      if (document.querySelector("dialog[open]") === null) void show(isPalette ? "palette" : "keys");
    };
    document.addEventListener("keydown", pressed);
    return () => document.removeEventListener("keydown", pressed);
  }, []);
  const onClose = () => {
    shown.value = "none";
  };
  return (
    <>
      <button type="button" class="button quiet goto" aria-keyshortcuts="Control+K Meta+K" onClick={() => void show("palette")}>
        Go to, or do … <kbd>Ctrl K</kbd>
      </button>
      {shown.value === "palette" ? (
        parts.value === undefined ? (
          <Dialog title="Go to, or do" onClose={onClose}>
            <input
              class="input"
              type="text"
              aria-label="Page, campaign, verb or id"
              onInput={(event) => (typed.value = event.currentTarget.value)}
            />
          </Dialog>
        ) : (
          <parts.value.Choice typed={typed} onClose={onClose} />
        )
      ) : null}
      {shown.value === "keys" && parts.value !== undefined ? <parts.value.Keys onClose={onClose} /> : null}
    </>
  );
}

const WAITING = { on: ({ type }: ApiTypes.ServiceEvent) => type === "approval", every: 60_000, sticky: true };

function Rail() {
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
      <Where before="Tenant" />
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
      <Foot docs={current?.docs} />
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

/** @param docs the document about the page that is open */
function Foot({ docs = "index" }: { readonly docs?: string | undefined }) {
  const { session, signOut } = useDashboard();
  const state = session.state.value;
  return (
    <div class="rail-foot">
      <LinkState />
      {/* In a tab of its own: what is half typed here stays. */}
      <a href={`/docs/${docs}.html`} target="outdial-docs">
        {docs === "index" ? "Documents" : "How this page works"}
      </a>
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
            applyTheme(THEMES.find((one) => one === value) ?? "system", document.documentElement, localStorage);
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
  const { live } = useDashboard();
  const link = live.link.value;
  const state = useAttention().state.value;
  const isUnread = state.kind === "failed" || (state.kind === "ready" && state.failed !== undefined);
  const known = state.kind === "ready" ? state.value.known : null;
  // Whether the tenant answers is not known while the service does not tell it.
  const isAway = !isUnread && known !== null && known.away !== null;
  const since = known?.away?.since ?? null;
  const text =
    link.kind === "lost"
      ? `Lost since ${timeFormat().clock(link.since)}`
      : link.kind === "connecting"
        ? "Connecting"
        : isAway
          ? `Tenant away${since === null ? "" : ` since ${timeFormat().clock(since)}`}`
          : isUnread
            ? "Not live"
            : known === null || known.latest === null
              ? "Tenant not read yet"
              : "Live";
  const isTold = link.kind === "open" && !isAway && known !== null && known.latest !== null;
  const isLive = isTold && !isUnread;
  return (
    <span class="link-state">
      <span class={`dot ${isLive ? "good" : link.kind === "lost" || isAway ? "bad" : ""}`} aria-hidden="true" />
      <span>{text}</span>
      {isTold ? (
        <span class="muted small">
          tenant read <Age at={known.latest} />
        </span>
      ) : null}
    </span>
  );
}

// Signing in: with the code of a one-time link, which is in the fragment and so never in a log, or with a token.

/** Why signing in at the provider did not start a session, by the word in the address. */
const REFUSED: ReadonlyMap<string, string> = new Map([
  ["unavailable", "The sign-in provider does not answer. Try again, or sign in with a token."],
  ["refused", "The sign-in provider did not sign you in."],
  [
    "not_trusted",
    "What came back from the sign-in provider could not be trusted. Begin again; if that does not help, the service's log says why.",
  ],
  ["expired", "Signing in took too long, or was begun in another browser. Begin again."],
  ["no_role", "The sign-in provider knows you, but none of your groups has a role here. Ask an administrator of outdial."],
]);

/** The page that was requested before the login was shown instead. */
function wantedPage(): string {
  return location.pathname === "/login" ? "/" : `${location.pathname}${location.search}`;
}

/** @param over what a person was at is kept behind it, unseen: when the same one signs in, it is there as it was */
function Login({ message, over }: { readonly message?: string | undefined; readonly over: boolean }) {
  const { client, identify } = useDashboard();
  const token = useSignal("");
  const problem = useSignal<string | undefined>(message);
  const busy = useSignal(false);
  const provider = useSignal<{ readonly name: string; readonly path: string } | null>(null);

  const signIn = async (body: { readonly token: string } | { readonly code: string }) => {
    if (busy.peek()) return;
    busy.value = true;
    problem.value = undefined;
    try {
      await client.ask("session.open", { body });
      await identify();
    } catch (thrown) {
      problem.value = thrown instanceof Error ? thrown.message : String(thrown);
    } finally {
      busy.value = false;
    }
  };

  useEffect(() => {
    document.title = "Sign in · outdial";
    // Without an answer, signing in with a token is still possible.
    client.ask("session.ways", {}).then(
      (ways) => {
        provider.value = ways.provider;
      },
      () => undefined,
    );
    const refused = new URLSearchParams(location.search).get("refused");
    if (location.pathname === "/login" && refused !== null) problem.value = REFUSED.get(refused) ?? "You were not signed in.";
    const code = location.hash.slice(1);
    if (location.pathname !== "/login" || code === "") return;
    // The code works only once, but should not stay in the address bar or the history.
    history.replaceState(null, "", "/login");
    void signIn({ code });
  }, []);

  const form = (
    <form
      class="card"
      onSubmit={(event) => {
        event.preventDefault();
        void signIn({ token: token.value.trim() });
      }}
    >
      {over ? null : (
        <>
          <span class="brand">
            <img src="/favicon.svg" alt="" width="24" height="24" />
            outdial
          </span>
          <h1>Sign in</h1>
        </>
      )}
      {problem.value === undefined ? null : (
        <div class="banner bad" role="alert">
          <span class="break">{problem.value}</span>
        </div>
      )}
      {provider.value === null ? null : (
        <>
          <a class="button primary" target="_top" href={`${provider.value.path}?to=${encodeURIComponent(wantedPage())}`}>
            Sign in with {provider.value.name}
          </a>
          <p class="muted small">or with a token:</p>
        </>
      )}
      <TextField
        label="Token"
        type="password"
        autocomplete="current-password"
        value={token.value}
        onChange={(value) => {
          token.value = value;
        }}
        hint={
          <>
            From <code>outdial serve token add</code>
          </>
        }
        required
      />
      <button type="submit" class={`button ${provider.value === null ? "primary" : ""}`} aria-disabled={busy.value}>
        {busy.value ? "Signing in …" : "Sign in"}
      </button>
    </form>
  );
  // A dialog, since one that the person was at makes all the rest of the page inert.
  return over ? (
    <Dialog title="Sign in" onClose={() => undefined}>
      {form}
    </Dialog>
  ) : (
    <main class="login">{form}</main>
  );
}

// Messages for every page: live updates are lost, or something happened that needs a person.

/** Only this number of recent approvals is searched. */
const RECENT = 20;

function Banners() {
  const { client, live, session, toasts, now } = useDashboard();
  const link = live.link.value;
  const tick = useSignal(now());
  /** What was told of approvals: an event that is read late finds the state of the next one. */
  const told = useRef(new Set<string>());
  /** People who may approve are told about waiting requests, and the person who asked is told the result. */
  const tellApproval = async (id: string) => {
    const state = session.state.peek();
    if (state.kind !== "signed_in" || !state.me.service.fourEyes || !session.may("operator")) return;
    try {
      const { items } = await client.ask("approvals.list", { query: { limit: RECENT } });
      const approval = items.find((one) => one.id === id);
      const news = approval === undefined ? undefined : approvalNews(approval, state.me.name);
      if (news === undefined || told.current.has(`${id} ${news.text}`)) return;
      told.current.add(`${id} ${news.text}`);
      toasts.show(news.tone, news.text);
    } catch {
      // The page of approvals shows the error.
    }
  };
  useEffect(
    () =>
      live.subscribe((event) => {
        if (event.type === "approval") void tellApproval(event.approvalId);
        if (event.type === "alarm") toasts.show("bad", `${event.subject}: ${event.message}`);
        if (event.type !== "failover") return;
        const { tone, text } = pairNews(event.primary, event.backup, event.phase);
        toasts.show(tone, text);
      }),
    [live],
  );
  useEffect(() => {
    if (link.kind !== "lost") return undefined;
    const beat = setInterval(() => {
      tick.value = now();
    }, 500);
    return () => clearInterval(beat);
  }, [link]);
  const isLost = link.kind === "lost" && shouldTell(link.since, Math.max(tick.value, now()));
  return (
    <>
      <Conditions />
      {isLost ? <Disconnected since={link.since} /> : null}
    </>
  );
}

/** Conditions of the database, and what jobs wait for: no event announces them. */
function Conditions() {
  const { state } = useResource("service.conditions", {}, { every: 10_000 });
  if (state.value.kind !== "ready") return null;
  return state.value.value.items.map(({ name, message, advice, since }) => (
    <div class="banner bad break" role="alert" key={`${name} ${since}`}>
      <strong>
        Since {timeFormat().clock(Date.parse(since))}: {message}.
      </strong>
      {advice}
    </div>
  ));
}

function Disconnected({ since }: { readonly since: number }) {
  return (
    <div class="banner" role="status">
      <strong>Disconnected since {timeFormat().clock(since)}.</strong>
      What you see may be out of date; it is tried again, and nothing is missed.
    </div>
  );
}

// What to look at on a page of the demo. Only there: the service says whether it is a demo.

/** Chosen by the beginning of the path; the first match. */
const HINTS: readonly (readonly [path: string, text: string])[] = [
  [
    "/campaigns/",
    "The success rate with its evidence band falls towards the threshold. The hand-over comes when the whole band is below it, not before; each of its steps is a mark on the same time axis.",
  ],
  [
    "/dialer",
    "Two campaigns share these settings. Change the dial ratio, look at the predicted band, apply, and follow the five steps; then roll back.",
  ],
  [
    "/simulator",
    "The dialer model runs in this page. Move the agents down and watch the operating point slide along the frontier.",
  ],
  ["/jobs", "400 calls were tagged: a few refused, a few locked, on purpose. The retrievals brought 30 days of outcomes home."],
  [
    "/outcomes",
    "Conversion sagged ten days ago. Set From to that day: is the difference to the ten days before chance? The interval says.",
  ],
  [
    "/compliance",
    "Paste a number of the demo, such as one from the audit, and see every rule that binds it for the next 48 hours.",
  ],
  ["/approvals", "With four eyes on, whatever is dangerous waits here for somebody else. The demo has two eyes."],
  ["/audit", "Everything that happened so far, the failover included. Verify it, and download the proof of an entry."],
  ["/deliveries", "A BI system and an alarm receiver of the demo's own take these events and check each signature."],
];

/** On the first page, by how far the story is. */
const TOLD = {
  before:
    "Nobody answers the list of Spring renewals any more. Within a minute the watch is sure of it, pauses it, waits for its last call, asks the gate, and lets the second list dial. About 3 of 100 live answers of the last 30 days were abandoned: where the law counts that long, it is near the limit.",
  during:
    "The watch is sure that Spring renewals has failed. It is paused, its last calls end, the gate is asked, and the second list takes over: Step by step, below, shows each moment.",
  after:
    "Spring renewals has failed, and the second list dials in its place. Step by step, below, shows what was known at each moment; the page of the campaign has Fail back for when its list is mended.",
} as const;

function storyTold(pairs: ResourceState<Answer<"failover.list">>): string | undefined {
  if (pairs.kind !== "ready") return undefined;
  const phases = pairs.value.items.map(({ phase }) => phase);
  if (phases.includes("failed-over")) return TOLD.after;
  return phases.every((phase) => phase === "watching") ? TOLD.before : TOLD.during;
}

function DemoHint() {
  const { session } = useDashboard();
  const { path } = useLocation();
  const signedIn = session.state.value;
  const isTold = signedIn.kind === "signed_in" && signedIn.me.service.demo && path === "/";
  const pairs = useResource("failover.list", isTold ? {} : undefined, { on: ({ type }) => type === "failover", sticky: true });
  const isHidden = useSignal(false);
  if (signedIn.kind !== "signed_in" || !signedIn.me.service.demo || isHidden.value) return null;
  const text = path === "/" ? storyTold(pairs.state.value) : HINTS.find(([start]) => path.startsWith(start))?.[1];
  if (text === undefined) return null;
  return (
    <aside class="banner hint" aria-label="What you are seeing">
      <p>
        <strong>What you are seeing.</strong> {text}
      </p>
      <button
        type="button"
        class="button quiet small"
        onClick={() => {
          isHidden.value = true;
        }}
      >
        Hide
      </button>
    </aside>
  );
}

/** Shown for an address without a page. */
function NotFound() {
  return (
    <Page title="No such page">
      <div class="state">
        <p>The address does not name a page of the dashboard.</p>
        <a class="button" href="/">
          Campaigns
        </a>
      </div>
    </Page>
  );
}

/** Shown in place of a page whose code threw an error: the rest of the dashboard continues. */
function Crashed({ error }: { readonly error: Error }) {
  return (
    <div class="state error" role="alert">
      <h2>This page cannot be shown</h2>
      <p class="break">{error.message}</p>
      <button type="button" class="button" onClick={() => location.reload()}>
        Load it again
      </button>
    </div>
  );
}

export function App({ dashboard }: { readonly dashboard: Dashboard }) {
  // Before the first paint, because the answer may already be here.
  useLayoutEffect(() => void dashboard.identify(), [dashboard]);
  return (
    <DashboardContext.Provider value={dashboard}>
      <LocationProvider>
        <Attentive>
          <Frame />
        </Attentive>
      </LocationProvider>
    </DashboardContext.Provider>
  );
}

const ENDED =
  "Your session has ended; what was sent after that was not carried out. Sign in to go on: what you have typed is kept.";

function Frame() {
  const { session } = useDashboard();
  const { path, route } = useLocation();
  const crash = useSignal<Error | undefined>(undefined);
  const state = session.state.value;
  const isLoggedIn = state.kind === "signed_in";
  /** Whose pages are kept while they sign in again; another person's begin anew. */
  const kept = useRef<string | undefined>(undefined);
  if (state.kind === "signed_in") kept.current = `${state.me.name} ${state.me.role}`;
  if (state.kind === "signed_out" && !state.ended) kept.current = undefined;
  useEffect(() => {
    crash.value = undefined;
    if (isLoggedIn && path === "/login") route("/", true);
  }, [isLoggedIn, path]);
  if (state.kind === "unknown") return <main class="login" aria-busy="true" />;
  const isOver = kept.current !== undefined;
  const login =
    state.kind === "signed_out" ? (
      <Login message={state.ended ? ENDED : undefined} over={isOver} />
    ) : state.kind === "unreachable" ? (
      <Login message={state.message} over={isOver} />
    ) : null;
  if (!isOver) return login;
  return (
    <>
      {login}
      <div class="shell" key={kept.current} hidden={login !== null}>
        <a class="skip" href="#content">
          Skip to content
        </a>
        <Rail />
        <main class="content" id="content" tabIndex={-1}>
          <Banners />
          <DemoHint />
          {crash.value === undefined ? null : <Crashed error={crash.value} />}
          <ErrorBoundary
            onError={(error) => {
              crash.value = error;
            }}
          >
            {isReadable(path) ? (
              <Router>
                <Route path="/" component={Campaigns} />
                <Route path="/campaigns" component={Campaigns} />
                <Route path="/campaigns/:id" component={Campaign} />
                <Route path="/campaign-files" component={CampaignFiles} />
                <Route path="/dialer" component={Dialer} />
                <Route path="/simulator" component={Simulator} />
                <Route path="/jobs" component={Jobs} />
                <Route path="/jobs/:id" component={Job} />
                <Route path="/outcomes" component={Outcomes} />
                <Route path="/compliance" component={Compliance} />
                <Route path="/approvals" component={Approvals} />
                <Route path="/approvals/:id" component={Approval} />
                <Route path="/audit" component={Audit} />
                <Route path="/deliveries" component={Deliveries} />
                <Route path="/access" component={Access} />
                <Route path="/setup" component={Setup} />
                <Route path="/tenant" component={Tenant} />
                <Route default component={NotFound} />
              </Router>
            ) : (
              <NotFound />
            )}
          </ErrorBoundary>
        </main>
        <ToastList />
      </div>
    </>
  );
}

/** Whether the address can be decoded. The router would throw at one that was cut inside an encoded character, and be drawn again for ever. */
function isReadable(path: string): boolean {
  try {
    // The result is used: the bundler drops a call without one.
    return decodeURIComponent(path) !== "";
  } catch {
    return false;
  }
}
