// The OpenAPI 3.1 document of the vendor contract, derived from the operation table.

import { z } from "zod";
import { errorReply } from "./errors.ts";
import { OPERATION_IDS, operationOf } from "./operations.ts";
import { RATE_LIMITS } from "./rates.ts";
import { TOKEN_PATHS, tokenReply } from "./token.ts";

type Json = Record<string, unknown>;

/** A schema as JSON Schema 2020-12; what a reply is turned into after parsing is described by what comes in. */
function schema(type: z.ZodType): Json {
  const { $schema: _, ...rest } = z.toJSONSchema(type, { io: "input", unrepresentable: "any" }) as Json;
  return rest;
}

const json = (type: z.ZodType): Json => ({ "application/json": { schema: schema(type) } });
const refusal = (description: string): Json => ({
  description,
  content: { "application/json": { schema: { $ref: "#/components/schemas/Error" } } },
});

function parameters(id: (typeof OPERATION_IDS)[number]): Json[] {
  const operation = operationOf(id);
  const list: Json[] = [...operation.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: "path",
    required: true,
    schema: { type: "string" },
  }));
  if (operation.query !== undefined) {
    const { properties = {}, required = [] } = schema(operation.query) as { properties?: Json; required?: string[] };
    for (const [name, property] of Object.entries(properties)) {
      const joined = operation.lists?.[name] === "joined";
      list.push({
        name,
        in: "query",
        required: required.includes(name),
        schema: property,
        ...(joined ? { style: "form", explode: false } : {}),
      });
    }
  }
  if (operation.lock !== undefined && operation.method !== "GET") {
    list.push({ name: "If-Match", in: "header", required: operation.lock.required, schema: { type: "string" } });
  }
  if (operation.idempotencyKey === true)
    list.push({ name: "X-Idempotency-Key", in: "header", required: false, schema: { type: "string" } });
  return list;
}

function responses(id: (typeof OPERATION_IDS)[number]): Json {
  const operation = operationOf(id);
  const done: Json = { description: "Done", ...(operation.reply === undefined ? {} : { content: json(operation.reply) }) };
  if (operation.lock?.tagIn === "etag-header") done["headers"] = { ETag: { schema: { type: "string" } } };
  const all: Json = {
    [operation.success.status]: done,
    401: refusal("The token is missing, expired or revoked"),
    403: refusal(`The token holds none of: ${operation.scopes.join(", ")}`),
    429: {
      ...refusal("Too many requests"),
      headers: { "Retry-After": { description: "Whole seconds, or an HTTP date", schema: { type: "string" } } },
    },
  };
  for (const [status, description] of Object.entries(operation.refusals)) all[status] = refusal(description);
  return all;
}

function operationObject(id: (typeof OPERATION_IDS)[number]): Json {
  const operation = operationOf(id);
  const limit = RATE_LIMITS[operation.rate];
  return {
    operationId: id,
    summary: operation.summary,
    tags: [operation.host],
    security: operation.scopes.map((scope) => ({ oauth: [scope] })),
    parameters: parameters(id),
    ...(operation.request === undefined ? {} : { requestBody: { required: true, content: json(operation.request) } }),
    responses: responses(id),
    "x-section": operation.section,
    "x-retry": operation.retry,
    "x-rate": { family: operation.rate, requests: limit.requests, seconds: limit.seconds, per: limit.per },
    ...(operation.lock === undefined ? {} : { "x-lock": operation.lock }),
    ...(operation.paging === undefined ? {} : { "x-paging": operation.paging }),
  };
}

/** The whole document, a plain object ready for JSON. */
export function vendorOpenApi(): Json {
  const paths: Record<string, Json> = {};
  for (const id of OPERATION_IDS) {
    const { path, method } = operationOf(id);
    paths[path] = { ...paths[path], [method.toLowerCase()]: operationObject(id) };
  }
  for (const path of TOKEN_PATHS) {
    paths[path] = {
      post: {
        operationId: `token${path.replaceAll(/\W+(\w)/g, (_, letter: string) => letter.toUpperCase())}`,
        summary: "Access token by client credentials: HTTP Basic, form fields or JSON fields",
        tags: ["token"],
        security: [],
        requestBody: {
          required: true,
          content: Object.fromEntries(
            ["application/x-www-form-urlencoded", "application/json"].map((type) => [
              type,
              {
                schema: {
                  type: "object",
                  required: ["grant_type"],
                  properties: {
                    grant_type: { const: "client_credentials" },
                    client_id: { type: "string" },
                    client_secret: { type: "string" },
                    scope: { type: "string" },
                  },
                },
              },
            ]),
          ),
        },
        responses: {
          200: { description: "A token", content: json(tokenReply) },
          400: refusal("Unsupported grant or scope"),
          401: refusal("Wrong credentials"),
          429: refusal("Too many requests"),
        },
      },
    };
  }
  const scopes = [...new Set(OPERATION_IDS.flatMap((id) => operationOf(id).scopes))].sort();
  return {
    openapi: "3.1.0",
    info: {
      title: "NICE CXone REST profile, as outdial speaks it",
      version: "1",
      description: "Generated from the operation table; the sandbox tenant serves it.",
    },
    servers: [{ url: "https://api-us-02.niceincontact.com" }],
    paths,
    components: {
      schemas: { Error: schema(errorReply) },
      securitySchemes: {
        oauth: {
          type: "oauth2",
          flows: {
            clientCredentials: { tokenUrl: "/oauth/token", scopes: Object.fromEntries(scopes.map((scope) => [scope, scope])) },
          },
        },
      },
    },
  };
}
