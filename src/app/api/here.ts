// Operations that are answered in this process: by the handlers of the service's routes, over as much of a workplace as each needs.

import { OutdialError } from "../../kernel/index.ts";
import type { Interruption } from "../../operations/index.ts";
import { type Answer, type ApiRoute, answeredHere, type Operation, type Work } from "../../server/index.ts";
import { openCompliance } from "../compliance.ts";
import type { Flags } from "../config.ts";
import { openDelivery } from "../delivery.ts";
import { openDialer, openDialerHistory, openDialerTenant } from "../dialer.ts";
import { openStopRecords } from "../emergency-stop.ts";
import type { Environment } from "../environment.ts";
import { openFailoverRecords } from "../failover.ts";
import { openInteractions } from "../interactions.ts";
import { openOutcomeRecords } from "../outcomes.ts";
import { openAttention, openRecords } from "../records.ts";
import type { Workplace, WorkplaceOptions } from "../workplace.ts";
import { ApiClient, type Asked, type AskedOf, type Followed } from "./client.ts";

/** What was opened for some operations: of each group of use cases the part that they need. */
interface Opened extends AsyncDisposable {
  readonly work: { readonly [Group in keyof Work]?: object };
  /** In whose name. */
  readonly actor?: string;
  /** What runs its jobs. */
  readonly engine?: Pick<Workplace, "runs" | "deliverEvents">;
}
type Place = readonly [Flags, Environment, Pick<WorkplaceOptions, "warn">];
type Open = (...place: Place) => Promise<Opened>;

function opens<Runtime extends AsyncDisposable>(
  open: (...place: Place) => Promise<Runtime>,
  give: (runtime: Runtime) => Omit<Opened, keyof AsyncDisposable>,
): Open {
  return async (...place) => {
    const runtime = await open(...place);
    return { ...give(runtime), [Symbol.asyncDispose]: () => runtime[Symbol.asyncDispose]() };
  };
}

const records = opens(openRecords, ({ audit, jobs, deliveries, known, lives, actor }) => ({
  work: { audit, jobs, deliveries, lives, tenant: { known } },
  actor,
}));
const attention = opens(openAttention, (known) => ({ work: { attention: known } }));
const receivers = opens(openDelivery, ({ deliveries, actor }) => ({ work: { deliveries }, actor }));
const stops = opens(openStopRecords, (campaigns) => ({ work: { campaigns } }));
const pairs = opens(openFailoverRecords, (failover) => ({ work: { failover } }));
const versions = opens(openDialerHistory, (dialer) => ({ work: { dialer } }));
const changes = opens(openDialer, ({ dialer, workplace }) => ({ work: { dialer }, actor: workplace.actor, engine: workplace }));
const settings = opens(openDialerTenant, (dialer) => ({ work: { dialer } }));
const outcomes = opens(openOutcomeRecords, ({ known }) => ({ work: { outcomes: known } }));
const interactions = opens(
  (...[flags, environment]) => openInteractions(flags, environment),
  (known) => ({ work: { interactions: known } }),
);
const facts = opens(
  (...[flags, environment]) => openCompliance(flags, environment),
  ({ facts: known, actor }) => ({ work: { facts: known }, actor }),
);

/** The operations of commands without a service, and what is opened for each. */
const HERE = {
  "attention.list": attention,
  "audit.list": records,
  "audit.proof": records,
  "audit.verify": records,
  "campaigns.stopped": stops,
  "campaigns.stops": stops,
  "deliveries.disable": receivers,
  "deliveries.enable": receivers,
  "deliveries.endpoints": receivers,
  "deliveries.forget": receivers,
  "deliveries.list": records,
  "deliveries.show": records,
  "dialer.apply": changes,
  "dialer.change": changes,
  "dialer.history": versions,
  "dialer.preview": changes,
  "dialer.previewRollback": changes,
  "dialer.resume": changes,
  "dialer.rollback": changes,
  "dialer.show": changes,
  "dialer.simulateVendor": settings,
  "dialer.validate": settings,
  "failover.history": pairs,
  "failover.holds": pairs,
  "interactions.show": interactions,
  "jobs.cancel": records,
  "jobs.list": records,
  "jobs.rows": records,
  "jobs.show": records,
  "lives.list": records,
  "outcomes.quarantine": outcomes,
  "outcomes.retrieval": outcomes,
  "outcomes.retrievals": outcomes,
  "outcomes.schedules": outcomes,
  "outcomes.unschedule": outcomes,
  "outcomes.verify": outcomes,
  "suppressions.lookup": facts,
  "tenant.gone": records,
  "tenant.missing": records,
} as const satisfies Readonly<Partial<Record<Operation, Open>>>;

/** An operation that a command can ask for without a service. */
export type HereOperation = keyof typeof HERE;

/** Operations in this process, in the name of the configuration's actor. What they need is opened once, and closed when this is disposed of. */
export class HereClient extends ApiClient<HereOperation> {
  override readonly reveals = true;
  readonly #place: Place;
  readonly #opened = new Map<Open, Promise<Opened>>();
  readonly #stack = new AsyncDisposableStack();

  #engine: Opened["engine"];

  constructor(...place: Place) {
    super();
    this.#place = place;
  }

  override async follow<Id extends HereOperation>(
    id: Id,
    asked: AskedOf<Id>,
    followed: Followed<Answer<Id>>,
  ): Promise<Answer<Id>> {
    const { job, ended, onLook } = followed;
    const first = await this.ask(id, asked);
    const engine = this.#engine;
    if (ended(first) || engine === undefined) return first;
    await engine.runs.run(job, async (here) => onLook?.(await this.ask(id, asked), !here));
    await engine.deliverEvents();
    return this.ask(id, asked);
  }

  override interrupt(): Interruption {
    return this.#engine?.runs.interrupt() ?? "goes-on";
  }

  protected override async value(route: ApiRoute, asked: Asked): Promise<unknown> {
    const answer = await this.#answer(route, asked);
    if (answer.kind !== "json") throw new TypeError(`${route.id} is answered in another way`);
    return answer.value;
  }

  protected override async *values(route: ApiRoute, asked: Asked): AsyncGenerator {
    const answer = await this.#answer(route, asked);
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

  async #answer({ id }: ApiRoute, asked: Asked) {
    const open: Open | undefined = (HERE as Readonly<Record<string, Open>>)[id];
    if (open === undefined) throw new OutdialError("invalid_input", `${id} needs a service: set OUTDIAL_URL and OUTDIAL_TOKEN`);
    const opening = this.#opened.get(open) ?? open(...this.#place).then((opened) => this.#stack.use(opened));
    this.#opened.set(open, opening);
    const { work, actor = "", engine } = await opening;
    this.#engine ??= engine;
    return answeredHere(id, asked, work, actor);
  }
}
