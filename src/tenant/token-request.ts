// The token request in its three documented forms (contract §1). Pure.

import type { TokenAuthStyle } from "../contract/index.ts";

export interface TokenRequest {
  readonly headers: Record<string, string>;
  readonly body: string;
}

/** The request of the client-credentials grant. Basic credentials are base64 of `id:secret` in UTF-8, not form-encoded first. */
export function tokenRequest(
  auth: TokenAuthStyle,
  clientId: string,
  clientSecret: string,
  scopes: readonly string[],
): TokenRequest {
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
