// The whole dashboard: whether somebody is signed in decides between login and pages; the address decides which page.

import { useSignal } from "@preact/signals";
import { useEffect, useLayoutEffect } from "preact/hooks";
import { ErrorBoundary, LocationProvider, Route, Router, useLocation } from "preact-iso";
import { type Dashboard, DashboardContext, useDashboard } from "../api/dashboard.ts";
import { Banners } from "./banners.tsx";
import { Crashed } from "./crashed.tsx";
import { DemoHint } from "./demo-hint.tsx";
import { Login } from "./login.tsx";
import { NotFound } from "./not-found.tsx";
import {
  Access,
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
  Simulator,
  Tenant,
} from "./pages.tsx";
import { Rail } from "./rail.tsx";

export function App({ dashboard }: { readonly dashboard: Dashboard }) {
  // Before the first paint, because the answer may already be here.
  useLayoutEffect(() => void dashboard.identify(), [dashboard]);
  return (
    <DashboardContext.Provider value={dashboard}>
      <LocationProvider>
        <Frame />
      </LocationProvider>
    </DashboardContext.Provider>
  );
}

const ENDED = "Your session has ended; what was sent after that was not carried out. Sign in to go on.";

function Frame() {
  const { session } = useDashboard();
  const { path, route } = useLocation();
  const crash = useSignal<Error | undefined>(undefined);
  const state = session.state.value;
  const isLoggedIn = state.kind === "signed_in";
  useEffect(() => {
    crash.value = undefined;
    if (isLoggedIn && path === "/login") route("/", true);
  }, [isLoggedIn, path]);
  if (state.kind === "unknown") return <main class="login" aria-busy="true" />;
  if (state.kind === "signed_out") return <Login message={state.ended ? ENDED : undefined} />;
  if (state.kind === "unreachable") return <Login message={state.message} />;
  return (
    <div class="shell">
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
              <Route path="/tenant" component={Tenant} />
              <Route default component={NotFound} />
            </Router>
          ) : (
            <NotFound />
          )}
        </ErrorBoundary>
      </main>
    </div>
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
