import { expect, it } from "vitest";
import { AtOnce } from "./at-once.ts";

it("bounds what one caller has under way, whatever the others have, until it has ended well or badly", async () => {
  const atOnce = new AtOnce("readings of files");
  const ends = [Promise.withResolvers<string>(), Promise.withResolvers<string>()] as const;
  const first = atOnce.do("ann", () => ends[0].promise);
  const second = atOnce.do("ann", () => ends[1].promise);
  const refused = { code: "too_many_at_once", details: { retryAfterSeconds: 1 } };
  await expect(atOnce.do("ann", async () => "third")).rejects.toMatchObject(refused);
  expect(await atOnce.do("bob", async () => "bob")).toBe("bob");
  ends[0].reject(new Error("badly"));
  await expect(first).rejects.toThrow("badly");
  expect(await atOnce.do("ann", async () => "third")).toBe("third");
  ends[1].resolve("well");
  expect(await second).toBe("well");
});
