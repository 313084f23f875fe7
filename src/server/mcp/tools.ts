// Routes of the API as tools for AI assistants: names, descriptions and schemas of tools are those of the routes.

import { z } from "zod";
import { ServerError } from "../error.ts";
import type { ApiRoute } from "../routing/route-types.ts";

/** A route as a tool. Its arguments are those of path, query and body together. */
export interface Tool {
  readonly name: string;
  readonly description: string;
  readonly inputSchema: { readonly type: "object"; readonly [member: string]: unknown };
  readonly annotations: { readonly title: string; readonly readOnlyHint: boolean; readonly destructiveHint: boolean };
  readonly route: ApiRoute;
  /** `plan`: it ends in a plan that a person approves. `now`: it is carried out at once. */
  readonly ends: "read" | "plan" | "now";
  readonly arguments: ToolArguments;
}

/** Where each argument goes. */
export interface ToolArguments {
  readonly params: readonly string[];
  readonly query: readonly string[];
  /** `whole`: the argument `body` is the body. */
  readonly body: readonly string[] | "whole" | "none";
}

/** Not for assistants: telephone numbers unmasked; and the confirmation of a plan, which is a person's. */
const NEVER = new Set(["reveal", "confirm"]);
/** Reads that are answered elsewhere in a better form. */
const DOUBLE = new Set(["health.dashboard", "session.me", "session.ways"]);

/** The tools that change nothing: what a viewer may ask, answered as JSON. */
export function readTools(routes: readonly ApiRoute[]): Tool[] {
  return routes.filter(isRead).map((route) => toolOf(route, "read"));
}

/** Verbs that are never dangerous because they only hold back: they may be allowed to act at once. */
const HOLDING_BACK = new Set(["campaigns.pause", "campaigns.stop", "jobs.cancel", "suppressions.add", "consents.revoke"]);

/** The verbs that can be allowed: the dangerous ones, but for those of admins alone, and those that hold back. */
export function allowableVerbs(routes: readonly ApiRoute[]): string[] {
  return routes.filter(({ id, dangerous, role }) => (dangerous && role !== "admin") || HOLDING_BACK.has(id)).map(({ id }) => id);
}

/** The tools of verbs that were allowed. Throws ServerError `invalid_request` for a verb that cannot be. */
export function writeTools(routes: readonly ApiRoute[], allow: readonly string[]): Tool[] {
  const allowable = allowableVerbs(routes);
  const unknown = allow.find((verb) => !allowable.includes(verb));
  if (unknown !== undefined)
    throw new ServerError("invalid_request", `${unknown} cannot be allowed; allowed are ${allowable.join(", ")}`);
  return routes.filter(({ id }) => allow.includes(id)).map((route) => toolOf(route, route.dangerous ? "plan" : "now"));
}

function isRead({ id, method, question, role, reply, replyTypes, upload }: ApiRoute): boolean {
  const changes = method !== "get" && !question;
  return !changes && role === "viewer" && reply !== undefined && isJson(replyTypes) && upload === undefined && !DOUBLE.has(id);
}

const isJson = (types: readonly string[]): boolean => types[0] === "application/json";

/** What a person must know of a verb before an assistant uses it. */
const ENDS: Readonly<Record<Tool["ends"], string | undefined>> = {
  read: undefined,
  plan: "Nothing is done by this call. It ends in a plan, which a person looks at and approves or refuses within an hour in the dashboard; approvals_show tells what became of it.",
  now: "It is done at once, and the audit log says by whom.",
};

function toolOf(route: ApiRoute, ends: Tool["ends"]): Tool {
  const { id, summary, description } = route;
  const [params, query, body] = [shapeOf(route.params), shapeOf(route.query), bodyShape(route.body)];
  const names = { params: Object.keys(params), query: Object.keys(query), body: body === "none" ? body : Object.keys(body) };
  const shape = { ...params, ...query, ...(body === "none" ? {} : body) };
  return {
    name: toolName(id),
    description: [`${summary}.`, description, ENDS[ends]].filter((part) => part !== undefined).join("\n"),
    inputSchema: { ...jsonSchema(z.strictObject(shape)), type: "object" },
    annotations: { title: summary, readOnlyHint: ends === "read", destructiveHint: ends !== "read" },
    route,
    ends,
    arguments: { ...names, body: isWhole(route.body) ? "whole" : names.body },
  };
}

