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
import { ApiClient, type Asked, type AskedOf, type FileAnswer, type Followed } from "./client.ts";

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
  /** File of a campaign whose own rules count. */
  readonly campaignRules?: string | undefined;
  /** File of a map of disposition codes. */
  readonly map?: string | undefined;
  /** Without request limits. */
  readonly "no-limits"?: true | undefined;
  /** Rows under way at once. */
  readonly concurrency?: number | undefined;
  /** Windows of a retrieval that are read at once. */
  readonly downloads?: number | undefined;
  /** What the figures of a campaign are measured over, minutes. */
  readonly window?: number | undefined;
  /** One check of a pair. */
  readonly once?: true | undefined;
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

type Group = keyof Work;

/**
 * @param load loads what opens: of a workplace no more is loaded than is asked for @param as the group that what was opened is, or what it is; by default its
 * members are groups, and one of them the actor
 */
function opens<Runtime extends AsyncDisposable>(
  load: () => Promise<(...place: Place) => Promise<Runtime>>,
  as?: Group | ((runtime: Runtime) => Omit<Opened, keyof AsyncDisposable>),
): Open {
  return async (...place) => {
    const open = await load();
    const runtime = await open(...place);
    const { actor }: { readonly actor?: unknown } = runtime as object;
    const named = typeof actor === "string" ? { actor } : {};
    const groups = (): Opened["work"] => Object.fromEntries(typeof as === "string" ? [[as, runtime]] : Object.entries(runtime));
    const members = typeof as === "function" ? as(runtime) : { work: groups() };
    return { ...named, ...members, [Symbol.asyncDispose]: () => runtime[Symbol.asyncDispose]() };
  };
}

type Choice = Open | readonly Open[] | { readonly by: (asked: Asked) => Open };

const records = opens(
  async () => (await import("../records.ts")).openRecords,
  ({ known, ...work }) => ({ work: { ...work, tenant: { known } } }),
);
const holders = opens(async () => (await import("../lives.ts")).openLives);
const attention = opens(async () => (await import("../records.ts")).openAttention, "attention");
const receivers = opens(
  async () => (await import("../delivery.ts")).openDelivery,
  ({ deliveries, drain }) => ({ work: { deliveries }, engine: { deliverEvents: drain } }),
);
const stops = opens(async () => (await import("../emergency-stop.ts")).openStopRecords, "campaigns");
const pairs = opens(async () => (await import("../failover.ts")).openFailoverRecords, "failover");
/** Hand-overs that a person orders. */
const orders = opens(
  async () => (await import("../failover.ts")).openFailover,
  ({ failover, campaigns, ...engine }) => ({ work: { failover, campaigns }, engine }),
);
/** The watch itself. */
const watching = opens(
  async () => (await import("../failover.ts")).openWatch,
  ({ failover, ...engine }) => ({ work: { failover }, engine }),
);
const versions = opens(async () => (await import("../campaign-state.ts")).openDialerHistory, "dialer");
const changes = opens(
  async () => (await import("../campaign-state.ts")).openDialer,
  ({ dialer, workplace }) => ({ work: { dialer }, actor: workplace.actor, engine: workplace }),
);
const settings = opens(async () => (await import("../campaign-state.ts")).openDialerTenant, "dialer");
const states = opens(
  async () => (await import("../campaign-state.ts")).openCampaignStates,
  ({ resumes }) => ({ work: { campaigns: resumes } }),
);
const applies = opens(
  async () => (await import("../campaign-state.ts")).openCampaignApplies,
  ({ plans, workplace }) => ({ work: { campaignFiles: plans }, actor: workplace.actor, engine: workplace }),
);
const calls = opens(
  async () => (await import("../tenant-look.ts")).openTenantDnc,
  ({ calls: known, dnc: doNotCall, callbacks }) => ({ work: { tenant: { calls: known, doNotCall, callbacks } } }),
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
const made = opens(async () => (await import("../interactions.ts")).openInteractionChanges, "interactions");
const segments = opens(async () => (await import("../segments.ts")).openSegments);
const plans = opens(async () => (await import("../campaign-state.ts")).openCampaignReader, "campaignFiles");
const exports = opens(async () => (await import("../campaign-state.ts")).openCampaignExport, "campaignFiles");
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
  "outcomes",
);
const interactions = opens(async () => (await import("../interactions.ts")).openInteractions, "interactions");
const corrections = opens(async () => (await import("../interactions.ts")).openCorrections, "interactions");
const checks = opens(async () => (await import("../interactions.ts")).openChecks, "jobs");
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
const facts = opens(async () => (await import("../compliance.ts")).openCompliance);
/** Rules, and the facts of a store where there is one. */
const rules = opens(async () => (await import("../compliance.ts")).openRules, "compliance");
/** Where the tenant counts live answers itself, it is asked. */
const answers = opens(async () => (await import("../compliance.ts")).openAnswers);
const listed = opens(async () => (await import("../capabilities.ts")).openListedWebhooks, "vendorWebhooks");
const registrations = opens(async () => (await import("../capabilities.ts")).openVendorWebhooks);

/** @param choice what is opened for these operations: the first, unless one behind it is open already; or by what is asked */
const by = <const Id extends Operation>(choice: Choice, ...ids: readonly Id[]): { readonly [Name in Id]: Choice } =>
  Object.fromEntries(ids.map((id) => [id, choice])) as { readonly [Name in Id]: Choice };

