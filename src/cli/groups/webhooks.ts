// outdial webhooks.

import { collect, databaseUrl, type Register, tenantUrl } from "./tools.ts";

export const registerWebhooks: Register = (program, { action }) => {
  const webhooks = program
    .command("webhooks")
    .description("events to your own systems, and registrations for the vendor's events");
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
  action(
    webhooks.command("receivers").description("your receivers of events, and how each stands").addOption(databaseUrl()),
    async () => (await import("../commands/webhooks.ts")).receivers,
  );
  action(
    webhooks
      .command("on")
      .argument("<receiver>", "bi, analytics, crm or alarms")
      .description("send events to a receiver again that was switched off")
      .addOption(databaseUrl()),
    async () => (await import("../commands/webhooks.ts")).turnOn,
  );
  action(
    webhooks
      .command("off")
      .argument("<receiver>", "bi, analytics, crm or alarms")
      .description("send no events to a receiver; they wait")
      .addOption(databaseUrl()),
    async () => (await import("../commands/webhooks.ts")).turnOff,
  );
  action(
    webhooks
      .command("register")
      .argument("<kind>", "wfm: changes of dialer settings; metrics: figures and states of campaigns")
      .description("have the vendor send its events to an address; the same name and address are registered once")
      .requiredOption("--url <url>", "where the vendor posts its events")
      .option("--name <name>", "name of the registration")
      .option(
        "--secret-file <path>",
        "file with the secret that the service expects of deliveries (OUTDIAL_INBOUND_…_SECRET_FILE); made with a new one when it is not there",
      )
      .option("--token-env <variable>", "wfm: environment variable with the bearer token that the vendor sends along")
      .option(
        "--header <line>",
        'metrics: a header that the vendor sends along, as "Name: value"; may be given several times',
        collect,
        [],
      )
      .addOption(tenantUrl())
      .addOption(databaseUrl()),
    async () => (await import("../commands/webhooks-register.ts")).register,
  );
  action(
    webhooks.command("vendor").description("registrations at the tenant").addOption(tenantUrl()),
    async () => (await import("../commands/webhooks-register.ts")).listVendor,
  );
  action(
    webhooks
      .command("remove")
      .argument("<id>", "id of a registration at the tenant")
      .description("end a registration at the tenant")
      .addOption(tenantUrl())
      .addOption(databaseUrl()),
    async () => (await import("../commands/webhooks-register.ts")).remove,
  );
};
