// What changed in the time-zone database lately. Found by comparing the offsets of all zones from 2024 to 2031 between the
// versions 2025b and 2026c, and from the news of the database for the changes of 2024.

import type { ZoneData } from "../pack/schema.ts";

/** The time-zone data that the tables of places and the shipped rules need. */
export const ZONE_DATA: ZoneData = {
  version: "2026c",
  changes: [
    {
      zones: ["America/Vancouver", "Canada/Pacific"],
      at: "2026-12-01T12:00:00Z",
      offset: "-07:00",
      note: "British Columbia stays at -07 from 2026-11-01",
    },
    {
      zones: ["America/Edmonton", "America/Yellowknife", "Canada/Mountain"],
      at: "2026-12-01T12:00:00Z",
      offset: "-06:00",
      note: "Alberta, and the Northwest Territories with it, stay at -06 from 2026-11-01",
    },
    {
      zones: ["Africa/Casablanca", "Africa/El_Aaiun"],
      at: "2026-12-01T12:00:00Z",
      offset: "+00:00",
      note: "Morocco stays at +00 from 2026-09-20",
    },
    {
      zones: ["Europe/Chisinau", "Europe/Tiraspol"],
      at: "2026-03-29T00:30:00Z",
      offset: "+02:00",
      note: "Moldova changes its clocks when the European Union does",
    },
    {
      zones: ["America/Asuncion"],
      at: "2026-07-01T12:00:00Z",
      offset: "-03:00",
      note: "Paraguay stays at -03 from 2024-10-15",
    },
    {
      zones: ["Asia/Almaty", "Asia/Qostanay"],
      at: "2026-07-01T12:00:00Z",
      offset: "+05:00",
      note: "Kazakhstan has one clock from 2024-03-01",
    },
  ],
};
