// The sign-in provider: OpenID Connect, authorization code with PKCE. Requested when somebody signs in, and to check it.

import type { Configuration } from "openid-client";
import { z } from "zod";
import { type Clock, installCommand, isWithin, messageOf, missingPackage } from "../../kernel/index.ts";
import type { Role } from "../../operations/views/index.ts";
import { type ClaimRules, hasRoles } from "./roles.ts";

/** A provider as configured. */
export interface SignInSettings extends ClaimRules {
  /** Text of the button. */
  readonly name: string;
  /** https, or http with a loopback address. */
  readonly issuer: string;
  readonly clientId: string;
  /** Undefined for a client without a secret. */
  readonly clientSecret: string | undefined;
  readonly scopes: readonly string[];
  readonly roles: Readonly<Record<string, Role>>;
}

/** The values that must be the same when the browser comes back. */
export interface Attempt {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
}

/** Why nobody was signed in. */
export type SignInTrouble = "unavailable" | "refused" | "not_trusted";

export class SignInError extends Error {
  readonly code: SignInTrouble;

  constructor(code: SignInTrouble, message: string, cause?: unknown) {
    super(message, { cause });
    this.code = code;
  }
}

/** Time limit for each answer of the provider, seconds. */
const TIMEOUT_S = 8;
/** How long the provider's metadata is used before it is read again, ms. */
const FRESH_MS = 3_600_000;

export class Provider {
  readonly #settings: SignInSettings;
  readonly #clock: Clock;
  #found: { readonly config: Configuration; readonly at: number } | undefined;
  #finding: Promise<Configuration> | undefined;

  constructor(settings: SignInSettings, clock: Clock) {
    this.#settings = settings;
    this.#clock = clock;
  }

  /** Reads its metadata. Throws SignInError when it does not answer, or is another issuer than the configured one. */
  async check(): Promise<void> {
    await this.#configuration();
  }

  /** The address to send the browser to, and the values that it must bring back. Throws SignInError `unavailable`. */
  async begin(redirectUri: string): Promise<{ readonly url: URL; readonly attempt: Attempt }> {
    const client = await library();
    const config = await this.#configuration();
    const attempt = { state: client.randomState(), nonce: client.randomNonce(), verifier: client.randomPKCECodeVerifier() };
    const url = client.buildAuthorizationUrl(config, {
      redirect_uri: redirectUri,
      scope: this.#settings.scopes.join(" "),
      state: attempt.state,
      nonce: attempt.nonce,
      code_challenge: await client.calculatePKCECodeChallenge(attempt.verifier),
      code_challenge_method: "S256",
    });
    return { url, attempt };
  }

  /**
   * The claims of the person who came back to `address`, checked: signature, issuer, audience, times, state, nonce. Throws
   * SignInError.
   */
  async finish(address: URL, attempt: Attempt): Promise<Readonly<Record<string, unknown>>> {
    const client = await library();
    const config = await this.#configuration();
    try {
      const tokens = await client.authorizationCodeGrant(config, address, {
        pkceCodeVerifier: attempt.verifier,
        expectedState: attempt.state,
        expectedNonce: attempt.nonce,
        idTokenExpected: true,
      });
      const claims = tokens.claims();
      if (claims === undefined) throw new SignInError("not_trusted", "the provider sent no ID token");
      if (hasRoles(claims, this.#settings) || config.serverMetadata().userinfo_endpoint === undefined) return claims;
      const more = await client.fetchUserInfo(config, tokens.access_token, claims.sub);
      return { ...more, ...claims };
    } catch (thrown) {
      throw troubleOf(thrown, client);
    }
  }

  /** The address for signing out at the provider after signing out here; null when it has none, or does not answer. */
  async signOutUrl(returnTo: string | undefined): Promise<string | null> {
    try {
      const config = await this.#configuration();
      if (config.serverMetadata().end_session_endpoint === undefined) return null;
      return (await library()).buildEndSessionUrl(config, returnTo === undefined ? {} : { post_logout_redirect_uri: returnTo })
        .href;
    } catch {
      return null;
    }
  }

  async #configuration(): Promise<Configuration> {
    const known = this.#found;
    if (known !== undefined && isWithin(FRESH_MS, known.at, this.#clock.now())) return known.config;
    this.#finding ??= this.#discover().finally(() => {
      this.#finding = undefined;
    });
    try {
      return await this.#finding;
    } catch (thrown) {
      // Metadata from an hour ago is usually still valid.
      if (known !== undefined) return known.config;
      throw thrown;
    }
  }

  async #discover(): Promise<Configuration> {
    const client = await library();
    const { issuer, clientId, clientSecret } = this.#settings;
    const url = new URL(issuer);
    try {
      const config = await client.discovery(
        url,
        clientId,
        clientSecret,
        clientSecret === undefined ? client.None() : secretAuth(client, clientSecret),
        {
          timeout: TIMEOUT_S,
          execute: [client.enableNonRepudiationChecks, ...(url.protocol === "http:" ? [client.allowInsecureRequests] : [])],
        },
      );
      this.#found = { config, at: this.#clock.now() };
      return config;
    } catch (thrown) {
      throw discoveryTrouble(thrown, url, client);
    }
  }
}

