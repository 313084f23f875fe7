import { expect, test } from "vitest";
import { telephone } from "./telephone.ts";

test.each([
  ["2125550123", "2125550123"],
  ["12125550123", "+12125550123"],
  ["441614962000", "+441614962000"],
  ["+441614962000", "+441614962000"],
  ["01614962000", "01614962000"],
  ["011441614962000", "011441614962000"],
  ["4416149620001234", "4416149620001234"],
  ["(212) 555-0123", "(212) 555-0123"],
  ["", ""],
])("%s is read as %s", (written, read) => {
  expect(telephone(written)).toBe(read);
});

test("no number stays none", () => {
  expect(telephone(undefined)).toBeUndefined();
});
