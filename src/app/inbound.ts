// Wiring of incoming vendor events: their secrets, the queue's worker, what the service mounts.

import { randomBytes } from "node:crypto";
import { chmod, writeFile } from "node:fs/promises";
import { type Clock, fileTrouble } from "../kernel/index.ts";
import {
  type CampaignMetrics,
  type DeliveryProof,
  INBOUND_HEADER,
  type InboundProcessed,
  InboundWorker,
  Intake,
  type VendorWebhookKind,
  vendorEventHandlers,
} from "../operations/index.ts";
import type { InboundRoutesOptions } from "../server/index.ts";
import { INBOUND_CHANNELS, type InboundChannel, type Store, type StoreLog } from "../store/index.ts";
import { ConfigError } from "./config-error.ts";
import { type Environment, secretFrom } from "./environment.ts";

/** The channel for the events of a registration. */
export const CHANNEL_OF: Readonly<Record<VendorWebhookKind, InboundChannel>> = { metrics: "omnichannel", wfm: "dialer" };

/** Name of the variable with a channel's secret; with `_FILE` appended it names a file instead. */
export function inboundSecretName(channel: InboundChannel): string {
  return `OUTDIAL_INBOUND_${channel.toUpperCase()}_SECRET`;
}

/** How the vendor sends the secret that a service expects in deliveries. */
export function proofOf(kind: VendorWebhookKind, secret: string | undefined): DeliveryProof {
  if (kind === "wfm") return { token: secret };
  return secret === undefined ? {} : { headers: { [INBOUND_HEADER]: secret } };
}

/** What deliveries to the service's own addresses contain, by its variables. Throws ConfigError. */
export const ownProof = async (kind: VendorWebhookKind, environment: Environment): Promise<DeliveryProof> =>
  proofOf(kind, await secretFrom(environment, inboundSecretName(CHANNEL_OF[kind])));

/** The secrets that deliveries may use: the present one, and the previous one while `…_SECRET_PREVIOUS` is set. */
export async function inboundSecrets(environment: Environment): Promise<Partial<Record<InboundChannel, readonly string[]>>> {
  const found: Partial<Record<InboundChannel, readonly string[]>> = {};
  for (const channel of INBOUND_CHANNELS) {
    const name = inboundSecretName(channel);
    const secrets = [await secretFrom(environment, name), await secretFrom(environment, `${name}_PREVIOUS`)];
    const set = secrets.filter((secret) => secret !== undefined);
    if (set.length > 0) found[channel] = set;
  }
  return found;
}

/**
 * Writes a new secret of 256 bits to a file that only its owner may read. Throws ConfigError when the file exists or cannot be
 * written.
 */
export async function makeSecretFile(path: string): Promise<string> {
  const secret = randomBytes(32).toString("base64url");
  try {
    await writeFile(path, `${secret}\n`, { flag: "wx", mode: 0o600 });
    await chmod(path, 0o600);
  } catch (thrown) {
    throw new ConfigError(`--secret-file: cannot write ${path}: ${fileTrouble(thrown)}`);
  }
  return secret;
}

/** Receives the vendor's events in one process. */
export interface InboundRuntime {
  /** For the routes; `secrets` come from `inboundSecrets`. */
  readonly intake: InboundRoutesOptions["intake"];
  start(): void;
  /** Waits for pending writes and for the batch under way. May be called twice. */
  stop(): Promise<void>;
}

/** @param by id of this replica */
export function createInbound(options: {
  readonly store: Pick<Store, "inbound">;
  readonly metrics: Pick<CampaignMetrics, "recordPushed">;
  readonly clock: Clock;
  readonly by: string;
  readonly log?: StoreLog | undefined;
  readonly onProcessed?: ((processed: InboundProcessed) => void) | undefined;
}): InboundRuntime {
  const { store, metrics, clock, by, log, onProcessed } = options;
  const worker = new InboundWorker({
    inbound: store.inbound,
    handlers: vendorEventHandlers(metrics),
    clock,
    by,
    log,
    onProcessed,
  });
  const intake = new Intake(store.inbound, { onKept: () => worker.poke() });
  return {
    intake,
    start: () => worker.start(),
    async stop() {
      await intake.settled();
      await worker.stop();
    },
  };
}
