import { expect, test } from "vitest";
import { StallWatch } from "./stalls.ts";

test("a thread that was held up for more than a second is told with the requests that were under way or ended meanwhile", () => {
  const told: [number, string[]][] = [];
  let now = 0;
  const watch = new StallWatch(
    (ms, during) => told.push([ms, during.map(({ requestId }) => requestId)]),
    () => now,
  );
  const request = (requestId: string) => ({ requestId, method: "POST", path: "/api/v1/campaigns/plan" });
  watch.begin(request("early"))();
  now = 250;
  watch.look();
  now = 1400;
  watch.look();
  expect(told).toEqual([]);
  const end = watch.begin(request("heavy"));
  watch.begin(request("waits"));
  now = 4650;
  end();
  watch.look();
  expect(told).toEqual([[3000, ["heavy", "waits"]]]);
  watch.close();
});
