// State of the ACD part of a tenant, beyond the world that both dialects show. Plain data, part of snapshots.

import { OUTCOME_CODES } from "../../contract/index.ts";
import type { Instant } from "../../kernel/index.ts";
import type { Tenant } from "../tenant.ts";
import { type Group, settingsOfNew, ZONES, zonesOfNew } from "./skill-settings.ts";

type Fields = Record<string, unknown>;

/** A code: one of the world's outcomes or campaign codes, or one that a client created. */
interface AcdCode {
  readonly id: number;
  name: string;
  notes: string;
  /** The code in the world. */
  readonly code: string;
  /** Its meaning to the dialer: the number of a system disposition, which is also the id of its classification. */
  system: number;
  isPreview: boolean;
  isActive: boolean;
  readonly at: Instant;
}

export interface AcdSkill {
  /** Id of the campaign in the world. */
  readonly world: string;
  readonly skillId: number;
  /** Fields that a client wrote, laid over those from the world. */
  fields: Fields;
  settings: Record<Group, Fields>;
  zones: Fields[];
  agents: Fields[];
  /** A start or stop that was accepted and is not in force yet. */
  pending?: { readonly to: "active" | "paused"; readonly at: Instant; readonly hangsUp?: boolean | undefined } | undefined;
  readonly visibleFrom: Instant;
}

export interface AcdList {
  /** Id of the contact list in the world. */
  readonly world: string;
  readonly listId: number;
  listName: string;
  status: "Active" | "Inactive";
  /** The file's columns by what they contain; numbers under "PhoneNumber" and other names of destinations. */
  columns: Record<string, string>;
  destinations: { readonly fieldName: string; readonly fieldValue: string }[];
  expirationDate: string;
  createDate: Instant;
  uploadDate?: Instant | undefined;
  lastFile: { total: number; valid: number; invalid: number };
  removed: string[];
  files: string[];
  gone: boolean;
}

export interface AcdJob {
  readonly jobId: number;
  readonly listId: number;
  readonly submitted: Instant;
  readonly endsAt: Instant;
  done: boolean;
  cancelled: boolean;
  /** Records that come into force when the job ends. */
  rows: Fields[];
  invalid: number;
  readonly startSkill?: number | undefined;
}

export interface DncGroup {
  readonly dncGroupId: number;
  dncGroupName: string;
  dncGroupDescription: string;
  isActive: boolean;
  readonly created: Instant;
  changed: Instant;
  records: { recordId: number; phone: string; expiredDate?: string | undefined; at: Instant; goneAt?: Instant | undefined }[];
  scrubbed: number[];
  contributing: number[];
}

export interface AcdState {
  next: number;
  readonly businessUnitId: number;
  skills: AcdSkill[];
  lists: AcdList[];
  codes: AcdCode[];
  groups: { id: number; name: string; isActive: boolean; description: string; notes: string; at: Instant }[];
  audit: { of: "campaign" | "disposition"; id: number; columnName: string; oldValue: string; newValue: string; at: Instant }[];
  jobs: AcdJob[];
  dnc: DncGroup[];
  tags: { tagId: number; tagName: string; notes: string; isActive: boolean }[];
  /** Tags of calls, by the world's id of the call. */
  tagged: Record<string, { ids: number[]; at: Instant }>;
  suppressed: (Fields & { suppressedContactId: number })[];
  callbacks: (Fields & { callbackId: number; closed: boolean })[];
  files: Record<string, { content: string; readyAt: Instant }>;
  usedNames: string[];
  reportJobs: { jobId: number; reportId: number; endsAt: Instant; fileName: string; content: string }[];
  extracts: { id: string; entity: string; endsAt: Instant; startedAt: Instant }[];
  extractAskedAt: Instant;
  zones: unknown[];
}

const FIRST_SKILL = 4001;
const FIRST_LIST = 501;
const FIRST_CODE = 1001;
const FIRST_GROUP = 101;

/** Meaning of the world's outcomes to the dialer; any other outcome is a completed call. */
const SYSTEM_OF: Readonly<Record<string, number>> = {
  CONVERTED: 2,
  APPOINTMENT_SET: 2,
  INTERESTED: 2,
  CALLBACK_REQUESTED: 8,
  NOT_INTERESTED: 5,
  BUSY: 15,
  NO_ANSWER: 20,
  DISCONNECTED: 22,
  WRONG_NUMBER: 6,
};

