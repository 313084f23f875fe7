// Wiring of the registrations for the vendor's own events.

import { stat } from "node:fs/promises";
import { parseDuration } from "../kernel/index.ts";
import {
  type DeliveryProof,
  INBOUND_HEADER,
  type ListedWebhooks,
  listedWebhooks,
  RETRY_POLICY,
  type VendorRetryPolicy,
  type VendorWebhookDraft,
  type VendorWebhookKind,
  VendorWebhookUseCases,
} from "../operations/index.ts";
import { type Config, type Flags, loadConfig } from "./config.ts";
import { ConfigError } from "./config-error.ts";
import { type Environment, secretFrom } from "./environment.ts";
import { CHANNEL_OF, inboundSecretName, makeSecretFile } from "./inbound.ts";
import { storeIfAny, storeOf } from "./store-of-config.ts";
import { tenantFromConfig } from "./tenant-from-config.ts";
import type { Workplace } from "./workplace.ts";

/** The data of a registration besides name and address. */
export interface VendorWebhookSecrets {
  /** Name of the environment variable that holds the bearer token of deliveries (wfm). */
  readonly tokenEnv?: string | undefined;
  /** File with the secret of deliveries, for the service's own addresses; created with a new secret when it does not exist. */
  readonly secretFile?: string | undefined;
  /** Headers that the vendor includes (metrics). */
  readonly headers: Readonly<Record<string, string>>;
}

/** Lists the registrations at the tenant, compared with the store's records where there is one. */
export async function readVendorWebhooks(
  flags: Flags,
  environment: Environment,
): Promise<ListedWebhooks & { readonly compared: boolean }> {
  const config = await loadConfig(flags, environment);
  await using stack = new AsyncDisposableStack();
  const tenant = await tenantFromConfig(config, environment);
  stack.defer(() => tenant.close());
  const store = await storeIfAny(config, environment);
  stack.defer(async () => store?.close());
  return { ...(await listedWebhooks(tenant, store?.audit)), compared: store !== undefined };
}

/** Opens the registrations. @param proof what deliveries contain */
export async function openVendorWebhooks(
  flags: Flags,
  environment: Environment,
  proof?: DeliveryProof,
): Promise<VendorWebhookUseCases & AsyncDisposable> {
  const config = await loadConfig(flags, environment);
  await using stack = new AsyncDisposableStack();
  const tenant = await tenantFromConfig(config, environment);
  stack.defer(() => tenant.close());
  const store = await storeOf(config, environment);
  stack.defer(() => store.close());
  const webhooks = new VendorWebhookUseCases(
    { tenant, store, actor: config.actor },
    async () => proof ?? {},
    retryPolicyOf(config),
  );
  const owned = stack.move();
  return Object.assign(webhooks, { [Symbol.asyncDispose]: () => owned.disposeAsync() });
}

/** Registers an address once. Throws ConfigError when the variable of the token is empty. */
export async function registerWebhook(
  flags: Flags,
  environment: Environment,
  draft: VendorWebhookDraft,
  secrets: VendorWebhookSecrets,
): Promise<{ readonly id: string; readonly already: boolean }> {
  const given = secrets.tokenEnv === undefined ? undefined : await secretFrom(environment, secrets.tokenEnv);
  if (secrets.tokenEnv !== undefined && given === undefined)
    throw new ConfigError(
      `${secrets.tokenEnv} is not set`,
      "It holds the bearer token that the vendor sends with each delivery.",
    );
  const own =
    given === undefined && Object.keys(secrets.headers).length === 0
      ? await ownSecret(draft.kind, secrets.secretFile, environment)
      : undefined;
  const token = draft.kind === "wfm" ? (given ?? own) : undefined;
  const headers = draft.kind === "metrics" && own !== undefined ? { [INBOUND_HEADER]: own } : secrets.headers;
  await using webhooks = await openVendorWebhooks(flags, environment, { token, headers });
  return await webhooks.register(draft);
}

/**
 * The secret that the service expects in deliveries: from the file, which is created when it does not exist, or from the
 * service's own variable.
 */
async function ownSecret(
  kind: VendorWebhookKind,
  file: string | undefined,
  environment: Environment,
): Promise<string | undefined> {
  const name = inboundSecretName(CHANNEL_OF[kind]);
  if (file === undefined) return secretFrom(environment, name);
  const there = await stat(file).then(Boolean, () => false);
  return there ? secretFrom({ [`${name}_FILE`]: file }, name) : makeSecretFile(file);
}

/** Registrations in a workplace; the secrets of deliveries are the service's own, from its variables. */
export function vendorWebhooksOn(context: Workplace, environment: Environment): VendorWebhookUseCases {
  const proof = async (kind: VendorWebhookKind) => {
    const own = await secretFrom(environment, inboundSecretName(CHANNEL_OF[kind]));
    if (kind === "wfm") return { token: own };
    return own === undefined ? {} : { headers: { [INBOUND_HEADER]: own } };
  };
  return new VendorWebhookUseCases(context, proof, retryPolicyOf(context.config));
}

/**
 * How often and how fast the vendor should repeat deliveries about the dialer. Throws ConfigError for a time that is not a whole
 * number of seconds.
 */
function retryPolicyOf({ file }: Pick<Config, "file">): VendorRetryPolicy {
  const { retries, backoff, timeout } = file.vendorEvents?.wfm ?? {};
  const seconds = timeout === undefined ? RETRY_POLICY.timeoutSec : (parseDuration(timeout) ?? 0) / 1000;
  if (!Number.isInteger(seconds) || seconds < 1)
    throw new ConfigError(`vendorEvents.wfm.timeout is ${timeout}; allowed are whole seconds, such as 10s`);
  return {
    maxRetries: retries ?? RETRY_POLICY.maxRetries,
    backoffMultiplier: backoff ?? RETRY_POLICY.backoffMultiplier,
    timeoutSec: seconds,
  };
}
