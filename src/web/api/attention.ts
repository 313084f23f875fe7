// What needs attention: read once for the rail and for the page that lists it.

import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { ApiTypes } from "../../server/index.ts";
import type { Answer } from "./operation.ts";
import type { Resource } from "./resource.ts";

/** How it is followed. */
export const ATTENTION = {
  on: ({ type }: ApiTypes.ServiceEvent) => ["failover", "approval", "stop", "dialer", "job", "alarm"].includes(type),
  every: 15_000,
  sticky: true,
};

export const AttentionContext = createContext<Resource<Answer<"attention.list">> | undefined>(undefined);

/** @throws Error outside of the context, which is a mistake in the page's code */
export function useAttention(): Resource<Answer<"attention.list">> {
  const attention = useContext(AttentionContext);
  if (attention === undefined) throw new Error("used outside of AttentionContext");
  return attention;
}
