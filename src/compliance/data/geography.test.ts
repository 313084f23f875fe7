import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { scaled } from "../../../test/support/scale.ts";
import { areaCodeLines, nonGeographicCodes } from "./area-codes.ts";
import { createBuiltinGeography } from "./geography.ts";

const geography = createBuiltinGeography();
const zonesOf = (code: number) => geography.areaCode(code)?.zones;
const lines = areaCodeLines();

function isZone(zone: string): boolean {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: zone }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
}

describe("area codes", () => {
  test("each stands once, is [2-9]XX but no N11, and has no placeless use", () => {
    const codes = lines.flatMap(({ complexes }) => complexes.flat());
    expect(new Set(codes).size).toBe(codes.length);
    expect(codes.filter((code) => code < 200 || code > 999 || code % 100 === 11)).toEqual([]);
    expect(codes.filter((code) => nonGeographicCodes().has(code))).toEqual([]);
    expect(codes.length).toBeGreaterThan(450);
  });

  test("every zone is one that this runtime knows, and every state is named", () => {
    for (const { country, states, zones } of lines) {
      expect(zones.filter((zone) => !isZone(zone))).toEqual([]);
      expect(zones.length).toBeGreaterThan(0);
      if (country === "US" || country === "CA") expect(states.length).toBeGreaterThan(0);
    }
  });

  test("every state, territory and province has one", () => {
    const served = new Set(lines.flatMap(({ country, states }) => states.map((state) => `${country}-${state}`)));
    const us =
      "AL AK AZ AR CA CO CT DE DC FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND OH OK OR PA RI SC SD TN TX UT VT VA WA WV WI WY AS GU MP PR VI";
    for (const state of us.split(" ")) expect(served).toContain(`US-${state}`);
    for (const province of "AB BC MB NB NL NS NT NU ON PE QC SK YT".split(" ")) expect(served).toContain(`CA-${province}`);
  });

  test("the split area codes have all their zones", () => {
    const split = [
      208, 219, 250, 270, 308, 418, 423, 541, 574, 605, 606, 620, 701, 709, 775, 785, 807, 812, 850, 867, 906, 907, 928, 986,
    ];
    for (const code of split) expect(zonesOf(code)?.length, `${code}`).toBeGreaterThan(1);
    expect(zonesOf(850)).toEqual(["America/New_York", "America/Chicago"]);
    expect(zonesOf(812)).toEqual(["America/Indiana/Indianapolis", "America/Chicago"]);
    expect(zonesOf(907)).toEqual(["America/Anchorage", "America/Adak"]);
    expect(zonesOf(915)).toEqual(["America/Denver"]);
  });

  test("an overlay has the zones of the area it overlays", () => {
    const overlays: [number, number][] = [
      [448, 850],
      [930, 812],
      [364, 270],
      [458, 541],
      [986, 208],
      [879, 709],
      [729, 423],
      [531, 402],
      [483, 334],
      [474, 306],
      [672, 250],
    ];
    for (const [overlay, base] of overlays) expect(zonesOf(overlay), `${overlay}`).toEqual(zonesOf(base));
  });

  test("codes opened lately are placed", () => {
    const lately: [number, string][] = [
      [235, "MO"],
      [324, "FL"],
      [436, "OH"],
      [457, "LA"],
      [471, "MS"],
      [621, "TX"],
      [624, "NY"],
      [645, "FL"],
      [679, "MI"],
      [689, "FL"],
      [729, "TN"],
      [748, "CO"],
      [821, "SC"],
      [837, "CA"],
      [861, "IL"],
      [924, "MN"],
      [983, "CO"],
      [428, "NB"],
      [942, "ON"],
    ];
    for (const [code, state] of lately) expect(geography.areaCode(code)?.states, `${code}`).toEqual([state]);
    expect(zonesOf(645)).toEqual(["America/New_York"]);
  });

  test("the Caribbean is not the United States, but for its territories", () => {
    expect(geography.areaCode(876)?.country).toBe("JM");
    expect(geography.areaCode(441)).toEqual({ country: "BM", states: [], zones: ["Atlantic/Bermuda"] });
    expect(geography.areaCode(787)).toEqual({ country: "US", states: ["PR"], zones: ["America/Puerto_Rico"] });
    expect(geography.areaCode(902)?.states).toEqual(["NS", "PE"]);
  });

  test("toll-free, personal and other placeless codes are known as such; unassigned ones as nothing", () => {
    for (const code of [800, 833, 844, 855, 866, 877, 888, 500, 533, 600, 700, 900]) {
      expect(geography.isNonGeographic(code), `${code}`).toBe(true);
      expect(geography.areaCode(code), `${code}`).toBeUndefined();
    }
    for (const code of [211, 911, 555, 999, 456, 200]) {
      expect(geography.isNonGeographic(code), `${code}`).toBe(false);
      expect(geography.areaCode(code), `${code}`).toBeUndefined();
    }
  });
});

