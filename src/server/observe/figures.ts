// Figures that are read when the metrics are requested: queue lengths, live processes, what is left of the rate budgets. Read
// from the store at most every few seconds, however many requests there are; without the store the other metrics are still
// served.

import { type Clock, type Instant, isWithin } from "../../kernel/index.ts";
import type { Store } from "../../store/index.ts";
import type { ServiceMetrics } from "./metrics.ts";

/** State of one family's budget, according to the tenant. */
export interface BudgetFigures {
  readonly limitPerSecond: number | undefined;
  readonly ratePerSecond: number | undefined;
  readonly usedShare: number;
  readonly waiting: number;
  readonly pausedMs: number;
}

interface FiguresPorts {
  readonly store: Pick<Store, "health" | "outbox" | "inbound" | "replicas" | "endpoints">;
  /** Rate budgets by family. */
  readonly budgets: () => Readonly<Record<string, BudgetFigures>>;
  /** Present number of readers of live updates. */
  readonly readers: () => number;
  readonly clock: Clock;
  /** Events that wait for the end of quiet hours at present. */
  readonly held: () => NonNullable<Parameters<Store["outbox"]["counts"]>[0]>;
}

const FRESH_MS = 5_000;

/** Adds the gauges; returns the function that updates them, to be called before the registry is read. */
export function serviceFigures(
  metrics: ServiceMetrics,
  { store, budgets, readers, clock, held }: FiguresPorts,
): () => Promise<void> {
  const storeUp = metrics.gauge("store_up", "1 when the database answered the last question");
  const live = metrics.gauge("sse_readers", "Readers of live updates");
  const used = metrics.gauge("budget_used_ratio", "Used share of a rate budget", ["family"]);
  const limit = metrics.gauge("budget_limit_per_second", "Limit of a rate budget, requests a second", ["family"]);
  const rate = metrics.gauge(
    "budget_rate_per_second",
    "What is sent a second at most at present: less than the limit after a 429",
    ["family"],
  );
  const waiting = metrics.gauge("budget_waiting", "Calls that wait for a rate budget", ["family"]);
  const paused = metrics.gauge("budget_paused_seconds", "How long the vendor asked to be left alone", ["family"]);
  const setBack = metrics.gauge(
    "audit_set_back",
    "1 while the database is of an older state than a head of its audit log outside",
  );
  const full = metrics.gauge("store_full", "1 while the database has no room");
  const lakeAway = metrics.gauge("lake_unavailable", "1 while jobs wait for the disk of the lake");
  const receiverAway = metrics.gauge("receiver_unavailable", "1 while pushes wait for the CRM");
  const refused = metrics.gauge("token_refused", "1 while the tenant refuses the token of a process on this store");
  const differ = metrics.gauge("replicas_differ", "1 while the processes on this store are not set up alike");
  const fromStore = storeFigures(metrics, store, held);
  let readAt: Instant | undefined;
  let reading: Promise<void> | undefined;

  const read = async () => {
    try {
      await fromStore();
      storeUp.set(1);
    } catch {
      storeUp.set(0);
    }
    readAt = clock.now();
  };
  return async () => {
    live.set(readers());
    const told = store.health.conditions();
    setBack.set(told.some(({ name }) => name === "audit_set_back") ? 1 : 0);
    full.set(told.some(({ name }) => name === "store_full") ? 1 : 0);
    lakeAway.set(told.some(({ name }) => name === "lake_unavailable") ? 1 : 0);
    receiverAway.set(told.some(({ name }) => name === "receiver_unavailable") ? 1 : 0);
    refused.set(told.some(({ name }) => name === "token_refused") ? 1 : 0);
    differ.set(told.some(({ name }) => name === "replicas_differ") ? 1 : 0);
    for (const [family, budget] of Object.entries(budgets())) {
      used.set({ family }, budget.usedShare);
      waiting.set({ family }, budget.waiting);
      paused.set({ family }, budget.pausedMs / 1000);
      if (budget.limitPerSecond !== undefined) limit.set({ family }, budget.limitPerSecond);
      if (budget.ratePerSecond !== undefined) rate.set({ family }, budget.ratePerSecond);
    }
    if (readAt !== undefined && isWithin(FRESH_MS, readAt, clock.now())) return;
    reading ??= read().finally(() => {
      reading = undefined;
    });
    await reading;
  };
}

function storeFigures(metrics: ServiceMetrics, store: FiguresPorts["store"], held: FiguresPorts["held"]): () => Promise<void> {
  const pending = metrics.gauge("outbox_pending", "Events that wait for their receiver", ["receiver"]);
  const dead = metrics.gauge("outbox_dead", "Dead letters", ["receiver"]);
  const lag = metrics.gauge(
    "outbox_oldest_seconds",
    "Age of the oldest event that waits for its receiver, those of quiet hours apart",
    ["receiver"],
  );
  const off = metrics.gauge("outbox_receiver_off", "1 while a receiver is switched off", ["receiver"]);
  const inboundPending = metrics.gauge("inbound_pending", "Events of the vendor that wait to be processed");
  const inboundAside = metrics.gauge("inbound_aside", "Events of the vendor that could not be processed and were put aside");
  const inboundAge = metrics.gauge("inbound_oldest_seconds", "Age of the oldest event of the vendor that waits");
  const jobs = metrics.gauge("jobs_open", "Jobs that are not at their end", ["kind", "status"]);
  const jobsAge = metrics.gauge("jobs_oldest_seconds", "Age of the oldest job that is not at its end", ["kind", "status"]);
  const replicas = metrics.gauge("replica_silent_seconds", "Time since the last heartbeat of a replica", ["replica"]);

  return async () => {
    const [backlog, inbound, states, open, beating] = await Promise.all([
      store.outbox.counts(held()),
      store.inbound.counts(),
      store.endpoints.list(),
      store.health.openJobs(),
      store.replicas.list(),
    ]);
    for (const gauge of [pending, dead, lag, off, jobs, jobsAge, replicas]) gauge.reset();
    for (const one of backlog) {
      const receiver = one.endpoint;
      pending.set({ receiver }, one.pending);
      dead.set({ receiver }, one.dead);
      lag.set({ receiver }, (one.oldestPendingMs ?? 0) / 1000);
    }
    for (const { name, offSince } of states) off.set({ receiver: name }, offSince === null ? 0 : 1);
    inboundPending.set(inbound.pending);
    inboundAside.set(inbound.aside);
    inboundAge.set((inbound.oldestPendingMs ?? 0) / 1000);
    for (const { kind, status, count, oldestMs } of open) {
      jobs.set({ kind, status }, count);
      jobsAge.set({ kind, status }, oldestMs / 1000);
    }
    for (const { id, silentMs } of beating) replicas.set({ replica: id }, silentMs / 1000);
  };
}
