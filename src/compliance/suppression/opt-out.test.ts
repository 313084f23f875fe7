// Opt-outs in all the ways that codes and people say them, and what is none.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { findOptOut, OPT_OUT_PATTERNS } from "./opt-out.ts";

describe("codes", () => {
  test.each([
    "DO_NOT_CALL",
    "DoNotCall",
    "do-not-call",
    "DNC",
    "DISP_017_DNC",
    "dnc.request",
    "OPT_OUT",
    "optOut",
    "OPTOUT_SMS",
    "STOP",
    "Unsubscribed",
    "Customer: don’t call again",
    "REMOVE_ME_FROM_LIST",
    "ＤＮＣ",
    "Cease-and-Desist letter",
    "NE_PAS_APPELER",
    "Désabonner",
    "D.N.C.",
    "do_not_dial",
    "NI_REMOVE",
    "Take off list",
    "Removal request",
    "opts out",
    "Withdrawn consent",
    "CEASE",
    "NOCALL",
    "PDNC",
    "Bitte nicht anrufen",
  ])("%s is an opt-out", (code) => {
    expect(findOptOut({ code })).toBeDefined();
  });

  test.each([
    "NO_ANSWER",
    "NOT_INTERESTED",
    "CALLBACK_REQUESTED",
    "WRONG_NUMBER",
    "CANCEL",
    "CALL_ENDED",
    "END",
    "STOPPED_BY_GATEKEEPER",
    "BUSY",
    "DNCX",
    "",
  ])("%j is none", (code) => {
    expect(findOptOut({ code })).toBeUndefined();
  });
});

test("a person's reply of one revoking word counts, the same word in a sentence or as a code does not", () => {
  for (const message of ["stop", "STOP!", " Quit ", "end", "Revoke", "opt out", "cancel.", "unsubscribe"]) {
    expect(findOptOut({ message })).toBeDefined();
  }
  expect(findOptOut({ message: "stop by the shop tomorrow" })).toBeUndefined();
  expect(findOptOut({ message: "Please take me off your list" })).toBe("TAKE ME OFF");
});

test("an operator's own codes add to the list and cannot take anything from it", () => {
  expect(findOptOut({ code: "KEIN_ANRUF" })).toBeUndefined();
  expect(findOptOut({ code: "KEIN_ANRUF" }, ["kein anruf"])).toBe("KEIN ANRUF");
  fc.assert(
    fc.property(fc.array(fc.string()), fc.constantFrom(...OPT_OUT_PATTERNS), (more, { words }) => {
      expect(findOptOut({ message: words }, more)).toBeDefined();
    }),
  );
});

test("no text makes it fail, and an opt-out among other words stays one", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), fc.string({ unit: "binary" }), (before, after) => {
      expect(findOptOut({ code: `${before} DO NOT CALL ${after}` })).toBeDefined();
      findOptOut({ code: before, message: after }, [before]);
    }),
  );
});
