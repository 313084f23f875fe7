// Every operation of a service, met in the middle by every failure: afterwards it is ended, by the service alone, each thing once. A run takes as many of
// the pairs as its scale asks for.

import { expect, onTestFailed, test } from "vitest";
import { IS_DEEP, seeded } from "../support/scale.ts";
import { until } from "../support/until.ts";
import { ACD_OPERATIONS } from "./matrix/acd-operations.ts";
import { FAILURES, type Failure } from "./matrix/failures.ts";
import { OPERATIONS, type Operation } from "./matrix/operations.ts";
import type { Setting } from "./matrix/setting.ts";

/** Processes start, die and are waited for, one after the other: long on a busy machine. */
const LONG_MS = 240_000;
/** Pairs of a run at the smallest scale. */
const FEW = 5;

const canMeet = (operation: Operation, failure: Failure): boolean =>
  !(failure.isTenants === true && operation.isElsewhere === true) &&
  !(failure.isClocks === true && operation.hasOwnTime === true);

const pairs: readonly (readonly [Operation, Failure])[] = [...OPERATIONS, ...ACD_OPERATIONS].flatMap((operation) =>
  FAILURES.filter((failure) => canMeet(operation, failure)).map((failure) => [operation, failure] as const),
);

/** Further failures of each operation are in suites of its own: of these pairs a run takes a few, each of another operation and another failure. */
function chosen(): typeof pairs {
  if (IS_DEEP) return pairs;
  const random = seeded("matrix");
  const left = [...pairs];
  const taken: (typeof pairs)[number][] = [];
  while (taken.length < FEW) {
    const [pair] = left.splice(random.int(left.length), 1);
    if (pair !== undefined && !taken.some(([operation, failure]) => operation === pair[0] || failure === pair[1]))
      taken.push(pair);
  }
  return pairs.filter((pair) => taken.includes(pair));
}

/** What the services say of themselves, and the end of their logs. */
async function tell(setting: Setting): Promise<void> {
  for (const { running, url } of setting.services) {
    const ready = await fetch(`${url}/readyz`).then((response) => response.text(), String);
    process.stderr.write(`${url} says ${ready}\n${running.stderr().slice(-4000)}\n`);
  }
}

test.each(chosen().map(([operation, failure]) => [operation.name, failure.name, operation, failure] as const))(
  "%s: %s",
  async (_, __, operation, failure) => {
    await using setting = await operation.open();
    onTestFailed(() => tell(setting));
    for (let n = 0; n < (failure.services ?? 1); n++) await setting.serve();
    const begun = await operation.begin(setting);
    await failure.strike(setting, begun);
    begun.letGo();
    await until(() => begun.isOver());
    await begun.holds();
    for (const { running } of setting.services) expect(running.child.exitCode).toBeNull();
  },
  LONG_MS,
);
