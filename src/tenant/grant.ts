// How a profile gets its token: the address, the request, and how the reply is read.

import type { HostAddress } from "./hosts.ts";

/** A token grant. */
export interface Grant {
  readonly address: HostAddress;
  /** Scopes that are requested; empty where rights do not come from scopes. */
  readonly scopes: readonly string[];
  /** Name of the secret in the configuration, for messages. */
  readonly secretName: string;
  /** Called for every request; the secret is never stored. */
  readonly secret: () => Promise<string>;
  /** Further secrets that messages must not show. */
  readonly secrets: readonly string[];
  /** Advice when the credentials are refused, and when the address answers something else. */
  readonly checkCredentials: string;
  readonly checkAddress: string;
  request(secret: string): { readonly headers: Record<string, string>; readonly body: string };
  /** The token in a successful reply; undefined when there is none. */
  read(reply: unknown): GrantedToken | undefined;
}

interface GrantedToken {
  readonly accessToken: string;
  readonly expiresInSeconds: number;
  /** Scopes separated by spaces, when the tenant gives them. */
  readonly scope: string | undefined;
  /** An identity token that says for whom the access token was issued. */
  readonly idToken?: string | undefined;
}
