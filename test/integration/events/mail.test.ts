// Alarms by e-mail over a real mail server, and quiet hours of all receivers of alarms.

import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { cloudEvent, usualTypes } from "../../../src/operations/index.ts";
import type { OutboxEvent } from "../../../src/store/index.ts";
import { CERTIFICATE } from "../../support/certificate.ts";
import { type MailServer, startMailServer } from "../../support/mail-server.ts";
import { until } from "../../support/until.ts";
import { openWorld, SECRET, type World } from "./world.ts";

const HOUR = 3_600_000;
const PASSWORD = "the-password-of-the-mailbox";

let world: World;
let server: MailServer;
const trusted = getCACertificates("default");
beforeAll(async () => {
  setDefaultCACertificates([CERTIFICATE.cert]);
  world = await openWorld();
  server = await startMailServer({ password: PASSWORD });
});
afterEach(() => {
  server.refuse = () => undefined;
});
afterAll(async () => {
  await world.dispose();
  await server[Symbol.asyncDispose]();
  setDefaultCACertificates(trusted);
});

type Type = Parameters<typeof cloudEvent>[0]["type"];

async function alarm(endpoint: string, eventId: string, type: Type, subject = "failover/camp_1") {
  const data = { primary: "camp_1", message: `said by ${eventId}` };
  const body = cloudEvent({ id: eventId, source: "/outdial/failover", type, subject, time: world.clock.now(), data });
  await world.outbox.add([{ eventId, endpoint, subject, type, body } satisfies OutboxEvent]);
}

/** Takes what waits out of the way of the next test. */
async function settle() {
  const waiting = await world.outbox.listDeliveries({ status: "pending" });
  await world.outbox.markDelivered(waiting.map(({ id }) => ({ id, status: 250 })));
}

const mailTo = (port: number, over: { url?: string; password?: string; to?: string[] } = {}) => ({
  url: `smtp://localhost:${port}`,
  from: "outdial <outdial@example.com>",
  to: ["ops@example.com"],
  user: "outdial",
  password: PASSWORD,
  ...over,
});
const header = (raw: string, name: string) => new RegExp(`^${name}: (.*)$`, "mi").exec(raw)?.[1];
const told = (raw: string) => [...raw.matchAll(/said by (\w+)/g)].map(([, id]) => id);

test("an alarm is a mail in words, from and to whom the configuration says, the same one when it is repeated", async () => {
  await alarm("mail", "m1", "FAILOVER_COMPLETED");
  server.refuse = () => ({ code: 451, text: "come back later" });
  const worker = world.worker({ endpoints: {}, mail: mailTo(server.port) });
  expect(await worker.drain()).toMatchObject({ delivered: 0, failed: 1 });
  expect(await world.delivery("m1")).toMatchObject({ lastStatus: 451, lastError: expect.stringContaining("come back later") });
  server.refuse = () => undefined;
  world.clock.advance(HOUR);
  expect(await worker.drain()).toMatchObject({ delivered: 1 });
  const [mail] = server.mails;
  expect(mail).toMatchObject({ to: ["ops@example.com"], user: "outdial" });
  expect(header(mail?.raw ?? "", "From")).toBe("outdial <outdial@example.com>");
  expect(header(mail?.raw ?? "", "Subject")).toBe("[outdial] FAILOVER_COMPLETED: failover/camp_1");
  expect(header(mail?.raw ?? "", "Message-ID")).toBe("<m1@example.com>");
  expect(header(mail?.raw ?? "", "Auto-Submitted")).toBe("auto-generated");
  expect(mail?.raw).toContain("message: said by m1");
  expect(await world.delivery("m1")).toMatchObject({ status: "delivered", lastStatus: 250 });
});

test("a name with line breaks makes no header, and one recipient that is refused does not hold back the other", async () => {
  await using other = await startMailServer({ refuseTo: "gone@example.com" });
  await alarm("mail", "m2", "FAILOVER_COMPLETED", "failover/a\r\nBcc: all@example.com\r\n\r\nbody");
  const { user: _, password: __, ...open } = mailTo(other.port, { to: ["gone@example.com", "ops@example.com"] });
  expect(await world.worker({ endpoints: {}, mail: open }).drain()).toMatchObject({ delivered: 1 });
  expect(other.mails[0]?.to).toEqual(["ops@example.com"]);
  expect(header(other.mails[0]?.raw.split("\r\n\r\n")[0] ?? "", "Bcc")).toBeUndefined();
  expect(world.log.join("\n")).toContain("refused 1 of 2 recipients");
});

