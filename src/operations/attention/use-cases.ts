// Things that need attention: determined each time from stored data, with what people said about them. No request to the tenant.

import { type Instant, messageOf } from "../../kernel/index.ts";
import type { AttentionWord } from "../../store/index.ts";
import { happened } from "../campaigns/happened.ts";
import { type KnownHealth, SHOWN_WINDOW_MINUTES } from "../campaigns/health/known.ts";
import { knownList } from "../campaigns/health/known-campaigns.ts";
import { readingOf } from "../campaigns/metrics/index.ts";
import type { CampaignUseCases } from "../campaigns/use-cases.ts";
import type { FactsUseCases } from "../compliance/facts-use-cases.ts";
import type { ComplianceUseCases } from "../compliance/use-cases.ts";
import type { Context } from "../context.ts";
import { OperationError } from "../error.ts";
import type { DeliveryUseCases } from "../events/index.ts";
import { JOB_KINDS } from "../jobs/use-cases.ts";
import { KnownAnswers } from "../known/index.ts";
import type { DialerUseCases } from "../settings/use-cases.ts";
import { Together } from "../together.ts";
import type { AttentionList, AttentionVerb, Concern, TenantKnown } from "../views/schemas/attention.ts";
import { timeText } from "../views/texts.ts";
import { campaignConcerns, type Found, missingConcerns, tenantKnownOf } from "./concerns.ts";
import { beginOf, dropConcern, dropOf, EARLIER_WINDOWS, isJudged } from "./drop.ts";
import { brokenImportConcern, optOutConcerns } from "./opt-out-concerns.ts";
import { approvalConcern, jobConcerns, settingsConcerns, storeConcerns } from "./work.ts";

/** How long an acknowledgement is valid; after that the entry is listed as before. */
const SEEN_MS = 24 * 3_600_000;
/**
 * Number of revocations searched for overdue ones, of approvals for waiting ones, and of a pair's steps for the beginning of its
 * phase.
 */
const LOOKED_AT = 200;

interface AttentionParts {
  readonly campaigns: Pick<CampaignUseCases, "stops" | "stopped">;
  readonly compliance: Pick<ComplianceUseCases, "revocations">;
  readonly facts: Pick<FactsUseCases, "imports">;
  readonly deliveries: Pick<DeliveryUseCases, "receivers">;
  readonly dialer: Pick<DialerUseCases, "changes">;
}

type Part = () => Promise<readonly Found[]>;

/** What needs a person's attention now, and who has acknowledged or taken it. Errors: OperationError, StoreError. */
export class AttentionUseCases {
  readonly #context: Pick<Context, "store" | "clock">;
  readonly #parts: AttentionParts;
  readonly #together = new Together<AttentionList>();

  constructor(context: Pick<Context, "store" | "clock">, parts: AttentionParts) {
    this.#context = context;
    this.#parts = parts;
  }

  /** Urgent things first, then those that nobody has acknowledged. A part that cannot be checked is a concern itself. */
  list(): Promise<AttentionList> {
    return this.#together.get(async () => {
      const [each, known] = await Promise.all([this.#each(), this.#known()]);
      const items = incidents(each);
      const verdict = items.some(({ acknowledged }) => acknowledged === null) ? "not_ok" : known.verdict;
      return { items, known: { ...known, verdict } };
    });
  }

