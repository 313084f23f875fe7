// outdial webhooks.

import { databaseUrl, type Register } from "./tools.ts";

export const registerWebhooks: Register = (program, { action }) => {
  const webhooks = program.command("webhooks").description("events to your own systems");
  action(
    webhooks
      .command("deliveries")
      .description("events and the state of their delivery, newest first")
      .option("--status <status>", "pending, delivered or dead")
      .option("--limit <number>", "how many", "50")
      .addOption(databaseUrl()),
    async () => (await import("../commands/webhooks.ts")).deliveries,
  );
  action(
    webhooks
      .command("replay")
      .description("queue dead letters again and deliver them")
      .option("--from <id>", "first delivery")
      .option("--to <id>", "last delivery")
      .addOption(databaseUrl()),
    async () => (await import("../commands/webhooks.ts")).replay,
  );
  action(
    webhooks.command("deliver").description("deliver what is due now and end").addOption(databaseUrl()),
    async () => (await import("../commands/webhooks.ts")).deliver,
  );
};
