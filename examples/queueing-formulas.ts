// What a dialer can reach without knowing the state of its agents: the exact occupancy at 3 % abandoned, when answered calls are a Poisson stream
// and are lost after 2 s.
//   node examples/queueing-formulas.ts

import { erlangC, hardPatience } from "outdial/dialing";

const HANDLE_SECONDS = 180;
const TARGET = 0.03;

/** The queue at the highest rate of answered calls that keeps the target. */
function atTarget(servers: number) {
  let [low, high] = [0, servers / HANDLE_SECONDS];
  const queue = (arrivalRate: number) => hardPatience({ servers, arrivalRate, serviceRate: 1 / HANDLE_SECONDS, patience: 2 });
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    if (queue(middle).abandonmentProbability < TARGET) low = middle;
    else high = middle;
  }
  return { ...queue(low), answersPerHour: low * 3600 };
}

for (const agents of [10, 20, 50, 100]) {
  const { utilisation, answersPerHour } = atTarget(agents);
  process.stdout.write(
    `${agents} agents: occupancy ${(100 * utilisation).toFixed(1)} %, ${answersPerHour.toFixed(0)} answers/h\n`,
  );
}
const patient = erlangC({ servers: 10, arrivalRate: 8, serviceRate: 1 });
process.stdout.write(`if callers waited for ever: Pr[wait] ${patient.waitProbability.toFixed(4)}\n`);
