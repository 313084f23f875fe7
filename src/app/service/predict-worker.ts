// A thread that predicts what one settings file will come to: half a second of work that must not hold the service up.

import { parentPort, workerData } from "node:worker_threads";
import { type Predictable, predictSettings } from "../settings-predictor.ts";

const port = parentPort;
if (port === null) throw new Error("this file is started as a worker thread");
const prediction = predictSettings(workerData as Predictable);
port.postMessage(prediction);
