// The emergency stop with a store: begun durably, carried out by one replica, continued by another one when that dies or releases
// it.

import { type Clock, doubledMs, messageOf, newId, OutdialError, type RandomStream } from "../../../kernel/index.ts";
import type { ListProblem, Stop, StopEvidence, StopLedger, StopPause, StoppedCampaign } from "../../../store/index.ts";
import { OperationError } from "../../error.ts";
import { inTime } from "../../in-time.ts";
import { isFree, type LeaseHolder, takeFree } from "../../run/lease.ts";
import type { ReplicaLives } from "../../run/members.ts";
import { type KnownOfCampaigns, StopRun, type StopRunDeps } from "./stop.ts";
import type { StopPatience } from "./stop-pauses.ts";

/** Notes of a stop that is carried out while the database is away. */
export interface StopJot {
  pause(pause: StopPause): void;
  end(details: Readonly<Record<string, unknown>>): void;
  /** Why it is not noted, when the folder cannot be written: with this process all that is known of the stop is gone. */
  readonly problem: string | undefined;
  /** The database has it all by now. */
  discard(): void;
}

interface EmergencyStopDeps extends Pick<StopRunDeps, "runner" | "provisioning" | "figures" | "keepList"> {
  readonly ledger: StopLedger;
  readonly replicas: LeaseHolder & Pick<ReplicaLives, "signOf">;
  readonly replicaId: string;
  /** Whether the tenant refuses this process's token, and another service can carry stops out. */
  readonly leavesWork: () => Promise<boolean>;
  readonly clock: Clock;
  readonly random: RandomStream;
  readonly patience: StopPatience;
  /** Tells of every list of campaigns that this process reads to its end, whether it can be stored or not. */
  readonly lists: {
    onList(listener: (list: readonly { readonly id: string; readonly status: string }[], at: number) => void): void;
  };
  /** Begins notes in the working folder. */
  readonly jot: (stop: Stop) => StopJot;
  readonly warn: (message: string) => void;
}

/** A stop, and whether a living process carries it out. */
interface CarriedStop extends Stop {
  readonly carriedOut: boolean;
  /** When the process that has it last gave a sign of life, though it does not live any more; null otherwise, and when that is not known. */
  readonly lastSign: number | null;
}

/** A stop and the progress of each of its campaigns. */
export interface EmergencyStopReport {
  readonly stop: CarriedStop;
  readonly campaigns: readonly StoppedCampaign[];
}

/** What a stop that is carried out here needs to be written down. */
interface Here {
  readonly run: StopRun;
  stop: Stop;
  /** Whether the database has its beginning, and settles when it has. */
  isBegun: boolean;
  readonly begun: PromiseWithResolvers<void>;
  /** Aborted when a later stop of everything does the rest of its work. */
  readonly replaced: AbortController;
  jot: StopJot | undefined;
}

/** How long a stop waits for the database before it begins, ms. */
const BEGIN_MS = 400;
/** How often it is asked whether another service should carry a stop out, ms. */
const LEAVE_MS = 1_000;
/** How often what is known of campaigns is read, for a stop during which the database is away, ms. */
const EVIDENCE_MS = 30_000;

/** Begins emergency stops, carries them out, and takes over those of processes that died. */
export class EmergencyStops {
  readonly #deps: EmergencyStopDeps;
  /** Stops that are carried out here, or are not in the database yet. */
  readonly #here = new Map<string, Here>();
  #evidence: { readonly at: number; readonly read: readonly StopEvidence[] } | undefined;
  /** What lists have shown since. */
  readonly #listed = new Map<string, StopEvidence>();
  #listedAt: number | undefined;

