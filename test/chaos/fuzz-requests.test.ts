// Requests over the whole OpenAPI document that it does not foresee: never a failure of the service, and no answer but a documented one.

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Documented, documentedBy, shown, TWO_CAMPAIGNS } from "../support/documented.ts";
import type { Operation } from "../support/requests.ts";
import { IS_DEEP, scaled, seeded } from "../support/scale.ts";
import { type StartedService, startService } from "../support/service.ts";

/** Of both profiles together. Below the full scale a third of its share: reading the schemas takes the time then. */
const REQUESTS = IS_DEEP ? 100_000 : scaled(33_000, 500);
/** Operations that are asked at the same time. */
const AT_ONCE = 6;

/** Whether there is nothing in its requests that could differ. */
const isPlain = ({ body, parameters }: Operation): boolean =>
  body === undefined && !parameters.some((one) => one.in === "path" || one.in === "query");

describe.each(["rest", "acd"] as const)("on the profile %s", (profile) => {
  let at: StartedService;
  let answers: Documented;
  beforeAll(async () => {
    at = await startService({ ...TWO_CAMPAIGNS, profile });
    answers = await documentedBy(at, profile);
  });
  afterAll(() => at[Symbol.asyncDispose]());

  test("no request makes the service fail, and every answer is documented", { timeout: 14_400_000 }, async () => {
    const { operations } = answers;
    const each = Math.ceil(REQUESTS / 2 / operations.filter((one) => !isPlain(one)).length);
    const wrong: string[] = [];
    const statuses = new Map<number, number>();
    let sent = 0;
    const left = [...operations];
    const meet = async () => {
      for (let operation = left.shift(); operation !== undefined; operation = left.shift()) {
        const random = seeded(`${profile} ${operation.id}`);
        for (let i = 0; i < (isPlain(operation) ? 1 : each); i++) {
          const made = answers.make(operation, random);
          const answer = await answers.ask(operation, made);
          sent += 1;
          statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
          if (answer.wrong !== undefined) wrong.push(`${operation.id}: ${shown(made)}\n  ${answer.wrong.slice(0, 600)}`);
        }
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, meet));
    const counts = [...statuses].sort(([a], [b]) => a - b).map(([status, count]) => `${count} × ${status}`);
    process.stderr.write(`${sent} mutated requests on the profile ${profile}: ${counts.join(", ")}\n`);
    expect(wrong).toEqual([]);
    expect(sent).toBeGreaterThanOrEqual(REQUESTS / 2);
  });
});
