// A process that removes what is older than its life, once, and says `done`.

import { openStore } from "../../src/store/index.ts";
import { systemClock } from "../../src/tenant/index.ts";

const [url = "", dir = ""] = process.argv.slice(2);
const store = await openStore({ url, dir, clock: systemClock });
const nothing = async () => 0;
await store.lives.sweep({}, { feed: nothing, workflows: nothing }, { everyMs: 0 });
process.stdout.write("done\n");
await store.close();
