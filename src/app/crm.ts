// Wiring of the CRM: events of retrievals, records in batches.

import { randomUUID } from "node:crypto";
import { createRandom } from "../kernel/index.ts";
import { type CrmPushReport, createCrmSender, createDeliveryWorker, OperationError, pushToCrm } from "../operations/index.ts";
import { alarmsIn, type Flags, receiversOf, type WebhookEndpoint } from "./config.ts";
import { announcerOver, CRM } from "./crm-announcer.ts";
import { outcomeMapOf } from "./outcome-map.ts";
import { type OutcomeRecords, openOutcomeRecords } from "./outcomes.ts";
import type { DeliveryEnd, Environment, Workplace } from "./workplace.ts";

/** What is to be pushed. */
export interface CrmPushRequest {
  readonly campaignId?: string | undefined;
  /** Earliest and latest start of calls, both inclusive. */
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  readonly batch?: number | undefined;
  readonly again?: boolean | undefined;
  readonly map?: string | undefined;
}

export interface CrmRuntime extends AsyncDisposable {
  /** Queues the events of retrievals that the CRM was not told of. @returns how many */
  announce(): Promise<number>;
  /** Delivers the events that are due. */
  deliver(): Promise<DeliveryEnd>;
  /** Sends the records that the CRM does not have. Throws OperationError. */
  push(
    request: CrmPushRequest,
    options: Pick<NonNullable<Parameters<typeof pushToCrm>[1]>, "signal" | "onProgress" | "onRefused">,
  ): Promise<CrmPushReport>;
}

/** Opens what a push needs. Throws ConfigError or OperationError `invalid_input` when no CRM is configured. */
export async function openCrm(flags: Flags, environment: Environment): Promise<CrmRuntime> {
  await using stack = new AsyncDisposableStack();
  const records = stack.use(await openOutcomeRecords(flags, environment));
  const { config, store } = records;
  const receivers = await receiversOf(config, environment);
  const endpoint = crmAmong(receivers);
  const worker = createDeliveryWorker({
    outbox: store.outbox,
    switches: store.endpoints,
    alarms: alarmsIn(receivers),
    endpoints: { [CRM]: endpoint },
    clock: config.clock,
    random: createRandom(randomUUID(), "crm deliveries"),
    by: `crm-${process.pid}`,
  });
  const owned = stack.move();
  return {
    ...(await crmOver(records, endpoint, environment)),
    deliver: () => worker.drain(),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** The CRM's endpoint. Throws OperationError `invalid_input` when none is configured. */
export function crmAmong(receivers: Workplace["receivers"]): WebhookEndpoint {
  if (receivers.crm !== undefined) return receivers.crm;
  throw new OperationError("invalid_input", "no CRM is configured", {
    advice: "Set webhooks.crm.url in outdial.yaml, or OUTDIAL_CRM_URL, and the signing secret in OUTDIAL_CRM_SECRET.",
  });
}

/** Pushes over a lake and a store that are open, in the name of the configuration's actor. */
export async function crmOver(
  over: Pick<OutcomeRecords, "config" | "store" | "lake">,
  endpoint: WebhookEndpoint,
  environment: Environment,
): Promise<Pick<CrmRuntime, "announce" | "push">> {
  const { config, store, lake } = over;
  const random = createRandom(randomUUID(), "crm");
  const announcer = await announcerOver(over);
  return {
    announce: () => announcer.announceAll(),
    async push({ map, campaignId, from, to, batch, again }, options) {
      const url = environment["OUTDIAL_CRM_RECORDS_URL"] ?? config.file.webhooks?.crm?.recordsUrl;
      if (url === undefined) {
        throw new OperationError("invalid_input", "the CRM has no address for records", {
          advice: "Set webhooks.crm.recordsUrl in outdial.yaml, or OUTDIAL_CRM_RECORDS_URL.",
        });
      }
      const sender = createCrmSender({ ...endpoint, url });
      try {
        return await pushToCrm(
          {
            lake,
            ledger: store.crm,
            sender,
            map: await outcomeMapOf(config, map),
            record: (entry) => store.audit.append([entry]),
            clock: config.clock,
            random,
            actor: config.actor,
          },
          { campaignId, from, to, batch, again, ...options },
        );
      } finally {
        await sender.close();
      }
    },
  };
}
