// A history of tagging jobs: services that share a database and a tenant, and what goes wrong with all of them. Runs, jobs, rows, leases and the client are
// the real ones; processes, time, the database and the tenant are models. A history gives what it broke, in words.

import { Background } from "../../../src/app/service/background.ts";
import { goOnWithJobs } from "../../../src/app/service.ts";
import { createRandom } from "../../../src/kernel/index.ts";
import { JobRecords } from "../../../src/operations/jobs/index.ts";
import { REQUESTED } from "../../../src/operations/jobs/request.ts";
import { cancelJob } from "../../../src/operations/jobs/use-cases.ts";
import { joinReplicas } from "../../../src/operations/run/members.ts";
import { Runs } from "../../../src/operations/run/runs.ts";
import { encodeRows, type PlannedTag } from "../../../src/operations/tagging/plan.ts";
import { TAG, Tagging } from "../../../src/operations/tagging/service.ts";
import { createTagLedger } from "../../../src/operations/tagging/store-ledger.ts";
import { type Job, type JobLedger, type Replica, type Replicas, StoreError } from "../../../src/store/index.ts";
import type { ReplicaBeat } from "../../../src/store/replicas.ts";
import { createAcdTenant } from "../../../src/tenant/acd/index.ts";
import { createTenant } from "../../../src/tenant/index.ts";
import { createRateLimiter } from "../../../src/tenant/rate-limiter.ts";
import { EngineModel } from "./engine.ts";
import { LedgerModel } from "./ledger.ts";
import { SimulatedProcess } from "./process.ts";
import { type Accepted, type TenantFate, TenantModel } from "./tenant.ts";
import { VirtualTime } from "./time.ts";
import { ask, type Fate, type Wire } from "./wire.ts";

/** What goes wrong, and when: counted in what reaches the process, the database or the tenant, so that every `await` has its turn. */
export type Trouble =
  | { readonly kind: "kill"; readonly service: number; readonly turn: number; readonly backAfterMs: number }
  | {
      readonly kind: "freeze";
      readonly service: number;
      readonly turn: number;
      readonly ms: number;
      readonly machineSleeps: boolean;
    }
  | { readonly kind: "clock"; readonly service: number; readonly turn: number; readonly byMs: number }
  | { readonly kind: "database"; readonly request: number; readonly ms: number; readonly fate: Exclude<Fate, "answered"> }
  | { readonly kind: "tenant"; readonly request: number; readonly ms: number; readonly fate: Exclude<TenantFate, "answered"> }
  | { readonly kind: "cancel"; readonly job: number; readonly afterMs: number };

export interface History {
  /** By which of its interfaces the jobs write to the tenant: dispositions, or tags in their place. */
  readonly profile: "rest" | "acd";
  readonly seed: number;
  readonly services: number;
  readonly jobs: number;
  readonly rows: number;
  readonly chunk: number;
  readonly troubles: readonly Trouble[];
}

/** All histories end within this time: a person goes on with a job that stopped, at once. */
const LONGEST_MS = 3_600_000;
const PERSON_LOOKS_MS = 500;
const PER_SECOND = 40;
const ENDED: readonly Job["status"][] = ["done", "partly_failed", "cancelled"];

interface Service {
  readonly process: SimulatedProcess;
  readonly runs: Runs;
  readonly jobs: JobLedger;
}

class World {
  readonly time = new VirtualTime();
  readonly history: History;
  readonly broken: string[] = [];
  readonly services: (Service | undefined)[] = [];
  readonly engine = new EngineModel();
  readonly ledger: LedgerModel;
  readonly tenant: TenantModel;
  readonly cancelled = new Set<string>();
  readonly #beats = new Map<string, ReplicaBeat & { at: number }>();
  readonly #turns = new Map<number, number>();
  readonly #windows = { database: [] as { until: number; fate: Fate }[], tenant: [] as { until: number; fate: TenantFate }[] };
  readonly #asked = { database: 0, tenant: 0 };
  #holder: object | undefined;
  #started = 0;
  #open: Trouble[];

  constructor(history: History) {
    this.history = history;
    this.#open = [...history.troubles];
    this.ledger = new LedgerModel(
      () => this.time.now,
      (workflow, executor) => this.engine.owns(workflow, executor),
    );
    this.tenant = new TenantModel({
      time: this.time,
      random: createRandom(history.seed, "tenant"),
      longestMs: 250,
      fate: () => this.#meet("tenant", "answered"),
      onDeparture: (write) => this.#departs(write),
    });
  }

