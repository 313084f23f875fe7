// Who is signed in, and what that person may do.

import { type ReadonlySignal, signal } from "@preact/signals";
import type { ApiTypes } from "../../server/index.ts";

type SessionState =
  | { readonly kind: "unknown" }
  /** `ended`: the service took the session no more, while the person was at work. */
  | { readonly kind: "signed_out"; readonly ended: boolean }
  | { readonly kind: "unreachable"; readonly message: string }
  | { readonly kind: "signed_in"; readonly me: ApiTypes.Me };

export interface Session {
  readonly state: ReadonlySignal<SessionState>;
  readonly set: (state: SessionState) => void;
  /** Why the tenant's interface does not offer something, and what can be used instead; undefined when it does. */
  readonly lack: (capability: string) => ApiTypes.Me["service"]["lacks"][number] | undefined;
  /** Whether the person has at least this role. */
  readonly may: (role: ApiTypes.Role) => boolean;
  /**
   * What the person lacks to act, as text beside a button; undefined when they have the role.
   * @param what names the act where the text stands further away
   */
  readonly needs: (role: ApiTypes.Role, what?: string) => string | undefined;
}

const RANK: Readonly<Record<ApiTypes.Role, number>> = { viewer: 0, operator: 1, admin: 2 };

export function createSession(): Session {
  const state = signal<SessionState>({ kind: "unknown" });
  const may = (role: ApiTypes.Role) => state.value.kind === "signed_in" && RANK[state.value.me.role] >= RANK[role];
  return {
    state,
    set: (next) => {
      state.value = next;
    },
    lack: (capability) =>
      state.value.kind === "signed_in" ? state.value.me.service.lacks.find((one) => one.capability === capability) : undefined,
    may,
    needs: (role, what) => (may(role) ? undefined : `${what === undefined ? "Needs" : `${what} needs`} the role ${role}`),
  };
}
