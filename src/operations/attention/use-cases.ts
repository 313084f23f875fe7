// Things that need attention: determined each time from stored data, with what people said about them. No request to the tenant.

import { z } from "zod";
import { type Instant, jobTitle, messageOf } from "../../kernel/index.ts";
import type { Approval, AttentionWord, Job, ReadingProblem, StoreCondition } from "../../store/index.ts";
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
import { isLeft, waitOf } from "../run/left.ts";
import { stopOf } from "../run/reason.ts";
import { loadChange } from "../settings/journal.ts";
import type { ChangeState } from "../settings/state.ts";
import { Together } from "../together.ts";
import type { AttentionList, AttentionVerb, Concern, TenantKnown } from "../views/schemas/attention.ts";
import type { ImportStateView } from "../views/schemas/compliance.ts";
import type { RevocationView } from "../views/schemas/opt-outs.ts";
import { timeText } from "../views/texts.ts";
import { campaignConcerns, type Found, missingConcerns, tenantKnownOf } from "./concerns.ts";
import { beginOf, dropConcern, dropOf, EARLIER_WINDOWS, isJudged } from "./drop.ts";
import { inventoryConcerns, keptInventory } from "./inventory.ts";

// Approvals, jobs and changes of settings that need a person: those that wait until a person decides or continues them, those whose
// outcome is not known, and those that could not be rolled back. Pure.

/** An approval that waits, or that was given and whose outcome is not known. */
function approvalConcern(approval: Approval): Found {
  const { id, summary, requestedBy, requestedAt, state, decidedBy, decidedAt, message } = approval;
  const shared = { subject: { kind: "approval", id, name: summary }, cause: "approval" } as const;
  if (state === "pending")
    return {
      ...shared,
      code: "approval_waits",
      severity: "soon",
      what: `${requestedBy} waits for another person's approval`,
      evidence: [],
      since: timeText(requestedAt),
      next: "Look at it and approve or reject it.",
      episode: "",
    };
  return {
    ...shared,
    code: "approval_outcome_unknown",
    severity: "urgent",
    what: `${decidedBy ?? "another person"} approved it, and it is not known whether it was carried out`,
    evidence: message === null ? [] : [message],
    since: timeText(decidedAt),
    next: "Look at the page of what it is about; ask for it again when it was not done.",
    episode: state,
  };
}

/** @param since when it ended, or since when it stands still; null while it is worked on */
export function settingsConcerns(
  version: number,
  { phase, stop, outcome, message }: Pick<ChangeState, "phase" | "stop" | "outcome" | "message">,
  since: string | null,
): Found[] {
  const found = (code: string, what: string, evidence: string | null, next: string): Found => ({
    code,
    severity: "urgent",
    subject: { kind: "dialer", id: String(version), name: `dialer settings, version ${version}` },
    what,
    cause: "settings",
    evidence: evidence === null ? [] : [evidence],
    since,
    next,
    episode: outcome ?? phase,
  });
  if (outcome === "rollback_failed")
    return [
      found(
        "settings_not_put_back",
        "the rollback failed: it is not certain which settings are in force",
        message,
        "Compare what is in force with the version before, then roll back or apply settings anew, under Dialer.",
      ),
    ];
  if (stop !== null)
    return [found("settings_still", "the change stands still", stop.message, "Remove the cause, then continue it under Dialer.")];
  if (phase !== "paused") return [];
  return [
    found(
      "settings_wait",
      "the figures are inconclusive: a person must decide whether the new settings stay",
      message,
      "Keep the new settings or put the old ones back, under Dialer.",
    ),
  ];
}

/** What stands of the database, and what jobs wait for: as the banner and `/readyz` tell it. @param unseen places of heads that could not be looked at */
function storeConcerns(conditions: readonly StoreCondition[], unseen: number): Found[] {
  const found = (code: string, severity: Found["severity"], what: string, next: string, since: string | null): Found => ({
    code,
    severity,
    subject: { kind: "store", id: code, name: "this store" },
    what,
    cause: "store",
    evidence: [],
    since,
    next,
    episode: since,
  });
  // Pushes and retrievals that wait continue by themselves, and nobody is called for them; other settings beside still work.
  const waits: ReadonlySet<StoreCondition["name"]> = new Set(["lake_unavailable", "receiver_unavailable", "replicas_differ"]);
  const standing = conditions.map(({ name, message, advice, since }) =>
    found(name, waits.has(name) ? "soon" : "urgent", message, advice, timeText(since)),
  );
  if (unseen === 0) return standing;
  const what = `${unseen} places of heads of the audit log could not be looked at: whether the database was set back is not known`;
  return [...standing, found("heads_unseen", "soon", what, "outdial audit verify names them; make them readable.", null)];
}

