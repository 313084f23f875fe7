import { expect, test } from "vitest";
import { sayOnce } from "./engine.ts";

test("what comes again and again is said once in half a minute, with how many there were", () => {
  const said: string[] = [];
  let now = 0;
  const say = sayOnce(
    (message) => said.push(message),
    () => now,
  );
  for (let i = 0; i < 600; i++, now += 50) say(`Error getting notification ${i}: connect ECONNREFUSED 127.0.0.1:5432`);
  say("another matter");
  say("Error getting notification 7: connect ECONNREFUSED 127.0.0.1:5433");
  expect(said).toEqual([
    "Error getting notification 0: connect ECONNREFUSED 127.0.0.1:5432",
    "another matter",
    "Error getting notification 7: connect ECONNREFUSED 127.0.0.1:5433 (and 599 more like it since it was last said)",
  ]);
});
