// The emergency stop with a store: begun durably, carried out by one replica, continued by another one when that dies or releases
// it.

import { newId, OutdialError, type RandomStream } from "../../../kernel/index.ts";
import type { Stop, StopLedger, StoppedCampaign } from "../../../store/index.ts";
import { OperationError } from "../../error.ts";
import { isFree, type LeaseHolder, takeFree } from "../../run/lease.ts";
import type { IntentBook } from "./intents.ts";
import { StopRun, type StopRunDeps } from "./stop-run.ts";

interface EmergencyStopDeps extends Omit<StopRunDeps, "intents"> {
  /** The intents of a stop, in the name of the person who ordered it. */
  readonly intents: (stop: Pick<Stop, "id" | "actor">) => IntentBook;
  readonly replicas: LeaseHolder;
  readonly random: RandomStream;
  readonly warn: (message: string) => void;
}

/** A stop and the progress of each of its campaigns. */
export interface EmergencyStopReport {
  readonly stop: Stop;
  readonly campaigns: readonly StoppedCampaign[];
}

/** Begins emergency stops, carries them out, and takes over those of processes that died. */
export class EmergencyStops {
  readonly #deps: EmergencyStopDeps;
  /** First rounds of the stops that were begun here. */
  readonly #first = new Map<string, PromiseWithResolvers<void>>();

  constructor(deps: EmergencyStopDeps) {
    this.#deps = deps;
  }

  /** Enters a stop of the whole tenant; nothing is sent yet. It replaces open stops and continues them. @returns its id */
  async begin(actor: string, reason: string | undefined): Promise<string> {
    const { ledger, clock, random, replicaId } = this.#deps;
    const id = newId("stop", clock.now(), random);
    const stop = { id, actor, reason: reason ?? null, scope: null };
    this.#first.set(id, Promise.withResolvers());
    await ledger.begin({ ...stop, executor: replicaId }, [beginning(stop)]);
    return id;
  }

  /** Enters a stop that a process without a store began and did not end; a stop that was entered before stays unchanged. */
  async enter(stop: Pick<Stop, "id" | "actor" | "reason" | "scope">): Promise<void> {
    await this.#deps.ledger.begin({ ...stop, executor: null }, [beginning(stop)]);
  }

  /** Throws OperationError `job_not_found`. */
  report(id: string): Promise<EmergencyStopReport> {
    return readStop(this.#deps.ledger, id);
  }

  /** Open stops that nobody carries out, or that this process should carry out. */
  async waiting(): Promise<string[]> {
    const { ledger, replicas } = this.#deps;
    const ids: string[] = [];
    for (const { id, executor } of await ledger.open()) if (await isFree(executor, replicas)) ids.push(id);
    return ids;
  }

  /** Settles when every campaign of a stop that was begun here was tried once, or the stop no longer runs here. */
  async firstRound(id: string): Promise<void> {
    await this.#first.get(id)?.promise;
  }

  /** Carries a stop out to its end, unless it has ended or a living replica does. When aborted, it releases the stop, and another replica takes it over. */
  async run(id: string, signal: AbortSignal): Promise<void> {
    try {
      const stop = await this.#take(id);
      if (stop !== undefined) await this.#carry(stop, signal);
    } finally {
      this.#first.get(id)?.resolve();
      this.#first.delete(id);
    }
  }

  async #carry(stop: Stop, signal: AbortSignal): Promise<void> {
    const { ledger, replicaId, warn, intents } = this.#deps;
    const { id } = stop;
    const run = new StopRun({ ...this.#deps, intents: intents(stop) }, stop, signal);
    void run.firstRound.then(() => this.#first.get(id)?.resolve());
    try {
      const campaigns = await run.carry();
      const { listProblem } = (await ledger.find(id)) ?? stop;
      const ended = endOf({ stop: { ...stop, listProblem }, campaigns });
      await ledger.end(id, replicaId, [{ actor: stop.actor, action: "campaign.stop.end", subject: id, details: ended }]);
      const open = ended.notConfirmed.length;
      if (open > 0) warn(`the emergency stop ${id} ended with ${open} campaigns that are not confirmed as paused`);
      if (listProblem !== null)
        warn(
          `the emergency stop ${id} ended without the complete list of campaigns; other campaigns may be dialing: ${listProblem.message}`,
        );
    } catch (thrown) {
      if (thrown instanceof OutdialError && thrown.code === "not_owner") return;
      // What failed here may succeed in another process, or here at the next look.
      await ledger.release(id, replicaId).catch(() => undefined);
      if (!signal.aborted) throw thrown;
    }
  }

  async #take(id: string): Promise<Stop | undefined> {
    const { ledger, replicas, replicaId } = this.#deps;
    const stop = await ledger.find(id);
    if (stop === undefined || stop.endedAt !== null) return undefined;
    const { executor, run, actor } = stop;
    if (executor === replicaId) return stop;
    const entry = { actor, action: "campaign.stop.taken-up", subject: id, details: { from: executor, by: replicaId } };
    return takeFree(executor, replicas, async () =>
      (await ledger.claim({ id, run, executor }, replicaId, [entry])) ? stop : undefined,
    );
  }
}

/** A stop with its campaigns. Throws OperationError `job_not_found`. */
export async function readStop(ledger: Pick<StopLedger, "find" | "campaigns">, id: string): Promise<EmergencyStopReport> {
  const stop = await ledger.find(id);
  if (stop === undefined)
    throw new OperationError("job_not_found", `there is no emergency stop ${id}`, {
      advice: "outdial campaign stops lists them.",
    });
  return { stop, campaigns: await ledger.campaigns(id) };
}

const beginning = ({ id, actor, reason, scope }: Pick<Stop, "id" | "actor" | "reason" | "scope">) => ({
  actor,
  action: "campaign.stop",
  subject: id,
  details: { campaigns: scope ?? "all", ...(reason === null ? {} : { reason }) },
});

/** How a stop ended, for the audit log. */
function endOf({ stop, campaigns }: EmergencyStopReport) {
  const of = (wanted: StoppedCampaign["outcome"]) =>
    campaigns.filter(({ outcome }) => outcome === wanted).map(({ campaignId }) => campaignId);
  const open = campaigns.filter(({ outcome, confirmed }) => !confirmed && outcome !== "listed" && outcome !== "resumed");
  return {
    paused: campaigns.filter(({ confirmed }) => confirmed).length,
    notConfirmed: open.map(({ campaignId, message }) => ({ campaignId, message })),
    alreadyPaused: of("listed"),
    resumed: of("resumed"),
    listProblem: stop.listProblem,
  };
}