test("beyond this machine mail goes only over TLS that can be checked, and the password only then", async () => {
  // A name that is not of the loopback, wherever it leads.
  const resolve = () => Promise.resolve(["127.0.0.1"]);
  const attempt = async (id: string, url: string) => {
    await alarm("mail", id, "FAILOVER_COMPLETED", `failover/${id}`);
    const worker = world.worker({ endpoints: {}, mail: mailTo(0, { url }), resolve });
    await worker.drain();
    return world.delivery(id);
  };
  await using plain = await startMailServer({ password: PASSWORD });
  expect(await attempt("t1", `smtp://mail.example.com:${plain.port}`)).toMatchObject({
    status: "pending",
    lastError: expect.stringMatching(/STARTTLS|TLS/),
  });
  expect(plain.mails).toEqual([]);
  await using starttls = await startMailServer({ password: PASSWORD, tls: CERTIFICATE });
  expect(await attempt("t2", `smtp://mail.example.com:${starttls.port}`)).toMatchObject({ status: "delivered" });
  expect(starttls.mails).toMatchObject([{ encrypted: true, user: "outdial" }]);
  expect(await attempt("t3", `smtp://other.example.com:${starttls.port}`)).toMatchObject({
    status: "pending",
    lastError: expect.stringContaining("altnames"),
  });
  await using tls = await startMailServer({ password: PASSWORD, tls: CERTIFICATE, secure: true });
  expect(await attempt("t4", `smtps://mail.example.com:${tls.port}`)).toMatchObject({ status: "delivered" });
  expect(tls.mails).toMatchObject([{ encrypted: true, user: "outdial" }]);
  await settle();
});

test("the password is nowhere, not even when the mail server repeats it", async () => {
  await using strict = await startMailServer({ password: "another" });
  await alarm("mail", "p1", "FAILOVER_COMPLETED", "failover/p1");
  expect(await world.worker({ endpoints: {}, mail: mailTo(strict.port) }).drain()).toMatchObject({ delivered: 0, failed: 1 });
  const kept = await world.delivery("p1");
  expect(kept.lastError).toContain("535");
  const everything = JSON.stringify([kept, await world.outbox.failures(kept.id), world.log, await world.store.audit.list({})]);
  expect(everything).not.toContain(PASSWORD);
  expect(everything).not.toContain(Buffer.from(PASSWORD).toString("base64"));
  await settle();
});

test.each([
  ["https://mail.example.com", "no address of a mail server"],
  ["smtp://user:secret@mail.example.com", "must not carry a user"],
  ["smtps://mail.example.com/inbox", "nothing may follow the port"],
  ["smtp://169.254.169.254:25", "an address to which mail is not sent"],
])("a mail server that cannot be one is refused: %s", (url, message) => {
  expect(() => world.worker({ endpoints: {}, mail: mailTo(0, { url }) })).toThrow(message);
  expect(() => world.worker({ endpoints: {}, mail: mailTo(0, { url }) })).not.toThrow("secret@");
});

