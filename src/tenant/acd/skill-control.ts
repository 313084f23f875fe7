// What only a skill of the ACD API has: its schedule, when records are tried again, the order of its list, its agents, its codes. Each
// is read, compared with a file, and written alone.

import { z } from "zod";
import { type AcdBody, type AcdReply, WEEK } from "../../contract/acd/index.ts";
import { TenantError, type TenantErrorCode } from "../errors.ts";
import { assignedTo } from "./agents.ts";
import { acdRows } from "./pages.ts";
import type { AcdCallOptions, AcdRequester } from "./requester.ts";
import type { Skills } from "./skills.ts";

type Skill = Awaited<ReturnType<Skills["read"]>>;
type Schedule = AcdReply<"getSchedule">;
type RetryChange = AcdBody<"putRetry">;

/** Retry settings of a file; the cap on calls to one contact is among the rate limits. */
const RETRY = [
  "maximumAttempts",
  "minimumRetryMinutes",
  "loadNonFresh",
  "finalizeWhenExhausted",
  "maximumNumberOfHandledCalls",
  "generalStaleMinutes",
  "callbackRestMinutes",
  "callbackStaleMinutes",
  "maximumNumberOfCallbacks",
  "releaseAgentSpecificCalls",
] as const;
/** After-contact work in which agents set a code. */
const BY_DISPOSITION = 2;

const day = z.object({ isActive: z.boolean().optional(), startTime: z.string().optional(), endTime: z.string().optional() });
const order = z.object({ orderType: z.string(), direction: z.string() });
const agent = z.object({ agentId: z.string(), proficiency: z.number().optional() });
type Day = z.output<typeof day>;
type Agent = z.output<typeof agent>;

/** The section of a file and of a skill's view; malformed fields were reported before. */
export const skillControl = z
  .object({
    schedule: z.object({ isScheduled: z.boolean().optional() }).catchall(day.or(z.boolean())).optional().catch(undefined),
    retry: z.record(z.string(), z.number().or(z.boolean())).optional().catch(undefined),
    listOrder: z.array(order).optional().catch(undefined),
    agents: z.array(agent).optional().catch(undefined),
    dispositions: z.array(z.string()).optional().catch(undefined),
  })
  .catch({});
/** The section as parsed. */
type Control = z.output<typeof skillControl>;

const dayOf = (schedule: Control["schedule"], name: string): Day => day.catch({}).parse(schedule?.[name]);
const sorted = (agents: readonly Agent[]): Agent[] => agents.toSorted((a, b) => Number(a.agentId) - Number(b.agentId));
/** The time as HH:MM; undefined when it has another form. */
const minuteIn = (text: string | undefined): string | undefined => /^(?:[01]\d|2[0-3]):[0-5]\d/.exec(text ?? "")?.[0];
const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** The week of a schedule. */
function scheduleOf(reply: Schedule): NonNullable<Control["schedule"]> {
  const days = WEEK.map((name) => {
    const shown = { isActive: reply[`${name}IsActive`] };
    const [startTime, endTime] = [minuteIn(reply[`${name}StartTime`]), minuteIn(reply[`${name}EndTime`])];
    return [name, { ...shown, ...(startTime !== undefined && { startTime }), ...(endTime !== undefined && { endTime }) }];
  });
  return { ...(reply.isScheduled !== undefined && { isScheduled: reply.isScheduled }), ...Object.fromEntries(days) };
}

/** The order of a list where the tenant tells it in words: nothing else can be written. */
function orderOf({ listManagementSettings: list }: Pick<AcdReply<"getSkillParameters">, "listManagementSettings">) {
  const read = z.array(order.strip()).safeParse(list?.listOrderingOptions ?? undefined);
  return read.success ? read.data : undefined;
}

/** Names of the codes that agents choose from, in their order; undefined when the skill does not tell them. */
function codesOf({ dispositions }: Skill): string[] | undefined {
  return dispositions
    ?.filter(({ isPreviewDisposition }) => isPreviewDisposition !== true)
    .toSorted((a, b) => (a.priority ?? 0) - (b.priority ?? 0))
    .map(({ dispositionId, dispositionName }) => dispositionName ?? dispositionId);
}

/** What this user may see; undefined when the role forbids it, or for another of the reasons. */
async function ifPermitted<T>(read: Promise<T>, ...reasons: TenantErrorCode[]): Promise<T | undefined> {
  try {
    return await read;
  } catch (thrown) {
    if (thrown instanceof TenantError && ["missing_scope", ...reasons].includes(thrown.code)) return undefined;
    throw thrown;
  }
}

/** What the tenant has of what a file names; undefined when the role may not see it, or no file needs it. */
export interface ControlFacts {
  readonly agents: ReadonlySet<string> | undefined;
  readonly codes: ReadonlySet<string> | undefined;
  /** Words of list orders that some skill has. */
  readonly orders: { readonly orderType: ReadonlySet<string>; readonly direction: ReadonlySet<string> };
}

