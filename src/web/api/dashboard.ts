// What every page needs, created once and passed down: requests, live updates, the session, messages to the person.

import { createContext } from "preact";
import { useContext } from "preact/hooks";
import { type Client, createClient } from "./client.ts";
import { createLive, type Live } from "./live.ts";
import { RequestError } from "./problem-error.ts";
import { createSession, type Session } from "./session.ts";
import { createToasts, type Toasts } from "./toasts.ts";

export interface Dashboard {
  readonly client: Client;
  readonly live: Live;
  readonly session: Session;
  readonly toasts: Toasts;
  readonly now: () => number;
  /** Asks the service who is signed in, and starts live updates if anybody is. */
  readonly identify: () => Promise<void>;
  readonly signOut: () => Promise<void>;
}

interface DashboardOptions {
  readonly fetch: typeof fetch;
  readonly now: () => number;
  readonly chance: () => number;
  readonly newKey: () => string;
  /** Goes to another site. */
  readonly leave?: (url: string) => void;
  /** How long messages that are not errors stay, ms. */
  readonly toastLife?: number;
}

export function createDashboard({ fetch, now, chance, newKey, leave = toSite, toastLife }: DashboardOptions): Dashboard {
  const session = createSession();
  const signedOut = (ended: boolean) => {
    live.stop();
    session.set({ kind: "signed_out", ended });
  };
  // More than one request may be answered so.
  const onSignedOut = () => {
    const { kind, ...was } = session.state.peek();
    signedOut(kind === "signed_in" || ("ended" in was && was.ended));
  };
  const client = createClient({ fetch, newKey, onSignedOut });
  const live = createLive({ fetch, now, chance, onSignedOut });
  return {
    client,
    live,
    session,
    toasts: createToasts(toastLife === undefined ? {} : { life: toastLife }),
    now,
    async identify() {
      try {
        session.set({ kind: "signed_in", me: await client.ask("session.me", {}) });
        live.start();
      } catch (thrown) {
        if (thrown instanceof RequestError && thrown.code === "not_signed_in") return;
        session.set({ kind: "unreachable", message: thrown instanceof Error ? thrown.message : String(thrown) });
      }
    },
    async signOut() {
      const closed = await client.ask("session.close", {}).catch(() => undefined);
      signedOut(false);
      // Sign out at the provider as well: otherwise the next click would sign in again without a question.
      if (closed?.signOutUrl !== null && closed?.signOutUrl !== undefined) leave(closed.signOutUrl);
    },
  };
}

function toSite(url: string): void {
  location.assign(url);
}

export const DashboardContext = createContext<Dashboard | undefined>(undefined);

/** @throws Error outside of the context, which is a mistake in the page's code */
export function useDashboard(): Dashboard {
  const dashboard = useContext(DashboardContext);
  if (dashboard === undefined) throw new Error("used outside of DashboardContext");
  return dashboard;
}
