// Turns a request for a report into its scope, with checks.

import { type Clock, type Instant, isDay, parseDuration } from "../../kernel/index.ts";
import {
  type AskedScope,
  checkedPeriod,
  DIMENSIONS,
  type Dimension,
  localTime,
  MeaningError,
  type OutcomeLake,
  type OutcomeMap,
  type OutcomeReport,
  parseComparison,
  parseInstant,
  type ReportScope,
  readCoverage,
  reportOutcomes,
} from "../../outcomes/index.ts";
import type { Store } from "../../store/index.ts";
import { heldIn } from "../retrieval/held.ts";

/** Defaults of reports. */
export interface ReportRules {
  /** IANA zone. */
  readonly zone: string;
  /** The map of disposition codes: from a file, otherwise the configured one. Throws MeaningError */
  readonly map: (path?: string) => Promise<OutcomeMap>;
  readonly clock: Pick<Clock, "now">;
}

const DEFAULT_SPAN_MS = 30 * 86_400_000;

/** A request, in the words of the command line. */
export interface ReportRequest {
  /** Empty for all. */
  readonly campaigns: readonly string[];
  /** A day in the zone, or an instant with an offset. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  /** Instead of `from`: a duration before the end; default 30d. */
  readonly last?: string | undefined;
  /** File of the map; default: the configured one, otherwise the documented codes. */
  readonly map?: string | undefined;
  /** IANA zone; default: the configured one, otherwise UTC. */
  readonly zone?: string | undefined;
  readonly by?: readonly string[] | undefined;
  readonly compare: readonly string[];
  readonly minimum?: number | undefined;
  /** In percent, for example 95. */
  readonly confidence?: number | undefined;
  /** How messages name a member of the request: as its caller gave it; by default the member's own name. */
  readonly nameOf?: ((member: "from" | "to" | "last" | "by") => string) | undefined;
  /** False: nothing is restated, and no figures are kept. */
  readonly keep: boolean;
}

interface Records {
  readonly lake: OutcomeLake;
  readonly store: Pick<Store, "figures" | "profile" | "retrievals">;
}

/** A checked request. */
export interface PlannedReport {
  readonly scope: AskedScope;
  /** The report, and its scope without the calls that no figure counts. */
  report(records: Records): Promise<{ readonly report: OutcomeReport; readonly scope: ReportScope }>;
}

/** Checks what is asked for. Throws MeaningError. */
export async function planReport({ zone, map, clock }: ReportRules, request: ReportRequest): Promise<PlannedReport> {
  const { nameOf = (member) => member } = request;
  const comparisons = request.compare.map(parseComparison);
  const by = request.by?.map((name) => dimension(name, nameOf("by")));
  const time = localTime(request.zone ?? zone);
  const now = clock.now();
  const scope: PlannedReport["scope"] = {
    campaigns: request.campaigns.length === 0 ? undefined : request.campaigns,
    ...periodOf(request, (member, text) => parseInstant(nameOf(member), text, time), now, nameOf),
    map: await map(request.map),
    time,
  };
  return {
    scope,
    async report({ lake, store }) {
      const covered = { ...scope, coverage: await readCoverage(lake, scope, { held: heldIn(store), now }) };
      const report = await reportOutcomes(lake, covered, {
        now,
        comparisons,
        by,
        profile: store.profile,
        minimum: request.minimum,
        ...(request.confidence === undefined ? {} : { confidence: request.confidence / 100 }),
        ...(request.keep ? { figures: store.figures } : {}),
      });
      return { report, scope: covered };
    },
  };
}

function dimension(name: string, where: string): Dimension {
  const found = DIMENSIONS.find((one) => one === name);
  if (found !== undefined) return found;
  throw new MeaningError(`${where} ${name}: nothing to group calls by; allowed are ${DIMENSIONS.join(", ")}`);
}

/** The requested period, end exclusive. A day given as the end is included. */
function periodOf(
  { from, to, last }: ReportRequest,
  read: (member: "from" | "to", text: string) => Instant,
  now: Instant,
  nameOf: NonNullable<ReportRequest["nameOf"]>,
): { from: Instant; to: Instant } {
  if (from !== undefined && last !== undefined)
    throw new MeaningError(`${nameOf("from")} and ${nameOf("last")} exclude each other`);
  const end = to === undefined ? now : /^\d{4}-\d{2}-\d{2}$/.test(to) ? read("to", dayAfter(to)) : read("to", to);
  const span = last === undefined ? DEFAULT_SPAN_MS : parseDuration(last);
  if (span === undefined || span <= 0)
    throw new MeaningError(`${nameOf("last")} ${last} is no span of time; give one such as 7d or 36h`);
  const begin = from === undefined ? end - span : read("from", from);
  return checkedPeriod({ from: begin, to: end });
}

function dayAfter(day: string): string {
  return isDay(day) ? new Date(Date.parse(day) + 86_400_000).toISOString().slice(0, 10) : day;
}