  constructor(deps: EmergencyStopDeps) {
    this.#deps = deps;
    deps.lists.onList((list, at) => {
      this.#listedAt = at;
      for (const { id, status } of list) {
        const dials = status !== "paused";
        const mayDial = dials || this.#listed.get(id)?.mayDial === true;
        this.#listed.set(id, {
          campaignId: id,
          mayDial,
          at: dials ? at : (this.#listed.get(id)?.at ?? null),
          expected: true,
          mayStart: false,
        });
      }
    });
  }

  /**
   * Enters a stop of the whole tenant, or of some campaigns; nothing is sent yet. One of the tenant replaces open stops and
   * continues them. A database that does not answer in time is done without: `run` goes on with what is known here.
   * @returns its id
   */
  async begin(actor: string, reason: string | undefined, scope: readonly string[] | null = null): Promise<string> {
    const { clock, random, replicaId } = this.#deps;
    const id = newId("stop", clock.now(), random);
    const stop: Stop = {
      id,
      actor,
      reason: reason ?? null,
      scope,
      createdAt: clock.now(),
      executor: replicaId,
      run: 0,
      listProblem: null,
      supersededBy: null,
      endedAt: null,
    };
    const here = this.#enter(stop);
    if (scope === null) this.#replaceBy(stop);
    try {
      await this.#inTime(this.#enterInto(here), BEGIN_MS);
    } catch (thrown) {
      this.#away(here, thrown);
    }
    return id;
  }

  /** A stop of everything does the rest of the work of those that are open here, whether the database has them or not. */
  #replaceBy({ id, createdAt }: Stop): void {
    for (const here of this.#here.values()) {
      if (here.stop.id === id || here.stop.endedAt !== null) continue;
      here.stop = { ...here.stop, supersededBy: id, endedAt: createdAt, executor: null };
      here.replaced.abort();
    }
  }

  async #enterInto(here: Here): Promise<void> {
    const { ledger, replicaId } = this.#deps;
    const { stop } = here;
    // One that ended before the database heard of it is written as one of this process: its pauses and its end come next.
    const isReplaced = stop.supersededBy !== null;
    const entered = { ...stop, executor: isReplaced ? null : replicaId, endedAt: isReplaced ? stop.endedAt : null };
    await ledger.begin(entered, [beginning(stop)]);
    here.isBegun = true;
    here.begun.resolve();
  }

  /** Enters a stop that a process without a store began and did not end; a stop that was entered before stays unchanged. */
  async enter(stop: Pick<Stop, "id" | "actor" | "reason" | "scope" | "createdAt">): Promise<void> {
    await this.#deps.ledger.begin({ ...stop, executor: null, supersededBy: null, endedAt: null }, [beginning(stop)]);
  }

  /** Throws OperationError `job_not_found`. */
  async report(id: string): Promise<EmergencyStopReport> {
    const here = this.#here.get(id);
    if (here === undefined) return stopRecords(this.#deps).report(id);
    const { stop, run } = here;
    return { stop: { ...stop, listProblem: run.listProblem, ...carriedHere(stop) }, campaigns: run.campaigns };
  }

  /** The latest stops, newest first; without the database, those that are carried out here. */
  async list(limit: number): Promise<CarriedStop[]> {
    const here = [...this.#here.values()].map(({ stop, run }) => ({
      ...stop,
      listProblem: run.listProblem,
      ...carriedHere(stop),
    }));
    const known = new Map(here.map((stop) => [stop.id, stop]));
    try {
      for (const stop of await this.#inTime(stopRecords(this.#deps).list(limit)))
        if (!known.has(stop.id)) known.set(stop.id, stop);
    } catch (thrown) {
      if (here.length === 0) throw thrown;
    }
    return [...known.values()].sort((a, b) => b.createdAt - a.createdAt || (a.id < b.id ? 1 : -1)).slice(0, limit);
  }

  /** Whether stops that are begun here are carried out by another service, because the tenant refuses the token of this one. */
  isLeft(): Promise<boolean> {
    return this.#deps.leavesWork();
  }

  /** Open stops that nobody carries out, or that this process should carry out. */
  async waiting(): Promise<string[]> {
    const { ledger, replicas, leavesWork } = this.#deps;
    const ids: string[] = [];
    if (await leavesWork()) return ids;
    for (const { id, executor } of await ledger.open())
      if (!this.#here.has(id) && (await isFree(executor, replicas))) ids.push(id);
    return ids;
  }

  /** Keeps what is known of campaigns for a stop without the database: reads it again when it is older than half a minute. */
  async remember(): Promise<void> {
    const { ledger, clock } = this.#deps;
    const at = clock.now();
    if (this.#evidence !== undefined && Math.abs(at - this.#evidence.at) < EVIDENCE_MS) return;
    this.#evidence = { at, read: await ledger.evidence() };
    if ((this.#listedAt ?? at) < at) this.#listed.clear();
  }

  /** Settles when every campaign of a stop that was begun here was tried once, or the stop no longer runs here. */
  async firstRound(id: string): Promise<void> {
    await this.#here.get(id)?.run.firstRound;
  }

  /** Carries a stop out to its end, unless it has ended or a living replica does. When aborted, it releases the stop, and another replica takes it over. */
  async run(id: string, signal: AbortSignal): Promise<void> {
    const here = this.#here.get(id) ?? (await this.#take(id));
    if (here !== undefined) await this.#carry(here, signal);
  }

  async #carry(here: Here, signal: AbortSignal): Promise<void> {
    const { ledger, replicaId, warn, clock, patience } = this.#deps;
    const { run } = here;
    const { id, actor } = here.stop;
    const over = new AbortController();
    const left = this.#leftToOthers(here, over.signal);
    try {
      await run.carry(AbortSignal.any([signal, left, here.replaced.signal]));
      const over = { ...here.stop, listProblem: run.listProblem, endedAt: clock.now(), executor: null };
      // It is over, whether the database knows it or not.
      here.stop = over;
      const ended = endOf({ stop: over, campaigns: run.campaigns });
      here.jot?.end(ended);
      const open = ended.notConfirmed.length;
      if (open > 0) warn(`the emergency stop ${id} ended with ${open} campaigns that are not confirmed as paused`);
      if (run.listProblem !== null)
        warn(
          `the emergency stop ${id} ended without the complete list of campaigns; other campaigns may be dialing: ${run.listProblem.message}`,
        );
      for (let turn = 0; ; turn += 1) {
        try {
          if (!here.isBegun) await this.#enterInto(here);
          if (await run.writer.recorded()) {
            await ledger.end(id, replicaId, [{ actor, action: "campaign.stop.end", subject: id, details: ended }]);
            break;
          }
        } catch (thrown) {
          if (thrown instanceof OutdialError && thrown.code === "not_owner") break;
        }
        await clock.sleep(doubledMs(patience.againMs, patience.mostMs, turn), signal);
      }
      here.jot?.discard();
      this.#here.delete(id);
    } catch (thrown) {
      if (here.replaced.signal.aborted && !signal.aborted) {
        await this.#keepReplaced(here, signal).catch(() => undefined);
        this.#here.delete(id);
        return;
      }
      this.#here.delete(id);
      if (thrown instanceof OutdialError && thrown.code === "not_owner") return;
      // What failed here may succeed in another process, or here at the next look.
      await this.#inTime(ledger.release(id, replicaId)).catch(() => undefined);
      if (left.aborted) warn(`the emergency stop ${id} is left to another service: the tenant refuses the token of this one`);
      else if (!signal.aborted) throw thrown;
    } finally {
      over.abort();
    }
  }

  /** Writes a stop that a later one has replaced: the database may not have heard of it. Rejects when aborted; then its notes stay. */
  async #keepReplaced(here: Here, signal: AbortSignal): Promise<void> {
    const { clock, patience, ledger } = this.#deps;
    const { stop, run, jot } = here;
    jot?.end(endOf({ stop: { listProblem: run.listProblem }, campaigns: run.campaigns }));
    for (let turn = 0; ; turn += 1) {
      try {
        if (!here.isBegun) await this.#enterInto(here);
        await ledger.replaced(stop, run.writer.unrecorded);
        break;
      } catch {
        await clock.sleep(doubledMs(patience.againMs, patience.mostMs, turn), signal);
      }
    }
    jot?.discard();
  }

  /** Aborted when the tenant refuses the token of this process, and another service can carry a stop out that the database has. */
  #leftToOthers(here: Here, over: AbortSignal): AbortSignal {
    const { clock, leavesWork } = this.#deps;
    const left = new AbortController();
    const look = async () => {
      while (!over.aborted && !left.signal.aborted) {
        await clock.sleep(LEAVE_MS, over).catch(() => undefined);
        if (!over.aborted && here.isBegun && (await leavesWork().catch(() => false))) left.abort();
      }
    };
    void look();
    return left.signal;
  }

  #enter(stop: Stop, before: readonly StoppedCampaign[] = []): Here {
    const { ledger, replicaId, clock, patience, runner, provisioning, figures, keepList, warn } = this.#deps;
    const begun = Promise.withResolvers<void>();
    const record: StopRunDeps["record"] = {
      write: async (rows, pauses, problem) => {
        if (!here.isBegun) await this.#enterInto(here);
        return ledger.record({ ...here.stop, executor: replicaId }, rows, pauses, problem);
      },
    };
    const run = new StopRun(
      {
        runner,
        provisioning,
        figures,
        clock,
        patience,
        record,
        told: begun.promise,
        ...(keepList === undefined ? {} : { keepList }),
        evidence: async () => {
          const known = await this.#knownNow(here.jot === undefined ? patience.recordMs : BEGIN_MS).catch((thrown: unknown) => {
            throw here.jot?.problem === undefined ? thrown : new Error(`${messageOf(thrown)}; ${here.jot.problem}`);
          });
          const doubts = [known.doubt, here.jot?.problem].filter((one) => one !== undefined);
          return doubts.length === 0 ? known : { ...known, doubt: doubts.join("; ") };
        },
        onPause: (pause) => here.jot?.pause(pause),
        onAway: (thrown) => this.#away(here, thrown),
        onBack: () => warn(`the emergency stop ${stop.id} is written to the database again`),
      },
      stop,
      before,
    );
    const here: Here = { run, stop, isBegun: before.length > 0, begun, replaced: new AbortController(), jot: undefined };
    this.#here.set(stop.id, here);
    return here;
  }

  /** What is known of campaigns; without the database, what was known of late. */
  async #knownNow(withinMs: number): Promise<KnownOfCampaigns> {
    try {
      return { evidence: await this.#inTime(this.#deps.ledger.evidence(), withinMs) };
    } catch (thrown) {
      const at = Math.max(this.#evidence?.at ?? 0, this.#listedAt ?? 0);
      if (at === 0) throw thrown;
      const all = new Map((this.#evidence?.read ?? []).map((one) => [one.campaignId, one]));
      for (const one of this.#listed.values())
        if (one.mayDial || all.get(one.campaignId)?.mayDial !== true) all.set(one.campaignId, one);
      const age = this.#deps.clock.now() - at;
      const doubt = `${messageOf(thrown)}; what this service knows is ${Math.round(age / 1000)} s old, and a start that was sent since may be missing`;
      const newest = (a: StopEvidence, b: StopEvidence) => Number(b.mayDial) - Number(a.mayDial) || (b.at ?? 0) - (a.at ?? 0);
      return { evidence: [...all.values()].sort(newest), doubt };
    }
  }

  /** The stop goes on without the database, and is noted in the folder. */
  #away(here: Here, thrown: unknown): void {
    if (here.jot !== undefined) return;
    here.jot = this.#deps.jot(here.stop);
    here.run.writer.withoutRecord();
    for (const pause of here.run.writer.unrecorded) here.jot.pause(pause);
    this.#deps.warn(`the emergency stop ${here.stop.id} goes on without the database: ${messageOf(thrown)}`);
  }

  #inTime<T>(work: Promise<T>, withinMs = this.#deps.patience.recordMs): Promise<T> {
    return inTime(this.#deps.clock, withinMs, work, () => {
      throw new OutdialError("store_unavailable", `the database did not answer within ${withinMs / 1000} s`);
    });
  }

  async #take(id: string): Promise<Here | undefined> {
    const { ledger, replicas, replicaId } = this.#deps;
    const stop = await ledger.find(id);
    if (stop === undefined || stop.endedAt !== null) return undefined;
    const { executor, run, actor } = stop;
    const entry = { actor, action: "campaign.stop.taken-up", subject: id, details: { from: executor, by: replicaId } };
    const taken =
      executor === replicaId
        ? stop
        : await takeFree(executor, replicas, async () =>
            (await ledger.claim({ id, run, executor }, replicaId, [entry])) ? { ...stop, run: run + 1 } : undefined,
          );
    if (taken === undefined) return undefined;
    const here = this.#enter({ ...taken, executor: replicaId }, await ledger.campaigns(id));
    here.isBegun = true;
    here.begun.resolve();
    return here;
  }
}

