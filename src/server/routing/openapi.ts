// The OpenAPI 3.1 document of the API, made from the routes themselves.

import { OpenAPIHono } from "@hono/zod-openapi";
import { z } from "zod";
import { awaitingApproval, problem } from "../../operations/views/index.ts";
import { DEEPEST_BODY, LONGEST_VALUE, MOST_VALUES } from "../http/usable.ts";
import type { ApiRoute } from "./route-types.ts";

const DESCRIPTION = `Everything outdial does, as HTTP. Answers are JSON; failures are problem+json with a stable \`code\`.
No text may hold NUL or half of a surrogate pair; a value in the address has at most ${LONGEST_VALUE} characters, a body at most ${DEEPEST_BODY} levels and ${MOST_VALUES} values.
A token goes into \`Authorization: Bearer\`; the dashboard uses a session cookie and sends \`X-Outdial-Request\` with every change.
Writes take an \`Idempotency-Key\`: a repetition is answered as the first one was, the key with another request is refused.
Dangerous verbs want the \`confirm\` of their preview; in four-eyes mode they answer 202 and wait for another person.`;

const LICENSE = { name: "Apache-2.0", url: "https://www.apache.org/licenses/LICENSE-2.0" };

const REFUSALS: Readonly<Record<number, string>> = {
  400: "Not as documented",
  401: "Not signed in",
  403: "Not permitted",
  404: "Not found",
  409: "Not in this state, or not what was confirmed",
  421: "The Host header is none of the names of this service",
  422: "Refused by a rule, or an Idempotency-Key of another request",
  429: "Too many failed logins from this address",
  502: "The tenant, or a receiver, refused or gave no usable reply",
  503: "The tenant, a receiver or the store cannot be reached just now, or too much waits already",
  504: "The tenant gave no answer in time, or a simulation was not done in its time",
};
/** For operations with a body. */
const REFUSALS_OF_BODIES: Readonly<Record<number, string>> = {
  408: "The body did not come in time",
  413: "The body is too large",
  415: "The body is of a media type that is not taken",
};

/** The document. @param version of the package */
export function openApiDocument(routes: readonly ApiRoute[], version: string): object {
  const { openAPIRegistry: registry, getOpenAPI31Document } = new OpenAPIHono();
  registry.registerComponent("securitySchemes", "token", { type: "http", scheme: "bearer" });
  registry.registerComponent("securitySchemes", "session", { type: "apiKey", in: "cookie", name: "outdial_session" });
  for (const route of routes)
    registry.registerPath({
      method: route.method,
      path: route.path,
      operationId: route.id,
      summary: route.summary,
      description: describe(route),
      tags: [route.id.split(".")[0] ?? "api"],
      security: route.role === "public" ? [] : [{ token: [] }, { session: [] }],
      request: {
        ...(route.params === undefined ? {} : { params: route.params }),
        ...(route.query === undefined ? {} : { query: route.query }),
        ...bodyOf(route),
        ...(writes(route) ? { headers: z.object({ "idempotency-key": z.string().max(200).optional() }) } : {}),
      },
      responses: { ...answers(route), ...refusals(route) },
    });
  return getOpenAPI31Document({
    openapi: "3.1.0",
    info: { title: "outdial service", version, description: DESCRIPTION, license: LICENSE },
    servers: [{ url: "/" }],
  });
}

const writes = ({ method, question, role }: ApiRoute): boolean => method !== "get" && !question && role !== "public";

/** What a person should know about a route besides its summary. */
export function describe({ description, role, dangerous, personal }: ApiRoute): string {
  const parts = [
    description,
    role === "public" ? "Without a login." : `Role: ${role} and above.`,
    dangerous ? "Dangerous: wants the confirm of its preview." : undefined,
    personal === "revealed" ? "Revealed numbers are in the audit." : personal ? "Each reading is in the audit." : undefined,
  ];
  return parts.filter((part) => part !== undefined).join(" ");
}

function bodyOf({ body, upload }: ApiRoute) {
  // Some operations do not need a body, and use their defaults without one.
  if (body !== undefined)
    return { body: { required: !body.safeParse(undefined).success, content: { "application/json": { schema: body } } } };
  if (upload === undefined) return {};
  const file = { schema: z.string().meta({ format: "binary" }) };
  return { body: { required: true, content: Object.fromEntries(upload.map((type) => [type, file])) } };
}

function answers(route: ApiRoute) {
  const content = Object.fromEntries(route.replyTypes.map((type) => [type, { schema: route.reply ?? z.string() }]));
  const done = { [route.status]: { description: "Done", content } };
  if (!route.dangerous || route.status === 202) return done;
  const waiting = { description: "Waits for another person", content: { "application/json": { schema: awaitingApproval } } };
  return { ...done, 202: waiting };
}

function refusals({ body, mend, upload }: ApiRoute) {
  const content = { "application/problem+json": { schema: problem } };
  const takesBody = (body !== undefined && mend === undefined) || upload !== undefined;
  const all = { ...REFUSALS, ...(takesBody ? REFUSALS_OF_BODIES : {}) };
  return Object.fromEntries(Object.entries(all).map(([status, description]) => [status, { description, content }]));
}
