// The delivery worker: one lane per receiver, started and stopped together, or run once until nothing is due.

import type { Clock, RandomStream } from "../../kernel/index.ts";
import { MAIL, type StoreLog } from "../../store/index.ts";
import { OperationError } from "../error.ts";
import type { Resolve } from "./address.ts";
import { MAIL_TIMEOUT_MS, type Sender, TIMEOUT_MS } from "./attempt.ts";
import { type Endpoint, type EndpointConfig, OFF_AFTER_MS, parseEndpoint } from "./endpoint.ts";
import { inForm, isChat, MOST_IN_CHAT } from "./form.ts";
import { type DeliveryAttempt, Lane } from "./lane.ts";
import { type MailConfig, mailSender } from "./mail.ts";
import type { DeliveryMembers, DeliveryOutbox, DeliverySwitches } from "./outbox-port.ts";
import { type Fetch, fetchPoster, type Poster, poolPoster } from "./post.ts";
import type { QuietHours } from "./quiet-hours.ts";

/** Recipients of alarms by e-mail. */
export interface MailReceiver extends MailConfig {
  readonly offAfterMs?: number | undefined;
  readonly quiet?: QuietHours | undefined;
}

/** What a delivery worker works with. */
export interface DeliveryWorkerOptions {
  /** The store's outbox; its times must be of the same clock. */
  readonly outbox: DeliveryOutbox;
  /** Which receivers fail and which are off; of the same store. */
  readonly switches: DeliverySwitches;
  /** Webhooks by the name that the outbox knows them by. */
  readonly endpoints: Readonly<Record<string, EndpointConfig>>;
  /** Alarms by e-mail: the receiver `mail`. */
  readonly mail?: MailReceiver | undefined;
  /** All waiting is on this clock, including the timeout of an attempt. */
  readonly clock: Clock;
  /** Moves retries and probes a little, so that replicas and events do not act in step. */
  readonly random: RandomStream;
  /**
   * This process among those that deliver from the outbox: its id is written into its claims, and claims of dead processes become
   * due at once.
   */
  readonly members: DeliveryMembers;
  /** Replaces the network. By default each receiver has keep-alive connections of its own, as many as `concurrency`. */
  readonly fetch?: Fetch | undefined;
  /** Replaces the system's name look-up. */
  readonly resolve?: Resolve | undefined;
  /** Time limit of one attempt including connecting, ms. Default 5,000, for mail 10,000. */
  readonly timeoutMs?: number | undefined;
  /** Most concurrent requests to one receiver that says nothing else. Default 32. */
  readonly concurrency?: number | undefined;
  /** Receives warnings for the operator; never a secret, a body or a path. */
  readonly log?: StoreLog | undefined;
  /** Called after each attempt, for metrics. */
  readonly onAttempt?: ((attempt: DeliveryAttempt) => void) | undefined;
}

/** The result of a drain. */
export interface DrainResult {
  /** Events accepted by their receiver. */
  readonly delivered: number;
  /** Attempts that failed and will be made again. */
  readonly failed: number;
  /** Events that became dead letters. */
  readonly dead: number;
  /** Events that are still waiting in the outbox, for all receivers. */
  readonly pending: number;
}

/** Delivers the outbox's events, each at least once and in order per subject. */
export interface DeliveryWorker {
  /** Delivers from now on, as events come. Does nothing when it was started already. */
  start(): void;
  /**
   * Stops claiming, waits for running requests (at most their timeout), returns claims. Ends drains as well. Can be called twice.
   */
  stop(): Promise<void>;
  /**
   * Delivers everything that is due now; it does not wait for future retries or for a receiver with an open circuit. Works with
   * and without `start`. When the signal aborts it ends early with the figures so far. Rejects with the outbox's error.
   */
  drain(signal?: AbortSignal): Promise<DrainResult>;
}

const MAIL_CONCURRENCY = 2;
/** Events at most of one e-mail. */
const MOST_IN_MAIL = 100;
const CONCURRENCY = 32;

/** Makes a worker; nothing is opened or sent before `start` or `drain`. Throws OperationError `invalid_input` for an endpoint that cannot be used. */
export function createDeliveryWorker(options: DeliveryWorkerOptions): DeliveryWorker {
  const log = options.log ?? (() => undefined);
  const lanes = lanesOf(options, log);
  let started = false;
  let drains = 0;
  let ended: Promise<unknown> = Promise.resolve();

  const startLanes = () => {
    for (const lane of lanes) lane.start();
  };
  const stopLanes = async () => {
    ended = Promise.all(lanes.map((lane) => lane.stop()));
    await ended;
  };

  return {
    start() {
      started = true;
      void ended.then(() => started && startLanes());
    },
    async stop() {
      started = false;
      await stopLanes();
    },
    async drain(signal) {
      await ended;
      const before = totals(lanes);
      if (!signal?.aborted) {
        drains += 1;
        startLanes();
        try {
          await unlessAborted(Promise.all(lanes.map((lane) => lane.rest())), signal);
        } finally {
          drains -= 1;
          if (!started && drains === 0) await stopLanes();
        }
      }
      const after = totals(lanes);
      return {
        delivered: after.delivered - before.delivered,
        failed: after.failed - before.failed,
        dead: after.dead - before.dead,
        pending: await pendingIn(options, log),
      };
    },
  };
}

