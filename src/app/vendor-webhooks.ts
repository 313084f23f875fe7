// Wiring of the registrations for the vendor's own events.

import { stat } from "node:fs/promises";
import {
  INBOUND_HEADER,
  listVendorWebhooks,
  registerVendorWebhook,
  removeVendorWebhook,
  type VendorWebhook,
  type VendorWebhookKind,
  type WebhookDesk,
} from "../operations/index.ts";
import type { AuditInput } from "../store/index.ts";
import type { Tenant } from "../tenant/index.ts";
import { ConfigError, type Flags, loadConfig, secretFrom } from "./config.ts";
import { CHANNEL_OF, inboundSecretName, makeSecretFile } from "./inbound.ts";
import { tenantFromConfig } from "./tenant-from-config.ts";
import { type Environment, storeOf, type Workplace } from "./workplace.ts";

/** Attempts, growth of the pauses between them, and seconds of one attempt that we ask of the vendor for its deliveries. */
const RETRY_POLICY = { maxRetries: 3, backoffMultiplier: 2, timeoutSec: 10 };

/** What is registered besides name and address. */
export interface VendorWebhookSecrets {
  /** Name of the environment variable that holds the bearer token of deliveries (wfm). */
  readonly tokenEnv?: string | undefined;
  /** File with the secret of deliveries, for the service's own addresses; made with a new secret when it is not there. */
  readonly secretFile?: string | undefined;
  /** Headers that the vendor sends along (metrics). */
  readonly headers: Readonly<Record<string, string>>;
}

/** Lists the registrations at the tenant; needs no store. */
export async function readVendorWebhooks(flags: Flags, environment: Environment): Promise<VendorWebhook[]> {
  const tenant = await tenantFromConfig(await loadConfig(flags, environment), environment);
  try {
    return await listVendorWebhooks(deskOf(tenant, undefined, {}));
  } finally {
    await tenant.close();
  }
}

/** Registers an address once. Throws ConfigError when the variable of the token is empty. */
export async function registerWebhook(
  flags: Flags,
  environment: Environment,
  draft: { readonly kind: VendorWebhookKind; readonly name: string; readonly url: string },
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
  return withDesk(flags, environment, token, headers, (dependencies) => registerVendorWebhook(draft, dependencies));
}

/** The secret that the service expects of deliveries: from the file, made when it is not there, or from the service's own variable. */
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

/** Removes a registration. */
export async function removeWebhook(flags: Flags, environment: Environment, id: string): Promise<VendorWebhook> {
  return withDesk(flags, environment, undefined, {}, (dependencies) => removeVendorWebhook(id, dependencies));
}

/** Registrations in a workplace; secrets of deliveries are the service's own, from its variables. */
export function vendorWebhooksOn(
  { tenant, store }: Pick<Workplace, "tenant" | "store">,
  environment: Environment,
  actor: string,
) {
  const dependencies = (token: string | undefined, headers: Readonly<Record<string, string>>) => ({
    desk: deskOf(tenant, token, headers),
    inTurn: <T>(name: string, run: () => Promise<T>) => store.dialer.inTurn(name, run),
    record: (entry: AuditInput) => store.audit.append([entry]),
    actor,
  });
  return {
    list: () => listVendorWebhooks(deskOf(tenant, undefined, {})),
    async register(draft: { readonly kind: VendorWebhookKind; readonly name: string; readonly url: string }) {
      const own = await secretFrom(environment, inboundSecretName(CHANNEL_OF[draft.kind]));
      const isMetrics = draft.kind === "metrics";
      const headers = isMetrics && own !== undefined ? { [INBOUND_HEADER]: own } : {};
      return registerVendorWebhook(draft, dependencies(isMetrics ? undefined : own, headers));
    },
    remove: (id: string) => removeVendorWebhook(id, dependencies(undefined, {})),
  };
}

async function withDesk<T>(
  flags: Flags,
  environment: Environment,
  token: string | undefined,
  headers: Readonly<Record<string, string>>,
  work: (dependencies: Parameters<typeof registerVendorWebhook>[1]) => Promise<T>,
): Promise<T> {
  const config = await loadConfig(flags, environment);
  await using stack = new AsyncDisposableStack();
  const tenant = await tenantFromConfig(config, environment);
  stack.defer(() => tenant.close());
  const store = await storeOf(config, environment);
  stack.defer(() => store.close());
  return await work({
    desk: deskOf(tenant, token, headers),
    inTurn: (name, run) => store.dialer.inTurn(name, run),
    record: (entry) => store.audit.append([entry]),
    actor: config.actor,
  });
}

function deskOf(tenant: Tenant, token: string | undefined, headers: Readonly<Record<string, string>>): WebhookDesk {
  const { vendorEvents } = tenant.capabilities;
  return {
    list: async (kind) => (await (kind === "wfm" ? tenant.dialerWebhooks.list() : tenant.campaignWebhooks.list())).webhooks,
    create: (kind, name, url) =>
      kind === "wfm"
        ? vendorEvents.registerDialerEvents({
            name,
            url,
            events: ["dialer.settings.updated", "dialer.campaign.activated"],
            ...(token === undefined ? {} : { auth: { type: "bearer", token } }),
            retryPolicy: RETRY_POLICY,
          })
        : vendorEvents.registerCampaignEvents({
            name,
            callbackUrl: url,
            events: ["omnichannel.campaign.metrics.update", "omnichannel.campaign.state.change"],
            enabled: true,
            ...(Object.keys(headers).length === 0 ? {} : { headers: { ...headers } }),
          }),
    remove: (kind, id) => vendorEvents.remove(kind === "wfm" ? "dialer" : "campaign", id),
  };
}
