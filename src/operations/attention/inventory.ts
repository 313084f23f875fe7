// What the tenant keeps for its dialer, told before the vendor's own housekeeping takes it away: too many records, or lists that are too old. Pure.

import { z } from "zod";
import { percent } from "../../kernel/index.ts";
import type { ContactSource, Inventory } from "../../tenant/port.ts";
import { TenantError } from "../../tenant/port.ts";
import type { Found } from "./concerns.ts";

/** In the form that is stored beside the list of campaigns, or why it is not known; null where a tenant takes nothing away by itself. */
export const keptInventory = z.union([
  z.object({
    contacts: z.number().nullable(),
    doNotCall: z.number().nullable(),
    most: z.number().positive(),
    keptDays: z.number().positive(),
    lists: z.array(z.object({ id: z.string(), name: z.string(), days: z.number().nullable() })),
  }),
  z.object({ problem: z.string() }),
  z.null(),
]);

/** @throws TenantError `aborted` */
export async function readInventory(
  source: Pick<ContactSource, "inventory">,
  options: Parameters<NonNullable<ContactSource["inventory"]>>[0],
): Promise<z.infer<typeof keptInventory>> {
  try {
    const { lists, ...kept } = (await source.inventory?.(options)) ?? { lists: undefined };
    return lists === undefined ? null : { ...(kept as Inventory), lists: [...lists] };
  } catch (thrown) {
    if (!(thrown instanceof TenantError) || thrown.code === "aborted") throw thrown;
    return { problem: thrown.message };
  }
}

/** Share of the limit from which on it is told. */
const NEARLY = 0.9;
/** So long before its dials are taken away a list is told, days. */
const DAYS_BEFORE = 7;
const NAMED = 20;

const TENANT = { kind: "tenant", id: "", name: "tenant" } as const;

/** What somebody should do before the vendor acts. */
export function inventoryConcerns(inventory: z.infer<typeof keptInventory>): Found[] {
  if (inventory === null) return [];
  const found = (code: string, what: string, more: Pick<Found, "evidence" | "next" | "episode"> & Partial<Found>): Found => ({
    code,
    severity: "soon",
    subject: { ...TENANT, id: code },
    what,
    cause: "list",
    since: null,
    ...more,
  });
  const unknown = (what: string, why: string) =>
    found("inventory_unknown", what, {
      evidence: [why],
      next: "Give the owner of the access key the rights Calling List View and Do Not Call List View.",
      episode: why,
    });
  if ("problem" in inventory)
    return [unknown("how much the tenant's calling lists hold is not known: the vendor may remove records", inventory.problem)];
  const { contacts, doNotCall, most, keptDays, lists } = inventory;
  const known = (contacts ?? 0) + (doNotCall ?? 0);
  const parts = [`${contacts ?? "an unknown number of"} contacts`, `${doNotCall ?? "an unknown number of"} do-not-call numbers`];
  const isWhole = contacts !== null && doNotCall !== null;
  const ofRecords =
    known >= NEARLY * most
      ? [
          found(
            "records_near_limit",
            `the tenant holds ${isWhole ? "" : "at least "}${known} records, ${percent(known / most)} of the ${most} that the vendor keeps: beyond them it refuses or removes records`,
            {
              severity: known >= most ? "urgent" : "soon",
              evidence: parts,
              next: "Retrieve the outcomes of ended lists (outdial outcomes pull), then remove these lists in the vendor's administration.",
              episode: known >= most ? "over" : "near",
            },
          ),
        ]
      : isWhole
        ? []
        : [unknown(`how near the tenant is to the ${most} records that the vendor keeps is not known`, parts.join(", "))];
  const old = lists
    .flatMap(({ days, ...list }) => (days !== null && days >= keptDays - DAYS_BEFORE ? [{ ...list, days }] : []))
    .toSorted((a, b) => b.days - a.days);
  const unread = lists.filter(({ days }) => days === null);
  const named = old
    .slice(0, NAMED)
    .map(
      ({ id, name, days }) =>
        `${name} (${id}): last file ${Math.floor(days)} days ago${days < keptDays ? "" : ", older dials are gone"}`,
    );
  const [first] = old;
  const ofAge =
    first === undefined
      ? []
      : [
          found(
            "lists_old",
            `${old.length} calling ${old.length === 1 ? "list" : "lists"} had no file for ${keptDays - DAYS_BEFORE} days and more: after ${keptDays} days the vendor removes their dials`,
            {
              evidence: [...named, ...(old.length > NAMED ? [`and ${old.length - NAMED} more`] : [])],
              next: "Retrieve their outcomes before (outdial outcomes pull); upload contacts that are still to be called as a new list.",
              // Another list that gets old is a new occurrence.
              episode: old
                .map(({ id }) => id)
                .join(" ")
                .slice(0, 400),
            },
          ),
        ];
  const ofUnread =
    unread.length === 0
      ? []
      : [
          unknown(
            "the age of calling lists is not known: after some time the vendor removes their dials",
            unread
              .slice(0, NAMED)
              .map(({ name }) => name)
              .join(", "),
          ),
        ];
  return [...ofRecords, ...ofAge, ...ofUnread];
}
