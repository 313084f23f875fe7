// What can be done with the CRM, for every face: it is told of retrievals, and brought the records that it does not have.

import type { OutcomeLake, OutcomeMap } from "../../outcomes/index.ts";
import type { Context } from "../context.ts";
import { OperationError } from "../error.ts";
import type { DeliveryWorker } from "../events/worker.ts";
import { createCrmAnnouncer } from "./announce.ts";
import { createCrmSender } from "./sender.ts";
import { type CrmPushOptions, type CrmPushReport, pushToCrm } from "./upsert.ts";

/** How the CRM is reached. */
export interface CrmParts {
  readonly lake: OutcomeLake;
  /** Name of the receiver of events. */
  readonly receiver: string;
  /** Throws OperationError `invalid_input` when no CRM is configured. */
  readonly endpoint: () => Parameters<typeof createCrmSender>[0];
  /** Where records go; undefined when that is not configured. */
  readonly recordsUrl: string | undefined;
  /** The map of disposition codes: of a file, or without one the configured map. Throws MeaningError */
  readonly map: (path?: string) => Promise<OutcomeMap>;
  /** Delivers the events that are due. */
  readonly deliver: () => ReturnType<DeliveryWorker["drain"]>;
}

/** What is pushed: calls by when they started, both ends included. */
export interface CrmPushRequest extends CrmPushOptions {
  /** Records too, not only the events of retrievals. */
  readonly records: boolean;
  /** File of a map of disposition codes instead of the configured one. */
  readonly map?: string | undefined;
}

/** What came of a push. */
export interface CrmPushed {
  /** Events of retrievals queued. */
  readonly announced: number;
  readonly delivery: Awaited<ReturnType<CrmParts["deliver"]>>;
  /** Null when none were asked for. */
  readonly records: CrmPushReport | null;
}

export class CrmUseCases {
  readonly #context: Pick<Context, "store" | "clock" | "random">;
  readonly #parts: CrmParts;

  constructor(context: Pick<Context, "store" | "clock" | "random">, parts: CrmParts) {
    this.#context = context;
    this.#parts = parts;
  }

  /**
   * Queues what the CRM was not told of, delivers it, and sends records when they are asked for.
   * Throws OperationError `invalid_input` without a CRM, and see `pushToCrm`.
   */
  async push({ records, map, ...request }: CrmPushRequest, by: string): Promise<CrmPushed> {
    const { store } = this.#context;
    const { lake, receiver, endpoint, deliver } = this.#parts;
    // Without a CRM nothing is queued for it.
    endpoint();
    const announcer = createCrmAnnouncer({
      ledger: store.crm,
      retrievals: store.retrievals,
      lake,
      map: await this.#parts.map(),
      receiver,
      actor: by,
    });
    const announced = await announcer.announceAll();
    const delivery = await deliver();
    return { announced, delivery, records: records ? await this.#pushRecords(request, map, by) : null };
  }

  async #pushRecords(request: CrmPushOptions, map: string | undefined, by: string): Promise<CrmPushReport> {
    const { store, clock, random } = this.#context;
    const { lake, endpoint, recordsUrl } = this.#parts;
    if (recordsUrl === undefined)
      throw new OperationError("invalid_input", "the CRM has no address for records", {
        advice: "Set webhooks.crm.recordsUrl in outdial.yaml, or OUTDIAL_CRM_RECORDS_URL.",
      });
    const sender = createCrmSender({ ...endpoint(), url: recordsUrl });
    try {
      const record: Parameters<typeof pushToCrm>[0]["record"] = (entry) => store.audit.append([entry]);
      const given = { lake, ledger: store.crm, sender, map: await this.#parts.map(map), record, clock, random, actor: by };
      return await pushToCrm(given, request);
    } finally {
      await sender.close();
    }
  }
}
