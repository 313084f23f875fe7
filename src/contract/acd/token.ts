// Tokens and discovery of the ACD API. Rights are those of the employee who owns the access key; there are no scopes and no
// client credentials.

import { z } from "zod";
import { maybeBoolean, maybeId, maybeText } from "./scalars.ts";

/**
 * On the area's host: `{accessKeyId, accessKeySecret}` as JSON, without client credentials. Published reference, seen in public
 * clients.
 */
export const ACCESS_KEY_TOKEN_PATH = "/authentication/v1/token/access-key";
/**
 * On the issuer's and the API hosts: `grant_type=password` with client credentials by Basic or in the body, form or JSON.
 * Published reference, seen in public clients.
 */
export const PASSWORD_TOKEN_PATH = "/auth/token";
/**
 * On the area's host. Not used by outdial: real clients ask for a new token instead. Published reference, seen in a public
 * client.
 */
export const REFRESH_PATH = "/public/user/refresh";
/** On the issuer's host, with `?tenantId=`; regional hosts answer it without one. Published reference, seen in public clients. */
export const DISCOVERY_PATH = "/.well-known/cxone-configuration";
/** Path of the issuer's metadata (OpenID Connect Discovery). */
export const OPENID_PATH = "/.well-known/openid-configuration";

/** Domains of the vendor, including the sovereign clouds. A token is sent nowhere else, except to loopback for the sandbox. */
export const VENDOR_DOMAINS = [
  "niceincontact.com",
  "nice-incontact.com",
  "incontact.com",
  "nicecxone-sov1.au",
  "nicecxone-sov1.eu",
] as const;

/** Both token replies. `expires_in` is in seconds, as a number or as text. */
export const acdTokenReply = z.looseObject({
  access_token: z.string().min(1),
  id_token: maybeText,
  token_type: maybeText,
  refresh_token: maybeText,
  resource_server_base_uri: maybeText,
  expires_in: z
    .union([z.number(), z.string().regex(/^\d+$/).transform(Number)])
    .pipe(z.number().positive())
    .catch(3600),
});

/** The claims that say for whom the token was issued. */
export const tokenClaims = z.looseObject({
  iss: maybeText,
  tenantId: maybeText,
  tenant: maybeText,
  icBUId: maybeId,
  icClusterId: maybeText,
  icAgentId: maybeId,
  name: maybeText,
});

/** The addresses of a tenant's hosts. */
export const discoveryReply = z.looseObject({
  api_endpoint: z.string().min(1),
  auth_endpoint: maybeText,
  ui_endpoint: maybeText,
  area: maybeText,
  cluster: maybeText,
  domain: maybeText,
  acdDomain: maybeText,
  tenantId: maybeText,
  private: maybeBoolean,
});

/** The issuer's metadata: where tokens are issued. */
export const openidReply = z.looseObject({ issuer: maybeText, token_endpoint: z.string().min(1) });

/** A refusal. The text may also be in the header `icStatusDescription`, which successful replies have as well. */
export const acdErrorReply = z.looseObject({ error: maybeText, error_description: maybeText });
/** Header with the description of a status; successful replies have it as well. */
export const STATUS_DESCRIPTION_HEADER = "icStatusDescription";