/** The operations of commands without a service, by what is opened for them. */
const HERE = {
  ...by(attention, "attention.list"),
  ...by(
    records,
    "audit.list",
    "audit.pack",
    "audit.packPdf",
    "audit.proof",
    "audit.verify",
    "deliveries.list",
    "deliveries.show",
    "jobs.cancel",
    "jobs.list",
    "lives.list",
    "tenant.gone",
    "tenant.missing",
  ),
  ...by(calls, "callbacks.delete", "callbacks.list", "calls.recordings", "doNotCall.compare", "doNotCall.push"),
  ...by(shownCalls, "calls.show"),
  ...by(states, "campaigns.agents", "campaigns.resume", "campaigns.status"),
  ...by(applies, "campaigns.applied", "campaigns.applies", "campaigns.apply", "campaigns.resumeApply"),
  ...by(plans, "campaigns.drift"),
  ...by(exports, "campaigns.export"),
  ...by([plans, applies], "campaigns.plan", "campaigns.planned"),
  ...by(
    orders,
    "campaigns.failback",
    "campaigns.failover",
    "failover.drill",
    "failover.prepare",
    "failover.removal",
    "failover.remove",
  ),
  ...by({ by: ({ params }) => (params?.["verb"] === "resume" ? states : orders) }, "campaigns.preview"),
  ...by(stops, "campaigns.stopped", "campaigns.stops", "campaigns.stories"),
  ...by(holders, "data.erase", "data.eraseAgain", "data.find", "data.previewErase"),
  ...by(receivers, "deliveries.disable", "deliveries.enable", "deliveries.endpoints", "deliveries.forget", "deliveries.replay"),
  ...by(segments, "contacts.segment"),
  ...by(
    changes,
    "dialer.apply",
    "dialer.change",
    "dialer.createCampaign",
    "dialer.preview",
    "dialer.previewRollback",
    "dialer.resume",
    "dialer.rollback",
  ),
  ...by(versions, "dialer.history"),
  ...by(settings, "dialer.metrics", "dialer.simulateVendor", "dialer.validate", "dialer.vendorAudit"),
  ...by({ by: ({ query }) => (query?.["fresh"] === true ? settings : changes) }, "dialer.show"),
  ...by({ by: ({ query }) => (query?.["at"] === undefined ? answers : facts) }, "compliance.abandonment"),
  ...by(
    facts,
    "compliance.acknowledge",
    "compliance.gate",
    "compliance.manifest",
    "compliance.manifests",
    "compliance.revocations",
    "compliance.revocationsOf",
    "consents.revoke",
    "facts.import",
    "facts.importLines",
    "facts.imports",
    "facts.registries",
    "packs.compare",
    "suppressions.add",
    "suppressions.declareEmpty",
    "suppressions.lift",
    "suppressions.lookup",
    "suppressions.pending",
    "suppressions.previewLift",
  ),
  ...by(rules, "compliance.explain", "packs.replay"),
  ...by(pairs, "failover.history", "failover.holds"),
  ...by([pairs, orders, watching], "failover.list", "failover.show"),
  ...by(watching, "failover.preview", "failover.put", "failover.take"),
  ...by(checks, "dispositions.check", "tags.check"),
  ...by(
    whole,
    "dispositions.submit",
    "jobs.resume",
    "outcomes.doubt",
    "outcomes.push",
    "outcomes.reconcile",
    "outcomes.retrieve",
    "outcomes.scheduleAll",
    "tags.submit",
  ),
  ...by(made, "interactions.made"),
  ...by(corrections, "interactions.preview"),
  ...by(interactions, "interactions.show"),
  ...by([records, whole], "jobs.rows", "jobs.show"),
  ...by(
    outcomes,
    "outcomes.export",
    "outcomes.makeReport",
    "outcomes.quarantine",
    "outcomes.report",
    "outcomes.unschedule",
    "outcomes.verify",
  ),
  ...by(retrievalPlans, "outcomes.plan"),
  ...by([outcomes, whole], "outcomes.retrieval", "outcomes.retrievals", "outcomes.schedules"),
  ...by(look, "tenant.probe", "tenant.read", "tenant.reads", "tenant.smoke"),
  ...by(listed, "webhooks.list"),
  ...by(registrations, "webhooks.register", "webhooks.remove"),
};

/** Looks at what runs elsewhere are so far apart, ms. */
const LOOK_MS = 1_000;

/** An operation that a command can ask for without a service. */
export type HereOperation = keyof typeof HERE;

async function* bytesOf(texts: AsyncIterable<string | Uint8Array> | Iterable<string>): AsyncGenerator<Uint8Array> {
  for await (const text of texts) yield typeof text === "string" ? Buffer.from(text) : text;
}

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
    for await (const text of answer.texts) for (const line of String(text).split("\n")) if (line !== "") yield JSON.parse(line);
  }

  protected override async content(route: ApiRoute, asked: Asked): Promise<FileAnswer> {
    const answer = await this.#untilInterrupted(this.#answer(route, asked));
    if (answer.kind === "json") throw new TypeError(`${route.id} is answered in another way`);
    if (answer.kind === "stream") return { headers: new Headers(answer.headers), bytes: bytesOf(answer.texts) };
    const { headers, body } = answer.response;
    return { headers, bytes: body ?? bytesOf([]) };
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
