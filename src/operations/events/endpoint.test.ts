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