  async #known(): Promise<TenantKnown> {
    const { store, clock } = this.#context;
    return tenantKnownOf(await knownList(store, clock));
  }

  /** One for each campaign and thing, in any order. */
  async #each(): Promise<readonly Told[]> {
    const { health } = this.#context.store;
    const parts: Readonly<Record<string, Part>> = {
      "the store": async () => storeConcerns(health.conditions(), health.unseenHeads()),
      campaigns: () => this.#campaigns(),
      "what the tenant's answers lack": async () => missingConcerns(await new KnownAnswers(this.#context).missing()),
      "emergency stops": () => this.#stops(),
      approvals: () => this.#approvals(),
      "opt-outs": () => this.#optOuts(),
      imports: () => this.#imports(),
      receivers: () => this.#receivers(),
      replicas: async () => this.#replicas(),
      "dialer settings": () => this.#dialer(),
      jobs: () => this.#jobs(),
    };
    const [words, ...found] = await Promise.all([
      this.#context.store.attention.list(),
      ...Object.entries(parts).map(async ([name, part]) => part().catch((thrown: unknown) => [unread(name, thrown)])),
    ]);
    const said = new Map(words.map((word) => [word.key, word]));
    return found.flat().map((one) => concernOf(one, said, this.#context.clock.now()));
  }

  /**
   * A person acknowledges, takes or releases a thing, with all campaigns of it; entered in the audit log.
   * @throws OperationError `not_found` when it no longer needs attention
   */
  async say(key: string, verb: AttentionVerb, by: string, note: string | undefined): Promise<Concern> {
    const each = await this.#each();
    const concern = incidents(each).find((one) => one.key === key);
    if (concern === undefined)
      throw new OperationError("not_found", "this no longer needs attention, or has changed", {
        advice: "Read the list again.",
      });
    const parts = each.filter((one) => one.key === key || incidentKey(one) === key);
    const said = await Promise.all(parts.map((part) => this.#say(part, verb, by, note)));
    return incidents(said).find((one) => one.key === key) ?? concern;
  }

  async #say(concern: Told, verb: AttentionVerb, by: string, note: string | undefined): Promise<Told> {
    const { store, clock } = this.#context;
    const { key, acknowledged, owner } = concern;
    const seen = verb === "acknowledge" ? { by, at: timeText(clock.now()), note: note ?? null } : acknowledged;
    const word: AttentionWord = {
      key,
      owner: verb === "take" ? by : verb === "release" ? null : owner,
      acknowledgedBy: seen?.by ?? null,
      acknowledgedAt: seen === null ? null : Date.parse(seen.at),
      note: seen?.note ?? null,
    };
    const details = { code: concern.code, what: concern.what, ...(note === undefined ? {} : { note }) };
    await store.attention.put(word, [
      { actor: by, action: `attention.${verb}`, subject: concern.subject.id || concern.subject.kind, details },
    ]);
    return { ...concern, acknowledged: seen, owner: word.owner };
  }

  async #campaigns(): Promise<Found[]> {
    const { store, clock } = this.#context;
    const list = await knownList(store, clock);
    const stuck = list.campaigns.flatMap(({ id, failover }) =>
      failover?.role === "primary" && (failover.phase !== "watching" || failover.nextStep !== null) ? [id] : [],
    );
    const silent = list.campaigns.flatMap(({ id, status, notDialing }) =>
      status === "active" && notDialing !== null ? [id] : [],
    );
    const calling = list.campaigns.flatMap(({ id, reading }) => ((reading?.activeCalls ?? 0) > 0 ? [id] : []));
    const [lastCalls, callsSince, ...since] = await Promise.all([
      store.metrics.lastWithCalls(silent),
      store.metrics.callsSince(calling),
      ...stuck.map(async (id) => [id, await this.#pairSince(id)] as const),
    ]);
    const phaseSince = new Map(since.flatMap(([id, { phase }]) => (phase === null ? [] : [[id, phase]])));
    const awaySince = new Map(since.flatMap(([id, { away }]) => (away === null ? [] : [[id, away]])));
    return [...campaignConcerns({ list, lastCalls, phaseSince, awaySince, callsSince }), ...(await this.#drops(list.campaigns))];
  }

  /** Drops of success rates, each with its cause. */
  async #drops(campaigns: readonly KnownHealth[]): Promise<Found[]> {
    const { store } = this.#context;
    const judged = campaigns.filter(isJudged);
    if (judged.length === 0) return [];
    const until = new Map(judged.map(({ id, recent }) => [id, recent.at ?? recent.receivedAt]));
    const earlier = Map.groupBy(
      (await store.metrics.earlierWindows(until, SHOWN_WINDOW_MINUTES, EARLIER_WINDOWS)).map(readingOf),
      ({ campaignId }) => campaignId,
    );
    const found = judged.map(async (health) => {
      const drop = dropOf(health, earlier.get(health.id) ?? []);
      if (drop === undefined) return [];
      return [dropConcern(drop, health, await happened(store, health.id, beginOf(drop)))];
    });
    return (await Promise.all(found)).flat();
  }

  /** When a pair came into its phase, and when it left the order in which its primary dials; null when its history does not say. */
  async #pairSince(primary: string): Promise<{ readonly phase: Instant | null; readonly away: Instant | null }> {
    const { failovers } = this.#context.store;
    const [steps, away] = await Promise.all([failovers.history(primary, LOOKED_AT), failovers.awaySince(primary)]);
    const other = steps.findIndex(({ phase }) => phase !== steps[0]?.phase);
    return { phase: steps.at(other < 0 ? steps.length - 1 : other - 1)?.at ?? null, away };
  }

  async #stops(): Promise<Found[]> {
    const [latest] = await this.#parts.campaigns.stops(1);
    if (latest === undefined || latest.supersededBy !== null) return [];
    const { changes, alreadyPaused, listProblem, endedAt, createdAt, actor } = await this.#parts.campaigns.stopped(latest.id);
    const open = changes.filter(({ confirmed, status }) => !confirmed && status !== "resumed");
    if (open.length === 0 && listProblem === null && (alreadyPaused.length === 0 || endedAt === null)) return [];
    const told = [
      ...(open.length === 0
        ? []
        : [`${open.length} ${open.length === 1 ? "campaign is" : "campaigns are"} not confirmed paused`]),
      ...(alreadyPaused.length === 0 ? [] : [`${alreadyPaused.length} are only listed as paused and were not looked at`]),
      ...(listProblem === null ? [] : ["the list of campaigns was not whole, others may be dialing"]),
    ];
    return [
      {
        code: "stop_not_confirmed",
        severity: "urgent",
        subject: { kind: "stop", id: latest.id, name: `stop by ${actor}` },
        what: `${endedAt === null ? "it goes on: " : ""}${told.join("; ")}`,
        cause: "tenant",
        evidence: [
          ...(listProblem === null ? [] : [listProblem.message]),
          ...open.slice(0, 20).map(({ campaignId, message }) => `${campaignId}: ${message}`),
        ],
        since: createdAt,
        next: "Stop all campaigns again, or pause them in the tenant's administration.",
        episode: "",
      },
    ];
  }

  async #approvals(): Promise<Found[]> {
    const { store, clock } = this.#context;
    const [waiting, unknown] = await Promise.all([
      store.requests.listApprovals({ pending: true, limit: LOOKED_AT }),
      store.requests.unknownApprovals(clock.now() - SEEN_MS, LOOKED_AT),
    ]);
    return [...unknown, ...waiting].map(approvalConcern);
  }

  async #optOuts(): Promise<Found[]> {
    const { items } = await this.#parts.compliance.revocations({ open: true, limit: LOOKED_AT }, { reveal: false });
    return optOutConcerns(items, this.#context.clock.now(), items.length < LOOKED_AT);
  }

  async #imports(): Promise<Found[]> {
    return (await this.#parts.facts.imports({ brokenOff: true, limit: LOOKED_AT })).map(brokenImportConcern);
  }

  async #receivers(): Promise<Found[]> {
    const receivers = await this.#parts.deliveries.receivers();
    // Another service may deliver them: that they differ is a concern of its own.
    const missing = receivers.flatMap(({ endpoint, url, written, pending }) =>
      !written || url !== null
        ? []
        : [
            {
              code: "receiver_missing",
              severity: "soon",
              subject: { kind: "receiver", id: endpoint, name: endpoint },
              what: `the store has the receiver ${endpoint}, and this service is not set up with it; ${pending} events wait for one that is`,
              cause: "receiver",
              evidence: [],
              since: null,
              next: `Set the receiver up for every service; when it is gone for good: outdial webhooks forget ${endpoint}.`,
              episode: "",
            } as const,
          ],
    );
    const off = receivers.flatMap(({ endpoint, enabled, offSince, message, dead, pending }) =>
      enabled
        ? []
        : [
            {
              code: "receiver_off",
              severity: "soon",
              subject: { kind: "receiver", id: endpoint, name: endpoint },
              what: `the receiver ${endpoint} is switched off; ${pending} events wait, ${dead} are dead letters`,
              cause: "receiver",
              evidence: message === null ? [] : [message],
              since: offSince,
              next: "Correct the receiver and switch it on under Deliveries.",
              episode: offSince,
            } as const,
          ],
    );
    return [...off, ...missing];
  }

  #replicas(): Found[] {
    return this.#context.store.health.conditions().flatMap(({ name, message, advice, since }) =>
      name === "token_refused" || name === "replicas_differ"
        ? [
            {
              code: name,
              severity: name === "token_refused" ? "urgent" : "soon",
              subject: { kind: "tenant", id: "", name: "service" },
              what: message,
              cause: "replicas",
              evidence: [],
              since: timeText(since),
              next: advice,
              episode: message,
            } as const,
          ]
        : [],
    );
  }

  async #dialer(): Promise<Found[]> {
    const { changes } = this.#parts.dialer;
    const open = await changes.open();
    const waiting =
      open === undefined
        ? []
        : settingsConcerns(open.version, (await changes.report(open.version)).state, timeText(open.stoppedAt));
    const failed = await Promise.all(
      (await this.#context.store.dialer.notBack()).map(async ({ version, endedAt }) =>
        settingsConcerns(version, (await changes.report(version)).state, timeText(endedAt)),
      ),
    );
    return [...waiting, ...failed.flat()];
  }

  async #jobs(): Promise<Found[]> {
    return jobConcerns(await this.#context.store.jobs.standingJobs({ kinds: JOB_KINDS, limit: LOOKED_AT }), LOOKED_AT);
  }
}

