// The ACD side of the sandbox, driven by a client that shares no code with ours: each operation in both generations, each recorded error text.

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ACD_OPERATION_IDS } from "../../../src/contract/acd/index.ts";
import { createSandbox, type Sandbox } from "../../../src/sandbox/index.ts";
import { AcdClient, type Answer } from "../../clients/acd-client.ts";

const NOW = "2026-01-14T15:00:00Z";
const ORIGIN = "http://tenant.localhost:8080";
const KEY = { id: "sandbox-client", secret: "a/b+c=%41" };
const DAY = 86_400_000;
const ago = (ms: number): string => new Date(Date.parse(NOW) - ms).toISOString();

const SCENARIO = {
  clients: [KEY],
  campaigns: [
    {
      id: "camp_a",
      name: "Spring renewals",
      contactListId: "list_a",
      dispositionCodes: [
        { id: "D1", name: "Sale" },
        { id: "D2", name: "Refused" },
      ],
    },
    { id: "camp_b", name: "Backup", contactListId: "list_a" },
  ],
  contactLists: [{ id: "list_a", generate: { count: 400, consented: 400 }, answerRate: 0.9, talk: 20, wrap: 5 }],
  generateCalls: [{ campaignId: "camp_a", count: 60, days: 4, prefix: "call_", digits: 4 }],
};

function open(acd: object = {}): Sandbox {
  return createSandbox({ scenario: { ...SCENARIO, acd }, now: NOW, clock: "frozen", seed: 3 });
}
async function client(sandbox: Sandbox, version: number): Promise<AcdClient> {
  const made = new AcdClient((url, init) => sandbox.fetch(url, init), ORIGIN, KEY, version);
  await made.logIn();
  return made;
}
const field = (value: unknown, ...names: string[]): unknown => {
  let found = value;
  for (const name of names) found = typeof found === "object" && found !== null ? Reflect.get(found, name) : undefined;
  return found;
};
const anyId = (answer: Answer, name: string): number => {
  const text = JSON.stringify(answer.body);
  const id = new RegExp(`"${name}":"?(\\d+)`).exec(text)?.[1];
  if (id === undefined) throw new Error(`no ${name} in ${text}`);
  return Number(id);
};

