// The operations of the service for the dashboard: request and answer types come from the service's routes, addresses from their
// table. No path and no answer type is written by hand.

import { addressOf as pathAndQuery } from "../../kernel/index.ts";
import type { Answer, AnyAsking, Asking, Operation, Query } from "../../server/index.ts";
import { ROUTES } from "./routes.ts";

export type { Answer, AnyAsking, Asking, Operation, Query };

/** Method and address of an operation; undefined query fields are left out, lists are repeated. */
export function addressOf<Id extends Operation>(id: Id, asking: Asking<Id>): { readonly method: string; readonly url: string } {
  const [method, pattern] = ROUTES[id];
  const { params, query } = asking as AnyAsking;
  return { method, url: pathAndQuery(pattern, params, query) };
}
