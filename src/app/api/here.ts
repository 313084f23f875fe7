// The API in this process: operations are answered by the handlers of the service's routes, over as much of a workplace as each needs. Loaded when there is
// no service, and of what it opens only what is asked for.

import { OutdialError } from "../../kernel/index.ts";
import { checkRequest, type FailoverProgress, type Interruption, type RetrievalInput } from "../../operations/index.ts";
import { retrievalPlanOf } from "../../operations/views/index.ts";
import { type Answer, type ApiRoute, answeredHere, type Operation, type Work } from "../../server/index.ts";
import { systemClock } from "../../tenant/index.ts";
import { REACH_DAYS } from "../../tenant/port.ts";
import { type Flags, loadConfig } from "../config.ts";
import type { Environment } from "../environment.ts";
import type { OutcomesRuntime } from "../outcomes.ts";
import type { DeliveryEnd, Workplace, WorkplaceOptions } from "../workplace.ts";
import { ApiClient, type Asked, type AskedOf, type Followed } from "./client.ts";

/** What was opened for some operations: of each group of use cases the part that they need. */
interface Opened extends AsyncDisposable {
  readonly work: { readonly [Group in keyof Work]?: object };
  /** In whose name. */
  readonly actor?: string;
  /** What runs its jobs. */
  readonly engine?: Pick<Workplace, "deliverEvents"> &
    Partial<Pick<OutcomesRuntime, "runSchedules">> & {
      readonly runs?: { interrupt(): Interruption } & {
        run(job: string, onLook: (here: boolean) => Promise<void>, onProgress?: FailoverProgress): Promise<unknown>;
      };
    };
}
/** What a process that works itself can be told; a service has its own. */
export interface OwnSettings {
  /** File of a rule pack. */
  readonly pack?: string | undefined;
  /** Without request limits. */
  readonly "no-limits"?: true | undefined;
  /** Rows under way at once. */
  readonly concurrency?: number | undefined;
  /** Windows of a retrieval that are read at once. */
  readonly downloads?: number | undefined;
  /** What the figures of a campaign are measured over, minutes. */
  readonly window?: number | undefined;
  /** Contacts of a campaign's list that are looked at. */
  readonly contacts?: number | undefined;
}
type Place = readonly [
  Flags,
  Environment,
  Pick<WorkplaceOptions, "warn"> &
    OwnSettings & {
      /** Ends the waiting for an answer. */
      readonly signal: AbortSignal;
      /** Lets the process end although what was asked is still under way. */
      readonly leave: () => void;
    },
];
type Open = (...place: Place) => Promise<Opened>;

/** @param load loads what opens: of a workplace no more is loaded than is asked for */
function opens<Runtime extends AsyncDisposable>(
  load: () => Promise<(...place: Place) => Promise<Runtime>>,
  give: (runtime: Runtime) => Omit<Opened, keyof AsyncDisposable>,
): Open {
  return async (...place) => {
    const open = await load();
    const runtime = await open(...place);
    return { ...give(runtime), [Symbol.asyncDispose]: () => runtime[Symbol.asyncDispose]() };
  };
}

type Choice = Open | readonly Open[] | { readonly by: (asked: Asked) => Open };