function unread(name: string, thrown: unknown): Found {
  return {
    code: "not_looked_at",
    severity: "urgent",
    subject: { kind: "tenant", id: name, name },
    what: `whether ${name} need somebody is not known`,
    cause: null,
    evidence: [messageOf(thrown)],
    since: null,
    next: "outdial doctor looks for the reason.",
    episode: "",
  };
}

/** A concern before those of one cause are put together. */
type Told = Concern & Pick<Found, "many">;

function concernOf({ episode, lastSeen = null, ...found }: Found, said: ReadonlyMap<string, AttentionWord>, now: Instant): Told {
  const { subject, what, since } = found;
  const key = [found.code, subject.id, episode ?? ""].join(" ");
  const word = said.get(key);
  const { acknowledgedBy: by = null, acknowledgedAt: at = null, note = null, owner = null } = word ?? {};
  // A new order of a pair that a person accepted stands.
  const isSeen = by !== null && at !== null && (now - at < SEEN_MS || found.code === "hand_over");
  const { id, name } = subject;
  const campaigns = subject.kind === "campaign" ? [{ id, name, what, since, lastSeen }] : [];
  return { key, ...found, lastSeen, campaigns, acknowledged: isSeen ? { by, at: timeText(at), note } : null, owner };
}

/** Campaigns with the same cause, which is told by what is to be done about it, are one item. */
const incidentKey = ({ code, cause, next, many }: Told): string | undefined =>
  many === undefined ? undefined : `${code} * ${cause ?? ""} ${next}`.slice(0, 900);

