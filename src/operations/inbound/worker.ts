// Processes the vendor's events from the queue: in order of arrival, in batches, in any number of processes. An event that cannot
// be processed is tried again a few times and then set aside with the reason; the others do not wait for it.

import { z } from "zod";
import { type Clock, issueText, messageOf } from "../../kernel/index.ts";
import {
  type AuditInput,
  type ClaimedInbound,
  type Inbound,
  type SettledInbound,
  StoreError,
  type StoreLog,
} from "../../store/index.ts";
import { type CampaignMetrics, METRICS_EVENT } from "../campaigns/index.ts";
import { OperationError } from "../error.ts";

const BATCH = 200;
/** A claim must outlast the processing of a batch; it also limits how long events of a dead process are delayed. */
const CLAIM_MS = 60_000;
const IDLE_MS = 1_000;
const ATTEMPTS = 6;
const FIRST_RETRY_MS = 1_000;
const RETRY_GROWTH = 4;
const MAX_REASON = 500;

/** The result of one attempt, for metrics. */
export interface InboundProcessed {
  readonly channel: string;
  readonly type: string;
  readonly outcome: "done" | "ignored" | "aside" | "retry";
  /** Time since its receipt, ms. */
  readonly queuedMs: number;
}

interface InboundWorkerOptions {
  readonly inbound: Pick<Inbound, "claimDue" | "settle">;
  readonly handlers: InboundHandlers;
  /** The store's clock; all waiting is on it. */
  readonly clock: Clock;
  /** Id of this replica, written into its claims. */
  readonly by: string;
  readonly log?: StoreLog | undefined;
  readonly onProcessed?: ((processed: InboundProcessed) => void) | undefined;
}

/** Claims, processes, settles; one loop. */
export class InboundWorker {
  readonly #options: InboundWorkerOptions;
  #loop: Promise<void> | undefined;
  #stopping = false;
  #poked = false;
  #wake: () => void = () => undefined;

  constructor(options: InboundWorkerOptions) {
    this.#options = options;
  }

  /** Processes from now on, as events come. Does nothing when it is running. */
  start(): void {
    if (this.#loop !== undefined) return;
    this.#stopping = false;
    this.#loop = this.#run();
  }

  /** Finishes the current batch. Can be called twice. */
  async stop(): Promise<void> {
    this.#stopping = true;
    this.#wake();
    await this.#loop;
    this.#loop = undefined;
  }

  /** Ends the wait early, because something may have come. */
  poke(): void {
    this.#poked = true;
    this.#wake();
  }

  /** Processes everything that is due now, without `start`. Returns the number of attempts. Rejects with the store's error. */
  async drain(): Promise<number> {
    let attempts = 0;
    for (;;) {
      const done = await this.#turn();
      if (done === 0) return attempts;
      attempts += done;
    }
  }

  async #run(): Promise<void> {
    while (!this.#stopping) {
      this.#poked = false;
      try {
        if ((await this.#turn()) > 0) continue;
      } catch (error) {
        this.#options.log?.("warn", `events of the vendor: the queue failed: ${messageOf(error)}`);
        this.#poked = false;
      }
      await this.#wait();
    }
  }

  async #turn(): Promise<number> {
    const { inbound, by } = this.#options;
    const claimed = await inbound.claimDue(by, BATCH, CLAIM_MS);
    if (claimed.length === 0) return 0;
    const audit = new Map<number, AuditInput>();
    const settled: SettledInbound[] = [];
    for (const event of claimed) settled.push(await this.#process(event, audit));
    await inbound.settle(by, settled, audit);
    this.#report(claimed, settled);
    return claimed.length;
  }

  async #process(event: ClaimedInbound, audit: Map<number, AuditInput>): Promise<SettledInbound> {
    const handler = this.#options.handlers.get(event.type);
    if (handler === undefined) return { id: event.id, status: "ignored", reason: "unknown type" };
    try {
      const body: unknown = JSON.parse(event.body);
      const entry = await handler(event, body);
      if (entry !== undefined) audit.set(event.id, entry);
      return { id: event.id, status: "done" };
    } catch (thrown) {
      // When the store is away the event is not to blame: the claim expires, and it is processed later.
      if (thrown instanceof StoreError && (thrown.code === "store_unavailable" || thrown.code === "store_full")) throw thrown;
      return this.#failed(event, thrown);
    }
  }

  #failed(event: ClaimedInbound, thrown: unknown): SettledInbound {
    const { clock, log } = this.#options;
    const reason = messageOf(thrown).slice(0, MAX_REASON);
    const hopeless = thrown instanceof SyntaxError || (thrown instanceof OperationError && thrown.code === "invalid_input");
    if (hopeless || event.attempts + 1 >= ATTEMPTS) {
      log?.("warn", `events of the vendor: ${event.eventId} (${event.type}) was put aside: ${reason}`);
      return { id: event.id, status: "aside", reason };
    }
    const nextAttemptAt = clock.now() + FIRST_RETRY_MS * RETRY_GROWTH ** event.attempts;
    return { id: event.id, status: "pending", reason, nextAttemptAt };
  }