const records = opens(
  async () => (await import("../records.ts")).openRecords,
  ({ audit, jobs, deliveries, known, lives, actor }) => ({
    work: { audit, jobs, deliveries, lives, tenant: { known } },
    actor,
  }),
);
const holders = opens(
  async () => (await import("../lives.ts")).openLives,
  ({ lives, actor }) => ({ work: { lives }, actor }),
);
const attention = opens(
  async () => (await import("../records.ts")).openAttention,
  (known) => ({ work: { attention: known } }),
);
const receivers = opens(
  async () => (await import("../delivery.ts")).openDelivery,
  ({ deliveries, actor, drain }) => ({ work: { deliveries }, actor, engine: { deliverEvents: drain } }),
);
const stops = opens(
  async () => (await import("../emergency-stop.ts")).openStopRecords,
  (campaigns) => ({ work: { campaigns } }),
);
const pairs = opens(
  async () => (await import("../failover.ts")).openFailoverRecords,
  (failover) => ({ work: { failover } }),
);
/** Hand-overs that a person orders. */
const orders = opens(
  async () => (await import("../failover.ts")).openFailover,
  ({ failover, campaigns, actor, runs, deliverEvents }) => ({
    work: { failover, campaigns },
    actor,
    engine: { runs, deliverEvents },
  }),
);
const versions = opens(
  async () => (await import("../campaign-state.ts")).openDialerHistory,
  (dialer) => ({ work: { dialer } }),
);
const changes = opens(
  async () => (await import("../campaign-state.ts")).openDialer,
  ({ dialer, workplace }) => ({ work: { dialer }, actor: workplace.actor, engine: workplace }),
);
const settings = opens(
  async () => (await import("../campaign-state.ts")).openDialerTenant,
  (dialer) => ({ work: { dialer } }),
);
const states = opens(
  async () => (await import("../campaign-state.ts")).openCampaignStates,
  ({ resumes, actor }) => ({ work: { campaigns: resumes }, actor }),
);
const applies = opens(
  async () => (await import("../campaign-state.ts")).openCampaignApplies,
  ({ plans, workplace }) => ({
    work: { campaignFiles: plans },
    actor: workplace.actor,
    engine: workplace,
  }),
);
const calls = opens(
  async () => (await import("../tenant-look.ts")).openTenantDnc,
  ({ calls: known, dnc: doNotCall, callbacks, actor }) => ({ work: { tenant: { calls: known, doNotCall, callbacks } }, actor }),
);
const shownCalls = opens(
  async () => (await import("../tenant-look.ts")).openCalls,
  (known) => ({ work: { tenant: { calls: known } } }),
);
/** The tenant itself: nothing is stored. */
const look = opens(
  async () => (await import("../tenant-look.ts")).openTenantLook,
  (known) => ({ work: { tenant: { look: known } } }),
);
const made = opens(
  async () => (await import("../interactions.ts")).openInteractionChanges,
  (known) => ({ work: { interactions: known } }),
);
const segments = opens(
  async () => (await import("../segments.ts")).openSegments,
  ({ contacts, actor }) => ({ work: { contacts }, actor }),
);
const plans = opens(
  async () => (await import("../campaign-state.ts")).openCampaignReader,
  (campaignFiles) => ({ work: { campaignFiles } }),
);
const exports = opens(
  async () => (await import("../campaign-state.ts")).openCampaignExport,
  (campaignFiles) => ({ work: { campaignFiles } }),
);
const outcomes = opens(
  async () => (await import("../outcomes.ts")).openOutcomeRecords,
  ({ known }) => ({ work: { outcomes: known } }),
);
const retrievalPlans = opens(
  async () => async (flags: Flags, environment: Environment) => {
    const { profile, clock } = await loadConfig(flags, environment);
    const planRetrieval = (input: RetrievalInput) =>
      Promise.resolve(retrievalPlanOf(checkRequest(input, clock.now(), [], REACH_DAYS[profile])));
    return { planRetrieval, [Symbol.asyncDispose]: () => Promise.resolve() };
  },
  (outcomes) => ({ work: { outcomes } }),
);
const interactions = opens(
  async () => (await import("../interactions.ts")).openInteractions,
  (known) => ({ work: { interactions: known } }),
);
const corrections = opens(
  async () => (await import("../interactions.ts")).openCorrections,
  (known) => ({ work: { interactions: known } }),
);
const checks = opens(
  async () => (await import("../interactions.ts")).openChecks,
  (jobs) => ({ work: { jobs } }),
);
/** Whatever runs jobs. */
const whole = opens(
  async () => (await import("../open-outdial.ts")).openWhole,
  ({ able, workplace }) => ({
    work: { jobs: able.jobs, outcomes: able.outcomes, outcomesCrm: able.crm },
    actor: workplace.actor,
    engine: {
      runs: workplace.runs,
      deliverEvents: () => workplace.deliverEvents(),
      runSchedules: able.beside.runSchedules,
    },
  }),
);
const facts = opens(
  async () => {
    const { openCompliance } = await import("../compliance.ts");
    return (flags, environment, own) => openCompliance(flags, environment, own, own);
  },
  ({ facts: known, compliance, actor }) => ({ work: { facts: known, compliance }, actor }),
);

const listed = opens(
  async () => (await import("../capabilities.ts")).openListedWebhooks,
  (vendorWebhooks) => ({ work: { vendorWebhooks } }),
);
const registrations = opens(
  async () => (await import("../capabilities.ts")).openVendorWebhooks,
  ({ vendorWebhooks, actor }) => ({ work: { vendorWebhooks }, actor }),
);

