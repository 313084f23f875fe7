// The token endpoint as a pure function: three ways of client authentication, told apart by header and content type. Contract §1.

import type { Instant } from "../../kernel/index.ts";
import type { TokenClient, TokenStore } from "./tokens.ts";

/** The facts of a request to the token endpoint. Header names in lower case. */
export interface TokenRequest {
  readonly method: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: string;
}

interface ClientCredentials {
  readonly clientId: string;
  readonly clientSecret: string;
  /** Undefined when no scope was requested, which means all of the client's. */
  readonly scopes: readonly string[] | undefined;
}

type TokenErrorCode = "invalid_request" | "invalid_client" | "unsupported_grant_type" | "invalid_scope" | "method_not_allowed";

interface TokenRefusal {
  readonly ok: false;
  readonly status: 400 | 401 | 405;
  readonly code: TokenErrorCode;
  readonly message: string;
  readonly headers: Readonly<Record<string, string>>;
}

interface TokenAnswer {
  readonly ok: true;
  readonly clientId: string;
  readonly body: { access_token: string; token_type: "Bearer"; expires_in: number; scope: string };
}

const refuse = (
  status: TokenRefusal["status"],
  code: TokenErrorCode,
  message: string,
  headers: Record<string, string> = {},
): TokenRefusal => ({ ok: false, status, code, message, headers });

const malformed = (message: string): TokenRefusal => refuse(400, "invalid_request", message);

type Fields = Readonly<Partial<Record<"grant_type" | "client_id" | "client_secret" | "scope", string>>>;
const FIELD_NAMES = ["grant_type", "client_id", "client_secret", "scope"] as const;

function readForm(body: string): Fields | TokenRefusal {
  const form = new URLSearchParams(body);
  const fields: Record<string, string> = {};
  for (const name of FIELD_NAMES) {
    const values = form.getAll(name);
    if (values.length > 1) return malformed(`the form names ${name} ${values.length} times`);
    if (values[0] !== undefined) fields[name] = values[0];
  }
  return fields;
}

function readJson(body: string): Fields | TokenRefusal {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return malformed("the body is not JSON, as its content type says");
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) return malformed("the body is not a JSON object");
  const given = new Map<string, unknown>(Object.entries(value));
  const fields: Record<string, string> = {};
  for (const name of FIELD_NAMES) {
    const field = given.get(name);
    if (field === undefined || field === null) continue;
    if (typeof field !== "string") return malformed(`${name} is not a string`);
    fields[name] = field;
  }
  return fields;
}

/** The pair in `Authorization: Basic`: base64 of `id:secret` in UTF-8, not form-decoded; undefined without such a header. */
function readBasic(header: string | undefined): { clientId: string; clientSecret: string } | TokenRefusal | undefined {
  const match = /^basic +(\S*) *$/i.exec(header ?? "");
  if (match === null) return undefined;
  const encoded = match[1] ?? "";
  const bytes = Buffer.from(encoded, "base64");
  const pair = bytes.toString("utf8");
  const colon = pair.indexOf(":");
  if (colon <= 0 || bytes.toString("base64").replace(/=+$/, "") !== encoded.replace(/=+$/, "")) {
    return refuse(401, "invalid_client", "the Basic credentials are not base64 of id:secret", { "www-authenticate": "Basic" });
  }
  return { clientId: pair.slice(0, colon), clientSecret: pair.slice(colon + 1) };
}

/**
 * Reads the credentials of a request in any of the documented forms; the Basic header takes precedence over fields of the body.
 */
function readTokenRequest(request: TokenRequest): ({ readonly ok: true } & ClientCredentials) | TokenRefusal {
  if (request.method !== "POST") return refuse(405, "method_not_allowed", "the token endpoint takes POST", { allow: "POST" });
  const type = (request.headers["content-type"] ?? "application/x-www-form-urlencoded").split(";", 1)[0]?.trim().toLowerCase();
  let fields: Fields | TokenRefusal;
  if (type === "application/x-www-form-urlencoded") fields = readForm(request.body);
  else if (type === "application/json") fields = readJson(request.body);
  else return malformed("the content type is neither application/x-www-form-urlencoded nor application/json");
  if ("ok" in fields) return fields;

  const basic = readBasic(request.headers["authorization"]);
  if (basic !== undefined && "ok" in basic) return basic;
  if (fields.grant_type === undefined || fields.grant_type === "") return malformed("grant_type is missing");
  if (fields.grant_type !== "client_credentials") {
    return refuse(400, "unsupported_grant_type", "the only grant type is client_credentials");
  }
  const clientId = basic?.clientId ?? fields.client_id;
  const clientSecret = basic?.clientSecret ?? fields.client_secret;
  if (!clientId || clientSecret === undefined) {
    return refuse(401, "invalid_client", "the request carries neither a Basic header nor client_id and client_secret");
  }
  const scopes = fields.scope?.split(/\s+/).filter((scope) => scope !== "");
  return { ok: true, clientId, clientSecret, scopes: scopes === undefined || scopes.length === 0 ? undefined : scopes };
}

/** Answers a token request: reads it, checks the secret, issues a token. */
export function answerTokenRequest(
  request: TokenRequest,
  clients: ReadonlyMap<string, TokenClient & { readonly secret: string }>,
  tokens: TokenStore,
  now: Instant,
): TokenAnswer | TokenRefusal {
  const read = readTokenRequest(request);
  if (!read.ok) return read;
  const client = clients.get(read.clientId);
  if (client === undefined || client.secret !== read.clientSecret) {
    const challenge = request.headers["authorization"] === undefined ? {} : { "www-authenticate": "Basic" };
    return refuse(401, "invalid_client", "unknown client id or wrong secret", challenge);
  }
  const grant = tokens.grant(client, read.scopes, now);
  if (grant === "invalid_scope") return refuse(400, "invalid_scope", "the client holds none of the scopes asked for");
  return {
    ok: true,
    clientId: client.id,
    body: {
      access_token: grant.accessToken,
      token_type: "Bearer",
      expires_in: grant.expiresInSeconds,
      scope: grant.scopes.join(" "),
    },
  };
}
