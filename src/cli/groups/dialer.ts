// outdial dialer.

import { command } from "../command.ts";
import { choice, flag, id, input, many, STORE, share, span, TENANT, TENANT_AND_STORE, text, whole } from "../declare.ts";

const FILE = input("<file>", "settings file, YAML or JSON; - reads stdin");
const VERSION = { from: 1, to: 2 ** 31 - 1 } as const;
const CAMPAIGN = id("--campaign <id>", "what the settings are of, at a tenant that keeps them for each campaign (profile acd)");
const EXPECTED_RATE = share(
  "--expected-answer-rate <share>",
  "share of the dials that a person answers, such as 22%; used where the tenant has not measured one",
);
const FORMATS = ["table", "json", "csv"] as const;
const METRICS = ["efficiency", "abandonmentRate", "answerRate", "averageWaitTime"] as const;
const format = choice("--format <format>", "table, json or csv", FORMATS);

export const validate = command("validate", TENANT, {
  summary: "our own checks, the tenant's validation with all regulatory checks, a simulated prediction; changes nothing",
  args: [FILE],
  options: [
    CAMPAIGN,
    many(
      choice(
        "--check <name>",
        "a regulatory check that the tenant is asked for; may be given several times (default: dialer.regulatoryChecks of outdial.yaml, else all)",
        async () => (await import("../late.ts")).REGULATORY_CHECKS,
      ),
      false,
    ),
  ],
});

export const simulateVendor = command("simulate-vendor", TENANT, {
  wants: "simulator",
  summary: "the tenant's own simulator and ours on the same settings, and where they differ; changes nothing",
  args: [FILE],
  options: [
    whole("--minutes <number>", "time that is simulated", { from: 1, to: 1440, default: 60 }),
    whole("--volume <calls>", "calls there are to place (default: without end)", { from: 1, to: 100_000_000 }),
  ],
  notes: "Both are told settings and free lines. What is expected of the calls goes into ours alone; the tenant knows its lists.",
  examples: [
    "outdial dialer simulate-vendor settings.yaml",
    "outdial dialer simulate-vendor settings.yaml --minutes 60 --volume 5000",
  ],
});

export const apply = command(
  "apply",
  { ...TENANT_AND_STORE, tells: "place" },
  {
    summary: "activate settings and verify them; what does not hold is put back",
    args: [FILE],
    options: [
      CAMPAIGN,
      EXPECTED_RATE,
      flag("--dry-run", "show the difference and the gates, and stop; nothing is stored or sent"),
      many(text("--override-gate <name>", "pass a gate by name: predicted_abandonment; recorded in the audit log")),
      span("--guard <span>", "watch abandonment for so long, such as 30m, and put the old settings back when it is too high", {
        from: 60_000,
        wrong: "is no time in which a watch sees anything; give 1m or more, such as 30m",
      }),
      many(id("--guard-campaign <id>", "a campaign to watch; may be given several times (default: all active ones)")),
      flag("--retry-rejected", "apply settings that did not hold before"),
    ],
    notes:
      "Ends with 0 when the settings are in force, 1 when they were put back, 3 when a gate, a conflict or somebody else's change\nforbade them, 4 when the watch came to no verdict.",
    examples: ["outdial dialer apply settings.yaml --dry-run", "outdial dialer apply settings.yaml --yes --guard 30m"],
  },
);

export const rollback = command(
  "rollback",
  { ...TENANT_AND_STORE, tells: "place" },
  {
    summary: "put earlier settings back, as carefully as new ones are applied",
    args: [whole("[version]", "a version that was in force; without one, what was in force before the latest change", VERSION)],
    options: [
      CAMPAIGN,
      EXPECTED_RATE,
      flag("--dry-run", "show the difference and the gates, and stop; nothing is sent"),
      many(text("--override-gate <name>", "pass a gate by name: predicted_abandonment")),
    ],
  },
);

export const resume = command(
  "resume",
  { ...TENANT_AND_STORE, tells: "place" },
  {
    summary: "go on with a change that was interrupted, or decide about one that waits for a person",
    args: [whole("[version]", "a change that has not ended; there is one at most", VERSION)],
    options: [
      flag("--keep", "of a watch without a verdict: leave the settings in force"),
      flag("--roll-back", "of a watch without a verdict: put the old settings back"),
    ],
  },
);

export const history = command("history", STORE, {
  summary: "versions of the settings, newest first: changes with their outcome, and settings that were found",
  options: [
    id("--campaign <id>", "only those of this campaign's settings"),
    whole("--limit <number>", "how many", { from: 1, to: 100_000, default: 20 }),
    format,
  ],
});

export const show = command("show", TENANT, { summary: "the settings in force", options: [CAMPAIGN] });

export const metrics = command("metrics", TENANT, {
  summary: "the dialer's figures by the hour",
  options: [
    id("--campaign <id>", "only this campaign's"),
    many(choice("--metric <name>", `${METRICS.join(", ")}; may be given several times`, METRICS)),
    choice("--format <format>", "table, json or csv, or plot for a terminal", [...FORMATS, "plot"]),
  ],
});

export const vendorAudit = command("audit", TENANT, {
  summary: "the tenant's own audit log, newest first; outdial's is outdial audit",
  options: [
    text("--entity <name>", "what the entries are about; on acd campaign or disposition", { default: "dialer" }),
    whole("--limit <number>", "how many", { from: 1, to: 10_000, default: 10_000 }),
    format,
  ],
});

export const createCampaign = command("create-campaign", TENANT_AND_STORE, {
  wants: "a campaign of dialer settings",
  summary: "make a dialer campaign of a file, never two of one file",
  args: [FILE],
  options: [flag("--again", "send it although an earlier request may have been carried out: after you have looked")],
});
