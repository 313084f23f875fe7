// Signing in: with the code of a one-time link, which is in the fragment and so never in a log, or with a token.

import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { useDashboard } from "../api/dashboard.ts";
import { TextField } from "../ui/fields.tsx";

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

export function Login({ message }: { readonly message?: string | undefined }) {
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

  return (
    <main class="login">
      <form
        class="card"
        onSubmit={(event) => {
          event.preventDefault();
          void signIn({ token: token.value.trim() });
        }}
      >
        <span class="brand">
          <img src="/favicon.svg" alt="" width="24" height="24" />
          outdial
        </span>
        <h1>Sign in</h1>
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
    </main>
  );
}
