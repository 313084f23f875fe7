// Which zones of the United States, its territories and Canada keep the same clock: zones that differ only in the past are one to a caller.

/**
 * The zone whose name the tables use for one that keeps the same clock beside it. Canada's zones with a law of their own stand for
 * themselves (Alberta and British Columbia stopped changing clocks in 2026).
 */
const WRITTEN_AS: Readonly<Record<string, string>> = {
  "America/Indiana/Marengo": "America/Indiana/Indianapolis",
  "America/Indiana/Petersburg": "America/Indiana/Indianapolis",
  "America/Indiana/Vevay": "America/Indiana/Indianapolis",
  "America/Indiana/Vincennes": "America/Indiana/Indianapolis",
  "America/Indiana/Winamac": "America/Indiana/Indianapolis",
  "America/Indiana/Tell_City": "America/Chicago",
  "America/Kentucky/Monticello": "America/New_York",
  "America/North_Dakota/Beulah": "America/Chicago",
  "America/North_Dakota/Center": "America/Chicago",
  "America/North_Dakota/New_Salem": "America/Chicago",
  "America/Juneau": "America/Anchorage",
  "America/Metlakatla": "America/Anchorage",
  "America/Nome": "America/Anchorage",
  "America/Sitka": "America/Anchorage",
  "America/Yakutat": "America/Anchorage",
  "America/Creston": "America/Fort_Nelson",
  "America/Dawson_Creek": "America/Fort_Nelson",
  "America/Dawson": "America/Whitehorse",
  "America/Swift_Current": "America/Regina",
  "America/Glace_Bay": "America/Halifax",
};

/** The zone as the tables write it. */
export function writtenAs(zone: string, state: string): string {
  // The Indiana suburbs of Louisville and Cincinnati keep the clock of the rest of the state.
  if (state === "IN" && (zone === "America/Kentucky/Louisville" || zone === "America/New_York"))
    return "America/Indiana/Indianapolis";
  return WRITTEN_AS[zone] ?? zone;
}

/** The years for which two zones are compared: from before the Canadian reforms of 2026, so that zones they brought together stay apart. */
const FROM = Date.UTC(2025, 0, 1);
const TO = Date.UTC(2029, 0, 1);
const STEP = 7 * 86_400_000;

/** Offsets from UTC through the coming years, week by week: equal for zones that keep the same clock. */
export function clockOf(zone: string): string {
  const format = new Intl.DateTimeFormat("en", { timeZone: zone, timeZoneName: "longOffset" });
  const offsets: string[] = [];
  for (let at = FROM; at < TO; at += STEP) {
    const offset = format.formatToParts(at).find((part) => part.type === "timeZoneName")?.value ?? "";
    if (offset !== offsets.at(-1)) offsets.push(`${(at - FROM) / STEP}:${offset}`, offset);
  }
  return offsets.join(" ");
}
