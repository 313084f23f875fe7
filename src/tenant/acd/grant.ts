// The two token grants of the ACD API, and the claims of their tokens. Source of the forms: published reference, seen in public
// clients.

import { ACCESS_KEY_TOKEN_PATH, acdTokenReply, PASSWORD_TOKEN_PATH, tokenClaims } from "../../contract/acd/index.ts";
import type { Grant } from "../grant.ts";
import type { ResolvedAcdConfig } from "./config.ts";

const CHECK =
  "Check the access key: its id, its secret, and that it is active. Its rights are those of the employee who owns it.";

/** The grant for the configured credentials. */
export function acdGrant(config: ResolvedAcdConfig): Grant {
  const { tokens, accessKeyId, accessKeySecret, client } = config;
  const path = client === undefined ? ACCESS_KEY_TOKEN_PATH : PASSWORD_TOKEN_PATH;
  return {
    address: { origin: tokens.origin, prefix: `${tokens.prefix}${path}` },
    scopes: [],
    secretName: "credentials.accessKeySecret",
    secret: accessKeySecret,
    secrets: client === undefined ? [] : [client.secret],
    checkCredentials: client === undefined ? CHECK : `${CHECK} Check the id and secret of the client, too.`,
    checkAddress: "Check issuer and area.",
    request: (secret) => {
      if (client === undefined) return json({ accessKeyId, accessKeySecret: secret });
      const fields = { grant_type: "password", username: accessKeyId, password: secret };
      const named = { ...fields, client_id: client.id, client_secret: client.secret };
      if (client.auth === "json") return json(named);
      if (client.auth === "form") return form(named);
      const written = client.basicEncoding === "form" ? encodeURIComponent(client.secret) : client.secret;
      return form(fields, `Basic ${Buffer.from(`${client.id}:${written}`, "utf8").toString("base64")}`);
    },
    read: (reply) => {
      // The reply may be an array of one, as a public client handles it.
      const parsed = acdTokenReply.safeParse(Array.isArray(reply) && reply.length === 1 ? reply[0] : reply);
      if (!parsed.success) return undefined;
      const { access_token, expires_in, id_token } = parsed.data;
      return { accessToken: access_token, expiresInSeconds: expires_in, scope: undefined, idToken: id_token };
    },
  };
}

const json = (fields: Readonly<Record<string, string>>) => ({
  headers: { accept: "application/json", "content-type": "application/json" },
  body: JSON.stringify(fields),
});

const form = (fields: Readonly<Record<string, string>>, authorization?: string) => ({
  headers: {
    accept: "application/json",
    "content-type": "application/x-www-form-urlencoded",
    ...(authorization !== undefined && { authorization }),
  },
  body: new URLSearchParams(fields).toString(),
});

/** For whom a token was issued, as far as it says. */
export interface TokenClaims {
  readonly iss: string | undefined;
  readonly tenantId: string | undefined;
  readonly tenantName: string | undefined;
  readonly businessUnit: string | undefined;
  readonly cluster: string | undefined;
  readonly agentId: string | undefined;
}

/**
 * The claims of the tokens: of the identity token first, then of the access token. They are not verified: the tenant checks its
 * own tokens.
 */
export function claimsOf(idToken: string | undefined, accessToken: string): TokenClaims | undefined {
  for (const token of [idToken, accessToken]) {
    const claims = token === undefined ? undefined : readJwt(token);
    if (claims?.tenantId === undefined) continue;
    const { iss, tenantId, tenant, icBUId, icClusterId, icAgentId } = claims;
    return { iss, tenantId, tenantName: tenant, businessUnit: icBUId, cluster: icClusterId, agentId: icAgentId };
  }
  return undefined;
}

function readJwt(token: string) {
  const [, payload = ""] = token.split(".");
  try {
    return tokenClaims.parse(JSON.parse(Buffer.from(payload, "base64url").toString("utf8")));
  } catch {
    return undefined;
  }
}