describe.each([
  ["classic", 20],
  ["present", 33],
])("every operation, %s", (generation, version) => {
  const sandbox = open({ refusePartialWeek: true, extractEverySeconds: 0 });
  let api: AcdClient;
  beforeAll(async () => {
    api = await client(sandbox, version);
  });
  afterAll(() => sandbox.close());

  const settle = async (seconds: number) => void (await sandbox.control.advance(seconds));
  async function done(
    method: string,
    path: string,
    options: Parameters<AcdClient["ask"]>[2] = {},
    status = 200,
  ): Promise<Answer> {
    const answer = await api.ask(method, path, options);
    expect([method, path, answer.status, answer.status === status ? "" : JSON.stringify(answer.body)]).toEqual([
      method,
      path,
      status,
      "",
    ]);
    expect(answer.said).not.toBe("");
    return answer;
  }
  const classic = version < 24;

  test("account, campaigns, skills", async () => {
    for (const path of ["/business-unit", "/permissions", "/permissions/5001", "/server-time", "/apiversion", "/timezones"])
      await done("GET", path);
    await done("GET", "/business-unit/outbound-routes");
    await done("GET", "/business-unit/time-zones");
    await done("PUT", "/business-unit/time-zones", { body: { timezones: [{ standardName: "UTC" }], items: [] } });

    const draft = classic ? { campaigns: [{ campaignName: "Renewals", isActive: true }] } : { name: "Renewals" };
    const campaign = anyId(await done("POST", "/campaigns", { body: draft }), classic ? "campaignId" : "id");
    const rows = await api.rows("/campaigns", "campaigns");
    expect(rows.map((row) => String(row[classic ? "campaignId" : "id"]))).toContain(String(campaign));
    expect(rows[0]?.["isActive"]).toBe(classic ? "True" : true);
    await done("GET", `/campaigns/${campaign}`);
    await done("PUT", `/campaigns/${campaign}`, { body: { name: "Renewals", notes: "spring" } });
    await done("GET", `/campaigns/${campaign}/audit-history`);

    const skillDraft = {
      skillName: "New",
      mediaTypeId: 4,
      isOutbound: true,
      outboundStrategy: "Personal Connection",
      campaignId: campaign,
    };
    const made = await done("POST", "/skills", {
      body: { skills: [skillDraft, { ...skillDraft, skillName: "Spring renewals" }] },
    });
    expect(field(made.body, "errorCount")).toBe(1);
    const skill = anyId(made, "skillId");
    const names = async () => (await api.rows("/skills", "skills", { mediaTypeId: 4 })).map((row) => row["skillName"]);
    expect(await names()).not.toContain("New");
    await settle(2);
    expect(await names()).toContain("New");
    await done("GET", `/campaigns/${campaign}/skills`);
    await done("POST", `/campaigns/${campaign}/skills`, { body: { skills: classic ? [{ skillId: skill }] : [skill] } });
    expect((await api.ask("PATCH", `/campaigns/${campaign}/status`, { query: { isActive: false } })).status).toBe(409);
    await done("PUT", `/skills/${skill}`, { body: { skill: { isActive: false } } });
    await done("PATCH", `/campaigns/${campaign}/status`, { query: { isActive: false } });
    expect((await api.ask("PUT", `/skills/${skill}`, { body: { skill: { isActive: true } } })).status).toBe(500);
    await done("POST", `/skills/${skill}/agents`, { body: [{ agentId: 5001, proficiency: 1 }] });
    await done("GET", `/skills/${skill}/agents`);
    const one = await done("GET", "/skills/4001");
    expect(field(one.body, "isRunning")).toBe(classic ? "False" : false);
  });

  test("settings are read flat and written wrapped", async () => {
    const at = "/skills/4001/parameters";
    await done("GET", at);
    for (const [group, wrapper, change] of [
      ["general-settings", "generalSettings", { maximumRatio: 2, maximumAttempts: 7 }],
      ["cpa-management", "cpaSettings", { abandonTimeout: 3 }],
      ["retry-settings", "retrySettings", { generalStaleMinutes: 90 }],
      ["schedule-settings", "scheduleSettings", { mondayStartTime: "09:00" }],
      ["delivery-preferences", "deliveryPreferences", { complianceRecordsTimeout: 20 }],
      ["xs-settings", "xsSettings", { xsFreshThreshold: 5 }],
    ] as const) {
      expect((await api.ask("PUT", `${at}/${group}`, { body: change })).body).toMatchObject({ error: "InvalidParameter" });
      await done("PUT", `${at}/${group}`, { body: { [wrapper]: change } });
      expect((await done("GET", `${at}/${group}`)).body).toMatchObject(change);
    }
    expect((await done("GET", `${at}/retry-settings`)).body).toMatchObject({ maximumAttempts: 7 });
    const week = { scheduleSettings: { sundayIsActive: false } };
    expect(await api.ask("PUT", `${at}/schedule-settings`, { body: week })).toMatchObject({ status: 400 });
    expect((await api.ask("PUT", `${at}/general-settings`, { body: { generalSettings: { maximumRatio: 9 } } })).status).toBe(400);
    expect(
      (await api.ask("PUT", `${at}/cpa-management`, { body: { cpaSettings: { abandonTimeout: null } } })).body,
    ).toMatchObject({
      error_description: "expected Integer but got Null",
    });
    await done("PUT", `${at}/time-zones`, {
      body: {
        timeZoneSettings: [
          { standardName: "Eastern Standard Time", startTime: "10:00", endTime: "20:00", timeZoneActiveToCall: true },
        ],
      },
    });
    const zones = await api.rows(`${at}/time-zones`, "timeZoneSettings");
    expect(zones.filter((zone) => zone["timeZoneActiveToCall"] === true)).toHaveLength(1);
    await done("PUT", `${at}/cadence-settings`, { body: { attemptMode: "1" } });
    await done("PUT", `${at}/list-management`, { body: { displayField1Name: "a" } });
    expect((await api.ask("GET", "/skills/99/parameters/general-settings")).body).toMatchObject({
      error_description: "Invalid skillId",
    });
  });

  test("lists are mapped, uploaded by jobs, read and removed", async () => {
    const mapping = { destinationMappings: [{ fieldName: "PhoneNumber", fieldValue: "phone" }] };
    const query = { listName: "Winter", externalIdColumn: "id", firstNameColumn: "first" };
    const mapped = await done(
      "POST",
      "/lists/call-lists",
      classic ? { body: { ...query, ...mapping } } : { query, body: mapping },
    );
    expect(mapped.said).toBe("Calling List created and mapped");
    const list = anyId(mapped, "listId");
    expect(anyId(await done("POST", "/lists/call-lists", { query, body: mapping }), "listId")).toBe(list);
    const file = 'id,first,phone,consent\r\nx1,Ann,801-244-0005,yes\r\nx2,"B ""B""",8012440006,no\r\nx3,C,1,no\r\n';
    const upload = {
      listFile: Buffer.from(file).toString("base64"),
      forceOverwrite: "false",
      expirationDate: "",
      startSkill: false,
      sendEmail: false,
    };
    const sent = await done(
      "POST",
      `/lists/call-lists/${list}/upload`,
      { body: { ...upload, fileName: "w.csv", skillId: 4002 } },
      202,
    );
    expect(sent.said).toBe("Accepted. Upload job queued");
    const job = anyId(sent, "jobId");
    const about = async () => (await api.rows("/lists/call-lists", "callingLists")).find((row) => Number(row["listId"]) === list);
    expect(Number((await about())?.["validRecords"])).toBe(0);
    expect((await api.rows(`/lists/call-lists/jobs/${job}`, "uploadJobs"))[0]?.["isComplete"]).toBe(classic ? "False" : false);
    await settle(3);
    expect(await about()).toMatchObject(
      classic ? { validRecords: "2", invalidRecords: "1" } : { validRecords: 2, invalidRecords: 1 },
    );
    const again = await done("POST", `/lists/call-lists/${list}/upload`, { body: upload }, 202);
    await done("DELETE", `/lists/call-lists/jobs/${anyId(again, "jobId")}`);
    const range = { startDate: ago(DAY), endDate: ago(-DAY) };
    expect(await api.rows("/lists/call-lists/jobs", "uploadJobs", range)).toHaveLength(2);

    const records = await api.rows(`/lists/call-lists/${list}`, "contactRecords", { includeRecords: true });
    expect(records.map((row) => [row["externalId"], row["firstName"]])).toEqual([
      ["x1", "Ann"],
      ["x2", 'B "B"'],
    ]);
    expect(records[0]?.["otherFields"]).toContainEqual({ fieldName: "consent", fieldMapping: "", fieldValue: "yes" });
    await done("GET", `/lists/call-lists/${list}/attempts`, {}, 204);
    const removed = await done("DELETE", "/lists/call-lists/Winter/removeProspects", {
      body: { prospectsToRemove: [{ externalId: "x1" }, { externalId: "nobody" }] },
    });
    expect(field(removed.body, "successfulRecords")).toHaveLength(1);
    await done("DELETE", `/lists/call-lists/${list}`, { query: { forceInactive: true, forceDelete: true } });
  });

  test("do-not-call groups, suppression", async () => {
    await done("GET", "/dnc-groups", {}, 204);
    const group = anyId(await done("POST", "/dnc-groups", { body: { dncGroupName: "State list" } }), "dncGroupId");
    const at = `/dnc-groups/${group}`;
    await done("GET", at);
    await done("PUT", at, { query: { dncGroupDescription: "all" } });
    await done("GET", `${at}/records`, {}, 204);
    const records = [{ phoneNumber: 8_012_440_005 }, { phoneNumber: "8012440006", expiredDate: "2027-01-01" }];
    await done("POST", `${at}/records`, { body: { dncGroupRecords: records } });
    const many = Array.from({ length: 4501 }, () => records[0]);
    expect((await api.ask("POST", `${at}/records`, { body: { dncGroupRecords: many } })).body).toMatchObject({
      error_description: "Maximum of 4,500 records per upload exceeded",
    });
    expect(await api.rows(`${at}/records`, "dncRecords")).toHaveLength(2);
    const found = await done("POST", "/dnc-groups/search", { query: { phoneNumber: "+1 (801) 244-0005" } });
    expect(field(found.body, "searchResults")).toHaveLength(1);
    await done("DELETE", `${at}/records`, { body: { dncGroupRecords: [{ phoneNumber: "8012440005" }] } });
    await done("POST", "/dnc-groups/search", { query: { phoneNumber: "8012440005" } }, 204);
    for (const [kind, name] of [
      ["scrubbed-skills", "scrubbedSkills"],
      ["contributing-skills", "contributingSkills"],
    ] as const) {
      await done("GET", `${at}/${kind}`, {}, 204);
      await done("POST", `${at}/${kind}/4001`);
      expect(await api.rows(`${at}/${kind}`, name)).toHaveLength(1);
      await done("DELETE", `${at}/${kind}/4001`);
    }
    await done("PUT", at, { query: { isActive: false } });
    expect((await api.ask("POST", `${at}/records`, { body: { dncGroupRecords: records } })).status).toBe(409);

    await done("GET", "/suppressed-contact", {}, 204);
    const data = {
      suppressedContactData: { startDate: "2026-01-01", endDate: "2026-02-01", value: "8012440005", skills: [4001] },
    };
    const id = anyId(await done("POST", "/suppressed-contact", { body: data }), "suppressedContactId");
    await done("PUT", `/suppressed-contact/${id}`, { body: data });
    await done("DELETE", `/suppressed-contact/${id}`);
  });

  test("a running skill: contacts, codes, tags, figures", async () => {
    await done("POST", "/skills/4001/start", {}, 202);
    await settle(300);
    expect(sandbox.control.state().campaigns.find(({ id }) => id === "camp_a")?.status).toBe("active");
    const active = await api.rows("/contacts/active", "activeContacts", { skillId: 4001 });
    expect(active.length).toBeGreaterThan(0);
    expect(Object.keys(active[0] ?? {})).toContain(classic ? "state" : "stateName");
    const completed = await api.rows("/contacts/completed", "completedContacts", { startDate: ago(5 * DAY), skillId: 4001 });
    const [first] = completed;
    expect(typeof first?.["abandoned"]).toBe(classic ? "string" : "boolean");
    expect(Object.keys(first ?? {})).toContain(classic ? "contactStart" : "contactStartDate");
    const contact = Number(first?.["contactId"]);
    await done("GET", `/contacts/${contact}`);
    await done("GET", `/contacts/${contact}/${classic ? "statehistory" : "state-history"}`);
    await done("GET", `/contacts/${contact}/hierarchy`);
    await done("GET", `/contacts/${contact}/disposition`);
    const info = { dispositionInfo: { skill: 4001, dispositionCode: 1010 } };
    expect((await api.ask("POST", `/contacts/${contact}/set-disposition`, { body: info })).body).toMatchObject({
      error_description: "Invalid contact",
    });
    await done("GET", "/tags", {}, 204);
    const tag = anyId(await done("POST", "/tags", { query: { tagName: "outdial:Sale" } }), "tagId");
    await done("GET", "/tags");
    const tagged = await done("POST", `/contacts/${contact}/tags`, { body: { tags: [{ tagId: tag }] } });
    expect(field(tagged.body, "resultSet", "errorCount")).toBe(classic ? "0" : 0);
    expect(await api.completed({ startDate: ago(5 * DAY), tags: tag }, 10)).toEqual([String(contact)]);
    await done("PUT", `/business-data-manager/v1/business-data/contact/${contact}`, { body: [] });

    // The campaign's own codes, and those that agents enter, which a skill without any has, too.
    const codesOf = async (skill: string) =>
      (await api.rows(`/skills/${skill}/dispositions`, "dispositions")).map((row) => row["dispositionName"]);
    expect((await codesOf("4001")).slice(2)).toEqual(await codesOf("4002"));
    expect(await codesOf("4002")).toContain("NOT_INTERESTED");
    await done("POST", "/dispositions", {
      body: { dispositions: [{ dispositionName: "Maybe", isPreviewDisposition: false, classificationId: 9 }] },
    });
    expect((await api.rows("/dispositions", "dispositions", { top: 100 })).map((row) => row["dispositionName"])).toContain(
      "Maybe",
    );
    await done("GET", "/dispositions/classifications");

    const attempts = await api.rows("/lists/call-lists/501/attempts", "contactAttempts");
    expect(attempts.length).toBeGreaterThan(completed.length);
    for (const path of ["/skills/activity", "/skills/4001/activity", "/agents/states"]) await done("GET", path);
    const searched = await done("POST", "/real-time-data/v1/skills/activities/search", {
      body: { filters: { skillIds: [4001] }, timeRange: { type: "CURRENT" } },
    });
    expect(searched.body).toMatchObject([{ skillId: 4001, contactsActive: expect.any(Number) as unknown }]);
    const published = await done("POST", "/skills/activity/search", { body: { filter: { skillIds: [4001] } } });
    expect(field(published.body, "skillActivity")).toHaveLength(1);
    const query = { startDate: ago(3_600_000), endDate: ago(-300_000) };
    for (const path of ["/skills/summary", "/skills/4001/summary", "/skills/sla-summary", "/wfm-data/skills/dialer-contacts"])
      await done("GET", path, { query });
    for (const path of ["/wfm-data/skills/agent-performance", "/wfm-data/agents"]) await done("GET", path, { query });
    await done("GET", "/wfm-data/skills/contacts", { query: { startDate: ago(0), endDate: ago(-3_600_000) } });
    await done("GET", "/wfm-data/agents/schedule-adherence", { query: { startDate: ago(9 * DAY), endDate: ago(8 * DAY) } }, 204);
    await done("GET", "/wfm-data/agents/scorecards", { query: { startDate: ago(9 * DAY), endDate: ago(8 * DAY) } }, 204);

    expect((await api.ask("PUT", "/skills/4001", { body: { skill: { agentRestTime: 5 } } })).body).toMatchObject({
      error_description: "Invalid state. Cannot update a running skill",
    });
    expect((await api.ask("POST", "/skills/4001/start")).body).toMatchObject({
      error_description: "Invalid state. Cannot start skill",
    });
    await done("POST", "/skills/4001/stop", { query: { force: false } }, 202);
    await settle(2);
    expect((await api.ask("POST", "/skills/4001/stop")).body).toMatchObject({
      error_description: "not a valid or a non-running Natural Calling skill",
    });
    await settle(900);
    await done("GET", "/contacts/active", { query: { skillId: 4001 } }, 204);
  });

  test("agents, what belongs to them, and the lists of administration", async () => {
    const agents = await api.rows("/agents", "agents", { top: 100 });
    const agent = Number(agents[0]?.["agentId"]);
    expect(agents.length).toBeGreaterThan(1);
    for (const path of ["", "/skills", "/agent-settings", "/state-history"])
      await done("GET", `/agents/${agent}${path}`, { query: { startDate: ago(DAY), endDate: ago(0) } });
    expect((await api.ask("GET", "/agents/4999")).body).toMatchObject({ error: "InvalidAgentId" });
    for (const path of [
      "/agents/skills",
      "/skills/agents",
      "/teams",
      "/teams/1",
      "/teams/1/agents",
      "/groups",
      "/groups/1/agents",
    ])
      await done("GET", path);
    for (const path of ["/hours-of-operation", "/points-of-contact", "/unavailable-codes", "/address-books", "/media-types"])
      await done("GET", path);
    for (const path of ["/scripts/search", "/dnis", "/phone-numbers", "/skills/parameters"]) await done("GET", path);
    const query = { startDate: ago(5 * DAY), endDate: ago(0) };
    for (const path of [
      "/agents/state-history",
      "/agents/performance",
      "/teams/performance-total",
      "/teams/1/performance-total",
      "/skills/call-data",
    ])
      await done("GET", path, { query });
  });

  test("what only other clients send", async () => {
    const [first] = await api.rows("/contacts/completed", "completedContacts", { startDate: ago(5 * DAY), skillId: 4001 });
    const contact = String(first?.["contactId"]);
    const recording = await done("GET", "/media-playback/v1/contacts", { query: { "acd-call-id": contact, isDownload: true } });
    const url = field(recording.body, "redirectUrl");
    expect(recording.body).toMatchObject({ acdcontactId: contact, interactions: [{ data: { fileToPlayUrl: url } }] });
    await done("GET", `/media-playback/v1/segments/segment-${contact}`);
    expect((await api.ask("POST", `/contacts/${contact}/end`)).status).toBe(409);
    await done("POST", "/queuecallback", { query: { phoneNumber: "8012440009", skill: 4001 } }, 202);
    const [called] = await api.rows("/contacts/active", "activeContacts", { toAddress: "8012440009" });
    await done("POST", `/contacts/${String(called?.["contactId"])}/end`, {}, 202);
    await settle(1);
    await done("GET", "/contacts/active", { query: { toAddress: "8012440009" } }, 204);

    const id = Number((await api.rows("/dispositions", "dispositions", { searchString: "Maybe" }))[0]?.["dispositionId"]);
    await done("PUT", `/dispositions/${id}`, { body: { notes: "asked again", classificationId: 10 } });
    const history = await done("GET", `/dispositions/${id}/audit-history`);
    expect(JSON.stringify(history.body)).toContain('"newValue":"asked again"');
    await done("GET", `/dispositions/${id}/skills`);
    const [group] = await api.rows("/campaigns", "campaigns", { searchString: "Renewals" });
    const campaign = String(group?.[classic ? "campaignId" : "id"]);
    const before = await api.rows(`/campaigns/${campaign}/skills`, "skills");
    expect(before.length).toBeGreaterThan(0);
    await done("DELETE", `/campaigns/${campaign}/skills`, { body: { skills: before.map(({ skillId }) => Number(skillId)) } });
    expect(await api.rows(`/campaigns/${campaign}/skills`, "skills")).toEqual([]);
  });

  test("reports, extraction, callbacks", async () => {
    expect(await api.rows("/reports", "reports", { reportType: "Data Download" })).toHaveLength(2);
    await done("GET", "/report-jobs", {}, 204);
    const job = anyId(
      await done("POST", "/report-jobs/1081", { query: { fileType: "CSV", includeHeaders: true } }, 202),
      "jobId",
    );
    await settle(10);
    const finished = await done("GET", `/report-jobs/${job}`);
    expect(JSON.stringify(finished.body)).toContain("Finished");
    await done("GET", "/report-jobs");
    const query = { fileName: "a.csv", startDate: ago(5 * DAY), endDate: ago(0), saveAsFile: true };
    const download = await done("POST", "/report-jobs/datadownload/1081", { query });
    expect(download.body).toMatchObject({ file: "", errorMessage: "", URI: expect.not.stringContaining("tenant.localhost") });
    expect((await api.ask("POST", "/report-jobs/datadownload/1081", { query })).status).toBe(409);
    expect((await api.ask("GET", "/files", { query: { fileName: "Reports\\\\a.csv" } })).status).toBe(404);
    await settle(60);
    const file = await done("GET", "/files", { query: { fileName: "Reports\\\\a.csv" } });
    expect(Buffer.from(String(field(file.body, "files", "file")), "base64").toString()).toMatch(
      /^OutboundDetailRecordId,.*\r\n1,501,list_a/,
    );

    const extract = { entityName: "segments", version: "5", startDate: "2026-01-01", endDate: "2026-01-02" };
    const started = await done("POST", "/data-extraction/v1/jobs", { body: extract }, 202);
    expect(typeof started.body).toBe("string");
    await settle(90);
    const state = await done("GET", `/data-extraction/v1/jobs/${String(started.body)}`);
    expect(state.body).toMatchObject({
      jobStatus: { status: "SUCCEEDED", result: { url: expect.any(String), messageError: "" } },
    });
    await done("GET", "/data-extraction/v1/jobs");

    const draft = { firstName: "A", lastName: "B", phoneNumber: "8012440005", skillId: 4001, scheduleDate: ago(-DAY), notes: "" };
    const id = anyId(await done("POST", "/scheduled-callbacks", { body: draft }), "callbackId");
    await done("PUT", `/scheduled-callbacks/${id}`, { body: { ...draft, targetAgentId: 5001 } });
    expect(await api.rows("/skills/4001/scheduled-callbacks", "callbacks")).toHaveLength(1);
    await done("GET", "/agents/5001/scheduled-callbacks");
    await done("DELETE", `/scheduled-callbacks/${id}`, { body: { description: "answered" } });
    expect((await api.ask("DELETE", `/scheduled-callbacks/${id}`, { body: { description: "" } })).status).toBe(404);
    await done("GET", "/skills/4001/scheduled-callbacks", {}, 204);
  });

  test(`all operations were asked (${generation})`, () => {
    const asked = new Set(sandbox.control.requests().map(({ operation }) => operation));
    expect(ACD_OPERATION_IDS.filter((id) => !asked.has(`acd.${id}`))).toEqual([]);
  });
});
