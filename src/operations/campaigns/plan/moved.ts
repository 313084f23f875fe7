// The changes at the tenant between two plans of the same files, for each campaign and field.

import { differences, type FieldChange } from "../file/document.ts";
import type { CampaignPlan, PlanEntry } from "./types.ts";

/** A campaign that has changed since the plan. */
export interface Moved {
  readonly campaign: string;
  readonly what: "appeared" | "vanished" | "changed" | "rules";
  /** From the state in the plan to the present state. */
  readonly fields: readonly FieldChange[];
}

/** Empty when nothing that the plan relies on has changed. */
export function movedSince(shown: CampaignPlan, now: CampaignPlan): Moved[] {
  if (shown.hash === now.hash) return [];
  const moved: Moved[] = [];
  const entries = new Map(now.entries.map((entry) => [entry.name, entry]));
  for (const entry of shown.entries) {
    const fresh = entries.get(entry.name);
    if (fresh !== undefined) moved.push(...movedEntry(entry, fresh));
  }
  const byId = (plan: CampaignPlan) => new Map(plan.unmanaged.map(({ id, name }) => [id, name]));
  const [before, after] = [byId(shown), byId(now)];
  for (const [id, name] of after)
    if (!before.has(id)) moved.push({ campaign: name, what: "appeared", fields: [] });
    else if (before.get(id) !== name)
      moved.push({ campaign: id, what: "changed", fields: differences({ name: before.get(id) }, { name }) });
  for (const [id, name] of before) if (!after.has(id)) moved.push({ campaign: name, what: "vanished", fields: [] });
  if (shown.pack !== now.pack)
    moved.push({ campaign: "", what: "rules", fields: [{ path: "rule pack", before: shown.pack, after: now.pack }] });
  return moved;
}

function movedEntry(shown: PlanEntry, now: PlanEntry): Moved[] {
  const campaign = shown.name;
  const ours = differences(basisOf(shown), basisOf(now));
  const changed = ours.length === 0 ? [] : [{ campaign, what: "changed", fields: ours } as const];
  if (shown.before === null) return now.before === null ? changed : [{ campaign, what: "appeared", fields: ours }];
  if (now.before === null) return [{ campaign, what: "vanished", fields: [] }];
  const { own: ownBefore, document: was, etag: oldTag } = shown.before;
  const { own: ownNow, document: is, etag: newTag } = now.before;
  const registered = (entry: PlanEntry) => Object.fromEntries(entry.registrations.map((one) => [one.name, one]));
  const fields = [
    ...differences(was, is),
    ...differences(ownBefore, ownNow),
    ...differences({ webhooks: registered(shown) }, { webhooks: registered(now) }),
    // It was written, even if every field has its old value again.
    ...(oldTag === newTag ? [] : [{ path: "version", before: oldTag, after: newTag }]),
    ...ours,
  ];
  return fields.length === 0 ? [] : [{ campaign, what: "changed", fields }];
}

/** What a plan relies on besides the campaign at the tenant: the file of records, and the backup that is there by now. */
const basisOf = ({ records, own: { failover } }: PlanEntry) => ({
  ...(records === undefined ? {} : { contactListFile: { sha256: records.sha256 } }),
  ...(failover === undefined ? {} : { failover }),
});
