// The thread: runs a module's function once on the data that it was started with.

import { parentPort, workerData } from "node:worker_threads";
import type { ReaderData } from "./task.ts";

const port = parentPort;
if (port === null) throw new Error("this file is started as a worker thread");
const { module, name, given } = workerData as ReaderData;
const readers = (await import(module)) as Readonly<Record<string, ((given: unknown) => Promise<unknown>) | undefined>>;
const read = readers[name];
if (read === undefined) throw new Error(`${module} has no ${name}`);
port.postMessage(await read(given), []);
