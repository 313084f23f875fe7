// outdial webhooks.

import { command } from "../command.ts";
import { choice, file, flag, id, many, STORE, span, TENANT, TENANT_AND_STORE, text, value, whole, wrong } from "../declare.ts";

const RECEIVER = text("<receiver>", "name of a receiver in webhooks of outdial.yaml, or mail");
const OF_RECEIVER = text("--receiver <name>", "only those of one receiver");

export const deliveries = command("deliveries", STORE, {
  summary: "events and the state of their delivery, newest first",
  options: [
    choice("--status <status>", "pending, delivered or dead", ["pending", "delivered", "dead"]),
    OF_RECEIVER,
    whole("--limit <number>", "how many", { from: 1, to: 100_000, default: 50 }),
  ],
});

export const show = command("show", STORE, {
  summary: "one delivery: the event, every attempt that failed, and what the receiver said",
  args: [whole("<id>", "number of the delivery", { from: 1 })],
});

export const replay = command("replay", STORE, {
  summary: "queue dead letters again and deliver them now; a service delivers them by itself",
  options: [
    whole("--from <id>", "first delivery", { from: 1 }),
    whole("--to <id>", "last delivery", { from: 1 }),
    many(whole("--id <id>", "one delivery; may be given several times", { from: 1 })),
    OF_RECEIVER,
  ],
});

export const deliver = command("deliver", STORE, {
  alone: "it delivers by itself",
  summary: "deliver due events and end",
});

export const receivers = command("receivers", STORE, {
  summary: "your receivers of events, and the state of each",
});

export const turnOn = command("on", STORE, {
  summary: "switch a receiver on again",
  args: [RECEIVER],
});

export const turnOff = command("off", STORE, {
  summary: "switch a receiver off; its events wait",
  args: [RECEIVER],
});

export const forget = command("forget", STORE, {
  summary: "say that a receiver is gone: no events are written for it any more, and those that wait become dead letters",
  args: [RECEIVER],
});

export const register = command("register", TENANT_AND_STORE, {
  wants: "vendor events",
  summary: "register an address for the vendor's events; the same name and address are registered only once",
  args: [
    choice(
      "<kind>",
      "wfm: changes of dialer settings; metrics: figures and states of campaigns",
      async () => (await import("../late.ts")).VENDOR_WEBHOOKS,
    ),
  ],
  options: [
    text("--url <url>", "address to which the vendor sends its events", { required: true }),
    text("--name <name>", "name of the registration"),
    file(
      "--secret-file <path>",
      "file with the secret that the service expects in deliveries (OUTDIAL_INBOUND_…_SECRET_FILE); created with a new secret when it does not exist",
    ),
    text("--token-env <variable>", "wfm: environment variable with the bearer token that the vendor sends"),
    whole(
      "--retries <number>",
      "wfm: how often the vendor repeats a delivery that failed (default: vendorEvents.wfm.retries of outdial.yaml, else 3)",
      {
        from: 0,
        to: 100,
      },
    ),
    value(
      "--backoff <factor>",
      "wfm: growth of the pause between repetitions (default: vendorEvents.wfm.backoff, else 2)",
      (written) => {
        const factor = Number(written);
        if (written.trim() !== "" && factor >= 1 && factor <= 100) return factor;
        throw wrong(`--backoff ${written} is not a number from 1 to 100`);
      },
    ),
    span("--timeout <span>", "wfm: longest time of one attempt, in whole seconds (default: vendorEvents.wfm.timeout, else 10s)", {
      from: 1000,
    }),
    many(text("--header <line>", 'metrics: a header that the vendor sends, as "Name: value"; may be given several times')),
  ],
});

export const listVendor = command("vendor", TENANT, {
  wants: "vendor events",
  summary: "registrations at the tenant",
});

export const remove = command("remove", TENANT_AND_STORE, {
  wants: "vendor events",
  summary: "end a registration at the tenant",
  args: [id("<id>", "id of a registration at the tenant")],
  options: [
    flag(
      "--gone",
      "your word that a registration that outdial made, and the tenant does not list, is gone: it may be made again",
    ),
  ],
});
