// Calls any path of the ACD API: from the issuer to its token endpoint, from the token's issuer and tenant to the API's address; a 401 is answered with
// one new token. Knows nothing of this project.

export interface CallerConfig {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
}

export interface Called {
  readonly status: number;
  readonly body: unknown;
}

export class Caller {
  readonly #config: CallerConfig;
  #session: { readonly token: string; readonly api: string } | undefined;
  sessions = 0;

  constructor(config: CallerConfig) {
    this.#config = config;
  }

  async call(method: string, path: string, body?: unknown): Promise<Called> {
    const first = await this.#send(method, path, body);
    if (first.status !== 401) return first;
    this.#session = undefined;
    return this.#send(method, path, body);
  }

  async #send(method: string, path: string, body: unknown): Promise<Called> {
    const { token, api } = (this.#session ??= await this.#open());
    const reply = await fetch(`${api}${path}`, {
      method,
      headers: { Authorization: `Bearer ${token}`, Accept: "application/json", "Content-Type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await reply.text();
    return { status: reply.status, body: text === "" ? undefined : JSON.parse(text) };
  }

  async #open() {
    const { issuer, clientId, clientSecret, accessKeyId, accessKeySecret } = this.#config;
    const { token_endpoint } = await json<{ token_endpoint: string }>(`${issuer}/.well-known/openid-configuration`);
    const grant = await json<{ access_token: string; id_token: string }>(token_endpoint, {
      method: "POST",
      headers: { Authorization: `Basic ${btoa(`${clientId}:${clientSecret}`)}` },
      body: new URLSearchParams({ grant_type: "password", username: accessKeyId, password: accessKeySecret }),
    });
    const claims = JSON.parse(Buffer.from(grant.id_token.split(".")[1] ?? "", "base64url").toString()) as {
      iss: string;
      tenantId: string;
    };
    const where = `${claims.iss}/.well-known/cxone-configuration?tenantId=${claims.tenantId}`;
    const { api_endpoint: api } = await json<{ api_endpoint: string }>(where);
    this.sessions += 1;
    return { token: grant.access_token, api };
  }
}

async function json<Body>(url: string, init?: RequestInit): Promise<Body> {
  const reply = await fetch(url, init);
  if (!reply.ok) throw new Error(`${url}: ${reply.status}`);
  return (await reply.json()) as Body;
}
