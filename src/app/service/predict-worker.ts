// A thread that makes the prediction for one settings file: half a second of work that must not block the service.

import { parentPort, workerData } from "node:worker_threads";
import { type Predictable, predictSettings } from "../settings-predictor.ts";

const port = parentPort;
if (port === null) throw new Error("this file is started as a worker thread");
const prediction = predictSettings(workerData as Predictable);
port.postMessage(prediction);
