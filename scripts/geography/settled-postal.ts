// Postal codes whose zones or state the sources do not give right, each with its reason.

/** A postal code, or the FSA of a Canadian one, with the zones it is given. */
export interface SettledPostal {
  readonly codes: readonly string[];
  readonly zones: readonly string[];
  readonly why: string;
}

const EAST_ALABAMA = ["36854", "36863", "36867", "36868", "36869", "36870", "36874", "36877"];

export const SETTLED_ZIPS: readonly SettledPostal[] = [
  {
    codes: EAST_ALABAMA,
    zones: ["America/Chicago", "America/New_York"],
    why: "Phenix City, Lanett, Valley and Smiths Station live by Georgia's clock; the law says Central. Both count.",
  },
  {
    codes: ["89883"],
    zones: ["America/Denver"],
    why: "West Wendover is Mountain by federal rule; its ZIP's desert to the west is Pacific and empty.",
  },
  { codes: ["10200"], zones: ["America/New_York"], why: "The source's longitude lacks its sign." },
  {
    codes: ["99923"],
    zones: ["America/Anchorage", "America/Vancouver"],
    why: "Hyder lives by the clock of Stewart across the border.",
  },
  // Two sets of coordinates put these on different sides of a border.
  {
    codes: ["86003", "86040", "86047", "86028", "86502"],
    zones: ["America/Phoenix", "America/Denver"],
    why: "At the border of the Navajo Nation.",
  },
  { codes: ["37377"], zones: ["America/New_York", "America/Chicago"], why: "At the border of Marion County." },
  { codes: ["57601"], zones: ["America/Chicago", "America/Denver"], why: "On both banks of the Missouri." },
  { codes: ["83522", "83542"], zones: ["America/Los_Angeles", "America/Boise"], why: "On both banks of the Salmon River." },
];

export const SETTLED_FSAS: readonly SettledPostal[] = [
  {
    codes: ["A0K"],
    zones: ["America/St_Johns", "America/Goose_Bay"],
    why: "Newfoundland's northwest and the Labrador coast on both sides of the border between the zones.",
  },
  {
    codes: ["G0G"],
    zones: ["America/Toronto", "America/Blanc-Sablon"],
    why: "The lower north shore keeps Atlantic time all year.",
  },
  { codes: ["G0C"], zones: ["America/Toronto", "America/Moncton"], why: "Listuguj lives by New Brunswick's clock." },
  { codes: ["P0T"], zones: ["America/Toronto", "America/Winnipeg", "America/Atikokan"], why: "Marathon to Ignace and Atikokan." },
  { codes: ["P0V"], zones: ["America/Winnipeg", "America/Toronto", "America/Atikokan"], why: "Red Lake to Pickle Lake." },
  { codes: ["S0P"], zones: ["America/Regina", "America/Winnipeg"], why: "Creighton lives by Flin Flon's clock." },
  { codes: ["S0M"], zones: ["America/Regina", "America/Edmonton"], why: "The country around Lloydminster." },
  {
    codes: ["V0A", "V1A", "V1C"],
    zones: ["America/Edmonton", "America/Vancouver"],
    why: "The East Kootenay followed Alberta; whether it still does since both provinces stopped changing clocks in 2026 is not settled.",
  },
  {
    codes: ["V0B"],
    zones: ["America/Edmonton", "America/Vancouver", "America/Fort_Nelson"],
    why: "As the East Kootenay; Creston keeps UTC-7 all year and Crawford Bay Pacific time.",
  },
  { codes: ["X0A"], zones: ["America/Iqaluit", "America/Resolute"], why: "Baffin and Resolute." },
  { codes: ["X0C"], zones: ["America/Rankin_Inlet", "America/Atikokan"], why: "Coral Harbour keeps Eastern time all year." },
  {
    codes: ["X0E", "X0G", "X1A"],
    zones: ["America/Edmonton", "America/Inuvik"],
    why: "The zone data moved Yellowknife with Alberta in 2026 but not Inuvik; as long as the territory's law is not known, both count.",
  },
];