describe("postal codes", () => {
  // Places that libraries are known to get wrong, and places at borders between zones.
  const known: [code: string, state: string, ...zones: string[]][] = [
    ["46402", "IN", "America/Chicago"],
    ["47708", "IN", "America/Chicago"],
    ["47401", "IN", "America/Indiana/Indianapolis"],
    ["46534", "IN", "America/Indiana/Knox"],
    ["47586", "IN", "America/Chicago"],
    ["47803", "IN", "America/Indiana/Indianapolis"],
    ["42101", "KY", "America/Chicago"],
    ["40202", "KY", "America/Kentucky/Louisville"],
    ["37402", "TN", "America/New_York"],
    ["37203", "TN", "America/Chicago"],
    ["89883", "NV", "America/Denver"],
    ["89501", "NV", "America/Los_Angeles"],
    ["97914", "OR", "America/Boise"],
    ["97201", "OR", "America/Los_Angeles"],
    ["83702", "ID", "America/Boise"],
    ["83814", "ID", "America/Los_Angeles"],
    ["99546", "AK", "America/Adak"],
    ["99501", "AK", "America/Anchorage"],
    ["99801", "AK", "America/Anchorage"],
    ["86042", "AZ", "America/Phoenix"],
    ["86515", "AZ", "America/Denver"],
    ["86001", "AZ", "America/Phoenix"],
    ["36867", "AL", "America/Chicago", "America/New_York"],
    ["35203", "AL", "America/Chicago"],
    ["32501", "FL", "America/Chicago"],
    ["32301", "FL", "America/New_York"],
    ["57532", "SD", "America/Denver", "America/Chicago"],
    ["37419", "TN", "America/New_York", "America/Chicago"],
    ["32401", "FL", "America/Chicago"],
    ["79901", "TX", "America/Denver"],
    ["79837", "TX", "America/Denver"],
    ["75201", "TX", "America/Chicago"],
    ["57701", "SD", "America/Denver"],
    ["58601", "ND", "America/Denver"],
    ["58501", "ND", "America/Chicago"],
    ["69361", "NE", "America/Denver"],
    ["67735", "KS", "America/Denver"],
    ["49858", "MI", "America/Menominee"],
    ["49855", "MI", "America/Detroit"],
    ["00901", "PR", "America/Puerto_Rico"],
    ["00802", "VI", "America/St_Thomas"],
    ["96910", "GU", "Pacific/Guam"],
    ["96950", "MP", "Pacific/Saipan"],
    ["96799", "AS", "Pacific/Pago_Pago"],
    ["96813", "HI", "Pacific/Honolulu"],
    ["10001", "NY", "America/New_York"],
    ["A1C5S7", "NL", "America/St_Johns"],
    ["A0P1E0", "NL", "America/Goose_Bay"],
    ["S4P3Y2", "SK", "America/Regina"],
    ["S9V0A1", "SK", "America/Edmonton"],
    ["P0T1C0", "ON", "America/Toronto", "America/Winnipeg", "America/Atikokan"],
    ["G4T1A1", "QC", "America/Halifax"],
    ["V1C1A1", "BC", "America/Edmonton", "America/Vancouver"],
    ["X0C0C0", "NU", "America/Rankin_Inlet", "America/Atikokan"],
    ["V6B1A1", "BC", "America/Vancouver"],
  ];
  test.each(known)("%s is in %s", (code, state, ...zones) => {
    expect(geography.postal(code)).toMatchObject({ state, zones });
  });

  test("what is no postal code in use has no place: military post, unknown areas, other forms", () => {
    for (const code of ["09001", "34002", "96201", "00000", "99999", "D1A1A1", "1234", "123456", "SW1A1AA", "", "abcde"])
      expect(geography.postal(code), code).toBeUndefined();
  });

  test("a code that is new has the place of its neighbours", () => {
    expect(geography.postal("75213")).toMatchObject({ state: "TX", zones: ["America/Chicago"] });
    expect(geography.postal("47526")).toMatchObject({ state: "IN", zones: ["America/Chicago", "America/Indiana/Indianapolis"] });
    expect(geography.postal("M1Z9Z9")).toMatchObject({ state: "ON", zones: ["America/Toronto"] });
    expect(geography.postal("V1D9Z9")).toBeUndefined();
  });

  test("any text is answered", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^\d{5}$/), fc.stringMatching(/^[A-Z]\d[A-Z]\d[A-Z]\d$/)), (text) => {
        const place = geography.postal(text);
        return place === undefined || (place.zones.length > 0 && place.state.length === 2);
      }),
      { numRuns: scaled(2000, 200) },
    );
  });

  test("an address never has a zone that the area codes of its state do not have, but for the odd island and border town", () => {
    const byState = new Map<string, Set<string>>();
    for (const { country, states, zones } of lines) {
      for (const state of states) {
        const key = `${country} ${state}`;
        byState.set(key, new Set([...(byState.get(key) ?? []), ...zones]));
      }
    }
    const odd = new Set<string>();
    for (let zip = 0; zip < 100_000; zip++) {
      const place = geography.postal(String(zip).padStart(5, "0"));
      if (place === undefined || place.country !== "US") continue;
      for (const zone of place.zones) if (byState.get(`US ${place.state}`)?.has(zone) !== true) odd.add(`${place.state} ${zone}`);
    }
    expect([...odd].sort()).toEqual(["AK America/Vancouver", "HI Pacific/Wake"]);
  });
});

describe("countries", () => {
  test("have all their zones", () => {
    expect(geography.countryZones("GB")).toEqual(["Europe/London"]);
    expect(geography.countryZones("JE")).toEqual(["Europe/Jersey"]);
    expect(geography.countryZones("AU")).toEqual(
      expect.arrayContaining(["Australia/Perth", "Australia/Sydney", "Australia/Adelaide"]),
    );
    expect(geography.countryZones("MX").length).toBeGreaterThan(5);
    expect(geography.countryZones("ZZ")).toEqual([]);
    for (const country of ["FR", "RU", "XK", "AC", "IN", "NP"])
      expect(geography.countryZones(country).every(isZone), country).toBe(true);
  });
});