test("in quiet hours only what is urgent is sent; the rest goes as one message afterwards, also by another process", async () => {
  world.clock.advance(20 * 24 * HOUR);
  const now = world.clock.now();
  const minutes = (now / 60_000) % 1440;
  const quiet = { zone: "UTC", periods: [{ from: minutes, to: (minutes + 9 * 60) % 1440 }] };
  const receivers = () => ({
    endpoints: {
      alarms: { url: world.receiver.url, form: "slack", quiet } as const,
      bi: { url: world.receiver.url, secret: SECRET, quiet },
    },
    mail: { ...mailTo(server.port), quiet },
  });
  for (const endpoint of ["mail", "alarms", "bi"]) {
    await alarm(endpoint, `${endpoint}1`, "FAILOVER_TRIGGERED");
    await alarm(endpoint, `${endpoint}2`, "FAILOVER_BOTH_ACTIVE");
    await alarm(endpoint, `${endpoint}3`, "FAILOVER_COMPLETED");
    await alarm(endpoint, `${endpoint}4`, "VENDOR_DRIFT", "vendor/listCampaigns");
  }
  const before = { mails: server.mails.length, posts: world.receiver.received.length };
  const worker = world.worker(receivers());
  expect(await worker.drain()).toMatchObject({ delivered: 3, pending: 9 });
  expect(server.mails.slice(before.mails).map(({ raw }) => told(raw))).toEqual([["mail2"]]);
  world.clock.advance(8.9 * HOUR);
  expect(await worker.drain()).toMatchObject({ delivered: 0, pending: 9 });
  await worker.stop();

  world.clock.advance(0.1 * HOUR);
  // What comes now does not overtake what waited, and is a message of its own.
  await alarm("mail", "mail5", "FAILOVER_FAILED_BACK");
  server.refuse = () => ({ code: 451, text: "greylisted" });
  const next = world.worker(receivers());
  await next.drain();
  expect(await world.delivery("mail3")).toMatchObject({ status: "pending", attempts: 1 });
  server.refuse = () => undefined;
  world.clock.advance(60_000);
  await next.drain();
  expect(server.mails.slice(before.mails + 1).map(({ raw }) => told(raw))).toEqual([["mail1", "mail3", "mail4"], ["mail5"]]);
  expect(header(server.mails.at(-2)?.raw ?? "", "Subject")).toBe("[outdial] 3 alarms of quiet hours");
  const posts = world.receiver.received.slice(before.posts).map(({ body }) => told(body));
  expect(posts).toContainEqual(["alarms1", "alarms3", "alarms4"]);
  // Where a message is of one event, they come one after another, in their order.
  expect(posts.flat().filter((id) => /^bi[13]$/.test(id ?? ""))).toEqual(["bi1", "bi3"]);
  expect(await next.drain()).toMatchObject({ pending: 0 });
});

test("an alarm that two receivers get makes one live update, and one that only mail gets makes one, too", async () => {
  const { feed } = world.store;
  await feed.keep(60_000);
  const from = await feed.end();
  const both = await world.anotherStore();
  await both.endpoints.learn({ alarms: usualTypes("alarms"), mail: usualTypes("mail") }, "set");
  await both.outbox.add([{ eventId: "f1", subject: "s", type: "VENDOR_DRIFT", body: "{}" }]);
  expect((await world.outbox.listDeliveries({ subject: "s" })).map(({ endpoint, eventId }) => [endpoint, eventId])).toEqual([
    ["alarms", "f1"],
    ["mail", "f1"],
  ]);
  await alarm("mail", "f2", "FAILOVER_COMPLETED");
  const told = async () => (await feed.after(from, 100)).filter(({ type }) => type === "alarm");
  // The feed is read up to the oldest transaction that is open anywhere on the server.
  await until(async () => (await told()).some(({ body }) => JSON.stringify(body).includes("said by f2")));
  expect(await told()).toMatchObject([
    { body: { code: "VENDOR_DRIFT" } },
    { body: { code: "FAILOVER_COMPLETED", message: "said by f2" } },
  ]);
});

test("when the webhook of alarms is switched off, those who get alarms by mail are told, whichever process delivers the mail; it is not told itself", async () => {
  await settle();
  const store = await world.anotherStore();
  await store.endpoints.learn({ alarms: usualTypes("alarms"), mail: usualTypes("mail") }, "set");
  const endpoints = { alarms: { url: world.receiver.url, secret: SECRET } };
  const used = { endpoints, outbox: store.outbox, switches: store.endpoints };
  const before = server.mails.length;
  world.receiver.answer = () => 410;
  const worker = world.worker({ ...used, mail: mailTo(server.port) });
  await alarm("alarms", "w1", "FAILOVER_COMPLETED");
  await worker.drain();
  // The alarm went with the first drain or goes with this one.
  await worker.drain();
  expect(server.mails.slice(before).map(({ raw }) => header(raw, "Subject"))).toEqual([
    "[outdial] WEBHOOK_RECEIVER_OFF: webhooks/alarms",
  ]);
  await store.endpoints.switchOn("alarms", { actor: "dana", action: "webhooks.on", subject: "alarms" });
  await world.worker(used).drain();
  const off = await world.outbox.listDeliveries({ subject: "webhooks/alarms" });
  expect(off.map(({ endpoint }) => endpoint)).toEqual(["mail", "mail"]);
  await settle();
});
