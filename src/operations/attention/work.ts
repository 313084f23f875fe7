// Approvals, jobs and changes of settings that need a person: those that wait until a person decides or continues them, those whose
// outcome is not known, and those that could not be rolled back. Pure.

import { jobTitle } from "../../kernel/index.ts";
import type { Approval, Job, StoreCondition } from "../../store/index.ts";
import { isLeft, waitOf } from "../run/left.ts";
import { stopOf } from "../run/reason.ts";
import type { ChangeState } from "../settings/state.ts";
import { timeText } from "../views/texts.ts";
import type { Found } from "./concerns.ts";

/** An approval that waits, or that was given and whose outcome is not known. */
export function approvalConcern(approval: Approval): Found {
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
export function storeConcerns(conditions: readonly StoreCondition[], unseen: number): Found[] {
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
  // Pushes and retrievals that wait continue by themselves, and nobody is called for them.
  const waits: ReadonlySet<StoreCondition["name"]> = new Set(["lake_unavailable", "receiver_unavailable"]);
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