/** Outcomes that the dialer detects without an agent. */
export const DIALER_FOUND: ReadonlySet<string> = new Set(["BUSY", "NO_ANSWER", "DISCONNECTED"]);

export const OTHER_COMPLETE = 6;

/** The ACD code for a code of the world; made when it is first needed. */
export function codeOf(state: AcdState, code: string, notes = "", at: Instant = 0): AcdCode {
  const known = state.codes.find((one) => one.code === code);
  if (known !== undefined) return known;
  const made = {
    id: FIRST_CODE + state.codes.length,
    name: code,
    notes,
    code,
    system: SYSTEM_OF[code] ?? OTHER_COMPLETE,
    isPreview: false,
    isActive: true,
    at,
  };
  state.codes.push(made);
  return made;
}

/** Adds the skill of a campaign of the world. */
export function addSkill(state: AcdState, world: string, fields: Fields, visibleFrom: Instant): AcdSkill {
  const skill: AcdSkill = {
    world,
    skillId: FIRST_SKILL + state.skills.length,
    fields,
    settings: settingsOfNew(),
    zones: zonesOfNew(),
    agents: [],
    visibleFrom,
  };
  state.skills.push(skill);
  return skill;
}

/** Adds the calling list of a contact list of the world. */
export function addList(state: AcdState, world: string, listName: string, now: Instant): AcdList {
  const list: AcdList = {
    world,
    listId: FIRST_LIST + state.lists.length,
    listName,
    status: "Active",
    columns: {},
    destinations: [],
    expirationDate: "",
    createDate: now,
    lastFile: { total: 0, valid: 0, invalid: 0 },
    removed: [],
    files: [],
    gone: false,
  };
  state.lists.push(list);
  return list;
}

/** An empty group that no skill obeys. */
export function addDncGroup(state: AcdState, dncGroupName: string, dncGroupDescription: string, at: Instant): DncGroup {
  const group: DncGroup = {
    dncGroupId: newNumber(state),
    dncGroupName,
    dncGroupDescription,
    isActive: true,
    created: at,
    changed: at,
    records: [],
    scrubbed: [],
    contributing: [],
  };
  state.dnc.push(group);
  return group;
}

export function newNumber(state: AcdState): number {
  state.next += 1;
  return state.next;
}

function begin(tenant: Tenant): AcdState {
  const { start } = tenant;
  const state: AcdState = {
    next: 700_000,
    businessUnitId: 4_591_234,
    skills: [],
    lists: [],
    codes: [],
    groups: [{ id: FIRST_GROUP, name: "Outbound", isActive: true, description: "", notes: "", at: start }],
    audit: [],
    jobs: [],
    dnc: [],
    tags: [],
    tagged: {},
    suppressed: [],
    callbacks: [],
    files: {},
    usedNames: [],
    reportJobs: [],
    extracts: [],
    extractAskedAt: 0,
    zones: ZONES,
  };
  for (const code of OUTCOME_CODES) codeOf(state, code, "", start);
  for (const name of tenant.scenario.acd.doNotCallGroups) addDncGroup(state, name, "", start);
  return state;
}

/** Adds skills and lists for campaigns and lists of the world that have none yet. */
function meet(tenant: Tenant, state: AcdState): void {
  for (const { document, dispositionCodes } of tenant.campaigns.all()) {
    if (state.skills.some(({ world }) => world === document.id)) continue;
    for (const { id, name } of dispositionCodes) codeOf(state, id, name, tenant.start);
    const { skillId } = addSkill(state, document.id, {}, tenant.start);
    for (const { dncGroupName, scrubbed } of state.dnc)
      if (tenant.scenario.acd.doNotCallGroups.includes(dncGroupName)) scrubbed.push(skillId);
  }
  for (const [id, { size }] of tenant.contacts) {
    if (state.lists.some(({ world }) => world === id)) continue;
    const list = addList(state, id, id, tenant.start);
    list.lastFile = { total: size, valid: size, invalid: 0 };
    list.uploadDate = tenant.start;
  }
}

/** The state of a tenant; made at its first use. */
export function stateOf(tenant: Tenant): AcdState {
  let state = tenant.dialects.get("acd") as AcdState | undefined;
  if (state === undefined) {
    state = begin(tenant);
    tenant.dialects.set("acd", state);
  }
  meet(tenant, state);
  return state;
}
