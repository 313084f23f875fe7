// The table of the ACD API: that its rows agree with themselves, and what its schemas make of the older forms.

import { describe, expect, it } from "vitest";
import { ACD_OPERATIONS, acdTokenReply } from "./index.ts";
import { ACD_OPERATION_IDS, ACD_RATES, acdOperationOf, acdPath, acdTemplate } from "./table.ts";

describe("the table", () => {
  it("has no two operations in one place in any of their versions", () => {
    const places = new Map<string, string>();
    for (const id of ACD_OPERATION_IDS) {
      const { method, versions } = acdOperationOf(id);
      for (const version of versions === undefined ? [0] : [versions.pin, ...(versions.fallbacks ?? [])]) {
        const place = `${method} ${acdTemplate(id, version).replaceAll(/\{\w+\}/g, "{}")}`;
        // A job of a report is read by its id and started by the id of the report, a GET and a POST.
        expect([place, places.get(place) ?? id]).toEqual([place, id]);
        places.set(place, id);
      }
    }
  });

  it("says of each operation what it rests on, which budget it draws on, and how it is written", () => {
    for (const id of ACD_OPERATION_IDS) {
      const row = acdOperationOf(id);
      expect([id, row.evidence]).not.toEqual([id, undefined]);
      expect([id, ACD_RATES[row.rate]]).not.toEqual([id, undefined]);
      const isQuestion = ["searchDnc", "searchActivities", "searchActivity"].includes(id);
      expect([id, row.retry === "safe"]).toEqual([id, row.method === "GET" || isQuestion]);
      expect([id, row.bodyOnDelete === true]).toEqual([id, row.method === "DELETE" && row.request !== undefined]);
      if (row.paging !== undefined) expect([id, row.envelope?.items?.[0]]).toEqual([id, row.paging.items]);
      if (row.emptyStatus !== undefined) expect([id, row.success.body]).toEqual([id, "optional"]);
    }
  });

  it("gives the path of a version", () => {
    expect(acdPath("getSkill", 32, { skillId: "12" })).toBe("/incontactapi/services/v32.0/skills/12");
    expect(acdPath("contactStates", 33, { contactId: "1" })).toMatch(/v33\.0\/contacts\/1\/state-history$/);
    expect(acdPath("contactStates", 27, { contactId: "1" })).toMatch(/v27\.0\/contacts\/1\/statehistory$/);
    expect(acdPath("getExtract", 0, { jobId: "a/b" })).toBe("/data-extraction/v1/jobs/a%2Fb");
    expect(() => acdPath("getSkill", 32, { skillId: ".." })).toThrow(RangeError);
  });
});

describe("the schemas", () => {
  it("read text for numbers and booleans, and unset values as missing", () => {
    const { reply } = ACD_OPERATIONS.listCompleted;
    const { completedContacts, totalRecords } = reply.parse({
      totalRecords: "1",
      completedContacts: [
        {
          contactId: 123_456_789_012,
          abandoned: "False",
          agentSeconds: "187",
          dispositionNotes: null,
          dateACWWarehoused: "",
          more: 1,
        },
      ],
    });
    expect(totalRecords).toBe(1);
    expect(completedContacts[0]).toEqual({
      contactId: "123456789012",
      abandoned: false,
      agentSeconds: 187,
      dispositionNotes: undefined,
      dateACWWarehoused: undefined,
      more: 1,
    });
  });

  it("refuse what is neither", () => {
    const { reply } = ACD_OPERATIONS.getSkill;
    for (const wrong of [{}, { skillId: "" }, { skillId: 1, isRunning: "perhaps" }, { skillId: 1, maxSecondsACW: "1.5" }]) {
      expect(reply.safeParse(wrong).success).toBe(false);
    }
  });

  it("send settings within their ranges, and never an upload that starts", () => {
    expect(ACD_OPERATIONS.putGeneralSettings.request.safeParse({ maximumRatio: 4 }).success).toBe(false);
    expect(ACD_OPERATIONS.putGeneralSettings.request.safeParse({ maximumRatio: 3, abandonRateThreshold: 2.9 }).success).toBe(
      true,
    );
    const upload = { listFile: "YQ==", forceOverwrite: false, expirationDate: "", sendEmail: false };
    expect(ACD_OPERATIONS.uploadCallList.request.safeParse({ ...upload, startSkill: false }).success).toBe(true);
    expect(ACD_OPERATIONS.uploadCallList.request.safeParse({ ...upload, startSkill: true }).success).toBe(false);
  });

  it("read how long a token lives, also as text", () => {
    expect(acdTokenReply.parse({ access_token: "a", expires_in: "120" }).expires_in).toBe(120);
    expect(acdTokenReply.parse({ access_token: "a", expires_in: 60 }).expires_in).toBe(60);
    expect(acdTokenReply.parse({ access_token: "a" }).expires_in).toBe(3600);
  });
});
