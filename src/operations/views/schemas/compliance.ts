// Compliance: one decision with its reasons, manifests, suppression, the revocation clock, the abandonment ledger.

import { z } from "zod";
import { abandonmentBudget } from "./campaigns.ts";
import { count, share, time } from "./common.ts";

export const setBack = z
  .string()
  .nullable()
  .describe(
    "Why facts may be missing, opt-outs too: the database was set back to an older state or replaced; null when it was not",
  );

const reason = z.strictObject({ rule: z.string(), text: z.string() }).meta({ id: "Reason" });

const cap = z
  .strictObject({
    rule: z.string(),
    ruleId: z.string(),
    jurisdiction: z.string(),
    citation: z.string(),
    max: count,
    period: z.union([z.strictObject({ hours: z.number() }), z.strictObject({ localDates: z.int() })]),
    scope: z.enum(["subject", "all"]),
    placed: count.describe("Calls that count now"),
    left: count.describe("Calls that it leaves now"),
  })
  .meta({ id: "CapReading" });

/** Half hours from `from`, true where a call is allowed. */
const cells = z.array(z.boolean()).readonly();

/** One decision with a picture of the 48 hours ahead. */
export const complianceExplain = z
  .strictObject({
    number: z.string().describe("Masked unless revealed"),
    callType: z.string(),
    at: time,
    decision: z.enum(["allow", "deny"]),
    rules: z.array(z.string()).readonly(),
    reasons: z.array(reason).readonly(),
    weighed: z
      .array(reason)
      .readonly()
      .nullable()
      .describe(
        "Of an allowed call: every rule that applies (its id), with the fact that satisfied it; then law that was not weighed because its text was not had (PLACE-unread); null of a denied one",
      ),
    cap: cap.nullable().describe("The cap on calls to this person that leaves the fewest; null when none holds"),
    next: time.nullable().describe("First allowed instant; null when never within 45 days, as things stand"),
    zones: z.array(z.string()).readonly(),
    readings: z
      .array(
        z.strictObject({
          number: z.string().describe("Masked unless revealed"),
          decision: z.enum(["allow", "deny"]),
          rules: z.array(z.string()).readonly(),
          reasons: z.array(reason).readonly(),
          next: time.nullable(),
          zones: z.array(z.string()).readonly(),
        }),
      )
      .readonly()
      .describe(
        "Of a text that names several numbers: the decision on each by itself; the call needs all of them. Empty for one number",
      ),
    /** The local time of the number in each zone at `at`, `HH:MM`. */
    clocks: z.array(z.strictObject({ zone: z.string(), time: z.string() })).readonly(),
    strip: z.strictObject({
      from: time,
      minutes: z.int(),
      all: cells,
      rows: z
        .array(
          z.strictObject({
            label: z.string(),
            violation: z.string(),
            ruleId: z.string().nullable(),
            zone: z.string().nullable().describe("Null: in all of them"),
            open: cells,
          }),
        )
        .readonly(),
    }),
    packVersion: z.string(),
    timeZoneData: z.string(),
    geography: z.string().describe("Version of the tables of places"),
    factsUsed: z.boolean().describe("Whether facts of the store (the company's list, consent, attempts) were looked up"),
    facts: z
      .enum(["store", "given", "none"])
      .describe("Whose facts decided: the store's, those of the request, or nobody's; none is no statement about the person"),
    noFacts: z.string().nullable().describe("Why nobody's facts decided; null when some did"),
    setBack,
  })
  .meta({ id: "ComplianceExplain" });
export type ComplianceExplain = z.output<typeof complianceExplain>;

/** A line of what a gate decides; many, so not told apart here. */
export const gateLine = z
  .record(z.string(), z.unknown())
  .describe(
    "`{manifest}`, `{line, field, refused}`, `{record}`, `{decided}`, or the verdict on a contact as the manifest hashes it",
  );

/** The answer to one line of a check: a decision, or why there is none. */
export const checkAnswer = z.looseObject({ decision: z.enum(["allow", "deny"]).optional() }).meta({ id: "CheckAnswer" });

