import { expect, test } from "vitest";
import { problemCodes } from "../server/index.ts";
import { EXIT, EXIT_OF_CODE, exitOf } from "./exit.ts";

test("every code that the API answers has its exit code on purpose, and those of a login the one for it", () => {
  const codes = problemCodes();
  expect(codes.filter(({ code }) => !(code in EXIT_OF_CODE))).toEqual([]);
  const refused = codes.filter(
    ({ status, code }) => status === 401 || status === 403 || (status === 429 && code !== "too_many_at_once"),
  );
  expect(refused.map(({ code }) => code).sort()).toEqual([
    "cross_site",
    "not_authenticated",
    "not_permitted",
    "too_many_attempts",
  ]);
  expect(new Set(refused.map(({ code }) => exitOf(code)))).toEqual(new Set([EXIT.notAuthorised]));
  const badRequests = codes.filter(({ status }) => status === 400);
  expect(new Set(badRequests.map(({ code }) => exitOf(code)))).toEqual(new Set([EXIT.usage]));
});
