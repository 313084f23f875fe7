import { expect, test } from "vitest";
import { parseEndpoint } from "./endpoint.ts";

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
