// The operations of the service for the dashboard: request and answer types come from the service's routes, addresses from their
// table. No path and no answer type is written by hand.

import type { Api, TypedRoute } from "../../server/index.ts";
import { ROUTES } from "./routes.ts";

export type Operation = Api["id"];

type TypesOf<Id> = Id extends unknown
  ? Api extends infer Route
    ? Route extends TypedRoute<infer Name, infer Types>
      ? Id extends Name
        ? Types
        : never
      : never
    : never
  : never;

/** The answer of an operation; in four-eyes mode the answer of a dangerous one may be that it waits. */
export type Answer<Id extends Operation> = TypesOf<Id>["reply"];

type QueryValue = string | number | boolean | readonly string[] | undefined;
export type Query = Readonly<Record<string, QueryValue>>;

type Params<Given> = [Given] extends [undefined] ? unknown : { readonly params: Readonly<Record<keyof Given, string | number>> };
/** By field name; numbers and switches are written as texts in the query. */
type QueryOf<Given> = [Given] extends [undefined]
  ? unknown
  : { readonly query?: Readonly<Partial<Record<keyof Given, QueryValue>>> };
type Body<Given> = [Given] extends [undefined]
  ? unknown
  : undefined extends Given
    ? { readonly body?: Given }
    : { readonly body: Given };
type AskingOf<Types> = Types extends { readonly params: infer P; readonly query: infer Q; readonly body: infer B }
  ? Params<P> & QueryOf<Q> & Body<B>
  : never;

/** The input of an operation. */
export type Asking<Id extends Operation> = AskingOf<TypesOf<Id>>;

/** The input of any operation, for code that serves all of them. */
export interface AnyAsking {
  readonly params?: Readonly<Record<string, string | number>>;
  readonly query?: Query;
  readonly body?: unknown;
}

/** Method and address of an operation; undefined query fields are left out, lists are repeated. */
export function addressOf<Id extends Operation>(id: Id, asking: Asking<Id>): { readonly method: string; readonly url: string } {
  const [method, pattern] = ROUTES[id];
  const { params = {}, query = {} } = asking as AnyAsking;
  const path = pattern.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(params[name] ?? "")));
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined) continue;
    for (const one of Array.isArray(value) ? (value as readonly string[]) : [String(value)]) search.append(name, one);
  }
  const text = search.toString();
  return { method, url: `${path}${text === "" ? "" : `?${text}`}` };
}
