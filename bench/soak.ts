// A page and a service for half an hour: somebody walks through the pages, figures tick, the line breaks off once a round. What both hold after a forced
// collection, at a third and at the end. OUTDIAL_SOAK_MINUTES says how long; 30 by default.

import { openSoak } from "../test/browser/soak.ts";
import { rounded, sized } from "./support.ts";

const MINUTES = sized(Number(process.env["OUTDIAL_SOAK_MINUTES"] ?? "30"), 0);
const UPDATES = sized(100, 5);
/** Rounds before the first measurement: caches fill. */
const WARM_ROUNDS = sized(2, 0);

await using soak = await openSoak();
const begin = performance.now();
const minutes = () => (performance.now() - begin) / 60_000;
let rounds = 0;
const until = async (end: number) => {
  do {
    await soak.round(UPDATES);
    rounds += 1;
  } while (minutes() < end);
  return { minutes: rounded(minutes(), 1), rounds, ...(await soak.measure()) };
};
for (let i = 0; i < WARM_ROUNDS; i++) await soak.round(UPDATES);
const first = await soak.measure();
const third = await until(MINUTES / 3);
process.stderr.write(`${JSON.stringify(third)}\n`);
const last = await until(MINUTES);
process.stdout.write(
  `${JSON.stringify({
    pageHeapRatio: rounded(last.pageHeap / third.pageHeap, 2),
    serviceHeapRatio: rounded(last.serviceHeap / third.serviceHeap, 2),
    pageListenersMore: last.pageListeners - third.pageListeners,
    pageNodesMore: last.pageNodes - third.pageNodes,
    serviceListenersMore: last.serviceListeners - third.serviceListeners,
    serviceReaders: last.serviceReaders,
    minutes: MINUTES,
    rounds,
    first,
    third,
    last,
  })}\n`,
);
