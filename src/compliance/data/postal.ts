// Unpacks the table of postal codes: about 42,000 US ZIP codes and 1,600 Canadian forward sortation areas (FSA) in 13 kB.

import type { PostalPlace } from "../geography/types.ts";
import { FSA_GROUPS, PLACES, ZIP_RUNS } from "./postal-table.ts";

const ZIP = /^\d{5}$/;
const FSA_LENGTH = 3;
const CANADIAN = /^[A-Z]\d[A-Z]/;

/**
 * The place of a postal code. A ZIP that is not in use but lies between two of one place, inside a three-digit area that is in use, has
 * that place: new ones are opened there. Military post has none.
 *
 * @returns a function that takes five digits of a ZIP, or a Canadian code in upper case without the space, of which the FSA decides
 */
export function createPostalTable(): (code: string) => PostalPlace | undefined {
  const places = PLACES.trim()
    .split("\n")
    .map((line): PostalPlace => {
      const [country = "", state = "", ...zones] = line.split(" ");
      return { country, state, zones };
    });
  const zips = new Int16Array(100_000).fill(-1);
  let next = 0;
  for (const run of ZIP_RUNS.split(" ")) {
    const [skipped = 0, more = 0, place = -1] = run.split(",").map((field) => Number.parseInt(field, 36));
    const first = next + skipped;
    next = first + more + 1;
    zips.fill(place, first, next);
  }
  const fsas = new Map<string, PostalPlace | undefined>();
  for (const group of FSA_GROUPS.split(" ")) {
    const [place = "", codes = ""] = group.split(":");
    const letter = codes.charAt(0);
    for (let at = 1; at < codes.length; at += FSA_LENGTH - 1)
      fsas.set(letter + codes.slice(at, at + FSA_LENGTH - 1), places[Number.parseInt(place, 36)]);
  }
  return (code) => {
    if (ZIP.test(code)) return places[zips[Number(code)] ?? -1];
    return CANADIAN.test(code) ? fsas.get(code.slice(0, FSA_LENGTH)) : undefined;
  };
}