/** A section as a skill can hold it. */
interface FittedControl {
  readonly held: Control;
  readonly refused: { field: string; message: string }[];
  readonly notes: string[];
}

const ON = "a schedule starts the skill by itself, past no gate: switch it on on the vendor's pages";
/** Why parts of the section are not sent, by path. */
export const CONTROL_WHY = { "skillControl.schedule.isScheduled": ON } as const;
/** What no file says and outdial does not write. */
export const VENDORS_PAGES =
  "only the vendor's own pages set: a schedule on, the order of a contact's numbers (cadence), list filters, machine detection, what agents are shown, after-contact work, hours by zone";

/** @param there the skill's present section; undefined for a new one */
export function fitControl(wanted: Control, there: Control | undefined, facts: ControlFacts, running: boolean): FittedControl {
  const refused: FittedControl["refused"] = [];
  const notes: string[] = [];
  const say = (field: string, message: string) => refused.push({ field: `skillControl.${field}`, message });
  const { isScheduled, ...days } = wanted.schedule ?? {};
  const isOn = there?.schedule?.isScheduled === true;
  // It is switched off, and left on; it is never switched on.
  const held: Control = {
    ...wanted,
    ...(wanted.schedule !== undefined && {
      schedule: { ...(isScheduled !== undefined && (!isScheduled || isOn) && { isScheduled }), ...days },
    }),
    ...(wanted.agents !== undefined && { agents: sorted(fitAgents(wanted.agents, there, facts, say)) }),
  };
  if (isOn && isScheduled !== false) notes.push("its schedule is on: the tenant starts it by itself, past no gate of outdial");
  const isPartial = WEEK.some((name) => dayOf(wanted.schedule, name).isActive === false);
  if (
    isPartial &&
    WEEK.some((name) => !same({ ...dayOf(there?.schedule, name), ...dayOf(wanted.schedule, name) }, dayOf(there?.schedule, name)))
  )
    notes.push("one tenant refused weeks with a day off: where this one does, set the days on the vendor's pages");
  for (const name of WEEK) {
    const { startTime = "", endTime = "24" } = { ...dayOf(there?.schedule, name), ...dayOf(wanted.schedule, name) };
    const isOff = { ...dayOf(there?.schedule, name), ...dayOf(wanted.schedule, name) }.isActive === false;
    if (wanted.schedule?.[name] !== undefined && !isOff && startTime >= endTime)
      say(`schedule.${name}.endTime`, `${endTime} is not after the start at ${startTime}`);
  }
  for (const [index, one] of (wanted.listOrder ?? []).entries())
    for (const part of ["orderType", "direction"] as const) {
      const words = new Set([...facts.orders[part], ...(there?.listOrder ?? []).map((own) => own[part])]);
      if (!words.has(one[part])) {
        const known = [...words].map((word) => JSON.stringify(word)).join(", ");
        const which = known === "" ? "the tenant's skills tell none" : `the tenant's skills have ${known}`;
        say(
          `listOrder[${index}].${part}`,
          `${JSON.stringify(one[part])} is unknown: ${which}. Others are set on the vendor's pages`,
        );
      }
    }
  for (const [index, name] of (wanted.dispositions ?? []).entries()) {
    if (facts.codes?.has(name) !== true)
      say(
        `dispositions[${index}]`,
        facts.codes === undefined ? NOT_SEEN : `the tenant has no active code ${JSON.stringify(name)}`,
      );
    if (wanted.dispositions?.indexOf(name) !== index) say(`dispositions[${index}]`, `${JSON.stringify(name)} is named twice`);
  }
  const leave = (what: string, named: readonly string[] | undefined, now: readonly string[] = []) => {
    const left = named === undefined ? [] : now.filter((one) => !named.includes(one));
    if (left.length > 0) notes.push(`${what} that the file does not name are taken off the skill: ${left.join(", ")}`);
  };
  const ids = (agents: readonly Agent[] | undefined) => agents?.map(({ agentId }) => agentId);
  leave("agents", ids(wanted.agents), ids(there?.agents));
  leave("codes", wanted.dispositions, there?.dispositions);
  if (wanted.dispositions !== undefined && !same(wanted.dispositions, there?.dispositions)) {
    if (running) say("dispositions", "the codes of a running skill cannot be changed: pause it first");
    if (there === undefined)
      notes.push(
        "a new skill takes codes only where the tenant gives it after-contact work by disposition; the apply says so where not",
      );
  }
  return { held, refused, notes };
}

const NOT_SEEN = "this role may not see what the tenant has";

