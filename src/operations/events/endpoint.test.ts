import { randomBytes } from "node:crypto";
import { Webhook, WebhookVerificationError } from "standardwebhooks";
import { expect, test } from "vitest";
import { createSigner, parseEndpoint } from "./endpoint.ts";

const secret = Buffer.alloc(32, 7).toString("base64");

test.each([
  "https://bi.example.com/events?v=1",
  "http://localhost:8080/",
  "http://127.0.0.1:1/",
  "http://127.9.9.9/",
  "http://[::1]:80/",
])("%s may receive events", (url) => {
  expect(parseEndpoint("bi", { url, secret }).url.href).toBe(new URL(url).href);
});

test.each([
  ["http://bi.example.com/path-that-is-a-secret", "neither https nor http on loopback"],
  ["http://127.0.0.1.example.com/path-that-is-a-secret", "neither https nor http on loopback"],
  ["http://localhost.example.com/path-that-is-a-secret", "neither https nor http on loopback"],
  ["http://0.0.0.0/path-that-is-a-secret", "neither https nor http on loopback"],
  ["http://10.0.0.1/path-that-is-a-secret", "neither https nor http on loopback"],
  ["https://10.0.0.1/path-that-is-a-secret", "an address to which events are not sent"],
  ["https://192.168.0.10/path-that-is-a-secret", "an address to which events are not sent"],
  ["https://169.254.169.254/path-that-is-a-secret", "an address to which events are not sent"],
  ["https://2852039166/path-that-is-a-secret", "an address to which events are not sent"],
  ["https://0x0a.1/path-that-is-a-secret", "an address to which events are not sent"],
  ["https://[fd00::1]/path-that-is-a-secret", "an address to which events are not sent"],
  ["https://[::ffff:10.0.0.1]/path-that-is-a-secret", "an address to which events are not sent"],
  ["https://0.0.0.0/path-that-is-a-secret", "an address to which events are not sent"],
  ["ftp://bi.example.com/path-that-is-a-secret", "neither https nor http on loopback"],
  ["https://user:path-that-is-a-secret@bi.example.com/", "must not carry a user or a password"],
  ["https://path-that-is-a-secret@bi.example.com/", "must not carry a user or a password"],
  ["path-that-is-a-secret", "no address"],
  ["", "no address"],
])("%s may not", (url, message) => {
  let thrown: unknown;
  try {
    parseEndpoint("bi", { url, secret });
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toMatchObject({ code: "invalid_input", message: expect.stringContaining(message) });
  expect(String(thrown)).toContain("webhooks.bi");
  expect(String(thrown)).not.toContain("path-that-is-a-secret");
});

test.each([
  "https://10.0.0.1/",
  "http://10.0.0.1/",
  "https://[fd00::1]/",
  "http://receiver.internal/",
  "https://bi.example.com/",
])("%s may with allowPrivate", (url) => {
  expect(parseEndpoint("bi", { url, secret, allowPrivate: true }).url.href).toBe(url);
});

test.each(["http://93.184.216.34/", "https://169.254.169.254/", "http://[fe80::1]/", "https://[fd00:ec2::254]/"])(
  "%s may not even with allowPrivate",
  (url) => {
    expect(() => parseEndpoint("bi", { url, secret, allowPrivate: true })).toThrow("an address to which events are not sent");
  },
);

const KEY = randomBytes(32).toString("base64");
const BODY = '{"specversion":"1.0","data":"ä€😀"}';

test.each([
  ["with", `whsec_${KEY}`],
  ["without", KEY],
])("a receiver verifies what was signed %s the prefix", (_, secret) => {
  const headers = createSigner(secret, "webhooks.bi")("job_1-17", Date.now(), BODY);
  expect(headers["webhook-id"]).toBe("job_1-17");
  expect(new Webhook(`whsec_${KEY}`).verify(BODY, { ...headers })).toEqual(JSON.parse(BODY));
});

test("a changed body, id or time, or another key, does not verify", () => {
  const headers = createSigner(KEY, "webhooks.bi")("job_1-17", Date.now(), BODY);
  const receiver = new Webhook(KEY);
  expect(() => receiver.verify(`${BODY} `, { ...headers })).toThrow(WebhookVerificationError);
  expect(() => receiver.verify(BODY, { ...headers, "webhook-id": "job_1-18" })).toThrow(WebhookVerificationError);
  const later = String(Number(headers["webhook-timestamp"]) + 1);
  expect(() => receiver.verify(BODY, { ...headers, "webhook-timestamp": later })).toThrow(WebhookVerificationError);
  expect(() => new Webhook(randomBytes(32).toString("base64")).verify(BODY, { ...headers })).toThrow(WebhookVerificationError);
});

test("the timestamp is that of the attempt, in seconds", () => {
  const sign = createSigner(KEY, "webhooks.bi");
  expect(sign("a", 1_772_463_600_999, BODY)["webhook-timestamp"]).toBe("1772463600");
  expect(sign("a", 1_772_463_601_000, BODY)["webhook-timestamp"]).toBe("1772463601");
});

test.each([
  ["not base64", "whsec_%%%%this-is-the-marker-of-a-secret%%%%"],
  ["without its padding", randomBytes(32).toString("base64").replace(/=+$/, "")],
  ["in the alphabet of URLs", `-_-_${KEY}`],
  ["empty", "whsec_"],
  ["too short", randomBytes(23).toString("base64")],
  ["too long", randomBytes(65).toString("base64")],
])("a secret that is %s is refused where it is configured, without being shown", (_, secret) => {
  let thrown: unknown;
  try {
    createSigner(secret, "webhooks.bi");
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toMatchObject({ code: "invalid_input", message: expect.stringContaining("webhooks.bi") });
  const shown = secret.replace("whsec_", "");
  if (shown !== "") expect(String(thrown)).not.toContain(shown);
});

test("the smallest and the largest key of the standard are taken", () => {
  for (const size of [24, 64]) expect(() => createSigner(randomBytes(size).toString("base64"), "webhooks.bi")).not.toThrow();
});

test("while a secret is being changed both sides' secrets verify; afterwards only the new one does", () => {
  const before = randomBytes(32).toString("base64");
  const until = Date.now() + 1_000;
  const sign = createSigner(KEY, "webhooks.bi", { secret: before, until });
  const during = sign("a", until - 1, BODY);
  expect(during["webhook-signature"].split(" ")).toHaveLength(2);
  for (const secret of [KEY, before]) expect(new Webhook(secret).verify(BODY, { ...during })).toEqual(JSON.parse(BODY));
  const after = sign("a", until, BODY);
  expect(new Webhook(KEY).verify(BODY, { ...after })).toEqual(JSON.parse(BODY));
  expect(() => new Webhook(before).verify(BODY, { ...after })).toThrow(WebhookVerificationError);
  const endless = createSigner(KEY, "webhooks.bi", { secret: before })("a", until + 1, BODY);
  expect(new Webhook(before).verify(BODY, { ...endless })).toEqual(JSON.parse(BODY));
  expect(() => createSigner(KEY, "webhooks.bi", { secret: "whsec_no" })).toThrow("the previous one: the signing secret");
});