/** How the company's do-not-call list came to the store. */
export const companyListView = z
  .strictObject({
    state: z.enum(["loaded", "declared-empty"]),
    since: time.describe("Since when it is here"),
    at: time.describe("When it was last loaded or declared empty"),
    source: z.string().describe("The file's name; the reason of a declaration"),
    by: z.string().describe("Who loaded it; the person who declared it empty"),
  })
  .meta({ id: "CompanyList" });
export type CompanyListView = z.output<typeof companyListView>;

/** Area codes that the files of a registry cover as of one date. */
export const registryCovers = z
  .strictObject({
    asOf: z.string().describe("Date of the file, or of the list of changes that was applied last, YYYY-MM-DD"),
    areaCodes: z.array(z.string()).readonly(),
    others: z.boolean().describe("True: all numbers of the registry in area codes that are not named with another date"),
  })
  .meta({ id: "RegistryCovers" });
export type RegistryCovers = z.output<typeof registryCovers>;

/** A do-not-call registry of which files are in force. */
export const registryView = z
  .strictObject({
    registry: z.string().describe("A country's two letters, or a state such as US-IN"),
    asOf: z.string().describe("The oldest date of those in `covers`"),
    loadedAt: time.describe("When a file of it was last loaded"),
    numbers: count,
    covers: z.array(registryCovers).readonly(),
  })
  .meta({ id: "Registry" });
export type RegistryView = z.output<typeof registryView>;

/** What the gate decided over a list, with its counts. */
export const manifestView = z
  .strictObject({
    id: z.string(),
    campaign: z.string(),
    callType: z.string(),
    at: time,
    madeAt: time,
    actor: z.string(),
    pack: z.string(),
    contacts: count,
    counts: z.strictObject({ dial: count, later: count, never: count, refused: count }),
    byReason: z
      .array(
        z.strictObject({
          reason: z.string(),
          verdict: z.enum(["later", "never"]),
          contacts: count,
          from: z.string().nullable(),
          to: z.string().nullable(),
        }),
      )
      .readonly(),
    registries: z
      .array(
        registryView
          .omit({ loadedAt: true })
          .extend({ covers: registryView.shape.covers.nullable().describe("Null in manifests of earlier versions") }),
      )
      .readonly(),
    companyList: companyListView.nullable().describe("How the company's do-not-call list came here; null when it was not known"),
    unresolvedOptOuts: count,
  })
  .meta({ id: "Manifest" });
export type ManifestView = z.output<typeof manifestView>;

const callShare = share.pick({ rate: true, numerator: true, denominator: true });

/** The abandonment ledger of a campaign under one rule. */
export const abandonmentView = z
  .strictObject({
    campaign: z.string(),
    rule: z.string(),
    citation: z.string(),
    budget: abandonmentBudget,
    sustainableRate: z
      .number()
      .nullable()
      .describe("Abandonment that keeps the limit for 30 days; never above the limit; null where nothing is known"),
    sustainableToday: z.number().nullable().describe("The same until the day ends"),
    vendorRate: z.number().nullable().describe("What the vendor counts from the same calls"),
    window: z.strictObject({ from: time, to: time }),
    expected: z
      .number()
      .nullable()
      .describe("How many more may be abandoned until budget.until if people go on answering as lately"),
    deficit: z.number().nullable().describe("Answers to serve before the window is within the limit again; 0 when it is within"),
    recoversAt: time
      .nullable()
      .describe("When it is, if no call is abandoned; null when not within 30 days, and when it is within"),
    pace: z.strictObject({ hours: z.number(), rate: callShare }),
    vendor: z.strictObject({
      rate: callShare,
      difference: z.number().nullable().describe("The legal rate minus the vendor's; null when one of the two has no calls"),
      parts: z.strictObject({ machines: z.number(), lateConnects: z.number(), earlyHangups: z.number() }).nullable(),
    }),
  })
  .meta({ id: "Abandonment" });
export type AbandonmentView = z.output<typeof abandonmentView>;