type Library = typeof import("openid-client");

/** Loaded when somebody signs in. Throws `missing_package`. */
function library(): Promise<Library> {
  return import("openid-client").catch((thrown: unknown) => {
    throw missingPackage(thrown, installCommand(["openid-client"])) ?? thrown;
  });
}

/**
 * The secret goes into the header, which every provider must support; into the body when the provider says that it accepts only
 * that.
 */
function secretAuth(client: Library, secret: string): ReturnType<Library["ClientSecretBasic"]> {
  const [basic, post] = [client.ClientSecretBasic(secret), client.ClientSecretPost(secret)];
  return (server, ...rest) => {
    const methods = server.token_endpoint_auth_methods_supported ?? ["client_secret_basic"];
    return methods.includes("client_secret_basic") ? basic(server, ...rest) : post(server, ...rest);
  };
}

function troubleOf(thrown: unknown, client: Library): SignInError {
  if (thrown instanceof SignInError) return thrown;
  if (thrown instanceof client.AuthorizationResponseError)
    return new SignInError("refused", `the provider refused: ${thrown.error}`, thrown);
  if (thrown instanceof client.ResponseBodyError && !isAway(thrown, client))
    return new SignInError("not_trusted", `the provider did not accept the code: ${thrown.error}`, thrown);
  const cause = !isOfFetch(thrown) && thrown instanceof Error && thrown.cause instanceof Error ? `: ${thrown.cause.message}` : "";
  return new SignInError(isAway(thrown, client) ? "unavailable" : "not_trusted", `${wordsOf(thrown)}${cause}`, thrown);
}

/** Why the provider's metadata could not be used. */
function discoveryTrouble(thrown: unknown, { href, origin }: URL, client: Library): SignInError {
  const named = otherIssuer.safeParse(thrown).data?.cause;
  if (named === undefined)
    return isAway(thrown, client)
      ? new SignInError("unavailable", `the provider ${origin} did not answer the discovery request: ${wordsOf(thrown)}`, thrown)
      : new SignInError("not_trusted", `the metadata of the provider ${origin} cannot be used: ${wordsOf(thrown)}`, thrown);
  const message = `the provider at ${href} calls itself ${JSON.stringify(named.body.issuer)}; the configured issuer must be that name`;
  return new SignInError("not_trusted", message, thrown);
}

/** What the library throws when the provider's metadata name another issuer than the one that was asked. */
const otherIssuer = z.object({
  code: z.literal("OAUTH_JSON_ATTRIBUTE_COMPARISON_FAILED"),
  cause: z.object({ attribute: z.literal("issuer"), body: z.object({ issuer: z.string().max(500) }) }),
});

/** Whether the provider did not answer, or answered that it cannot now. */
function isAway(thrown: unknown, { ClientError, ResponseBodyError }: Library): boolean {
  if (thrown instanceof ResponseBodyError) return isBusy(thrown.status);
  if (!(thrown instanceof ClientError)) return thrown instanceof TypeError;
  const status = statusOf(thrown);
  if (status !== undefined) return isBusy(status);
  return thrown.code === "OAUTH_TIMEOUT" || thrown.code === "OAUTH_ABORT";
}

/** An answer that could not be used. Not told by its class: in a process that listens, hono puts another `Response` in the place of Node's. */
const unusable = z.object({ cause: z.object({ status: z.int() }) });
const statusOf = (thrown: unknown) => unusable.safeParse(thrown).data?.cause.status;

const isBusy = (status: number) => status >= 500 || status === 429 || status === 408;

/** An error of `fetch` says only that it failed; its cause says why. */
const isOfFetch = (thrown: unknown): thrown is TypeError & { readonly cause: Error } =>
  thrown instanceof TypeError && thrown.cause instanceof Error;

function wordsOf(thrown: unknown): string {
  return [messageOf(isOfFetch(thrown) ? thrown.cause : thrown), statusOf(thrown) ?? []].flat().join(" ");
}
