// The state of a campaign's calling windows in few words.

import type { ApiTypes } from "../../server/index.ts";
import { timeFormat } from "./format.ts";
import type { Tone } from "./tone.ts";

interface WindowLine {
  readonly zone: string;
  readonly tone: Tone;
  /** "open until 21:00", "opens Mon 23 Nov, 08:00". Times are in the zone. */
  readonly text: string;
  readonly contacts: number | null;
}

export function windowLines(windows: readonly ApiTypes.WindowState[]): readonly WindowLine[] {
  return windows.map(({ zone, open, changesAt, contacts }) => {
    const there = formatIn(zone);
    const when = changesAt === null ? "" : open ? ` until ${there.minute(changesAt)}` : `, opens ${there.day(changesAt)}`;
    return {
      zone: nameOf(zone),
      tone: open ? "good" : "none",
      text: `${open ? "open" : "closed"}${when}`,
      contacts,
    };
  });
}

/** The windows with zones of the same state combined. */
export function windowGroups(
  windows: readonly ApiTypes.WindowState[],
): readonly { readonly zones: string[]; readonly text: string }[] {
  const groups = new Map<string, string[]>();
  for (const { zone, text } of windowLines(windows)) groups.set(text, [...(groups.get(text) ?? []), zone]);
  return [...groups].map(([text, zones]) => ({ zones, text }));
}

/** The place of a zone; for several zones of one number, one place and the number of the others. */
function nameOf(zones: string): string {
  const names = zones.split(" or ").map((zone) => zone.split("/").at(-1)?.replaceAll("_", " ") ?? zone);
  const shown = names.find((name) => name === "London") ?? names[0] ?? zones;
  return names.length === 1 ? shown : `${shown} +${names.length - 1}`;
}

/** How many zones are open, for a table without room for all; its column and the names below say of what. */
export function windowsInShort(windows: readonly ApiTypes.WindowState[]): string {
  const open = windows.filter((one) => one.open).length;
  if (windows.length === 0) return "no zones known";
  if (open === windows.length) return windows.length === 1 ? "open" : `all ${windows.length} open`;
  return open === 0 ? (windows.length === 1 ? "closed" : `all ${windows.length} closed`) : `${open} of ${windows.length} open`;
}

function formatIn(zones: string): ReturnType<typeof timeFormat> {
  try {
    return timeFormat(zones.split(" or ")[0]);
  } catch {
    return timeFormat("UTC");
  }
}
