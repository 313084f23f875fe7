// The program: global flags, the groups of commands in the order of the help, errors made exit codes.

import { Command, CommanderError } from "commander";
import { EXIT } from "./exit.ts";
import { registerAudit } from "./groups/audit.ts";
import { registerCampaign } from "./groups/campaign.ts";
import { registerComplianceFacts } from "./groups/compliance-facts.ts";
import { registerComplianceRules } from "./groups/compliance-rules.ts";
import { registerContacts } from "./groups/contacts.ts";
import { registerDemo } from "./groups/demo.ts";
import { registerDialer } from "./groups/dialer.ts";
import { registerFacts } from "./groups/facts.ts";
import { registerInteraction } from "./groups/interaction.ts";
import { registerJobs } from "./groups/jobs.ts";
import { registerOutcomes } from "./groups/outcomes.ts";
import { registerServe } from "./groups/serve.ts";
import { registerSimulate } from "./groups/simulate.ts";
import { registerTag } from "./groups/tag.ts";
import type { Action, Register } from "./groups/tools.ts";
import { registerWebhooks } from "./groups/webhooks.ts";
import { createIo } from "./io.ts";
import type { GlobalFlags } from "./options.ts";
import { report } from "./report.ts";

/** In the order of the help. */
const GROUPS: readonly Register[] = [
  registerDemo,
  registerServe,
  registerTag,
  registerInteraction,
  registerOutcomes,
  registerComplianceRules,
  registerComplianceFacts,
  registerFacts,
  registerCampaign,
  registerContacts,
  registerDialer,
  registerSimulate,
  registerJobs,
  registerAudit,
  registerWebhooks,
];

export interface Program {
  /** Runs one command line. @returns the exit code */
  run(argv: readonly string[]): Promise<number>;
  /** The command tree, for the generated reference. */
  readonly command: Command;
}

/** Builds the command tree. */
export function buildProgram(): Program {
  let exit: number = EXIT.done;
  const program = new Command("outdial")
    .description(
      "Operates outbound dialing campaigns on NICE CXone: tags calls in bulk, durably, and proves afterwards what it did.",
    )
    .option("--config <file>", "configuration (default: outdial.yaml in this folder)")
    .option("--dir <folder>", "folder of the embedded store and the audit keys (default: .outdial)")
    .option("--json", "one JSON object on stdout instead of text")
    .option("-q, --quiet", "no talk and no progress on stderr")
    .option("-y, --yes", "do not ask for confirmation")
    .showSuggestionAfterError(true)
    .configureHelp({ showGlobalOptions: true })
    .exitOverride()
    .addHelpText(
      "after",
      "\nExit codes: 0 done · 1 failed · 2 usage or invalid input · 3 refused by a rule · 4 partly failed · 5 not authorised · 6 vendor unavailable · 130 interrupted",
    );

  /** Adds an action that loads its code, runs and gives the exit code. */
  const action = <Options>(command: Command, load: () => Promise<Action<Options>>) =>
    command.exitOverride().action(async (...given: unknown[]) => {
      const used = given.at(-1) as Command;
      const options = used.optsWithGlobals<Options & GlobalFlags>();
      const io = createIo(options);
      try {
        exit = await (await load())(used.args, options, io);
      } catch (thrown) {
        exit = await report(thrown, io);
      }
    });

  for (const register of GROUPS) register(program, { action });

  return {
    command: program,
    async run(argv) {
      try {
        await program.parseAsync(argv, { from: "user" });
        return exit;
      } catch (thrown) {
        if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? EXIT.done : EXIT.usage;
        throw thrown;
      }
    },
  };
}
