// Pacing of a skill: its parameter groups are read flat and written under a wrapper. There is no locking, and a change is in
// force at once: before a write the groups are compared with what was read by a hash, and after it they are read back.

import { createHash } from "node:crypto";
import type { AcdBody, AcdReply } from "../../contract/acd/index.ts";
import { canonicalJson } from "../../kernel/index.ts";
import { TenantError } from "../errors.ts";
import type { Locked, LockStyle } from "../locked.ts";
import type { ActivationView, PacingDocument, PolicyVerdict, ProgressView } from "../views.ts";
import { assignedTo } from "./agents.ts";
import type { AcdCallOptions, AcdRequester } from "./requester.ts";
import type { Skills } from "./skills.ts";

const STYLE: LockStyle = { tagIn: "content-hash", required: false, staleStatus: 412 };
const PERCENT = 100;
const MOST_RATIO = 3;

/** Fields of the document that show something of the tenant's but are not a parameter of a skill. */
export const SHOWN_ONLY: Readonly<Record<string, string>> = {
  name: "it is the name of the skill",
  "concurrency.max_agents": "it is how many agents are assigned to the skill",
  "concurrency.max_simultaneous_calls": "it is how many outbound ports the tenant has",
  "concurrency.call_spacing_ms": "the tenant keeps no time between two dials",
  "algorithm.agent_availability_estimate": "it follows from the skill's percentage of agents before overdial",
};

interface Groups {
  readonly name: string;
  readonly general: AcdReply<"getGeneralSettings">;
  readonly cpa: AcdReply<"getCpa">;
  readonly agents: number;
  readonly ports: number;
}

type GeneralChange = AcdBody<"putGeneralSettings">;
type CpaChange = AcdBody<"putCpa">;

/** Reads and changes the pacing parameters of a campaign (a skill). */
export class AcdPacing {
  readonly #requester: AcdRequester;
  readonly #skills: Skills;

  constructor(requester: AcdRequester, skills: Skills) {
    this.#requester = requester;
    this.#skills = skills;
  }

  async read(subject: string | undefined, options: AcdCallOptions): Promise<Locked<Readonly<Record<string, unknown>>>> {
    const groups = await this.#groups(skillOf(subject), options);
    const vendor = { generalSettings: groups.general, cpaSettings: groups.cpa };
    return { value: { ...documentOf(groups), vendor }, lock: { tag: hashOf(groups), style: STYLE } };
  }

  /** A tenant of this profile does not validate settings itself. */
  validate(): Promise<PolicyVerdict> {
    return Promise.resolve({
      compliance_status: "PASS",
      violations: [],
      capacity_warnings: ["this tenant validates no settings: only outdial's own checks were made"],
    });
  }