/** What assistants call the tool of a route: names have letters, digits, _ and - only. */
const toolName = (id: string): string => id.replaceAll(".", "_");

const shapeOf = (schema: z.ZodObject | undefined): z.ZodRawShape =>
  Object.fromEntries(Object.entries(schema?.shape ?? {}).filter(([name]) => !NEVER.has(name)));

/** The members of a body that is an object, also of one that may be left out; of any other body the body itself. */
function bodyShape(schema: z.ZodType | undefined): z.ZodRawShape | "none" {
  if (schema === undefined) return "none";
  const inner = innerOf(schema);
  if (!(inner instanceof z.ZodObject)) return { body: schema };
  return shapeOf(inner === schema ? inner : inner.partial());
}

const isWhole = (schema: z.ZodType | undefined): boolean => schema !== undefined && !(innerOf(schema) instanceof z.ZodObject);

function innerOf(schema: z.ZodType): z.ZodType {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodPrefault || schema instanceof z.ZodDefault)
    return innerOf(schema.def.innerType as z.ZodType);
  return schema;
}

function jsonSchema(schema: z.ZodType): Record<string, unknown> {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io: "input", unrepresentable: "any" });
  return rest;
}

/** A call of a tool as a request. */
export interface ToolRequest {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  /** JSON; undefined without a body. */
  readonly body: string | undefined;
}

/**
 * The request that a call of a tool makes.
 * @param confirm the hash of the plan that is asked for; of tools that end in one
 * @returns what is wrong, as text
 */
export function requestOf(tool: Tool, given: Readonly<Record<string, unknown>>, confirm?: string): ToolRequest | string {
  const { params, query, body } = tool.arguments;
  const known = new Set([...params, ...query, ...(body === "whole" ? ["body"] : body === "none" ? [] : body)]);
  const unknown = Object.keys(given).filter((name) => !known.has(name));
  if (unknown.length > 0)
    return `${tool.name} takes no ${unknown.join(", ")}; it takes ${known.size === 0 ? "no arguments" : [...known].join(", ")}`;
  let path = tool.route.path;
  for (const name of params) {
    const text = textOf(given[name]);
    // An address would take these for steps from folder to folder.
    if (text === undefined || text === "" || text === "." || text === "..") return `${name}: a text is needed`;
    path = path.replace(`{${name}}`, encodeURIComponent(text));
  }
  const search = new URLSearchParams();
  for (const name of query) {
    const value = given[name];
    for (const one of Array.isArray(value) ? value : [value]) {
      if (one === undefined || one === null) continue;
      const text = textOf(one);
      if (text === undefined) return `${name}: a text, a number or true or false is needed`;
      search.append(name, text);
    }
  }
  const asked = search.size === 0 ? path : `${path}?${search.toString()}`;
  return { method: tool.route.method.toUpperCase(), path: asked, body: bodyText(body, given, confirm) };
}

function bodyText(
  body: ToolArguments["body"],
  given: Readonly<Record<string, unknown>>,
  confirm: string | undefined,
): string | undefined {
  if (body === "none") return undefined;
  if (body === "whole") return given["body"] === undefined ? undefined : JSON.stringify(given["body"]);
  const members = body.filter((name) => given[name] !== undefined).map((name) => [name, given[name]]);
  if (confirm !== undefined) members.push(["confirm", confirm]);
  return members.length === 0 ? undefined : JSON.stringify(Object.fromEntries(members));
}

function textOf(value: unknown): string | undefined {
  if (typeof value === "string") return value;
  return typeof value === "number" || typeof value === "boolean" ? String(value) : undefined;
}

/** A request to the service in somebody's name. */
export type Ask = (path: string, init: RequestInit) => Promise<Response>;

/** Sends the request of a call. */
export function send({ method, path, body }: ToolRequest, ask: Ask): Promise<Response> {
  const sent = body === undefined ? {} : { body, headers: { "content-type": "application/json" } };
  return ask(path, { method, ...sent });
}
