// The OpenAPI 3.1 document of the ACD API as outdial speaks it: current versions and names, with the older ones noted.

import { type Json, schema, tableOpenApi } from "../openapi.ts";
import { ACD_TABLE, type AcdOperationId, acdTemplate } from "./table.ts";
import {
  ACCESS_KEY_TOKEN_PATH,
  acdErrorReply,
  acdTokenReply,
  DISCOVERY_PATH,
  discoveryReply,
  OPENID_PATH,
  openidReply,
  PASSWORD_TOKEN_PATH,
} from "./token.ts";

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

/** The document of the ACD profile, with tokens and discovery. */
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
