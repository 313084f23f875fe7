import { describe, expect, test } from "vitest";
import { usCaUk2026 } from "../data/us-ca-uk-2026/pack.ts";
import { strictestAbandonment } from "./strictest.ts";

describe("the strictest limit of abandonment of the shipped pack", () => {
  test.each([
    [["US"], 0.03, 720, ["us-abandonment"]],
    [["US-CA"], 0.03, 720, ["us-abandonment"]],
    [["GB"], 0.03, 24, ["gb-abandonment"]],
    [["US", "GB"], 0.03, 24, ["us-abandonment", "gb-abandonment"]],
    [["CA"], 0.05, 720, ["ca-abandonment"]],
    [["CA", "US"], 0.03, 720, ["us-abandonment"]],
    [["CA", "GB"], 0.03, 24, ["gb-abandonment"]],
  ] as const)("%j", (jurisdictions, maxRate, windowHours, rules) => {
    const found = strictestAbandonment(usCaUk2026(), jurisdictions);
    expect(found).toMatchObject({ maxRate, windowHours });
    expect(found?.rules.map(({ id }) => id).filter((id) => !(rules as readonly string[]).includes(id))).toEqual([]);
  });

  test("is not known where no rule binds", () => {
    expect(strictestAbandonment(usCaUk2026(), ["DE"])).toBeUndefined();
  });
});