function lanesOf(options: DeliveryWorkerOptions, log: StoreLog): Lane[] {
  const { outbox, switches, clock, random, members, fetch, mail, resolve, onAttempt } = options;
  const timeoutMs = atLeastOne("timeoutMs", options.timeoutMs ?? TIMEOUT_MS);
  const concurrency = atLeastOne("concurrency", options.concurrency ?? CONCURRENCY);
  const lane = (
    name: string,
    config: Pick<EndpointConfig, "offAfterMs" | "quiet" | "order">,
    how: { sender: Sender; together: number; timeoutMs: number; concurrency: number },
  ) => {
    const { together, ...rest } = how;
    const { offAfterMs = OFF_AFTER_MS, quiet, order = "subject" } = config;
    const receiver = { name, offAfterMs, quiet, order, together };
    return new Lane({ receiver, outbox, switches, clock, random, members, log, onAttempt, ...rest });
  };
  const webhooks = Object.entries(options.endpoints).map(([name, config]) => {
    const endpoint = parseEndpoint(name, config, resolve);
    const most = atLeastOne(`webhooks.${name}.concurrency`, config.concurrency ?? concurrency);
    const poster =
      fetch === undefined
        ? poolPoster(endpoint, { connections: most, connectTimeoutMs: timeoutMs })
        : fetchPoster(endpoint.url, fetch);
    const together = isChat(endpoint.form) ? MOST_IN_CHAT : 1;
    return lane(name, config, { sender: webhookSender(endpoint, poster, clock), together, timeoutMs, concurrency: most });
  });
  if (mail === undefined) return webhooks;
  const sender = mailSender("alarms.mail.server", mail, clock, resolve);
  const slow = { timeoutMs: options.timeoutMs ?? MAIL_TIMEOUT_MS, concurrency: Math.min(concurrency, MAIL_CONCURRENCY) };
  return [...webhooks, lane(MAIL, mail, { sender, together: MOST_IN_MAIL, ...slow })];
}

function atLeastOne(name: string, value: number): number {
  if (Number.isInteger(value) && value >= 1) return value;
  throw new OperationError("invalid_input", `delivery of events: ${name} is ${value}; allowed are whole numbers from 1`);
}

function totals(lanes: readonly Lane[]): { delivered: number; failed: number; dead: number } {
  const sum = { delivered: 0, failed: 0, dead: 0 };
  for (const { tally } of lanes) {
    sum.delivered += tally.delivered;
    sum.failed += tally.failed;
    sum.dead += tally.dead;
  }
  return sum;
}

async function pendingIn({ outbox, endpoints, mail }: DeliveryWorkerOptions, log: StoreLog): Promise<number> {
  let sum = 0;
  for (const { endpoint, pending } of await outbox.counts()) {
    sum += pending;
    if (pending > 0 && !Object.hasOwn(endpoints, endpoint) && (endpoint !== MAIL || mail === undefined)) {
      log("warn", `${pending} events wait for the receiver "${endpoint}", which is not configured here`);
    }
  }
  return sum;
}

/** Waits for the work, or until the signal aborts. */
async function unlessAborted(work: Promise<unknown>, signal: AbortSignal | undefined): Promise<void> {
  if (signal === undefined) {
    await work;
    return;
  }
  let onAbort: () => void = () => undefined;
  const aborted = new Promise<void>((resolve) => {
    onAbort = resolve;
    signal.addEventListener("abort", onAbort, { once: true });
  });
  try {
    await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener("abort", onAbort);
    work.catch(() => undefined);
  }
}

// Sending to a webhook: the events in the receiver's form, signed for this instant.

/** Sends events to an endpoint in its form, signed according to Standard Webhooks. */
function webhookSender(endpoint: Endpoint, poster: Poster, clock: Clock): Sender {
  return {
    async send([event, ...others], signal) {
      const { body, contentType } = inForm(
        endpoint.form,
        event.body,
        others.map((one) => one.body),
      );
      const headers = {
        "user-agent": "outdial",
        ...endpoint.headers,
        "content-type": contentType,
        ...endpoint.sign?.(event.eventId, clock.now(), body),
      };
      const { dropped, ...end } = await poster.post(headers, body, signal);
      return { end, dropped };
    },
    close: () => poster.close(),
  };
}