/** The operations of commands without a service, and what is opened for each: the first, unless one behind it is open already; or by what is asked. */
const HERE = {
  "attention.list": attention,
  "audit.list": records,
  "audit.proof": records,
  "audit.verify": records,
  "callbacks.delete": calls,
  "callbacks.list": calls,
  "calls.recordings": calls,
  "calls.show": shownCalls,
  "campaigns.agents": states,
  "campaigns.applied": applies,
  "campaigns.applies": applies,
  "campaigns.apply": applies,
  "campaigns.drift": plans,
  "campaigns.export": exports,
  "campaigns.plan": [plans, applies],
  "campaigns.planned": [plans, applies],
  "campaigns.failback": orders,
  "campaigns.failover": orders,
  "campaigns.preview": { by: ({ params }) => (params?.["verb"] === "resume" ? states : orders) },
  "campaigns.resume": states,
  "campaigns.resumeApply": applies,
  "campaigns.status": states,
  "campaigns.stopped": stops,
  "campaigns.stops": stops,
  "campaigns.stories": stops,
  "data.find": holders,
  "deliveries.disable": receivers,
  "deliveries.enable": receivers,
  "deliveries.endpoints": receivers,
  "deliveries.forget": receivers,
  "deliveries.list": records,
  "deliveries.replay": receivers,
  "deliveries.show": records,
  "contacts.segment": segments,
  "dialer.apply": changes,
  "dialer.change": changes,
  "dialer.createCampaign": changes,
  "dialer.history": versions,
  "dialer.metrics": settings,
  "dialer.preview": changes,
  "dialer.previewRollback": changes,
  "dialer.resume": changes,
  "dialer.rollback": changes,
  "dialer.show": { by: ({ query }) => (query?.["fresh"] === true ? settings : changes) },
  "dialer.simulateVendor": settings,
  "dialer.validate": settings,
  "dialer.vendorAudit": settings,
  "doNotCall.compare": calls,
  "doNotCall.push": calls,
  "compliance.acknowledge": facts,
  "compliance.manifest": facts,
  "compliance.manifests": facts,
  "compliance.revocations": facts,
  "compliance.revocationsOf": facts,
  "consents.revoke": facts,
  "facts.import": facts,
  "facts.importLines": facts,
  "facts.imports": facts,
  "facts.registries": facts,
  "failover.drill": orders,
  "failover.history": pairs,
  "failover.holds": pairs,
  "failover.list": [pairs, orders],
  "failover.prepare": orders,
  "failover.removal": orders,
  "failover.remove": orders,
  "failover.show": [pairs, orders],
  "dispositions.check": checks,
  "dispositions.submit": whole,
  "interactions.made": made,
  "interactions.preview": corrections,
  "interactions.show": interactions,
  "jobs.cancel": records,
  "jobs.list": records,
  "jobs.resume": whole,
  "jobs.rows": [records, whole],
  "jobs.show": [records, whole],
  "lives.list": records,
  "outcomes.doubt": whole,
  "outcomes.plan": retrievalPlans,
  "outcomes.push": whole,
  "outcomes.quarantine": outcomes,
  "outcomes.retrieval": [outcomes, whole],
  "outcomes.retrievals": [outcomes, whole],
  "outcomes.retrieve": whole,
  "outcomes.scheduleAll": whole,
  "outcomes.schedules": [outcomes, whole],
  "outcomes.unschedule": outcomes,
  "outcomes.verify": outcomes,
  "suppressions.add": facts,
  "suppressions.declareEmpty": facts,
  "suppressions.lift": facts,
  "suppressions.lookup": facts,
  "suppressions.pending": facts,
  "suppressions.previewLift": facts,
  "tags.check": checks,
  "tags.submit": whole,
  "tenant.gone": records,
  "tenant.missing": records,
  "tenant.probe": look,
  "tenant.read": look,
  "tenant.reads": look,
  "webhooks.list": listed,
  "webhooks.register": registrations,
  "webhooks.remove": registrations,
} as const satisfies Readonly<Partial<Record<Operation, Choice>>>;

/** Looks at what runs elsewhere are so far apart, ms. */
const LOOK_MS = 1_000;

/** An operation that a command can ask for without a service. */
export type HereOperation = keyof typeof HERE;

