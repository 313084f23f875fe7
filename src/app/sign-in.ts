// The configured sign-in provider, with the client's secret.

import { resolve } from "node:path";
import { isLoopback } from "../kernel/index.ts";
import type { SignInSettings } from "../server/index.ts";
import type { Config } from "./config.ts";
import { ConfigError } from "./config-error.ts";
import { type Environment, readSecretFile, secretFrom } from "./environment.ts";

/** Undefined when none is configured. Throws ConfigError. @param host on which the service listens */
export async function signInOf(config: Config, environment: Environment, host: string): Promise<SignInSettings | undefined> {
  const { signIn: given, publicUrl } = config.file.service ?? {};
  if (given === undefined) return undefined;
  const issuer = new URL(given.issuer);
  if (issuer.protocol !== "https:" && !isLoopback(issuer.hostname))
    throw new ConfigError(
      `service.signIn.issuer: ${issuer.origin} is not https`,
      "Somebody who can change its answers could sign in as anybody; http is only for a provider on this machine.",
    );
  if (publicUrl === undefined && !isLoopback(host))
    throw new ConfigError(
      "service.signIn needs service.publicUrl: the address to which the provider sends people after they signed in",
      "Register that address with /sign-in/callback at its end as the client's redirect URI.",
    );
  const variable = given.clientSecretEnv ?? "OUTDIAL_SIGN_IN_SECRET";
  const clientSecret =
    given.clientSecretFile === undefined
      ? await secretFrom(environment, variable)
      : await readSecretFile(resolve(config.folder, given.clientSecretFile), "service.signIn.clientSecretFile");
  if (clientSecret === undefined && given.clientSecretEnv !== undefined)
    throw new ConfigError(`service.signIn: the client's secret is not set; set ${variable}`);
  return {
    name: given.name ?? issuer.host,
    issuer: given.issuer,
    clientId: given.clientId,
    clientSecret,
    scopes: ["openid", ...(given.scopes ?? ["profile", "email"]).filter((scope) => scope !== "openid")],
    subject: given.subject ?? "sub",
    roleClaim: given.roleClaim,
    roles: given.roles,
  };
}
