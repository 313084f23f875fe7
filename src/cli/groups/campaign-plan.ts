// outdial campaign plan, apply, resume-apply, export, drift.

import type { Command } from "commander";
import { databaseUrl, type Tools, tenantUrl } from "./tools.ts";

const FILES = "campaign file, or a folder of them, YAML or JSON; campaigns by default";
const PACK = "rule pack; by default the configuration's, else the shipped one";
const CONTACTS = "contacts of each list whose places are looked at, or all";
const SAMPLE = "1000";

export const campaignAsCode = (campaign: Command, { action }: Tools): void => {
  action(
    campaign
      .command("plan")
      .argument("[path]", FILES)
      .description("what apply would create and change, field by field, what it reaches and what forbids it; changes nothing")
      .option("--out <file>", "write the plan to a file that apply takes")
      .option("--activate", "plan to activate as well")
      .option("--pack <file>", PACK)
      .option("--contacts <number>", CONTACTS, SAMPLE)
      .addOption(tenantUrl())
      .addOption(databaseUrl())
      .addHelpText("after", "\nEnds with 0 when the plan can be applied, 3 when it breaks a rule."),
    async () => (await import("../commands/campaign-plan.ts")).plan,
  );
  action(
    campaign
      .command("apply")
      .argument("[path]", "campaign file or folder, or a plan that plan --out wrote; campaigns by default")
      .description("execute exactly the plan that was shown, read back every field; new campaigns stay paused")
      .option("--activate", "activate the campaigns that no file wants paused, each past the pre-dial gate")
      .option("--plan <hash>", "the plan that is agreed to; at least the first eight characters of its hash")
      .option("--pack <file>", PACK)
      .option("--contacts <number>", CONTACTS, SAMPLE)
      .addOption(tenantUrl())
      .addOption(databaseUrl())
      .addHelpText(
        "after",
        "\nExamples:\n  $ outdial campaign apply campaigns\n  $ outdial campaign plan campaigns --out plan.json && outdial campaign apply plan.json --yes\n  $ outdial campaign apply --plan 3f9c1a7e --yes\n\n" +
          "Without a terminal, --yes needs a plan that was shown: a plan's file or --plan. Ends with 0 when everything is applied, 3 when a\nrule forbids it or the tenant has moved since the plan, 4 when some of it is applied.",
      ),
    async () => (await import("../commands/campaign-apply.ts")).apply,
  );
  action(
    campaign
      .command("resume-apply")
      .description("go on with an apply that was interrupted, or watch the process that does")
      .addOption(tenantUrl())
      .addOption(databaseUrl()),
    async () => (await import("../commands/campaign-apply.ts")).resumeApply,
  );
  action(
    campaign
      .command("export")
      .argument("[ids...]", "campaigns; all of the tenant's by default")
      .description("write a campaign file for each campaign; a plan of them changes nothing")
      .option("--out <folder>", "where to; stdout by default")
      .option("--force", "overwrite files that say something else")
      .addOption(tenantUrl())
      .addOption(databaseUrl()),
    async () => (await import("../commands/campaign-export.ts")).exportAll,
  );
  action(
    campaign
      .command("drift")
      .argument("[path]", FILES)
      .description("whether tenant and files differ, and where")
      .option("--managed-only", "campaigns that no file describes are no difference")
      .addOption(tenantUrl())
      .addOption(databaseUrl())
      .addHelpText("after", "\nEnds with 0 when nothing differs, 3 when something does."),
    async () => (await import("../commands/campaign-plan.ts")).drift,
  );
};
