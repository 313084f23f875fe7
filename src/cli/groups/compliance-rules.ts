// The part of outdial compliance that works on rules: check, explain, pack. Only explain opens a store, where there is one.

import { CAMPAIGN_RULES, commandOf, databaseUrl, type Register } from "./tools.ts";

export const registerComplianceRules: Register = (program, { action }) => {
  const compliance = commandOf(program, "compliance", "who may be called, when, and the proof of it");
  action(
    compliance
      .command("check")
      .argument("[file]", "NDJSON, one question a line; - or nothing reads stdin", "-")
      .description("decide on calls: one decision a line, in order, with every rule broken and the next allowed instant")
      .option("--pack <file>", "rule pack, JSON or YAML; the shipped one by default")
      .option("--campaign-rules <file>", CAMPAIGN_RULES)
      .option("--at <time>", "the instant of the call for lines that name none")
      .option("--record", "write the question with each decision, for pack replay")
      .addHelpText(
        "after",
        "\nIt decides on the facts that a line brings along; the store is not looked at (compliance gate does that).\n" +
          "A line is a question, or an object that holds one as input: {number, callType, at, postal?, subject?, attempts?, consent?, ebr?, dnc?, scrubbedOn?, rndDisconnectedOn?, guaranteedAgent?, id?}\n" +
          "A denial is a decision; exit code 4 says that a line could not be read (its error stands in its place).\n" +
          '\nExamples:\n  $ echo \'{"number":"+12125550123","callType":"telemarketing","at":"2026-06-16T03:00:00Z"}\' | outdial compliance check\n' +
          "  $ outdial compliance check questions.ndjson --pack rules.json > decisions.ndjson",
      ),
    async () => (await import("../commands/compliance-check.ts")).check,
  );
  action(
    compliance
      .command("explain")
      .argument("<number>", "telephone number with its country code")
      .description("one decision for a person to read, with a picture of when each rule allows in the 48 hours ahead")
      .option("--at <time>", "the instant of the call, such as 2026-06-16T15:00:00Z; now by default")
      .option("--postal <code>", "US ZIP or Canadian postal code of the person")
      .option("--call-type <type>", "telemarketing, prerecorded or collection", "telemarketing")
      .option("--subject <text>", "campaign subject or debt, for caps that count by it")
      .option(
        "--facts <file>",
        "what is known of the person, a JSON object with the fields of check's lines, instead of what the store knows",
      )
      .option("--pack <file>", "rule pack, JSON or YAML; the shipped one by default")
      .option("--campaign-rules <file>", CAMPAIGN_RULES)
      .option("--ascii", "draw with plain characters")
      .addOption(databaseUrl())
      .addHelpText(
        "after",
        "\nThe first line says on which facts it was decided. Where there is no store and no --facts, the answer is about place and time alone.",
      ),
    async () => (await import("../commands/compliance-explain.ts")).explain,
  );
  const pack = compliance.command("pack").description("rule packs: show, validate, compare, replay");
  action(
    pack
      .command("show")
      .argument("[pack]", "file, or us-ca-uk-2026 for the shipped one", "us-ca-uk-2026")
      .description("the rules of a pack with their sources; with --json the pack itself")
      .option("--jurisdiction <id>", "only rules of this jurisdiction, such as US-FL"),
    async () => (await import("../commands/compliance-pack.ts")).showPack,
  );
  action(
    pack
      .command("validate")
      .argument("<pack>", "file, JSON or YAML")
      .description("check a pack: every fault with its path; exit code 2 when there is one"),
    async () => (await import("../commands/compliance-pack.ts")).validatePack,
  );
  action(
    pack
      .command("diff")
      .argument("<before>", "file, or us-ca-uk-2026")
      .argument("<after>", "file, or us-ca-uk-2026")
      .description("what two packs say differently, field by field"),
    async () => (await import("../commands/compliance-pack.ts")).diffPack,
  );
  action(
    pack
      .command("replay")
      .argument("[decisions...]", "what check --record and gate --record wrote; - or nothing reads stdin")
      .description("decide recorded decisions again with another pack; writes those that change")
      .requiredOption("--pack <file>", "the other pack")
      .option("--campaign-rules <file>", CAMPAIGN_RULES),
    async () => (await import("../commands/compliance-pack.ts")).replayPack,
  );
};
