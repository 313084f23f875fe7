// Finds the address of a tenant's API once, by the token's tenant, unless the operator configured it.

import { DISCOVERY_PATH, discoveryReply } from "../../contract/acd/index.ts";
import { type Clock, messageOf, type RandomStream } from "../../kernel/index.ts";
import { TenantError } from "../errors.ts";
import type { HostAddress } from "../hosts.ts";
import { parseJson } from "../reply.ts";
import { backoffMs } from "../retry-timing.ts";
import type { SecretScrubber } from "../secrets.ts";
import type { TokenSource } from "../tokens.ts";
import type { Transport } from "../transport.ts";
import type { ResolvedAcdConfig } from "./config.ts";
import { claimsOf, type TokenClaims } from "./grant.ts";
import { parseGivenHost } from "./hosts.ts";

/** What is known about a tenant's address. */
export interface TenantPlace {
  readonly api: HostAddress;
  readonly claims: TokenClaims | undefined;
  /** `configured`: the operator gave the address. */
  readonly found: "configured" | "discovered";
  readonly area: string | undefined;
  readonly cluster: string | undefined;
}

interface DiscoveryDependencies {
  readonly transport: Transport;
  readonly clock: Clock;
  readonly random: RandomStream;
  readonly scrubber: SecretScrubber;
  readonly tokens: TokenSource;
  readonly closing: AbortSignal;
}

const ADVICE = "Set tenant.acd.api to the address of the tenant's API, such as https://api-na1.niceincontact.com.";
const MAX_BODY = 64 * 1024;

/** Finds the tenant's address: the configured one, or by its area and token. Only one request is made. */
export class Discovery {
  readonly #config: ResolvedAcdConfig;
  readonly #with: DiscoveryDependencies;
  #place: Promise<TenantPlace> | undefined;

  constructor(config: ResolvedAcdConfig, dependencies: DiscoveryDependencies) {
    this.#config = config;
    this.#with = dependencies;
  }

  /** Found once for all callers; a failure is not cached. @param isStop a stop waits for it */
  place(isStop = false): Promise<TenantPlace> {
    if (isStop) this.#with.tokens.stopWaits();
    this.#place ??= this.#find().catch((thrown: unknown) => {
      this.#place = undefined;
      throw thrown;
    });
    return this.#place;
  }

  async #find(): Promise<TenantPlace> {
    const { authorization, idToken } = await this.#with.tokens.get(this.#with.closing);
    const claims = claimsOf(idToken, authorization.slice("Bearer ".length));
    const { api, issuer } = this.#config;
    if (api !== undefined) return { api, claims, found: "configured", area: undefined, cluster: claims?.cluster };
    const found = await this.#ask(this.#config.tenantId ?? claims?.tenantId);
    const given = parseGivenHost(found.api_endpoint, "the tenant's discovery: api_endpoint", issuer);
    return { api: given, claims, found: "discovered", area: found.area, cluster: found.cluster };
  }

  async #ask(tenantId: string | undefined) {
    const { issuer, retry } = this.#config;
    const { clock, random, closing } = this.#with;
    // A regional host answers without a tenant id as well.
    const query = tenantId === undefined ? "" : `?tenantId=${encodeURIComponent(tenantId)}`;
    const deadline = clock.now() + retry.totalMs;
    for (let failures = 1; ; failures += 1) {
      const answer = await this.#attempt(`${issuer.prefix}${DISCOVERY_PATH}${query}`, deadline);
      if ("reply" in answer) return answer.reply;
      const pause = backoffMs(failures, retry, random);
      if (!answer.again || failures >= retry.maxAttempts || clock.now() + pause >= deadline) throw answer.error;
      await clock.sleep(pause, closing);
    }
  }

  async #attempt(path: string, deadline: number) {
    const { transport, scrubber, closing } = this.#with;
    const { issuer, headersMs, bodyMs } = this.#config;
    const failed = (
      code: "vendor_unavailable" | "refused" | "invalid_reply",
      message: string,
      status?: number,
      cause?: unknown,
    ) =>
      new TenantError(code, `the tenant's address was not found at ${issuer.origin}: ${scrubber.clean(message)}`, {
        advice: ADVICE,
        status,
        cause,
      });
    try {
      const { status, body } = await transport({
        method: "GET",
        origin: issuer.origin,
        path,
        headers: { accept: "application/json" },
        signal: closing,
        headersTimeoutMs: headersMs,
        bodyTimeoutMs: bodyMs,
        deadline,
        maxBodyBytes: MAX_BODY,
      });
      if (status === 429 || status >= 500)
        return { again: true, error: failed("vendor_unavailable", `status ${status}`, status) };
      if (status !== 200) return { again: false, error: failed("refused", `status ${status}`, status) };
      const parsed = discoveryReply.safeParse(parseJson(body));
      if (parsed.success) return { reply: parsed.data };
      return { again: false, error: failed("invalid_reply", "a reply without api_endpoint", status) };
    } catch (thrown) {
      return { again: true, error: failed("vendor_unavailable", messageOf(thrown), undefined, thrown) };
    }
  }
}
