// The token request in its three documented forms (contract §1). Pure.

import { type TokenAuthStyle, tokenReply } from "../contract/index.ts";
import type { ResolvedConfig } from "./config.ts";
import type { Grant } from "./grant.ts";

interface TokenRequest {
  readonly headers: Record<string, string>;
  readonly body: string;
}

/**
 * The request of the client-credentials grant. Basic credentials are the base64 of `id:secret` in UTF-8, without form encoding.
 */
function tokenRequest(auth: TokenAuthStyle, clientId: string, clientSecret: string, scopes: readonly string[]): TokenRequest {
  const fields: Record<string, string> = { grant_type: "client_credentials" };
  if (auth !== "basic") {
    fields["client_id"] = clientId;
    fields["client_secret"] = clientSecret;
  }
  if (scopes.length > 0) fields["scope"] = scopes.join(" ");
  const headers: Record<string, string> = {
    accept: "application/json",
    "content-type": auth === "json" ? "application/json" : "application/x-www-form-urlencoded",
  };
  if (auth === "basic")
    headers["authorization"] = `Basic ${Buffer.from(`${clientId}:${clientSecret}`, "utf8").toString("base64")}`;
  return { headers, body: auth === "json" ? JSON.stringify(fields) : new URLSearchParams(fields).toString() };
}

/** The client-credentials grant of a configuration. */
export function clientCredentials({ token, clientId, clientSecret }: ResolvedConfig): Grant {
  return {
    address: token.address,
    scopes: token.scopes,
    secretName: "credentials.clientSecret",
    secret: clientSecret,
    secrets: [],
    checkCredentials: "Check credentials.clientId, credentials.clientSecret and token.auth (basic, form or json).",
    checkAddress: "Check token.url.",
    request: (secret) => tokenRequest(token.auth, clientId, secret, token.scopes),
    read: (reply) => {
      const parsed = tokenReply.safeParse(reply);
      if (!parsed.success) return undefined;
      const { access_token, expires_in, scope } = parsed.data;
      return { accessToken: access_token, expiresInSeconds: expires_in, scope };
    },
  };
}
