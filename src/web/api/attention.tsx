// What needs attention: read once for the rail and for the page that lists it.

import { type ComponentChildren, createContext } from "preact";
import { useContext } from "preact/hooks";
import type { ApiTypes } from "../../server/index.ts";
import { useDashboard } from "./dashboard.ts";
import type { Answer } from "./operation.ts";
import { type Resource, useResource } from "./resource.ts";

const FOLLOWED = {
  on: ({ type }: ApiTypes.ServiceEvent) => ["failover", "approval", "stop", "dialer", "job", "alarm"].includes(type),
  every: 15_000,
  sticky: true,
};
const AttentionContext = createContext<Resource<Answer<"attention.list">> | undefined>(undefined);

/** Follows it for everything inside while somebody is signed in. */
export function Attentive({ children }: { readonly children: ComponentChildren }) {
  const isIn = useDashboard().session.state.value.kind === "signed_in";
  const attention = useResource("attention.list", isIn ? {} : undefined, FOLLOWED);
  return <AttentionContext.Provider value={attention}>{children}</AttentionContext.Provider>;
}

/** @throws Error outside of the context, which is a mistake in the page's code */
export function useAttention(): Resource<Answer<"attention.list">> {
  const attention = useContext(AttentionContext);
  if (attention === undefined) throw new Error("used outside of Attentive");
  return attention;
}
