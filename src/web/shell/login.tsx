// Signing in: with the code of a one-time link, which the fragment carries and which never reaches a log, or with a token.

import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { useDashboard } from "../api/dashboard.ts";
import { TextField } from "../ui/fields.tsx";

export function Login({ message }: { readonly message?: string | undefined }) {
  const { client, identify } = useDashboard();
  const token = useSignal("");
  const problem = useSignal<string | undefined>(message);
  const busy = useSignal(false);

  const signIn = async (body: { readonly token: string } | { readonly code: string }) => {
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
    const code = location.hash.slice(1);
    if (location.pathname !== "/login" || code === "") return;
    // The code works once, but has no business in the address bar or the history.
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
        <button type="submit" class="button primary" disabled={busy.value}>
          {busy.value ? "Signing in …" : "Sign in"}
        </button>
      </form>
    </main>
  );
}
