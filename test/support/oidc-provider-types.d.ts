// What the tests use of the package oidc-provider, which has no types of its own.

declare module "oidc-provider" {
  import type { IncomingMessage, ServerResponse } from "node:http";

  interface Grant {
    addOIDCScope(scope: string): void;
    save(): Promise<string>;
  }
  interface Context {
    readonly oidc: {
      readonly client: { readonly clientId: string };
      readonly session: { readonly accountId: string };
      readonly provider: { readonly Grant: new (given: { clientId: string; accountId: string }) => Grant };
    };
  }
  export class Provider {
    constructor(
      issuer: string,
      configuration: Readonly<Record<string, unknown>> & { loadExistingGrant?: (ctx: Context) => Promise<Grant> },
    );
    callback(): (request: IncomingMessage, response: ServerResponse) => Promise<void>;
  }
}