/** The result of an import of facts. */
export const importView = z
  .strictObject({
    kind: z.string(),
    read: count,
    added: count,
    known: count,
    refused: count,
    examples: z
      .array(z.strictObject({ line: count, reason: z.string() }))
      .readonly()
      .describe("The first refused lines"),
    doubts: z
      .array(z.strictObject({ line: count, reason: z.string() }))
      .readonly()
      .describe("The first lines whose number is not certain: they count for every number that they may name"),
    id: z.string().nullable().describe("Of the import; null of a registry file"),
    contentHash: z.string().describe("sha256: and the hash of the bytes that were read"),
    registry: z
      .strictObject({
        registry: z.string().describe("A country's two letters, or a state such as US-IN"),
        asOf: z.string().describe("Date of the file, YYYY-MM-DD"),
        numbers: count.describe("Of the file; of a list of changes those that were added"),
        deleted: count.describe("Numbers that a list of changes took off"),
        covers: registryCovers.omit({ asOf: true }).describe("The area codes that it is about"),
        result: z
          .enum(["switched", "applied", "unchanged", "kept"])
          .describe(
            "switched: in force; applied: the changes were made; unchanged: the same file was in force; kept: what was in force stays, reason says why",
          ),
        reason: z.string().nullable(),
      })
      .nullable()
      .describe("What became of a registry file; null of all others"),
  })
  .meta({ id: "FactsImport" });
export type ImportView = z.output<typeof importView>;

const lineWhy = z.strictObject({ line: count, reason: z.string() });
/** A line of what an import says as it goes on. */
export const importLine = z.union([
  z.strictObject({ read: count.describe("Lines read so far") }),
  z.strictObject({ refused: lineWhy.extend({ field: z.string().optional() }) }),
  z.strictObject({ doubted: lineWhy }),
  z.strictObject({ imported: importView }),
]);

/** An import of facts and its state. */
export const importState = z
  .strictObject({
    id: z.string(),
    kind: z.string().describe("consent, dnc, attempts, relationships, disconnections, lines; registry and the name of the list"),
    source: z.string().describe("The file's name; of a declaration its reason"),
    actor: z.string(),
    state: z
      .enum(["reading", "done", "broken-off", "completed", "refused"])
      .describe(
        "broken-off: not all of the file is in force; completed: so it was, and another import has brought the rest; refused: it ended with an error and added nothing",
      ),
    startedAt: time,
    endedAt: time.nullable().describe("When it was done, or was found to have broken off"),
    counts: z
      .strictObject({ read: count, added: count, known: count, refused: count })
      .nullable()
      .describe("Null until it is done"),
    inForce: z
      .record(z.string(), count)
      .describe("Rows of it that are in force, by what they are; of a registry none before the whole file is"),
    reason: z.string().nullable().describe("Why it broke off"),
    completedBy: z.string().nullable().describe("The import that brought the rest"),
  })
  .meta({ id: "FactsImportState" });
export type ImportStateView = z.output<typeof importState>;

/** What came of a segment; with the signed manifest, without which nobody of it may be dialed. */
export const segmentReport = z.strictObject({
  sent: z.array(z.string()).readonly().describe("Queries as they were sent; the second one is broader, after an empty segment"),
  read: z.int(),
  announced: z.int().optional().describe("Contacts that the tenant says there are"),
  filtered: z.int(),
  unknownAttributes: z.array(z.strictObject({ path: z.string(), suggestion: z.string().optional() })).readonly(),
  listId: z.string(),
  manifest: z.record(z.string(), z.unknown()),
  changed: z.boolean().describe("While it was read: contacts may be missing"),
  shorter: z.string().nullable().describe("That the list has far fewer contacts than it had"),
});
export type SegmentView = z.output<typeof segmentReport>;

/** A line of a segment. */
export const segmentLine = z
  .strictObject({
    contact: z.record(z.string(), z.unknown()),
    verdict: z.record(z.string(), z.unknown()),
    refused: z.strictObject({ line: z.int(), field: z.string().nullable(), reason: z.string() }),
    query: z.string(),
    progress: z.strictObject({ read: z.int(), announced: z.int().nullable() }),
    segment: segmentReport,
  })
  .partial();
