// A process that takes the vendor's events in: prints its address when it listens, and is killed.

import type { AddressInfo } from "node:net";
import { serve } from "@hono/node-server";
import { Intake } from "../../src/operations/index.ts";
import { inboundRoutes } from "../../src/server/index.ts";
import { openStore } from "../../src/store/index.ts";
import { systemClock } from "../../src/tenant/index.ts";

const [url = "", dir = "", secret = ""] = process.argv.slice(2);
const store = await openStore({ url, dir, clock: systemClock });
const app = inboundRoutes({ intake: new Intake(store.inbound), secrets: () => ({ omnichannel: [secret] }), clock: systemClock });
serve({ fetch: app.fetch, hostname: "127.0.0.1", port: 0 }, (address: AddressInfo) => {
  process.stdout.write(`${address.port}\n`);
});
