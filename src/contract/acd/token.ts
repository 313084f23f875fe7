// Tokens and discovery of the ACD API. Rights are those of the employee who owns the key; there are no scopes, and no client credentials.

import { z } from "zod";
import { maybeBoolean, maybeId, maybeText } from "./scalars.ts";

/** At the host of the area: `{accessKeyId, accessKeySecret}` as JSON, without a client. Published reference, seen in public clients. */
export const ACCESS_KEY_TOKEN_PATH = "/authentication/v1/token/access-key";
/** At the issuer and at API hosts: `grant_type=password` with a client by Basic or in the body, form or JSON. Published reference, seen in public clients. */
export const PASSWORD_TOKEN_PATH = "/auth/token";
/** At the host of the area. Unused by outdial: real clients ask for a new token instead. Published reference, seen in a public client. */
export const REFRESH_PATH = "/public/user/refresh";
/** At the issuer, `?tenantId=`; regional hosts answer it without one. Published reference, seen in public clients. */
export const DISCOVERY_PATH = "/.well-known/cxone-configuration";
/** Where an issuer describes itself (OpenID Connect Discovery). */
export const OPENID_PATH = "/.well-known/openid-configuration";

/** Domains of the vendor, the sovereign clouds included. A token never goes anywhere else, save loopback for the sandbox. */
export const VENDOR_DOMAINS = [
  "niceincontact.com",
  "nice-incontact.com",
  "incontact.com",
  "nicecxone-sov1.au",
  "nicecxone-sov1.eu",
] as const;

/** Both token replies. `expires_in` counts seconds, as a number or as text. */
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

/** The claims that say whose token it is. */
export const tokenClaims = z.looseObject({
  iss: maybeText,
  tenantId: maybeText,
  tenant: maybeText,
  icBUId: maybeId,
  icClusterId: maybeText,
  icAgentId: maybeId,
  name: maybeText,
});

/** The addresses of a tenant. */
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

/** What an issuer says of itself: where tokens are issued. */
export const openidReply = z.looseObject({ issuer: maybeText, token_endpoint: z.string().min(1) });

/** A refusal. The text may also be in the header `icStatusDescription`, which comes with replies of success, too. */
export const acdErrorReply = z.looseObject({ error: maybeText, error_description: maybeText });
/** Header with the text of a status, on replies of success too. */
export const STATUS_DESCRIPTION_HEADER = "icStatusDescription";
