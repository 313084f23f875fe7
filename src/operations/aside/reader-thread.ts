// The thread: runs functions of modules, one after the other, on the data that it is given. A function that throws ends it.

import { parentPort } from "node:worker_threads";
import type { ReaderTask } from "./task.ts";

const port = parentPort;
if (port === null) throw new Error("this file is started as a worker thread");
port.on("message", ({ module, name, given }: ReaderTask) => {
  void (async () => {
    const readers = (await import(module)) as Readonly<Record<string, ((given: unknown) => Promise<unknown>) | undefined>>;
    const read = readers[name];
    if (read === undefined) throw new Error(`${module} has no ${name}`);
    port.postMessage(await read(given), []);
  })();
});
