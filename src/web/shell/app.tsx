// The dashboard as a whole: who is there decides between login and pages; the address decides which page.

import { useEffect } from "preact/hooks";
import { ErrorBoundary, LocationProvider, Route, Router } from "preact-iso";
import { type Dashboard, DashboardContext, useDashboard } from "../api/dashboard.ts";
import { ToastList } from "../ui/toasts.tsx";
import { Banners } from "./banners.tsx";
import { Login } from "./login.tsx";
import { NotFound } from "./not-found.tsx";
import { Simulator } from "./pages.tsx";
import { Rail } from "./rail.tsx";

export function App({ dashboard }: { readonly dashboard: Dashboard }) {
  useEffect(() => void dashboard.identify(), [dashboard]);
  return (
    <DashboardContext.Provider value={dashboard}>
      <LocationProvider>
        <Frame />
      </LocationProvider>
    </DashboardContext.Provider>
  );
}

function Frame() {
  const { session } = useDashboard();
  const state = session.state.value;
  if (state.kind === "unknown") return <main class="login" aria-busy="true" />;
  if (state.kind === "signed_out") return <Login />;
  if (state.kind === "unreachable") return <Login message={state.message} />;
  return (
    <div class="shell">
      <a class="skip" href="#content">
        Skip to content
      </a>
      <Rail />
      <main class="content" id="content">
        <Banners />
        <ErrorBoundary>
          <Router>
            <Route path="/simulator" component={Simulator} />
            <Route default component={NotFound} />
          </Router>
        </ErrorBoundary>
      </main>
      <ToastList />
    </div>
  );
}
