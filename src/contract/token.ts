// The token endpoint in its documented variants: contract §1.

import { z } from "zod";

/**
 * Paths of the token endpoint. Every path accepts every form of client authentication; header and content type tell the forms
 * apart.
 */
export const TOKEN_PATHS = ["/oauth/token", "/v1/oauth/token", "/api/v2/oauth/token"] as const;

/** How the client authenticates: HTTP Basic, fields of a form, or fields of a JSON body. */
export const TOKEN_AUTH_STYLES = ["basic", "form", "json"] as const;
/** How the client's credentials are sent. */
export type TokenAuthStyle = (typeof TOKEN_AUTH_STYLES)[number];

/** Reply of the token endpoint. `expires_in` counts seconds; `scope` lists what was granted, separated by spaces. */
export const tokenReply = z.looseObject({
  access_token: z.string().min(1),
  expires_in: z.number().positive().catch(3600),
  token_type: z.string().optional().catch(undefined),
  scope: z.string().optional().catch(undefined),
});
