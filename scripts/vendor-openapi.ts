// The OpenAPI 3.1 documents of the vendor's operation tables: docs/vendor-openapi.json and docs/vendor-openapi-acd.json.

import { z } from "zod";
import {
  ACCESS_KEY_TOKEN_PATH,
  ACD_TABLE,
  type AcdOperationId,
  acdErrorReply,
  acdTemplate,
  acdTokenReply,
  DISCOVERY_PATH,
  discoveryReply,
  OPENID_PATH,
  openidReply,
  PASSWORD_TOKEN_PATH,
} from "../src/contract/acd/index.ts";
import {
  type AnyOperation,
  errorReply,
  type OperationTable,
  REST_TABLE,
  TOKEN_PATHS,
  tokenReply,
} from "../src/contract/index.ts";

/** A JSON object. */
type Json = Record<string, unknown>;

/** A schema as JSON Schema 2020-12. Of a schema that transforms, the input is described. */
function schema(type: z.ZodType): Json {
  const { $schema: _, ...rest } = z.toJSONSchema(type, { io: "input", unrepresentable: "any" }) as Json;
  return rest;
}

/** The parts of a document besides its operations. */
interface DocumentFrame {
  readonly title: string;
  readonly description: string;
  readonly server: string;
  /** The path of an operation with its prefix. */
  readonly pathOf: (id: string, operation: AnyOperation) => string;
  readonly security: (operation: AnyOperation) => readonly Json[];
  readonly securitySchemes: Json;
  /** The description of status 403. */
  readonly forbidden: (operation: AnyOperation) => string;
  readonly error: z.ZodType;
  /** Paths that are not in the operation table. */
  readonly further: Readonly<Record<string, Json>>;
}

const json = (type: z.ZodType): Json => ({ "application/json": { schema: schema(type) } });
const refusal = (description: string): Json => ({
  description,
  content: { "application/json": { schema: { $ref: "#/components/schemas/Error" } } },
});

const STYLES = { joined: { style: "form", explode: false }, piped: { style: "pipeDelimited", explode: false } } as const;

