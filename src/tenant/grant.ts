// How a profile gets its token: where it is asked for, with what, and how the answer is read.

import type { HostAddress } from "./hosts.ts";

/** Where a token is asked for, for what, and with which secret. */
export interface Grant {
  readonly address: HostAddress;
  /** Scopes that are asked for; none where rights do not come from scopes. */
  readonly scopes: readonly string[];
  /** The secret's place in the configuration, for messages. */
  readonly secretName: string;
  /** Asked at every request, and never stored. */
  readonly secret: () => Promise<string>;
  /** Further secrets that no message may show. */
  readonly secrets: readonly string[];
  /** What to check when the credentials are refused, and when the address answers something else. */
  readonly checkCredentials: string;
  readonly checkAddress: string;
  request(secret: string): { readonly headers: Record<string, string>; readonly body: string };
  /** The token in a reply of success; undefined when there is none. */
  read(reply: unknown): GrantedToken | undefined;
}

interface GrantedToken {
  readonly accessToken: string;
  readonly expiresInSeconds: number;
  /** Scopes separated by spaces, when the tenant says them. */
  readonly scope: string | undefined;
  /** A second token that says who the first one is of. */
  readonly idToken?: string | undefined;
}