/** Changes of settings are reported through their own state. */
const TOLD = "dialer-change";
/** Up to so many jobs are listed one by one; more are one entry. */
const SINGLE = 3;

/** @param most the number that was read: there may be more */
export function jobConcerns(
  jobs: readonly Pick<Job, "id" | "kind" | "status" | "error" | "sourceName" | "campaignId" | "finishedAt" | "run">[],
  most: number,
): Found[] {
  // Jobs that wait for the CRM or the lake are reported as that, and continue by themselves.
  const still = jobs.filter((job) => job.kind !== TOLD && !isLeft(job) && waitOf(job) === undefined);
  const why = (job: (typeof still)[number]) => stopOf(job.error)?.message ?? "the reason is not known";
  if (still.length > SINGLE) {
    const ended = still.flatMap(({ finishedAt }) => (finishedAt === null ? [] : [finishedAt]));
    const number = jobs.length < most ? String(still.length) : `at least ${still.length}`;
    return [
      {
        code: "jobs_still",
        severity: "soon",
        subject: { kind: "job", id: "", name: `${number} jobs` },
        what: "they have stopped until a person continues them",
        cause: "job",
        evidence: still.map((job) => `${jobTitle(job)} (${job.id}): ${why(job)}`),
        since: ended.length === 0 ? null : timeText(Math.min(...ended)),
        next: "Look at each: continue it or cancel it.",
        // Another job is a new occurrence, also for people who have seen the others.
        episode: still[0]?.id ?? null,
      },
    ];
  }
  return still.map((job) => ({
    code: "job_still",
    severity: "soon",
    subject: { kind: "job", id: job.id, name: jobTitle(job) },
    what: "the job has stopped until a person continues it",
    cause: "job",
    evidence: [why(job)],
    since: timeText(job.finishedAt),
    next:
      stopOf(job.error)?.advice ??
      (job.kind === "campaign-apply"
        ? "Remove the cause, then run outdial campaign resume-apply."
        : "Continue it, or cancel it."),
    episode: String(job.run),
  }));
}

/** Files of numbers that must not be called: when such an import broke off, the rest of its numbers can still be called. */
const FORBIDDING: ReadonlySet<string> = new Set(["dnc", "consent"]);

/** An import that broke off and that no later import completed. */
function brokenImportConcern({ id, kind, source, actor, inForce, endedAt, reason }: ImportStateView): Found {
  const rows = Object.entries(inForce).map(([what, count]) => `${count} ${what}`);
  const isRegistry = kind.startsWith("registry ");
  return {
    code: "import_broken_off",
    severity: FORBIDDING.has(kind) ? "urgent" : "soon",
    subject: { kind: "compliance", id, name: source },
    what: isRegistry
      ? `the file ${source} of the ${kind} was not put in force; the file before it stays in force`
      : `the import of ${source} (${kind}) broke off: only a part of the file is in force`,
    cause: "import",
    evidence: [
      `in force: ${rows.length === 0 ? "nothing" : rows.join(", ")}`,
      ...(reason === null ? [] : [reason]),
      `imported by ${actor}`,
    ],
    since: endedAt,
    next: "Import the same file again: the part that is in force is skipped, the rest is added.",
    episode: "",
  };
}

/** Number of telephone numbers that are named. */
const NAMED = 5;

/**
 * Opt-outs that systems have not confirmed: those past the legal deadline are one concern, those past our own target another.
 * @param isAll whether these are all of them
 */
export function optOutConcerns(revocations: readonly RevocationView[], now: Instant, isAll: boolean): Found[] {
  const today = timeText(now).slice(0, "2026-01-01".length);
  const late = revocations.filter(({ systems }) => systems.some(({ state }) => state === "overdue"));
  const isPast = ({ deadline }: RevocationView) => deadline < today;
  const least = isAll ? "" : "at least ";
  return [
    ...ofOptOuts(late.filter(isPast), least, OVERDUE),
    ...ofOptOuts(
      late.filter((one) => !isPast(one)),
      least,
      LATE,
    ),
  ];
}

/** Opt-outs that are not carried out at the tenant yet, or are not known to be. */
function stillListedConcerns(left: readonly ReadingProblem[]): Found[] {
  if (left.length === 0) return [];
  const since = left.flatMap((one) => one.since ?? []).toSorted((a, b) => a - b)[0];
  return [
    {
      code: "opt_out_not_carried_out",
      severity: "urgent",
      subject: { kind: "tenant", id: "", name: "opt-outs at the tenant" },
      what: "people who opted out may be still on the tenant's calling lists or in no do-not-call group, or have a callback",
      cause: "tenant",
      evidence: left.map(({ message }) => message),
      since: since === undefined ? null : timeText(since),
      next: "A service with doNotCallGroup tries again by itself; otherwise: outdial dnc push --campaign ID, until it says that nothing is left.",
      episode: since === undefined ? "" : String(since),
    },
  ];
}