function parameters(operation: AnyOperation): Json[] {
  const list: Json[] = [...operation.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: "path",
    required: true,
    schema: { type: "string" },
  }));
  if (operation.query !== undefined) {
    const { properties = {}, required = [] } = schema(operation.query) as { properties?: Json; required?: string[] };
    for (const [name, property] of Object.entries(properties)) {
      const style = operation.lists?.[name];
      list.push({
        name,
        in: "query",
        required: required.includes(name),
        schema: property,
        ...(style === "joined" || style === "piped" ? STYLES[style] : {}),
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

function responses(operation: AnyOperation, frame: DocumentFrame): Json {
  const done: Json = { description: "Done", ...(operation.reply === undefined ? {} : { content: json(operation.reply) }) };
  if (operation.lock?.tagIn === "etag-header") done["headers"] = { ETag: { schema: { type: "string" } } };
  const all: Json = {
    [operation.success.status]: done,
    ...(operation.emptyStatus === undefined ? {} : { [operation.emptyStatus]: { description: "Nothing" } }),
    401: refusal("The token is missing, expired or revoked"),
    403: refusal(frame.forbidden(operation)),
    429: {
      ...refusal("Too many requests"),
      headers: { "Retry-After": { description: "Whole seconds, or an HTTP date", schema: { type: "string" } } },
    },
  };
  for (const [status, description] of Object.entries(operation.refusals)) all[status] = refusal(description);
  return all;
}

/** Columns of an operation that the document shows unchanged, under these names. */
const SHOWN = {
  lock: "x-lock",
  paging: "x-paging",
  versions: "x-versions",
  permission: "x-permission",
  evidence: "x-evidence",
  envelope: "x-envelope",
  aliases: "x-older-names",
  itemResults: "x-item-results",
  failureField: "x-failure-field",
  maybeAlready: "x-maybe-already",
} as const satisfies Partial<Record<keyof AnyOperation, string>>;

function requestBody({ request, wrapper }: AnyOperation): Json {
  if (request === undefined) return {};
  if (wrapper === undefined) return { requestBody: { required: true, content: json(request) } };
  const wrapped = { type: "object", required: [wrapper], properties: { [wrapper]: schema(request) } };
  return { requestBody: { required: true, content: { "application/json": { schema: wrapped } } } };
}

function operationObject(id: string, operation: AnyOperation, { rates }: OperationTable, frame: DocumentFrame): Json {
  const limit = rates[operation.rate];
  const shown = Object.entries(SHOWN).flatMap(([column, name]) => {
    const value = operation[column as keyof typeof SHOWN];
    return value === undefined ? [] : [[name, value] as const];
  });
  return {
    operationId: id,
    summary: operation.summary,
    tags: [operation.host === "api" ? operation.section : operation.host],
    security: frame.security(operation),
    parameters: parameters(operation),
    ...requestBody(operation),
    responses: responses(operation, frame),
    "x-section": operation.section,
    "x-retry": operation.retry,
    ...(limit === undefined
      ? {}
      : { "x-rate": { family: operation.rate, requests: limit.requests, seconds: limit.seconds, per: limit.per } }),
    ...Object.fromEntries(shown),
  };
}

/** The OpenAPI 3.1 document of an operation table, a plain object ready for JSON. */
function tableOpenApi(table: OperationTable, frame: DocumentFrame): Json {
  const paths: Record<string, Json> = {};
  for (const [id, operation] of Object.entries(table.operations)) {
    const path = frame.pathOf(id, operation);
    paths[path] = { ...paths[path], [operation.method.toLowerCase()]: operationObject(id, operation, table, frame) };
  }
  return {
    openapi: "3.1.0",
    info: { title: frame.title, version: "1", description: frame.description },
    servers: [{ url: frame.server }],
    paths: { ...paths, ...frame.further },
    components: { schemas: { Error: schema(frame.error) }, securitySchemes: frame.securitySchemes },
  };
}

function tokenPath(path: string): Json {
  return {
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

/** The document of the REST profile. */
export function vendorOpenApi(): Json {
  const scopes = [...new Set(Object.values(REST_TABLE.operations).flatMap((row) => row.scopes as readonly string[]))].sort();
  return tableOpenApi(REST_TABLE, {
    title: "NICE CXone REST profile, as outdial speaks it",
    description: "Generated from the operation table; the sandbox tenant serves it.",
    server: "https://api-us-02.niceincontact.com",
    pathOf: (_, { path }) => path,
    security: (operation) => operation.scopes.map((scope) => ({ oauth: [scope] })),
    securitySchemes: {
      oauth: {
        type: "oauth2",
        flows: {
          clientCredentials: { tokenUrl: "/oauth/token", scopes: Object.fromEntries(scopes.map((scope) => [scope, scope])) },
        },
      },
    },
    forbidden: (operation) => `The token holds none of: ${operation.scopes.join(", ")}`,
    error: errorReply,
    further: Object.fromEntries(TOKEN_PATHS.map((path) => [path, tokenPath(path)])),
  });
}

function open(operationId: string, summary: string, reply: Json, body?: Json): Json {
  const content = { "application/json": { schema: reply } };
  return {
    operationId,
    summary,
    tags: ["token"],
    security: [],
    ...(body === undefined ? {} : { requestBody: { required: true, content: { "application/json": { schema: body } } } }),
    responses: { 200: { description: "Done", content }, 401: { description: "Wrong credentials" } },
  };
}
const fields = (...names: readonly string[]): Json => ({
  type: "object",
  required: names,
  properties: Object.fromEntries(names.map((name) => [name, { type: "string" }])),
});

/** The document of the ACD profile, with tokens and discovery: current versions and names, with the older ones noted. */
export function acdOpenApi(): Json {
  return tableOpenApi(ACD_TABLE, {
    title: "NICE CXone ACD API, as outdial speaks it",
    description:
      "Generated from the operation table, which was compiled from published references and public clients; no live tenant was reached. The sandbox tenant serves it.",
    server: "https://api-c1.nice-incontact.com",
    pathOf: (id, { versions }) => acdTemplate(id as AcdOperationId, versions?.pin ?? 0),
    security: () => [{ token: [] }],
    securitySchemes: { token: { type: "http", scheme: "bearer", bearerFormat: "JWT" } },
    forbidden: ({ permission }) => `The key's owner lacks the right${permission === undefined ? "" : `: ${permission}`}`,
    error: acdErrorReply,
    further: {
      [ACCESS_KEY_TOKEN_PATH]: {
        post: open("tokenAccessKey", "Token by access key", schema(acdTokenReply), fields("accessKeyId", "accessKeySecret")),
      },
      [PASSWORD_TOKEN_PATH]: {
        post: open(
          "tokenPassword",
          "Token by access key as a password grant; the client by Basic or in the body, which may be a form",
          schema(acdTokenReply),
          fields("grant_type", "username", "password"),
        ),
      },
      [DISCOVERY_PATH]: { get: open("discoverTenant", "The addresses of a tenant, by ?tenantId=", schema(discoveryReply)) },
      [OPENID_PATH]: { get: open("openidConfiguration", "Where tokens are asked for", schema(openidReply)) },
    },
  });
}
