// The part of outdial compliance that works on facts: the gate, revocations, abandonment.

import type { Command } from "commander";
import { CAMPAIGN_RULES, collect, commandOf, databaseUrl, type Register } from "./tools.ts";

const packed = (command: Command) => command.option("--pack <file>", "rule pack, JSON or YAML; the shipped one by default");

export const registerComplianceFacts: Register = (program, { action }) => {
  const compliance = commandOf(program, "compliance", "who may be called, when, and the proof of it");
  action(
    packed(
      compliance
        .command("gate")
        .argument("<contacts>", "contact list: CSV with a header, bare numbers, or NDJSON; - reads stdin")
        .description("decide for every contact: dial now, later and when, or never and why; signs a manifest of it")
        .requiredOption("--campaign <id>", "campaign the contacts are for")
        .option("--call-type <type>", "telemarketing, prerecorded or collection", "telemarketing")
        .option("--subject <text>", "campaign subject or debt, for caps that count by it")
        .option("--at <time>", "the moment, such as 2026-06-16T15:00:00Z; now by default"),
    )
      .option("--campaign-rules <file>", CAMPAIGN_RULES)
      .option("--out <file>", "write one NDJSON line per contact; - writes to stdout")
      .option("--reasons", "with --out: the reasons in words")
      .option("--manifest <file>", "write the signed manifest")
      .option("--record <file>", "write each decision with the facts it was made on, for pack replay; - writes to stdout")
      .option("--column <field=name...>", "the column that holds a field, such as number=Phone", collect, [])
      .option("--format <format>", "csv or ndjson; told from the input by default")
      .option("--delimiter <character>", "column separator; told from the header by default")
      .addOption(databaseUrl())
      .addHelpText(
        "after",
        "\nColumns: number, id, postal, may_call (the vendor's consent flag), guaranteed_agent; the vendor's names are understood\n" +
          "Exit code 4 when a line could not be read; such a line is never called. A number that comes again is decided once.\n" +
          "\nExamples:\n  $ outdial compliance gate contacts.csv --campaign camp_primary_001 --out verdicts.ndjson --manifest gate.json\n" +
          "  $ outdial compliance verify-manifest gate.json --decisions verdicts.ndjson",
      ),
    async () => (await import("../commands/gate.ts")).gate,
  );
  action(
    compliance
      .command("manifests")
      .argument("[id]", "print this signed manifest, as verify-manifest reads it")
      .description("the manifests of gates, the newest first")
      .option("--campaign <id>", "only those of this campaign")
      .option("--limit <n>", "at most so many", "20")
      .addOption(databaseUrl()),
    async () => (await import("../commands/gate.ts")).manifests,
  );
  action(
    compliance
      .command("verify-manifest")
      .argument("<file>", "manifest of a gate")
      .description("check a manifest's signature offline, and that decisions are those it was made for")
      .option("--key <file>", "the public key (default: audit.pub in the store's folder)")
      .option("--decisions <file>", "what the gate wrote with --out")
      .option("--record <file>", "what the gate wrote with --record"),
    async () => (await import("../commands/gate.ts")).verifyGate,
  );
  action(
    packed(
      compliance
        .command("revocations")
        .description("revocations: deadline, targets, which systems have carried them out; overdue first")
        .option("--open", "only those that a system has not acknowledged")
        .option("--number <number>", "only of this number")
        .option("--limit <number>", "how many", "1000"),
    )
      .addOption(databaseUrl())
      .addHelpText("after", "\nExit code 3 when one of them is overdue."),
    async () => (await import("../commands/revocations.ts")).revocations,
  );
  action(
    compliance
      .command("acknowledge")
      .argument("<revocation...>", "numbers of revocations, as the list shows them")
      .description("record that a system has carried revocations out")
      .requiredOption("--system <name>", "which system, as in outdial.yaml")
      .option("--at <time>", "when it did; now by default")
      .option("--evidence <text>", "how one knows: a job, a receipt")
      .addOption(databaseUrl()),
    async () => (await import("../commands/revocations.ts")).acknowledge,
  );
  action(
    packed(
      compliance
        .command("abandonment")
        .description("abandoned calls against the limit: rate, today's allowance, when the budget runs out, what keeps it")
        .requiredOption("--campaign <id>", "campaign")
        .option("--country <code>", "only the limits of this country, such as US")
        .option("--at <time>", "the moment; now by default"),
    ).addOption(databaseUrl()),
    async () => (await import("../commands/abandonment.ts")).abandonment,
  );
};