  #report(claimed: readonly ClaimedInbound[], settled: readonly SettledInbound[]): void {
    const { clock, onProcessed } = this.#options;
    if (onProcessed === undefined) return;
    const now = clock.now();
    for (const [i, { channel, type, receivedAt }] of claimed.entries()) {
      const status = settled[i]?.status ?? "pending";
      onProcessed({ channel, type, outcome: status === "pending" ? "retry" : status, queuedMs: now - receivedAt });
    }
  }

  async #wait(): Promise<void> {
    if (this.#poked || this.#stopping) return;
    const over = new AbortController();
    const woken = new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
    await Promise.race([woken, this.#options.clock.sleep(IDLE_MS, over.signal).catch(() => undefined)]);
    this.#wake = () => undefined;
    over.abort("woken");
  }
}

// Handlers for the vendor's events of each known type.

/**
 * Processes one event; the returned entry is written to the audit log together with the event's end. It is called again for the
 * same event after a crash or a failure. Rejects with OperationError `invalid_input` for an event that can never be processed.
 */
type InboundHandler = (event: ClaimedInbound, body: unknown) => Promise<AuditInput | undefined>;

/** Handlers by type; events of other types are stored and counted only. */
type InboundHandlers = ReadonlyMap<string, InboundHandler>;

const VENDOR = "vendor";

const stateChange = z.object({
  data: z.object({ campaignId: z.string().min(1), status: z.string(), previousStatus: z.string().nullish() }),
});
const activated = z.object({ data: z.object({ campaignId: z.string().min(1), status: z.string().optional() }) });
const settingsUpdated = z.object({
  data: z.object({ versionTag: z.string().optional(), operationId: z.string().optional() }),
});

/** Handlers of the vendor's documented events (contract §2.4): figures go to the campaign's series, changes of state into the audit. */
export function vendorEventHandlers(metrics: Pick<CampaignMetrics, "recordPushed">): InboundHandlers {
  return new Map<string, InboundHandler>([
    [
      METRICS_EVENT,
      async (_event, body) => {
        await metrics.recordPushed(body);
        return undefined;
      },
    ],
    [
      "omnichannel.campaign.state.change",
      noted("vendor.campaign_state", stateChange, ({ data }) => ({
        subject: data.campaignId,
        details: { status: data.status, previousStatus: data.previousStatus ?? null },
      })),
    ],
    [
      "dialer.campaign.activated",
      noted("vendor.campaign_activated", activated, ({ data }) => ({ subject: data.campaignId, details: {} })),
    ],
    [
      "dialer.settings.updated",
      noted("vendor.dialer_settings", settingsUpdated, ({ data }) => ({
        subject: "dialer/settings",
        details: { versionTag: data.versionTag ?? null, operationId: data.operationId ?? null },
      })),
    ],
  ]);
}

/** A handler that only writes an audit entry, with the time of the event. */
function noted<Schema extends z.ZodType>(
  action: string,
  schema: Schema,
  read: (event: z.output<Schema>) => { subject: string; details: Readonly<Record<string, unknown>> },
): InboundHandler {
  return async (event, body) => {
    const parsed = schema.safeParse(body);
    if (!parsed.success) {
      const [issue] = parsed.error.issues;
      throw new OperationError("invalid_input", `${event.type}: ${issue?.path.join(".") || "the event"}: ${issueText(issue)}`);
    }
    const { subject, details } = read(parsed.data);
    return { actor: VENDOR, action, subject, time: event.occurredAt, details: { event: event.eventId, ...details } };
  };
}