/** Stops as the database has them, by the processes that live. */
export function stopRecords({
  ledger,
  replicas,
  clock,
}: {
  readonly ledger: Pick<StopLedger, "find" | "list" | "campaigns">;
  readonly replicas: Pick<ReplicaLives, "signOf">;
  readonly clock: Clock;
}) {
  const carried = async (stop: Stop): Promise<CarriedStop> => {
    if (stop.executor === null) return { ...stop, carriedOut: false, lastSign: null };
    const { lives, silentMs } = await replicas.signOf(stop.executor);
    return { ...stop, carriedOut: lives, lastSign: lives || silentMs === null ? null : clock.now() - silentMs };
  };
  return {
    list: async (limit: number): Promise<CarriedStop[]> => Promise.all((await ledger.list(limit)).map(carried)),
    /** A stop with its campaigns. Throws OperationError `job_not_found`. */
    async report(id: string): Promise<EmergencyStopReport> {
      const stop = await ledger.find(id);
      if (stop === undefined)
        throw new OperationError("job_not_found", `there is no emergency stop ${id}`, {
          advice: "outdial campaign stops lists them.",
        });
      return { stop: await carried(stop), campaigns: await ledger.campaigns(id) };
    },
  };
}

const carriedHere = ({ executor }: Stop): Pick<CarriedStop, "carriedOut" | "lastSign"> => ({
  carriedOut: executor !== null,
  lastSign: null,
});

const beginning = ({ id, actor, reason, scope }: Pick<Stop, "id" | "actor" | "reason" | "scope">) => ({
  actor,
  action: "campaign.stop",
  subject: id,
  details: { campaigns: scope ?? "all", ...(reason === null ? {} : { reason }) },
});

/** How a stop ended, for the audit log. */
export function endOf({
  stop,
  campaigns,
}: {
  readonly stop: { readonly listProblem: ListProblem | null };
  readonly campaigns: readonly StoppedCampaign[];
}) {
  const of = (wanted: StoppedCampaign["outcome"]) =>
    campaigns.filter(({ outcome }) => outcome === wanted).map(({ campaignId }) => campaignId);
  const open = campaigns.filter(({ outcome, confirmed }) => !confirmed && !["listed", "seen", "resumed"].includes(outcome ?? ""));
  return {
    paused: campaigns.filter(({ confirmed }) => confirmed).length,
    notConfirmed: open.map(({ campaignId, message }) => ({ campaignId, message })),
    seenPaused: of("seen"),
    alreadyPaused: of("listed"),
    resumed: of("resumed"),
    listProblem: stop.listProblem,
  };
}
