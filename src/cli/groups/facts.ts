// outdial consent, dnc and attempts: the facts about people's numbers.

import type { Command } from "commander";
import { collect, databaseUrl, type Register } from "./tools.ts";

/** An import's arguments and options. */
const imported = (command: Command, columns: string) =>
  command
    .argument("<file>", "CSV with a header, or NDJSON; - reads stdin")
    .option("--column <field=name...>", "the column that holds a field, such as number=Phone", collect, [])
    .option("--format <format>", "csv or ndjson; told from the input by default")
    .option("--delimiter <character>", "column separator; told from the header by default")
    .option("--refused <file>", "write the refused lines here as NDJSON instead of to stderr; - writes to stdout")
    .addOption(databaseUrl())
    .addHelpText("after", `\nColumns: ${columns}\nExit code 4 when a line was refused; the others are in.`);

const asked = (command: Command) =>
  command
    .option("--at <time>", "when the person said so; now by default")
    .option("--reference <text>", "where it can be looked up: a call, a ticket, a message")
    .addOption(databaseUrl());

export const registerFacts: Register = (program, { action }) => {
  const consent = program
    .command("consent")
    .description("consent to be called: who gave which, when, on what words; who took it back");
  action(
    imported(
      consent.command("import").description("add consent records; a line with revoked_at is a revocation as well"),
      "number, level (none, express, written), given_at, basis, wording, source, evidence, revoked_at, channel",
    ),
    async () => (await import("../commands/facts-import.ts")).importConsent,
  );
  action(
    imported(
      consent.command("relationships").description("add established business relationships"),
      "number, kind (transaction, inquiry), date",
    ),
    async () => (await import("../commands/facts-import.ts")).importRelationships,
  );
  action(
    imported(
      consent.command("disconnections").description("add permanent disconnections (Reassigned Numbers Database)"),
      "number, disconnected_on",
    ),
    async () => (await import("../commands/facts-import.ts")).importDisconnections,
  );
  action(
    asked(
      consent
        .command("revoke")
        .argument("<number>", "E.164, such as +12125550123")
        .description("record that somebody took consent back: suppresses at once and starts the clock for every system")
        .requiredOption("--channel <channel>", "how: call, sms, e-mail, letter, web, …"),
    ),
    async () => (await import("../commands/dnc.ts")).revokeConsent,
  );

  const dnc = program
    .command("dnc")
    .description("do-not-call: the company's own list, which only a lift shortens, and the national registry");
  action(
    imported(
      dnc
        .command("import")
        .description("add numbers to the company's list, or put a file of the national registry in force; bare numbers will do")
        .option("--list <list>", "internal or national", "internal")
        .option("--as-of <date>", "date of the registry file, YYYY-MM-DD")
        .option("--registry <country>", "whose registry: the country's two letters", "US")
        .option("--accept", "put a registry file in force although lines were refused or it is much smaller than the one before"),
      "number, at, code, reference; for --list national: number",
    ),
    async () => (await import("../commands/facts-import.ts")).importDnc,
  );
  action(
    asked(
      dnc
        .command("add")
        .argument("<number>", "E.164, such as +12125550123")
        .description("put a number on the company's list")
        .requiredOption("--reason <text>", "what the person said or wrote"),
    ),
    async () => (await import("../commands/dnc.ts")).addDnc,
  );
  action(
    dnc
      .command("lift")
      .argument("<number>", "E.164, such as +12125550123")
      .description("take a number off the company's list; the reason and who did it stay in the audit for ever")
      .requiredOption("--reason <text>", "why it may be called again")
      .option("--mistake", "it never was an opt-out: the revocation of consent that came with it does not count either")
      .addOption(databaseUrl()),
    async () => (await import("../commands/dnc.ts")).liftDnc,
  );
  action(
    dnc
      .command("show")
      .argument("<number>", "E.164, such as +12125550123")
      .description("whether a number is suppressed, since when and why; every entry and every lift")
      .addOption(databaseUrl()),
    async () => (await import("../commands/dnc.ts")).showDnc,
  );

  action(
    dnc
      .command("pending")
      .description("opt-outs of which only the call is known: they suppress once the attempt of that call is imported")
      .option("--limit <n>", "at most so many, the longest waiting first", "1000")
      .addOption(databaseUrl()),
    async () => (await import("../commands/dnc.ts")).pendingDnc,
  );

  const attempts = program.command("attempts").description("calls that were placed: what caps and the abandonment ledger count");
  action(
    imported(
      attempts.command("import").description("add placed calls, and calls that came in and were conversations"),
      "number, at, kind (attempt, conversation, inbound-conversation, abandoned), subject, campaign, call_id,\n" +
        "  answered_by (person, machine), connect_seconds (greeting to agent), hangup_seconds",
    ),
    async () => (await import("../commands/facts-import.ts")).importAttempts,
  );
};
