// A sign-in provider on a free loopback port: OpenID Connect as a real implementation of it does it, with people as the test says.

import { generateKeyPairSync } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Provider } from "oidc-provider";

export interface TestProvider extends AsyncDisposable {
  readonly issuer: string;
  /** Claims by login name, beside `sub`, which is `id-` and the name. */
  readonly people: Record<string, Readonly<Record<string, unknown>>>;
  /** Status with which a path is answered instead, by path. */
  readonly broken: Map<string, number>;
  /** Signs somebody in at the provider, as a browser would, and gives the address that it is sent back to. */
  signIn(address: string, login: string): Promise<string>;
}

export const CLIENT = { id: "outdial", secret: "the-secret-of-the-client-at-the-provider" };

/** @param redirectUri where the provider may send people back to */
export async function startProvider(redirectUri: string): Promise<TestProvider> {
  const people: TestProvider["people"] = {};
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const handler: { answer?: ReturnType<Provider["callback"]> } = {};
  const broken: TestProvider["broken"] = new Map();
  const server = createServer((request, response) => {
    const status = broken.get((request.url ?? "").split("?")[0] ?? "");
    if (status === undefined) void handler.answer?.(request, response);
    else response.writeHead(status).end("upstream is away");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  handler.answer = new Provider(issuer, {
    clients: [
      {
        client_id: CLIENT.id,
        client_secret: CLIENT.secret,
        redirect_uris: [redirectUri],
        id_token_signed_response_alg: "ES256",
      },
    ],
    jwks: { keys: [{ ...privateKey.export({ format: "jwk" }), alg: "ES256", use: "sig" }] },
    cookies: { keys: ["not secret: the cookies of a test"] },
    scopes: ["openid", "groups"],
    claims: { openid: ["sub", "email"], groups: ["groups"] },
    pkce: { required: () => true },
    ttl: { AccessToken: 600, AuthorizationCode: 60, IdToken: 600, Interaction: 600, Session: 600, Grant: 600 },
    findAccount: (_: unknown, id: string) => ({ accountId: id, claims: () => ({ sub: id, ...people[id.slice(3)] }) }),
    async loadExistingGrant(ctx) {
      const grant = new ctx.oidc.provider.Grant({
        clientId: ctx.oidc.client.clientId,
        accountId: ctx.oidc.session.accountId,
      });
      grant.addOIDCScope("openid groups");
      await grant.save();
      return grant;
    },
  }).callback();
  return {
    issuer,
    people,
    broken,
    async signIn(address, login) {
      const jar = new Map<string, string>();
      const visit = async (url: string, init: { method?: string; body?: string; headers?: Record<string, string> } = {}) => {
        const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join("; ");
        const response = await fetch(url, { ...init, redirect: "manual", headers: { ...init.headers, cookie } });
        for (const line of response.headers.getSetCookie()) {
          const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
          jar.set(name, value);
        }
        return response;
      };
      let response = await visit(address);
      for (let hops = 0; hops < 10; hops++) {
        const to = response.headers.get("location");
        if (to === null) throw new Error(`the provider stopped with ${response.status}: ${await response.text()}`);
        const next = new URL(to, issuer).href;
        if (next.startsWith(redirectUri)) return next;
        response = await visit(next);
        if (response.status === 200) {
          const body = new URLSearchParams({ prompt: "login", login: `id-${login}`, password: "any" });
          const type = { "content-type": "application/x-www-form-urlencoded" };
          response = await visit(next, { method: "POST", body: body.toString(), headers: type });
        }
      }
      throw new Error("the provider sends people round in circles");
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
