// US ZIP codes that straddle a border between zones. A ZIP's ground is taken to be what lies nearer to its point than to any other ZIP's,
// up to 22 km; where another zone of the same state reaches into that ground, both zones count. Ground beyond the state's own border is not
// told apart, which gives some ZIPs at a border a second zone that they do not need: calls are an hour fewer there, never one too many.

import { writtenAs } from "./same-clock.ts";
import { type PostalPoint, zoneAt } from "./sources.ts";

/** States with a border between zones inside them, with their zones. */
const DIVIDED: Readonly<Record<string, readonly string[]>> = {
  AK: ["America/Anchorage", "America/Adak"],
  AZ: ["America/Phoenix", "America/Denver"],
  FL: ["America/New_York", "America/Chicago"],
  ID: ["America/Boise", "America/Los_Angeles"],
  IN: ["America/Indiana/Indianapolis", "America/Chicago", "America/Indiana/Knox"],
  KS: ["America/Chicago", "America/Denver"],
  KY: ["America/New_York", "America/Kentucky/Louisville", "America/Chicago"],
  MI: ["America/Detroit", "America/Menominee"],
  ND: ["America/Chicago", "America/Denver"],
  NE: ["America/Chicago", "America/Denver"],
  NV: ["America/Los_Angeles", "America/Denver"],
  OR: ["America/Los_Angeles", "America/Boise"],
  SD: ["America/Chicago", "America/Denver"],
  TN: ["America/Chicago", "America/New_York"],
  TX: ["America/Chicago", "America/Denver"],
};
/** Zones of one state that keep the same clock: no border between them matters. */
const SAME = new Map([
  ["America/Kentucky/Louisville", "America/New_York"],
  ["America/Indiana/Knox", "America/Chicago"],
]);
const RINGS_KM = [2, 4, 7, 11, 16, 22];
const DIRECTIONS = 16;
const KM_PER_DEGREE = 111.2;

const clock = (zone: string) => SAME.get(zone) ?? zone;
const cell = (latitude: number, longitude: number) => `${Math.floor(latitude * 2)} ${Math.floor(longitude * 2)}`;
const radians = (degrees: number) => (degrees * Math.PI) / 180;

/** Finds the point nearest to a place among the neighbours within half a degree. */
function nearestIn(points: readonly PostalPoint[]): (latitude: number, longitude: number) => PostalPoint | undefined {
  const grid = new Map<string, PostalPoint[]>();
  for (const point of points) {
    const key = cell(point.latitude, point.longitude);
    const cellPoints = grid.get(key);
    if (cellPoints === undefined) grid.set(key, [point]);
    else cellPoints.push(point);
  }
  return (latitude, longitude) => {
    let nearest: PostalPoint | undefined;
    let best = Number.POSITIVE_INFINITY;
    for (const north of [-0.5, 0, 0.5]) {
      for (const east of [-0.5, 0, 0.5]) {
        for (const point of grid.get(cell(latitude + north, longitude + east)) ?? []) {
          const dy = latitude - point.latitude;
          const dx = (longitude - point.longitude) * Math.cos(radians(latitude));
          const distance = dx * dx + dy * dy;
          if (distance >= best) continue;
          best = distance;
          nearest = point;
        }
      }
    }
    return nearest;
  };
}

/** The second zone of every ZIP code that straddles a border, by ZIP code. */
export function straddlingZips(points: readonly PostalPoint[]): Map<string, string> {
  const nearest = nearestIn(points);
  const found = new Map<string, string>();
  for (const { code, state, latitude, longitude } of points) {
    const zones = DIVIDED[state];
    if (zones === undefined) continue;
    const own = writtenAs(zoneAt(latitude, longitude), state);
    for (const zone of around(latitude, longitude, state)) {
      if (clock(zone.name) === clock(own) || !zones.includes(zone.name)) continue;
      const owner = nearest(zone.latitude, zone.longitude);
      if (owner === undefined || owner.latitude !== latitude || owner.longitude !== longitude) continue;
      found.set(code, zone.name);
      break;
    }
  }
  return found;
}

function* around(latitude: number, longitude: number, state: string) {
  for (const ring of RINGS_KM) {
    for (let direction = 0; direction < DIRECTIONS; direction++) {
      const angle = radians((360 / DIRECTIONS) * direction);
      const north = latitude + (ring / KM_PER_DEGREE) * Math.sin(angle);
      const east = longitude + (ring / KM_PER_DEGREE / Math.cos(radians(latitude))) * Math.cos(angle);
      yield { name: writtenAs(zoneAt(north, east), state), latitude: north, longitude: east };
    }
  }
}