const OVERDUE = { code: "opt_out_overdue", severity: "urgent", how: "past the deadline of the rules" } as const;

const LATE = {
  code: "opt_out_late",
  severity: "soon",
  how: "past the time that outdial sets, not yet past the deadline of the rules",
} as const;

function ofOptOuts(
  some: readonly RevocationView[],
  least: string,
  { code, severity, how }: typeof OVERDUE | typeof LATE,
): Found[] {
  const [first] = some.toSorted((a, b) => (a.deadline < b.deadline ? -1 : 1));
  if (first === undefined) return [];
  const overdue = some.flatMap(({ systems }) => systems.filter(({ state }) => state === "overdue"));
  const bySystem = Map.groupBy(overdue, ({ system }) => system);
  const numbers = some.slice(0, NAMED).map(({ number }) => number);
  const more = some.length > numbers.length ? ` and ${some.length - numbers.length} more` : "";
  return [
    {
      code,
      severity,
      subject: { kind: "compliance", id: "opt-outs", name: "opt-outs" },
      what: `${least}${some.length} not confirmed by every system, ${how}`,
      cause: "opt-outs",
      evidence: [
        `open at ${[...bySystem].map(([system, of]) => `${system}: ${of.length}`).join(", ")}`,
        `the first deadline of the rules is ${first.deadline}`,
        `${numbers.join(", ")}${more}`,
      ],
      since: overdue.map(({ target }) => target).sort()[0] ?? null,
      next: "Make sure that each system carries them out, then confirm it: outdial compliance acknowledge.",
      // A later one is a new occurrence, also for people who have seen the others.
      episode: String(Math.max(...some.map(({ id }) => id))),
    },
  ];
}

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
    return tenantKnownOf(await knownList(store, clock), clock.now());
  }

  /** One for each campaign and thing, in any order. */
  async #each(): Promise<readonly Told[]> {
    const { health } = this.#context.store;
    const parts: Readonly<Record<string, Part>> = {
      "the store": async () => storeConcerns(health.conditions(), health.unseenHeads()),
      campaigns: () => this.#campaigns(),
      "what the tenant's answers lack": async () => missingConcerns(await new KnownAnswers(this.#context).missing()),
      "what the vendor's housekeeping takes": () => this.#inventory(),
      "emergency stops": () => this.#stops(),
      approvals: () => this.#approvals(),
      "opt-outs": () => this.#optOuts(),
      imports: () => this.#imports(),
      receivers: () => this.#receivers(),
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
    const calling = list.campaigns.flatMap(({ id, reading }) =>
      (reading?.activeCalls ?? 0) > 0 || (reading?.callsPlaced ?? 0) > 0 ? [id] : [],
    );
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

  async #inventory(): Promise<Found[]> {
    const { value } = (await this.#context.store.tenantReadings.find({ what: "campaigns" })) ?? {};
    const { data } = z.object({ inventory: keptInventory }).safeParse(value);
    return inventoryConcerns(data?.inventory ?? null);
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
    const { store, clock } = this.#context;
    const [{ items }, carriedOut] = await Promise.all([
      this.#parts.compliance.revocations({ open: true, limit: LOOKED_AT }, { reveal: false }),
      store.tenantReadings.list(["opt-outs"]),
    ]);
    const left = carriedOut.flatMap(({ problem }) => problem ?? []);
    return [...optOutConcerns(items, clock.now(), items.length < LOOKED_AT), ...stillListedConcerns(left)];
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
    const dead = receivers.flatMap(({ endpoint, enabled, dead, lastDead }) =>
      !enabled || lastDead === null
        ? []
        : [
            {
              code: "dead_letters",
              severity: "soon",
              subject: { kind: "receiver", id: endpoint, name: endpoint },
              what: `${dead} events were not delivered to ${endpoint} and are not tried again by themselves`,
              cause: "receiver",
              evidence: [`the newest is delivery ${lastDead}`],
              since: null,
              next: `See what the receiver answered: outdial webhooks show ${lastDead}. Then send them again under Deliveries, or: outdial webhooks replay --receiver ${endpoint}.`,
              // Another one is a new occurrence, also for people who have seen the others.
              episode: String(lastDead),
            } as const,
          ],
    );
    return [...off, ...missing, ...dead];
  }

  async #dialer(): Promise<Found[]> {
    const { dialer } = this.#context.store;
    const [open, failed] = await Promise.all([dialer.open(), dialer.notBack()]);
    const found = [...(open === undefined ? [] : [open]), ...failed].map(async (change) =>
      settingsConcerns(change.version, (await loadChange(dialer, change)).state, timeText(change.endedAt ?? change.stoppedAt)),
    );
    return (await Promise.all(found)).flat();
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