/** One item for each cause with its campaigns inside, urgent things first, then those that somebody has not acknowledged. */
function incidents(each: readonly Told[]): readonly Concern[] {
  const groups = Map.groupBy(each, (one) => incidentKey(one) ?? one.key);
  const items = [...groups].map(([key, [first, ...rest]]): Concern => {
    if (first === undefined) throw new TypeError("a group without a member");
    const { many = "", ...one } = first;
    if (rest.length === 0) return one;
    const all = [first, ...rest];
    const earliest = (of: "since" | "lastSeen") => all.flatMap((member) => member[of] ?? []).sort()[0] ?? null;
    const owners = new Set(all.map(({ owner }) => owner));
    return {
      ...one,
      key,
      subject: { kind: "campaign", id: "", name: `${all.length} campaigns` },
      what: many,
      evidence: all.slice(0, 20).map(({ subject, evidence, what }) => `${subject.name} (${subject.id}): ${evidence[0] ?? what}`),
      since: earliest("since"),
      lastSeen: earliest("lastSeen"),
      campaigns: all.flatMap(({ campaigns }) => campaigns),
      // One that joins it is new.
      acknowledged: all.every(({ acknowledged }) => acknowledged !== null) ? first.acknowledged : null,
      owner: owners.size === 1 ? first.owner : null,
    };
  });
  const rank = ({ severity, acknowledged }: Concern) => (acknowledged === null ? 0 : 2) + (severity === "urgent" ? 0 : 1);
  return items.toSorted((a, b) => rank(a) - rank(b));
}
