// From method and path to an operation of a table.

import { badRequest, Refusal } from "./wire.ts";

/** A request's operation and the decoded values of its path. */
export interface Route<Id extends string> {
  readonly operation: Id;
  readonly params: Readonly<Record<string, string>>;
}

/** What a router knows of an operation. */
interface RouterEntry<Id extends string> {
  readonly operation: Id;
  readonly method: string;
  /** Template with `{name}` for a segment. */
  readonly path: string;
}

interface Node<Id extends string> {
  readonly fixed: Map<string, Node<Id>>;
  wild?: Node<Id>;
  /** By method: the operation and the names of its path parameters, in order. */
  readonly ends: Map<string, { operation: Id; names: readonly string[] }>;
}

/** Finds the operation of a method and path, or throws a 404 or 405 refusal. */
export type Router<Id extends string> = (method: string, path: string) => Route<Id>;

const newNode = <Id extends string>(): Node<Id> => ({ fixed: new Map(), ends: new Map() });

/**
 * A router for the given operations. Path parameters are one segment each; a doubled slash (from a base URL that ends in one)
 * counts as one.
 */
export function createRouter<Id extends string>(
  entries: Iterable<RouterEntry<Id>>,
  { ignoreCase = false }: { readonly ignoreCase?: boolean } = {},
): Router<Id> {
  const root = newNode<Id>();
  const written = (segment: string): string => (ignoreCase ? segment.toLowerCase() : segment);
  for (const { operation, method, path } of entries) {
    let node = root;
    const names: string[] = [];
    for (const segment of path.slice(1).split("/")) {
      if (segment.startsWith("{")) {
        names.push(segment.slice(1, -1));
        node.wild ??= newNode<Id>();
        node = node.wild;
      } else {
        const next = node.fixed.get(written(segment)) ?? newNode<Id>();
        node.fixed.set(written(segment), next);
        node = next;
      }
    }
    node.ends.set(method, { operation, names });
  }

  return (method, path) => {
    let node: Node<Id> | undefined = root;
    const values: string[] = [];
    for (const segment of path.slice(1).split("/")) {
      const next: Node<Id> | undefined = node.fixed.get(written(segment));
      if (next === undefined && node.wild !== undefined && segment !== "") {
        values.push(segment);
        node = node.wild;
      } else {
        node = next;
      }
      if (node === undefined) break;
    }
    if (node === undefined || node.ends.size === 0) throw new Refusal(404, "not_found", `No operation has the path ${path}.`);
    const end = node.ends.get(method);
    if (end === undefined) {
      const allow = [...node.ends.keys()].join(", ");
      throw new Refusal(405, "method_not_allowed", `${method} is not possible on ${path}; possible: ${allow}.`, {
        headers: { allow },
      });
    }
    const params: Record<string, string> = {};
    end.names.forEach((name, i) => {
      params[name] = decodeSegment(values[i] ?? "");
    });
    return { operation: end.operation, params };
  };
}

function decodeSegment(segment: string): string {
  if (!segment.includes("%")) return segment;
  try {
    return decodeURIComponent(segment);
  } catch {
    throw badRequest(`The path segment ${segment} is not percent-encoded UTF-8.`);
  }
}

/** Path and query of a request target, with doubled slashes of the path made single. */
export function splitTarget(target: string): { path: string; search: string } {
  const mark = target.indexOf("?");
  const raw = mark < 0 ? target : target.slice(0, mark);
  const path = raw.includes("//") ? raw.replace(/\/{2,}/g, "/") : raw;
  return { path: path === "" ? "/" : path, search: mark < 0 ? "" : target.slice(mark + 1) };
}

/** The path of a request target as it was sent. */
export function rawPath(target: string): string {
  return target.split("?", 1)[0] ?? target;
}