/** Operations in this process, in the name of the configuration's actor. What they need is opened once, and closed when this is disposed of. */
export class HereClient extends ApiClient<HereOperation> {
  override readonly reveals = true;
  readonly #place: Place;
  readonly #opened = new Map<Open, Promise<Opened>>();
  readonly #stack = new AsyncDisposableStack();

  #engine: Opened["engine"];
  /** What is followed ends in order by itself. */
  #follows = false;
  readonly #left = new AbortController();

  constructor(...place: Place) {
    super();
    this.#place = place;
  }

  override async follow<Id extends HereOperation>(
    id: Id,
    asked: AskedOf<Id>,
    followed: Followed<Answer<Id>>,
  ): Promise<Answer<Id>> {
    const { job, ended, onLook, onProgress, onDelivered } = followed;
    let seen = await this.ask(id, asked);
    this.#follows = true;
    const engine = this.#engine;
    const { signal } = this.#left;
    if (engine?.runs === undefined) {
      // It runs elsewhere.
      for (; !ended(seen) && !signal.aborted; seen = await this.ask(id, asked)) {
        onLook?.(seen, true);
        await (this.#place[0].clock ?? systemClock).sleep(LOOK_MS, signal).catch(() => undefined);
      }
      return seen;
    }
    if (!ended(seen)) await engine.runs.run(job, async (here) => onLook?.(await this.ask(id, asked), !here), onProgress);
    const delivery = await engine.deliverEvents();
    onDelivered?.(delivery);
    return this.ask(id, asked);
  }

  override readonly runSchedules: OutcomesRuntime["runSchedules"] = async (asked) => {
    this.#follows = true;
    await this.#engine?.runSchedules?.(asked);
  };

  override readonly deliverEvents = async (): Promise<DeliveryEnd> =>
    (await this.#engine?.deliverEvents()) ?? { delivered: 0, failed: 0, dead: 0, pending: 0 };

  override interrupt(): Interruption {
    this.#left.abort();
    return this.#engine?.runs?.interrupt() ?? "goes-on";
  }

  protected override async value(route: ApiRoute, asked: Asked): Promise<unknown> {
    const answer = await this.#untilInterrupted(this.#answer(route, asked));
    if (answer.kind !== "json") throw new TypeError(`${route.id} is answered in another way`);
    return answer.value;
  }

  protected override async *values(route: ApiRoute, asked: Asked): AsyncGenerator {
    const answering = this.#answer(route, asked);
    const answer = await (asked.file?.breaksOff === true ? answering : this.#untilInterrupted(answering));
    if (answer.kind !== "stream") throw new TypeError(`${route.id} is answered in another way`);
    // Texts are whole lines.
    for await (const text of answer.texts) for (const line of text.split("\n")) if (line !== "") yield JSON.parse(line);
  }

  protected override misread(where: string, why: string): TypeError {
    return new TypeError(`an answer is not as it is described: ${where}: ${why}`);
  }

  override async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack.disposeAsync();
  }

  /** An answer, or the reason why nobody waits for it any more. */
  async #untilInterrupted<T>(answering: Promise<T>): Promise<T> {
    const { signal, leave: letEnd } = this.#place[2];
    if (this.#follows) return answering;
    const left = Promise.withResolvers<never>();
    const leave = () => {
      letEnd();
      left.reject(signal.reason);
    };
    signal.addEventListener("abort", leave);
    if (signal.aborted) leave();
    try {
      return await Promise.race([answering, left.promise]);
    } finally {
      signal.removeEventListener("abort", leave);
    }
  }

  async #answer({ id }: ApiRoute, asked: Asked) {
    const choice = (HERE as Readonly<Record<string, Choice>>)[id] ?? [];
    const [first, ...more] = ["by" in choice ? choice.by(asked) : choice].flat();
    const open = more.find((one) => this.#opened.has(one)) ?? first;
    if (open === undefined) throw new OutdialError("invalid_input", `${id} needs a service: set OUTDIAL_URL and OUTDIAL_TOKEN`);
    const opening = this.#opened.get(open) ?? open(...this.#place).then((opened) => this.#stack.use(opened));
    this.#opened.set(open, opening);
    const { work, actor = "", engine } = await opening;
    this.#engine ??= engine;
    return answeredHere(id, asked, work, actor);
  }
}