  /**
   * Writes what differs, and reads it back. Fields of `SHOWN_ONLY` are ignored, since they may change at any time. Two groups are
   * two requests: when the second is lost, the next reading shows it.
   * @throws TenantError `stale_lock` when the settings were changed since `onto`, `invalid_request` for what cannot be written,
   * `unknown_outcome`
   */
  async activate(
    subject: string | undefined,
    settings: PacingDocument,
    onto: string | undefined,
    options: AcdCallOptions,
  ): Promise<ActivationView> {
    const skillId = skillOf(subject);
    const before = await this.#groups(skillId, options);
    if (onto !== undefined && hashOf(before) !== onto)
      throw new TenantError(
        "stale_lock",
        `putGeneralSettings: somebody changed the settings of skill ${skillId} since they were read`,
        {
          operationId: "putGeneralSettings",
          advice: "Read again, merge the change and write with the new hash.",
        },
      );
    const { general, cpa } = changesOf(settings, before);
    const path = { skillId };
    if (general !== undefined) await this.#requester.request("putGeneralSettings", { ...options, path, body: general });
    try {
      if (cpa !== undefined) await this.#requester.request("putCpa", { ...options, path, body: cpa });
    } catch (thrown) {
      // The first group is in force: the outcome of both together is unknown.
      if (general === undefined || !(thrown instanceof TenantError)) throw thrown;
      throw new TenantError(
        "unknown_outcome",
        `putCpa: the general settings of skill ${skillId} were written, these were not: ${thrown.message}`,
        {
          operationId: "putCpa",
          outcomeUnknown: true,
          cause: thrown,
          report: thrown.report,
        },
      );
    }
    const versionTag = hashOf(await this.#groups(skillId, options));
    return { operationId: JSON.stringify([skillId, wantedOf(settings), versionTag]), versionTag };
  }

  /** Ratios are whole numbers, shares are hundredths of a percent. */
  fit(settings: PacingDocument): PacingDocument {
    const { maximumRatio, abandonRateThreshold } = wantedOf(settings);
    const algorithm = {
      ...settings.algorithm,
      dial_ratio: Math.max(1, maximumRatio),
      abandonment_rate_target: abandonRateThreshold / PERCENT,
    };
    return { ...settings, algorithm };
  }

  /** A change is in force or it is not: the settings are read again. */
  async progress(operationId: string, options: AcdCallOptions): Promise<ProgressView> {
    const [skillId = "", wanted] = JSON.parse(operationId) as [string?, ReturnType<typeof wantedOf>?];
    const groups = await this.#groups(skillId, options);
    const versionTag = hashOf(groups);
    const found = wantedOf(documentOf(groups));
    if (canonicalJson(found) === canonicalJson(wanted)) return { status: "COMPLETED", versionTag };
    return { status: "FAILED", errorDetails: `read back, the settings are ${canonicalJson(found)}`, versionTag };
  }

  async #groups(skillId: string, options: AcdCallOptions): Promise<Groups> {
    const path = { skillId };
    const send = this.#requester.request.bind(this.#requester);
    const [skill, general, cpa, assigned, unit] = await Promise.all([
      this.#skills.read(skillId, options),
      send("getGeneralSettings", { ...options, path }),
      send("getCpa", { ...options, path }),
      assignedTo(this.#requester, skillId, options),
      send("getBusinessUnit", { ...options }),
    ]);
    return {
      name: skill.skillName ?? skillId,
      general: general.reply,
      cpa: cpa.reply,
      // Who is signed in is counted with the figures: here it would be a change of settings whenever somebody comes or goes.
      agents: assigned.length,
      ports: unit.reply.businessUnits[0]?.outboundPortLimit ?? 0,
    };
  }
}

function skillOf(subject: string | undefined): string {
  if (subject !== undefined) return subject;
  throw new TenantError("invalid_request", "getGeneralSettings: this tenant keeps pacing settings for each campaign: name one", {
    operationId: "getGeneralSettings",
    advice: "Name the skill that dials: --campaign ID.",
  });
}

function documentOf({ name, general, cpa, agents, ports }: Groups): PacingDocument {
  return {
    name,
    type: "predictive",
    // `max_agents` is the number of assigned agents, `max_simultaneous_calls` the tenant's ports; there is nothing for the time
    // between two dials.
    concurrency: { max_agents: agents, max_simultaneous_calls: ports, call_spacing_ms: 0 },
    algorithm: {
      type: "predictive",
      abandonment_rate_target: (general.abandonRateThreshold ?? 0) / PERCENT,
      agent_availability_estimate: (PERCENT - (general.percentageOfAgentsBeforeOverdial ?? 0)) / PERCENT,
      dial_ratio: general.maximumRatio ?? 1,
      ...(cpa.abandonTimeout !== undefined && { warm_line_timeout_sec: cpa.abandonTimeout }),
    },
  };
}

/** The part of the settings that can be written. */
const wantedOf = ({ algorithm }: PacingDocument) => ({
  maximumRatio: Math.floor(algorithm.dial_ratio),
  abandonRateThreshold: Math.round(algorithm.abandonment_rate_target * PERCENT * PERCENT) / PERCENT,
  ...(algorithm.warm_line_timeout_sec !== undefined && { abandonTimeout: algorithm.warm_line_timeout_sec }),
});

/** Values that a skill does not take. */
export function refusalsOf({
  algorithm: { dial_ratio: ratio },
}: PacingDocument): { readonly path: string; readonly message: string }[] {
  if (Math.floor(ratio) >= 1 && Math.floor(ratio) <= MOST_RATIO) return [];
  const message = `${ratio} is outside 1 to ${MOST_RATIO}, above which only the vendor sets it`;
  return [{ path: "algorithm.dial_ratio", message }];
}

/** The groups to write: everything that was read, with the changes, without unset fields (null is refused). */
function changesOf(
  settings: PacingDocument,
  before: Groups,
): { readonly general: GeneralChange | undefined; readonly cpa: CpaChange | undefined } {
  const { maximumRatio, abandonRateThreshold, abandonTimeout } = wantedOf(settings);
  const problems = refusalsOf(settings).map(({ path, message }) => `${path}: ${message}`);
  if (problems.length > 0)
    throw new TenantError("refused", `putGeneralSettings: ${problems.join("; ")}`, { operationId: "putGeneralSettings" });
  const isGeneral =
    maximumRatio !== before.general.maximumRatio || abandonRateThreshold !== (before.general.abandonRateThreshold ?? 0);
  const isCpa = abandonTimeout !== undefined && abandonTimeout !== before.cpa.abandonTimeout;
  const abandonment =
    abandonRateThreshold === (before.general.abandonRateThreshold ?? 0)
      ? {}
      : // Applies only where the skill overrides the rate of its business unit.
        { abandonRateThreshold, overrideBusinessUnitAbandonRate: true };
  return {
    general: isGeneral ? { maximumRatio, ...abandonment } : undefined,
    cpa: isCpa ? { abandonTimeout } : undefined,
  };
}

function hashOf({ general, cpa }: Groups): string {
  return createHash("sha256")
    .update(canonicalJson(plain({ general, cpa })))
    .digest("base64url")
    .slice(0, 22);
}

/** A copy without unset members. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