  /** Nothing that was to go wrong is still to come, as far as it can: what counts on more requests than there are never happens. */
  get #calm(): boolean {
    const { database, tenant } = this.#windows;
    return (
      [...database, ...tenant].every(({ until }) => until <= this.time.now) && this.services.every((one) => one !== undefined)
    );
  }

  async run(): Promise<readonly string[]> {
    for (let place = 0; place < this.history.services; place++) this.#start(place);
    let isOver = false;
    void this.#person().then(() => (isOver = true));
    if (!(await this.time.run(() => isOver, LONGEST_MS))) {
      const states = this.ledger
        .listJobs()
        .map(({ id, status, executor, error }) => `${id} ${status} ${executor} ${JSON.stringify(error)}`);
      this.broken.push(`did not end: ${states.join("; ")}`);
    }
    this.#judge();
    return [...this.broken, ...this.engine.faults];
  }

  /** Begins the jobs one after the other, each when the one before has ended, through whichever service answers; goes on with one that stopped. */
  async #person(): Promise<void> {
    for (let no = 0; no < this.history.jobs; no++) {
      const id = this.#enter(no);
      const wish = this.#open.find((trouble) => trouble.kind === "cancel" && trouble.job === no);
      if (wish?.kind === "cancel") this.time.after(wish.afterMs, () => void this.#cancel(id));
      let begins = false;
      for (;;) {
        const job = this.ledger.getJob(id) as Job;
        if (ENDED.includes(job.status) && (job.executor === null || !this.#lives(job.executor))) break;
        const service = this.services.find((one) => one !== undefined);
        const wants = (job.status === "ready" && job.run === 0) || (job.status === "stopped" && this.#calm);
        if (wants && !begins && service !== undefined) {
          begins = true;
          const said = service.runs.start(id).catch(() => undefined);
          // Whoever asks a service that has died asks again.
          void Promise.race([said, this.#pause(10_000)]).then(() => (begins = false));
        }
        await this.#pause(PERSON_LOOKS_MS);
      }
    }
  }

  async #cancel(id: string): Promise<void> {
    for (;;) {
      const service = this.services.find((one) => one !== undefined);
      if (service !== undefined) {
        const { jobs, process } = service;
        const answered = await cancelJob(id, {
          jobs: new JobRecords(jobs, [TAG]),
          replicas: { isDead: async (executor) => !this.#lives(executor) },
          record: async () => undefined,
          clock: process.clock,
        }).then(
          () => true,
          () => false,
        );
        if (answered) break;
      }
      await this.#pause(PERSON_LOOKS_MS);
    }
    if (this.ledger.getJob(id)?.status === "cancelled") this.cancelled.add(id);
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => this.time.after(ms, resolve));
  }

  #lives(executor: string): boolean {
    const beat = this.#beats.get(executor);
    return beat !== undefined && this.time.now - beat.at <= 3 * beat.intervalMs;
  }

  #wire(name: string): Wire {
    return {
      time: this.time,
      random: createRandom(this.history.seed, name),
      longestMs: 20,
      fate: () => this.#meet("database", "answered"),
      lost: () => new StoreError("store_unavailable", "the database does not answer"),
    };
  }

  /** A request arrives: a trouble that waits for it begins, and lasts. */
  #meet<F extends Fate | TenantFate>(where: "database" | "tenant", fine: F): F {
    const count = ++this.#asked[where];
    for (const trouble of this.#open)
      if (trouble.kind === where && trouble.request === count)
        this.#windows[where].push({ until: this.time.now + trouble.ms, fate: trouble.fate as never });
    const window = this.#windows[where].find(({ until }) => until > this.time.now);
    return (window?.fate ?? fine) as F;
  }

  /** Something reaches a service: what is to happen to it at this turn does. */
  #turn(place: number, process: SimulatedProcess): void {
    const turn = (this.#turns.get(place) ?? 0) + 1;
    this.#turns.set(place, turn);
    for (const trouble of this.#open) {
      if (!("service" in trouble) || trouble.service !== place || trouble.turn !== turn) continue;
      if (trouble.kind === "clock") process.setClock(trouble.byMs);
      else if (trouble.kind === "freeze") process.freeze(trouble.ms, trouble.machineSleeps);
      else {
        process.kill();
        this.services[place] = undefined;
        this.time.after(trouble.backAfterMs, () => this.#start(place));
      }
    }
  }

  /** Starts a service, as often as it takes. */
  #start(place: number): void {
    this.services[place] = undefined;
    const id = `service-${place}-${++this.#started}`;
    const process = new SimulatedProcess(id, this.time, (one) => this.#turn(place, one));
    const wire = this.#wire(id);
    const jobs = this.#remote(process, wire, this.ledger) as JobLedger;
    const replicas = this.#remote(process, wire, this.#replicas()) as Replicas;
    const { clock, elapsed } = process;
    const audit = { isHeld: false, requireNotHeld: () => undefined };
    const joining = joinReplicas({ replicas, id, pid: 0, host: id, scopes: ["here"], clock, elapsed, processLives: () => false });
    void joining.then(
      (members) => {
        const turns = { inTurn: this.#inTurn(process, wire) };
        const runs = new Runs({
          jobs,
          turns: turns as never,
          members,
          clock,
          elapsed,
          serves: true,
          audit,
          warn: () => undefined,
        });
        runs.add(this.#tagging(process, wire, jobs, runs).kind());
        const bodies = Object.fromEntries(Object.entries(runs.kinds()).map(([kind, { body }]) => [kind, body]));
        runs.attach(this.engine.open(process, wire, bodies, true));
        // The jobs were asked for through the API.
        const asked = [{ action: REQUESTED, details: { requestId: "request" } }];
        const health = { note: () => undefined };
        const facts = { nameBrokenImports: async () => [] };
        const store = { jobs, health, facts, audit: { ...audit, list: async () => asked } };
        goOnWithJobs({ config: { clock }, store, runs, replica: members } as never, new Background(() => undefined), {
          signal: new AbortController().signal,
          log: () => undefined,
        });
        this.services[place] = { process, runs, jobs };
      },
      () => this.time.after(1000, () => this.#start(place)),
    );
  }

  #tagging(process: SimulatedProcess, wire: Wire, jobs: JobLedger, runs: Runs): Tagging {
    const { clock, elapsed, id } = process;
    const window = { requests: PER_SECOND, seconds: 1 };
    const parts = {
      transport: this.tenant.transport(process),
      clock,
      random: createRandom(this.history.seed, `client ${id}`),
      rateLimiter: createRateLimiter({ "outbound-write": window, "acd-write": window, "acd-read": window }, clock, elapsed),
    };
    const ofRest = {
      hosts: "https://tenant.example",
      token: { auth: "basic" },
      credentials: { clientId: "a", clientSecret: "b" },
    } as const;
    const ofAcd = {
      issuer: "https://cxone.niceincontact.com",
      area: "na1",
      credentials: { accessKeyId: "a", accessKeySecret: "b" },
    };
    const tenant =
      this.history.profile === "acd"
        ? createAcdTenant({ ...ofAcd, limits: { "acd-write": { perSecond: PER_SECOND } } }, parts)
        : createTenant({ ...ofRest, limits: { "outbound-write": { perSecond: PER_SECOND } } }, parts);
    const { dispositionWriter: writer, callReader: reader } = tenant.capabilities;
    return new Tagging({
      jobs: new JobRecords(jobs, [TAG]),
      ledgerOf: (campaignId, instead) =>
        createTagLedger({
          jobs,
          actor: "person",
          campaignId,
          instead,
          executor: id,
          now: () => clock.now(),
          takes: () => false,
        }),
      replicas: { isDead: async (executor) => !this.#lives(executor) },
      runs,
      scope: "here",
      record: (entry) => ask(wire, process, () => void this.ledger.entries.push(entry)),
      matrices: tenant.capabilities,
      writer,
      reader,
      clock,
      random: createRandom(this.history.seed, `tagging ${id}`),
      actor: "person",
      replicaId: id,
      concurrency: 4,
    });
  }

  /** The methods of a model as a process calls them: over the wire. */
  #remote(process: SimulatedProcess, wire: Wire, model: object): object {
    return new Proxy(model, {
      get: (target, name) => {
        const method = Reflect.get(target, name) as (...args: unknown[]) => unknown;
        return (...args: unknown[]) => ask(wire, process, () => method.apply(target, structuredClone(args)));
      },
    });
  }

  #replicas() {
    return {
      beat: (beat: ReplicaBeat) => void this.#beats.set(beat.id, { ...beat, at: this.time.now }),
      list: (): Replica[] => [...this.#beats.values()].map(({ at, ...beat }) => ({ ...beat, silentMs: this.time.now - at })),
      remove: (id: string) => this.#beats.delete(id),
    };
  }

  /** Work that one process at a time does: whoever dies or takes too long loses its turn. */
  #inTurn(process: SimulatedProcess, wire: Wire) {
    return async (_: string, work: () => Promise<void>, longestMs: number): Promise<void> => {
      const mine = {};
      const release = () => {
        if (this.#holder === mine) this.#holder = undefined;
      };
      for (;;) {
        const isMine = await ask(wire, process, () => {
          if (this.#holder !== undefined) return false;
          this.#holder = mine;
          this.time.after(longestMs, release);
          process.onDeath(release);
          return true;
        });
        if (isMine) break;
        await process.clock.sleep(50);
      }
      try {
        await work();
      } finally {
        await ask(wire, process, release).catch(() => undefined);
      }
    };
  }

  /** Enters a planned job: the same calls each time, with a code of the job's own. */
  #enter(no: number): string {
    const { rows, chunk } = this.history;
    const id = idOf(no);
    this.ledger.createJob({
      id,
      kind: TAG,
      campaignId: "camp",
      sourceName: "calls.csv",
      contentHash: id,
      actor: "person",
      status: "ready",
      ...(this.history.profile === "acd" && { options: { instead: "tag" } }),
    });
    this.ledger.updateJob(id, { totalRows: rows });
    for (let first = 1; first <= rows; first += chunk) {
      const lines = Array.from({ length: Math.min(chunk, rows - first + 1) }, (_, at) => first + at);
      const planned = lines.map(
        (line): PlannedTag => ({
          kind: "send",
          assignment: { line, callId: `call-${line}`, dispositionCodeId: codeOf(no), notes: "", tags: [] },
        }),
      );
      const last = lines.at(-1) ?? first;
      this.ledger.addChunks(id, [
        { chunkNo: (first - 1) / chunk, firstLine: first, lastLine: last, payload: encodeRows(planned) },
      ]);
    }
    return id;
  }

  /** No write leaves a process for a job that is not its own, or that a person was told is cancelled. */
  #departs({ by, code, callId }: Accepted): void {
    const id = code.replace("CODE", "job");
    const job = this.ledger.getJob(id);
    if (job?.executor !== by)
      this.broken.push(`${by} sends ${code} for ${callId} while ${id} is ${job?.status} under ${job?.executor}`);
    if (this.cancelled.has(id)) this.broken.push(`${by} sends ${code} for ${callId} after the answer that ${id} is cancelled`);
  }

  /** What the ledger says at the end, against what the tenant has. */
  #judge(): void {
    const { rows, jobs } = this.history;
    for (let no = 0; no < jobs; no++) {
      const id = idOf(no);
      const job = this.ledger.getJob(id);
      if (job === undefined) continue;
      const items = new Map(this.ledger.listItems(id).map((item) => [item.line, item]));
      const stored = new Set(this.tenant.accepted.filter(({ code }) => code === codeOf(no)).map(({ callId }) => callId));
      const mayHave = this.ledger.countAnnounced(id);
      const written = this.history.profile === "acd" ? "contact_tagged" : "tagged";
      let untold = 0;
      for (let line = 1; line <= rows; line++) {
        const item = items.get(line);
        const isStored = stored.has(`call-${line}`);
        if (item === undefined && isStored) untold += 1;
        if (item === undefined && job.status !== "cancelled")
          this.broken.push(`${id} is ${job.status}, line ${line} has no result`);
        if (item?.result === written && !isStored) this.broken.push(`${id} line ${line} is ${written}, the tenant never had it`);
        if (item !== undefined && isStored && ![written, "unchanged", "unknown"].includes(item.result))
          this.broken.push(`${id} line ${line} is ${item.result}, and the tenant has it`);
      }
      if (untold > mayHave) this.broken.push(`${id}: ${untold} stored without a result, ${mayHave} said to be open`);
      this.#judgeAudit(id, items.keys());
    }
    const last = this.ledger.getJob(idOf(jobs - 1));
    if (last?.status !== "done") return;
    for (let line = 1; line <= rows; line++) {
      const code = this.tenant.code(`call-${line}`);
      if (code !== codeOf(jobs - 1)) this.broken.push(`call-${line} ends with ${code}, the last job said ${codeOf(jobs - 1)}`);
    }
  }

  #judgeAudit(id: string, lines: Iterable<number>): void {
    const written = this.history.profile === "acd" ? "call.tag" : "disposition.assign";
    const times = new Map<unknown, number>();
    for (const { job, action, details } of this.ledger.entries)
      if (job === id && action === written && details?.["settled"] === undefined) {
        const line = details?.["line"];
        times.set(line, (times.get(line) ?? 0) + 1);
      }
    for (const line of lines)
      if (times.get(line) !== 1) this.broken.push(`${id} line ${line} is ${times.get(line) ?? 0} times in the audit`);
  }
}

const idOf = (no: number) => `job${no}`;
const codeOf = (no: number) => `CODE${no}`;

/** Runs a history. @returns what was broken; empty when all held */
export function runHistory(history: History): Promise<readonly string[]> {
  return new World(history).run();
}
