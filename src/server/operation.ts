// The operations of the service as types, from its routes: what each takes and what it answers. For clients; nothing of it exists at run time.

import type { Api } from "./routes/index.ts";
import type { TypedRoute } from "./routing/route-types.ts";

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