function fitAgents(
  wanted: readonly Agent[],
  there: Control | undefined,
  { agents }: ControlFacts,
  say: (field: string, message: string) => void,
): Agent[] {
  const now = new Map((there?.agents ?? []).map((one) => [one.agentId, one]));
  if (there !== undefined && there.agents === undefined) say("agents", NOT_SEEN);
  return wanted.map((one, index) => {
    const { agentId, proficiency = now.get(one.agentId)?.proficiency } = one;
    if (agents === undefined) say(`agents[${index}]`, NOT_SEEN);
    else if (!agents.has(agentId)) say(`agents[${index}].agentId`, `the tenant has no active agent ${agentId}`);
    if (wanted.findIndex((other) => other.agentId === agentId) !== index)
      say(`agents[${index}].agentId`, `agent ${agentId} is named twice`);
    if (proficiency === undefined && !now.has(agentId))
      say(`agents[${index}].proficiency`, "is missing: an agent who is put on the skill needs one, 1 to 20");
    return { agentId, ...(proficiency !== undefined && { proficiency }) };
  });
}

/** Reads and writes these settings of skills. */
export class SkillControl {
  readonly #requester: AcdRequester;

  constructor(requester: AcdRequester) {
    this.#requester = requester;
  }

  /** The section of a skill. `elsewhere`: in words, settings that no file says. */
  async read(
    skill: Skill,
    retry: AcdReply<"getRetry">,
    options: AcdCallOptions,
  ): Promise<{ readonly control: Control; readonly elsewhere: string[] }> {
    const path = { skillId: skill.skillId };
    const [schedule, overview, assigned] = await Promise.all([
      this.#requester.request("getSchedule", { ...options, path }),
      this.#overview(skill.skillId, options),
      ifPermitted(assignedTo(this.#requester, skill.skillId, options)),
    ]);
    const listOrder = orderOf(overview);
    const dispositions = codesOf(skill);
    const { attemptMode, recordRequestMode } = overview.cadenceSettings ?? {};
    const elsewhere = [
      ...(listOrder === undefined ? ["the order of its list is not told in words that could be written"] : []),
      ...(assigned === undefined ? ["its agents: this role may not see them"] : []),
      ...(overview.cadenceSettings
        ? [`order of a contact's numbers: ${JSON.stringify({ attemptMode, recordRequestMode })}`]
        : []),
    ];
    const control = {
      schedule: scheduleOf(schedule.reply),
      retry: Object.fromEntries(RETRY.flatMap((name) => (retry[name] === undefined ? [] : [[name, retry[name]]]))),
      ...(listOrder !== undefined && { listOrder }),
      ...(assigned !== undefined && {
        agents: sorted(
          assigned.map(({ agentId, proficiency }) => ({ agentId, ...(proficiency !== undefined && { proficiency }) })),
        ),
      }),
      ...(dispositions !== undefined && { dispositions }),
    };
    return { control, elsewhere };
  }

  async #overview(skillId: string, options: AcdCallOptions) {
    return (await this.#requester.request("getSkillParameters", { ...options, path: { skillId } })).reply;
  }

  /** What the tenant has of what these sections name. */
  async facts(wanted: readonly Control[], options: AcdCallOptions): Promise<ControlFacts> {
    const has = (part: keyof Control) => wanted.some((one) => one[part] !== undefined);
    const agents = async () => {
      const rows = await Array.fromAsync(acdRows(this.#requester, "listAgents", options));
      return new Set(rows.filter(({ isActive }) => isActive !== false).map(({ agentId }) => agentId));
    };
    const codes = async () => new Set((await this.#codes(options)).keys());
    const orders = async () => {
      const rows = await Array.fromAsync(acdRows(this.#requester, "listSkillParameters", options));
      return rows.flatMap((row) => orderOf(row) ?? []);
    };
    const [people, names, seen = []] = await Promise.all([
      has("agents") ? ifPermitted(agents()) : undefined,
      has("dispositions") ? ifPermitted(codes()) : undefined,
      // Not every tenant tells the settings of all skills in one request.
      has("listOrder") ? ifPermitted(orders(), "not_found") : [],
    ]);
    const words = (part: "orderType" | "direction") => new Set(seen.map((one) => one[part]));
    return { agents: people, codes: names, orders: { orderType: words("orderType"), direction: words("direction") } };
  }

  /** The active codes by name. */
  async #codes(options: AcdCallOptions): Promise<ReadonlyMap<string, string>> {
    const codes = new Map<string, string>();
    const query = { isActive: true, isPreviewDispositions: false };
    for await (const { dispositionId, dispositionName } of acdRows(this.#requester, "listDispositions", { ...options, query }))
      codes.set(dispositionName ?? dispositionId, dispositionId);
    return codes;
  }

  /** The codes to send with the skill; undefined when it has them so. @throws TenantError `refused` */
  async codes({ dispositions: wanted }: Control, skill: Skill, options: AcdCallOptions) {
    if (wanted === undefined || same(wanted, codesOf(skill))) return undefined;
    if (skill.acwTypeId !== BY_DISPOSITION)
      throw refusal(
        "updateSkill",
        `skill ${skill.skillId} has no after-contact work by disposition: set it and the codes on the vendor's pages`,
      );
    const ids = await this.#codes(options);
    const rows = wanted.map((dispositionName, place) => {
      const id = ids.get(dispositionName);
      if (id === undefined) throw refusal("updateSkill", `the tenant has no active code ${JSON.stringify(dispositionName)}`);
      return { dispositionId: Number(id), dispositionName, priority: place + 1, isPreviewDisposition: false };
    });
    return [...rows, ...(skill.dispositions ?? []).filter(({ isPreviewDisposition }) => isPreviewDisposition === true)];
  }

  /** The fields of the retry settings that differ. */
  retry({ retry: wanted = {} }: Control, now: AcdReply<"getRetry">): RetryChange {
    return Object.fromEntries(
      RETRY.flatMap((name) => (wanted[name] === undefined || wanted[name] === now[name] ? [] : [[name, wanted[name]]])),
    );
  }

  /** Writes the first of order and agents that is not as wanted. @returns what it wrote */
  async place({ listOrder, agents }: Control, skillId: string, options: AcdCallOptions): Promise<string | undefined> {
    const path = { skillId };
    if (listOrder !== undefined) {
      const overview = await this.#overview(skillId, options);
      const { displayField1Name, displayField2Name, displayField2NAme } = overview.listManagementSettings ?? {};
      if (!same(listOrder, orderOf(overview))) {
        const second = displayField2Name ?? displayField2NAme;
        const body = {
          ...(displayField1Name !== undefined && { displayField1Name }),
          ...(second !== undefined && { displayField2Name: second }),
          listOrderingOptions: listOrder,
        };
        await this.#requester.request("putListManagement", { ...options, path, body });
        return "list order";
      }
    }
    if (agents === undefined) return undefined;
    const now = await assignedTo(this.#requester, skillId, options);
    const known = new Map(now.map((one) => [one.agentId, one.proficiency]));
    const change = [
      ...agents.filter(
        ({ agentId, proficiency }) => !known.has(agentId) || (known.get(agentId) !== proficiency && proficiency !== undefined),
      ),
      ...now
        .filter(({ agentId }) => !agents.some((one) => one.agentId === agentId))
        .map(({ agentId }) => ({ agentId, isActive: false })),
    ];
    if (change.length === 0) return undefined;
    const { failed } = await this.#requester.request("assignSkillAgents", { ...options, path, body: { agents: change } });
    if (failed.length > 0)
      throw refusal(
        "assignSkillAgents",
        failed.map(({ index, error }) => `agent ${change[index]?.agentId}: ${error}`).join("; "),
      );
    return "agents";
  }

  /** Writes the week when it is not as wanted. A schedule that is off stays off. @throws TenantError `refused` */
  async schedule({ schedule: wanted }: Control, skillId: string, options: AcdCallOptions): Promise<string | undefined> {
    if (wanted === undefined) return undefined;
    const path = { skillId };
    const { reply } = await this.#requester.request("getSchedule", { ...options, path });
    const now = scheduleOf(reply);
    const isScheduled = now.isScheduled === true && wanted.isScheduled !== false;
    const days = WEEK.map((name) => [name, { ...dayOf(now, name), ...dayOf(wanted, name) }] as const);
    if (
      same(
        days,
        WEEK.map((name) => [name, dayOf(now, name)]),
      ) &&
      isScheduled === (now.isScheduled === true)
    )
      return undefined;
    // The whole week is sent: what a part of it does to the other days is not known.
    const fields = days.flatMap(([name, { isActive, startTime, endTime }]) =>
      Object.entries({ IsActive: isActive, StartTime: startTime, EndTime: endTime }).flatMap(([field, value]) =>
        value === undefined ? [] : [[`${name}${field}`, value]],
      ),
    );
    const state = now.isScheduled === undefined && wanted.isScheduled === undefined ? {} : { isScheduled };
    try {
      await this.#requester.request("putSchedule", { ...options, path, body: { ...state, ...Object.fromEntries(fields) } });
    } catch (thrown) {
      if (!(thrown instanceof TenantError) || thrown.status !== 400) throw thrown;
      throw refusal(
        "putSchedule",
        `the tenant refuses this week (${thrown.vendorMessage ?? thrown.message}): set the days on the vendor's pages`,
      );
    }
    return "schedule";
  }
}

/** The tenant, as it is, does not allow what a file asks for. */
export const refusal = (operationId: string, message: string): TenantError =>
  new TenantError("refused", message, { operationId });
