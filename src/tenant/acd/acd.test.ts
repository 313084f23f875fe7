// The client of the ACD API against replies as they are recorded: tokens and discovery, envelopes of all versions, empty and failed within success,
// versions that are not there, pages, shapes that change.

import { expect, test } from "vitest";
import { createTestClock } from "../../../test/support/test-clock.ts";
import type { Transport, TransportRequest } from "../transport.ts";
import type { AcdTenantConfig } from "./config.ts";
import { acdRows } from "./pages.ts";
import { type AcdTenant, type AcdTenantDependencies, createAcdTenant } from "./tenant.ts";

interface Answer {
  readonly status?: number;
  readonly json?: unknown;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

const CLAIMS = {
  iss: "https://cxone.niceincontact.com",
  tenantId: "11eb-1",
  tenant: "acme",
  icBUId: 4600123,
  icClusterId: "C14",
};
const JWT = `e30.${Buffer.from(JSON.stringify(CLAIMS)).toString("base64url")}.x`;
const API = "https://api-na1.niceincontact.com";
const TOKEN = { access_token: "opaque-token", id_token: JWT, token_type: "Bearer", expires_in: "3600" };

/** A tenant in memory: `answers` by "METHOD path without prefix and query"; tokens and discovery are answered unless given, too. */
function connect(
  answers: Readonly<Record<string, Answer | readonly Answer[] | ((request: TransportRequest) => Answer)>>,
  config: Partial<AcdTenantConfig> = {},
  more: AcdTenantDependencies = {},
): { readonly tenant: AcdTenant; readonly asked: TransportRequest[]; readonly urls: () => string[] } {
  const asked: TransportRequest[] = [];
  const counts = new Map<string, number>();
  const standard: Record<string, Answer> = {
    "POST /authentication/v1/token/access-key": { json: TOKEN },
    "POST /auth/token": { json: TOKEN },
    "GET /.well-known/cxone-configuration": { json: { api_endpoint: API, area: "na1", cluster: "C14" } },
  };
  const transport: Transport = (request) => {
    asked.push(request);
    const path = request.path.replace(/\?.*$/, "").replace(/^\/incontactapi\/services/, "");
    const key = [`${request.method} ${path}`, `${request.method} ${path.replace(/^\/v\d+\.0/, "")}`].find(
      (one) => one in answers || one in standard,
    );
    const listed = key === undefined ? undefined : (answers[key] ?? standard[key]);
    const count = counts.get(key ?? "") ?? 0;
    counts.set(key ?? "", count + 1);
    const found =
      typeof listed === "function"
        ? listed(request)
        : Array.isArray(listed)
          ? listed[Math.min(count, listed.length - 1)]
          : (listed as Answer | undefined);
    const { status = 200, json, body, headers = {} } = found ?? { status: 404, json: { error: "InvalidUri" } };
    return Promise.resolve({ status, headers, body: body ?? (json === undefined ? "" : JSON.stringify(json)) });
  };
  const tenant = createAcdTenant(
    {
      issuer: "https://cxone.niceincontact.com",
      area: "na1",
      credentials: { accessKeyId: "key-id", accessKeySecret: "key/secret+=" },
      ...config,
    },
    { transport, clock: createTestClock(), ...more },
  );
  return { tenant, asked, urls: () => asked.map(({ method, origin, path }) => `${method} ${origin}${path}`) };
}

const errorOf = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );

test("an access key alone gets its token at the host of its area, and the API is where discovery says", async () => {
  const { tenant, asked, urls } = connect({ "GET /server-time": { json: { ServerTime: "2026-03-02T12:00:00Z" } } });
  const { reply } = await tenant.request("getServerTime", {});
  expect(reply.ServerTime).toBe("2026-03-02T12:00:00Z");
  expect(urls()).toEqual([
    "POST https://na1.nice-incontact.com/authentication/v1/token/access-key",
    "GET https://cxone.niceincontact.com/.well-known/cxone-configuration?tenantId=11eb-1",
    `GET ${API}/incontactapi/services/v30.0/server-time`,
  ]);
  expect(JSON.parse(asked[0]?.body ?? "")).toEqual({ accessKeyId: "key-id", accessKeySecret: "key/secret+=" });
  expect(asked[1]?.headers).not.toHaveProperty("authorization");
  expect(asked[2]?.headers).toMatchObject({ authorization: "Bearer opaque-token", accept: "application/json" });
  expect(await tenant.place()).toMatchObject({ found: "discovered", claims: { tenantName: "acme", businessUnit: "4600123" } });
});

test.each([
  [
    "basic",
    "form",
    { authorization: `Basic ${Buffer.from("cl:a%2Fb%2B").toString("base64")}` },
    /^grant_type=password&username=key-id&password=/,
  ],
  ["basic", "raw", { authorization: `Basic ${Buffer.from("cl:a/b+").toString("base64")}` }, /^grant_type=password/],
  ["form", "form", {}, /client_id=cl&client_secret=a%2Fb%2B$/],
  ["json", "form", { "content-type": "application/json" }, /"client_id":"cl","client_secret":"a\/b\+"/],
] as const)("the password grant names its client by %s (%s)", async (auth, basicEncoding, headers, body) => {
  const { tenant, asked } = connect(
    // A public client unwraps an array of one.
    { "POST /auth/token": { json: [{ ...TOKEN, expires_in: 3600 }] } },
    { client: { id: "cl", secret: "a/b+", auth, basicEncoding } },
  );
  await tenant.authenticate();
  expect(asked[0]).toMatchObject({ origin: "https://cxone.niceincontact.com", path: "/auth/token" });
  expect(asked[0]?.headers).toMatchObject(headers);
  expect(asked[0]?.body).toMatch(body);
});

test("a token goes to the vendor's domains alone, whoever names the address", async () => {
  const refused = (config: Partial<AcdTenantConfig>) => () => connect({}, config);
  expect(refused({ issuer: "https://niceincontact.com.evil.example" })).toThrow(
    expect.objectContaining({ code: "host_not_allowed" }),
  );
  expect(refused({ issuer: "http://cxone.niceincontact.com" })).toThrow(expect.objectContaining({ code: "host_not_allowed" }));
  expect(refused({ api: "https://evil.example" })).toThrow(expect.objectContaining({ code: "host_not_allowed" }));
  expect(refused({ issuer: "https://cxone.nicecxone-sov1.eu" })).not.toThrow();
  expect(refused({ issuer: "http://127.0.0.1:8080" })).not.toThrow();
  for (const api_endpoint of ["https://evil.example", "http://127.0.0.1:1"]) {
    const { tenant, asked } = connect({ "GET /.well-known/cxone-configuration": { json: { api_endpoint } } });
    expect(await errorOf(tenant.request("getServerTime", {}))).toMatchObject({ code: "host_not_allowed" });
    expect(asked).toHaveLength(2);
  }
});

test("nothing is sent to another tenant than the one that is meant", async () => {
  const discovery = (tenantId: string) => ({
    "GET /.well-known/cxone-configuration": { json: { api_endpoint: API, area: "na1", cluster: "C14", tenantId } },
  });
  const another = connect(discovery("22ff-2"));
  expect(await errorOf(another.tenant.request("getServerTime", {}))).toMatchObject({
    code: "refused",
    message: "the answer of discovery is of tenant 22ff-2, and it was asked for 11eb-1",
  });
  expect(another.asked).toHaveLength(2);
  // The token of another tenant than the configured one, whoever says where the API is.
  for (const more of [{}, { api: API }]) {
    const { tenant, asked } = connect(discovery("22ff-2"), { tenantId: "22ff-2", ...more });
    expect(await errorOf(tenant.request("getServerTime", {}))).toMatchObject({
      code: "refused",
      message: "the token is of tenant 11eb-1, and tenant.acd.tenantId names 22ff-2",
    });
    expect(asked).toHaveLength(1);
  }
  expect(await connect(discovery("11EB-1")).tenant.place()).toMatchObject({ found: "discovered" });
});

test("without discovery nothing is guessed, and an address of the operator's is used as it is", async () => {
  const gone = { "GET /.well-known/cxone-configuration": { status: 404 } };
  expect(await errorOf(connect(gone).tenant.request("getServerTime", {}))).toMatchObject({
    code: "refused",
    advice: expect.stringContaining("tenant.acd.api"),
  });
  const { tenant, urls } = connect(
    { ...gone, "GET /server-time": { json: { ServerTime: "t" } } },
    { api: "https://api-c14.nice-incontact.com" },
  );
  await tenant.request("getServerTime", {});
  expect(urls().at(-1)).toBe("GET https://api-c14.nice-incontact.com/incontactapi/services/v30.0/server-time");
});

test("a 401 drops the token, and the request is repeated once with a new one", async () => {
  const { tenant, urls } = connect({ "GET /server-time": [{ status: 401 }, { json: { ServerTime: "t" } }] });
  await tenant.request("getServerTime", {});
  expect(urls().filter((url) => url.includes("access-key"))).toHaveLength(2);
  const { tenant: barred } = connect({ "GET /server-time": { status: 401 } });
  expect(await errorOf(barred.request("getServerTime", {}))).toMatchObject({ code: "unauthorized" });
});

const CONTACT = {
  contactId: 123456789012,
  skillId: 7,
  totalDurationSeconds: 187,
  abandoned: false,
  acwSeconds: 4,
  contactStartDate: "2026-03-02T12:00:00Z",
};

test.each([
  ["at the top level with JSON types", { totalRecords: 1, completedContacts: [CONTACT] }],
  [
    "under resultSet with texts and older names",
    {
      resultSet: {
        totalRecords: 1,
        completedContacts: [
          {
            contactId: "123456789012",
            skillId: "7",
            totalDurationSeconds: "187",
            abandoned: "False",
            ACWSeconds: "4",
            contactStart: "2026-03-02T12:00:00Z",
          },
        ],
      },
    },
  ],
])("completed contacts %s read the same", async (_, json) => {
  const { tenant } = connect({ "GET /contacts/completed": { json } });
  const rows = [];
  for await (const row of acdRows(tenant, "listCompleted", { query: { startDate: "2026-03-02T00:00:00Z" } })) rows.push(row);
  expect(rows).toMatchObject([{ ...CONTACT, contactId: "123456789012", skillId: "7" }]);
});

test.each([
  ["flat", { skillId: 7, isRunning: true }],
  ["in a list of one", { skills: [{ skillId: "7", isRunning: "True" }] }],
  ["in a list of one in an envelope", { resultSet: { skills: [{ skillId: 7, isRunning: "true" }] } }],
])("a skill is read %s", async (_, json) => {
  const { reply } = await connect({ "GET /skills/7": { json } }).tenant.request("getSkill", { path: { skillId: "7" } });
  expect(reply).toMatchObject({ skillId: "7", isRunning: true });
});

test("204 is an empty list, and an empty body with 200 is none", async () => {
  const { tenant } = connect(
    { "GET /contacts/active": { status: 204 }, "GET /agents/states": { status: 200 } },
    { retry: { maxAttempts: 1 } },
  );
  expect((await tenant.request("listActive", {})).reply).toMatchObject({ activeContacts: [] });
  expect(await errorOf(tenant.request("agentStates", {}))).toMatchObject({ code: "invalid_reply" });
});

test("failures within success are told: all of them as a refusal, some of them beside what was done", async () => {
  const skills = [{ mediaTypeId: 4, skillName: "a", isOutbound: true, campaignId: "1" }];
  const { tenant } = connect({
    "POST /skills": [
      { json: { errorCount: 1, skillsResults: [{ success: false, error: "Name in use" }] } },
      {
        status: 206,
        json: {
          errorCount: "1",
          skillsResults: [
            { success: "True", skillId: 9 },
            { success: "False", error: "Name in use" },
          ],
        },
      },
    ],
    "PUT /skills/7": { json: { success: false, error: "Invalid state" } },
  });
  expect(await errorOf(tenant.request("createSkills", { body: { skills } }))).toMatchObject({
    code: "refused",
    vendorMessage: "Name in use",
  });
  expect((await tenant.request("createSkills", { body: { skills } })).failed).toMatchObject([{ index: 1, error: "Name in use" }]);
  expect(await errorOf(tenant.request("updateSkill", { path: { skillId: "7" }, body: {} }))).toMatchObject({ code: "refused" });
});

test.each([
  [{ json: { error: "InvalidListId", error_description: "Invalid list" } }, "InvalidListId: Invalid list"],
  [{ json: { Message: "No such thing" } }, "No such thing"],
  [{ body: "", headers: { icstatusdescription: "Invalid skillId" } }, "Invalid skillId"],
  [{ body: "<html><body>Bad <b>gateway</b></body></html>" }, "Bad  gateway"],
])("a refusal speaks in its body or in a header: %j", async (answer, words) => {
  const { tenant } = connect({ "GET /skills/7": { status: 400, ...answer } });
  expect(await errorOf(tenant.request("getSkill", { path: { skillId: "7" } }))).toMatchObject({
    code: "refused",
    vendorMessage: words,
  });
});

test("a right that is missing is named", async () => {
  const { tenant } = connect({ "POST /skills/7/start": { status: 403 } });
  expect(await errorOf(tenant.request("startSkill", { path: { skillId: "7" } }))).toMatchObject({
    code: "missing_scope",
    message: expect.stringContaining('needs the permission "Outbound Strategy Manager"'),
    details: { permission: "Outbound Strategy Manager" },
  });
});

test("a read that a version does not have falls back once, and stays there", async () => {
  const { tenant, urls } = connect({
    "GET /v34.0/contacts/active": { status: 404, json: { error: "InvalidUri" } },
    "GET /v31.0/contacts/active": { status: 204 },
    "GET /apiversion": { json: { apiInfo: [{ uri: "/contacts/active", version: "31.0", verb: "GET" }] } },
  });
  await tenant.request("listActive", {});
  await tenant.request("listActive", {});
  const versions = urls().flatMap((url) => /services\/(v\d+\.0\/\w+)/.exec(url)?.[1] ?? []);
  expect(versions).toEqual(["v34.0/contacts", "v30.0/apiversion", "v31.0/contacts", "v31.0/contacts"]);
  expect(tenant.versions().get("listActive")).toBe(31);
});

test("a write goes to another version only when the tenant says that it lacks the first", async () => {
  const body = { name: "group" };
  const unsure = connect({ "POST /v33.0/campaigns": { status: 500 } }, { retry: { maxAttempts: 1 } });
  expect(await errorOf(unsure.tenant.request("createCampaign", { body }))).toMatchObject({ code: "unknown_outcome" });
  const older = connect(
    {
      "POST /v33.0/campaigns": { status: 404 },
      "POST /v23.0/campaigns": { json: { errorCount: 0, campaignResults: [{ campaignId: 5, success: true }] } },
      "GET /apiversion": {
        json: { apiInfo: [{ uri: "incontactapi/services/v23.0/campaigns", verb: "POST", version: "v23.0" }] },
      },
    },
    { retry: { maxAttempts: 1 } },
  );
  await older.tenant.request("createCampaign", { body });
  expect(JSON.parse(older.asked.at(-1)?.body ?? "")).toMatchObject({ campaigns: [{ campaignName: "group" }] });
});

test("what hurts is never sent", async () => {
  const { tenant, asked } = connect({});
  expect(await errorOf(tenant.send("putBuTimeZones", { body: { timezones: [] } }))).toMatchObject({ code: "unsupported" });
  expect(asked).toHaveLength(0);
});

const rowsFrom = (skip: number, count: number) => Array.from({ length: count }, (_, n) => ({ skillId: skip + n }));

test("pages end at the total, at a missing link, or with a short page, and one that comes round is an error", async () => {
  const read = async (pages: readonly object[]) => {
    const { tenant, asked } = connect({ "GET /skills": pages.map((json) => ({ json })) });
    let count = 0;
    for await (const _ of acdRows(tenant, "listSkills")) count += 1;
    return { count, asked: asked.length - 2 };
  };
  expect(
    await read([
      { totalRecords: 150, skills: rowsFrom(0, 100) },
      { totalRecords: 150, skills: rowsFrom(100, 50) },
    ]),
  ).toEqual({ count: 150, asked: 2 });
  // A tenant that grants smaller pages than asked for links to the next one.
  expect(
    await read([
      { skills: rowsFrom(0, 50), _links: { next: "https://other/v35.0/skills?skip=50" } },
      { skills: rowsFrom(50, 50), _links: {} },
    ]),
  ).toEqual({ count: 100, asked: 2 });
  expect(await read([{ skills: rowsFrom(0, 3) }])).toEqual({ count: 3, asked: 1 });
  expect(await errorOf(read([{ skills: rowsFrom(0, 100) }, { skills: rowsFrom(0, 100) }]))).toMatchObject({
    code: "paging_loop",
  });
});

test("an empty page before all that the tenant announced is no end, in whatever form; a link to a next page outweighs a total", async () => {
  const first = { json: { totalRecords: 150, skills: rowsFrom(0, 100) } };
  const rest = { json: { totalRecords: 150, skills: rowsFrom(100, 50) } };
  const count = async (...answers: readonly Answer[]) => {
    const { tenant } = connect({ "GET /skills": answers });
    return (await Array.fromAsync(acdRows(tenant, "listSkills"))).length;
  };
  const empty = [
    { status: 204 },
    { json: { totalRecords: 150, skills: [] } },
    { json: { totalRecords: 0, skills: [] } },
    { json: { skills: [], _links: {} } },
  ];
  for (const answer of empty) {
    expect(await errorOf(count(first, answer))).toMatchObject({
      code: "invalid_reply",
      message: expect.stringContaining("an empty page of skills after 100 of the 150 that the tenant says there are"),
    });
    // A moment later it is whole: a read is repeated.
    expect(await count(first, answer, rest)).toBe(150);
  }
  expect(await errorOf(count({ json: { totalRecords: 3, skills: [] } }))).toMatchObject({ code: "invalid_reply" });
  // What was deleted meanwhile is in no later total.
  expect(await count(first, { json: { totalRecords: 100, skills: [] } })).toBe(100);
  expect(await count({ status: 204 })).toBe(0);
  const linked = {
    json: { totalRecords: 100, skills: rowsFrom(0, 100), _links: { next: "https://other/v35.0/skills?skip=100" } },
  };
  expect(await count(linked, { json: { totalRecords: 100, skills: rowsFrom(100, 50), _links: {} } })).toBe(150);
});

test("an empty page with another one to follow is no end, a list that is missing is not an empty one, and a list that does not end is ended", async () => {
  const { tenant } = connect({
    "GET /skills": [{ json: { skills: [], _links: { next: "https://other/v35.0/skills?skip=100" } } }],
    "GET /lists/call-lists/7": [{ json: {} }, { json: { resultSet: { listName: "seven" } } }],
    "GET /lists/call-lists": Array.from({ length: 200 }, (_, n) => ({
      json: {
        totalRecords: 20,
        callingLists: [{ listId: n, listName: `list ${n}` }],
        _links: { next: "https://other/v35.0/lists/call-lists?skip=1" },
      },
    })),
  });
  expect(await errorOf(Array.fromAsync(acdRows(tenant, "listSkills")))).toMatchObject({
    code: "invalid_reply",
    message: expect.stringContaining("an empty page of skills, with another one to follow"),
  });
  const records = () =>
    Array.fromAsync(acdRows(tenant, "readCallList", { path: { listId: "7" }, query: { includeRecords: true } }));
  for (const _ of ["{}", "no records"])
    expect(await errorOf(records())).toMatchObject({ code: "invalid_reply", message: expect.stringContaining("contactRecords") });
  const lists: string[] = [];
  const reading = (async () => {
    for await (const { listId } of acdRows(tenant, "listCallLists", { top: 10 })) lists.push(listId);
  })();
  expect(await errorOf(reading)).toMatchObject({ code: "paging_loop" });
  expect(lists).toHaveLength(50);
});

test("a shape that changes is told once, with both shapes; one that was seen in an earlier process, too", async () => {
  const [first, drift]: [unknown[], unknown[]] = [[], []];
  const hooks = { onShape: (event: unknown) => void first.push(event), onDrift: (event: unknown) => void drift.push(event) };
  const top = { json: { skills: rowsFrom(0, 1) } };
  const inside = { json: { resultSet: { skills: rowsFrom(0, 1) } } };
  const { tenant } = connect({ "GET /skills": [top, top, inside, inside, top, inside] }, {}, { hooks });
  for (let i = 0; i < 6; i += 1) await tenant.request("listSkills", {});
  expect(first).toEqual([{ operationId: "listSkills", shape: "skills at top level, newer names" }]);
  expect(drift).toEqual([
    { operationId: "listSkills", before: "skills at top level, newer names", after: "skills at resultSet, newer names" },
    { operationId: "listSkills", before: "skills at resultSet, newer names", after: "skills at top level, newer names" },
  ]);
  drift.length = 0;
  const later = connect(
    { "GET /skills": top },
    {},
    { hooks, shapes: () => ({ listSkills: "skills at resultSet, newer names" }) },
  );
  await later.tenant.request("listSkills", {});
  expect(drift).toHaveLength(1);
});

test("dials on a list that two skills call are told once: by the skill that dialed then, and where both did by the first of them", async () => {
  const at = (minute: number) => `2026-01-05T10:${String(minute).padStart(2, "0")}:00Z`;
  const attempt = (contactId: number, minute: number) => ({
    contactId,
    externalId: `p${contactId}`,
    dateOfCall: at(minute),
    systemClass: 20,
  });
  const skill = (skillId: number) => ({ skillId, mediaTypeId: 4, isOutbound: true, outboundStrategy: "Personal Connection" });
  const { tenant } = connect({
    "GET /lists/call-lists": { json: { callingLists: [{ listId: 5, status: "Active", skills: [skill(1), skill(2)] }] } },
    "GET /lists/call-lists/5/attempts": {
      json: { resultSet: { contactAttempts: [attempt(11, 1), attempt(12, 16), attempt(13, 31), attempt(14, 2)] } },
    },
    "GET /dispositions": { json: { dispositions: [] } },
    "GET /contacts/completed": ({ path }) =>
      path.includes("skillId=2")
        ? {
            json: {
              completedContacts: [
                { contactId: 14, skillId: 2, contactStartDate: at(2), totalDurationSeconds: 5, isOutbound: true },
              ],
            },
          }
        : { status: 204 },
    "GET /wfm-data/skills/dialer-contacts": {
      json: {
        outboundStats: [
          { skillId: 1, intervalStartDate: at(0), dials: 1 },
          { skillId: 2, intervalStartDate: at(15), dials: 1 },
          { skillId: 1, intervalStartDate: at(30), dials: 1 },
          { skillId: 2, intervalStartDate: at(30), dials: 1 },
        ],
      },
    },
  });
  const toldBy = async (campaignId: string) => {
    const rows = [];
    const window = { startDateTime: "2026-01-05T10:00:00Z", endDateTime: "2026-01-05T11:00:00Z" };
    for await (const row of tenant.capabilities.outcomeSource.calls({ campaignId, ...window })) rows.push(row);
    return rows.map(({ id, side, skillAmbiguous = false }) => [id, side, skillAmbiguous]);
  };
  expect(await toldBy("1")).toEqual([
    ["11", "attempts", false],
    ["13", "attempts", true],
  ]);
  expect(await toldBy("2")).toEqual([
    ["14", "both", false],
    ["12", "attempts", false],
  ]);
});

test("a code that the tenant's list of codes lacks is named by a contact that has it: an opt-out stays one", async () => {
  const at = "2026-01-05T10:01:00Z";
  const row = (contactId: number, primaryDispositionId: number) => ({
    contactId,
    skillId: 1,
    contactStartDate: at,
    primaryDispositionId,
  });
  const codes = [
    { dispositionId: 105, dispositionName: "Do not call" },
    { dispositionId: 106, dispositionName: "Sale" },
  ];
  const read = async (dispositions: readonly object[]) => {
    const { tenant, urls } = connect({
      "GET /lists/call-lists": { status: 204 },
      "GET /dispositions": { json: { dispositions } },
      "GET /contacts/completed": { json: { completedContacts: [row(11, 105), row(12, 105), row(13, 106), row(14, 107)] } },
      "GET /contacts/11/disposition": { json: { dispositionId: 105, dispositionName: "Do not call" } },
      "GET /contacts/13/disposition": { json: { dispositionId: 106, dispositionName: "Sale" } },
    });
    const calls = await Array.fromAsync(
      tenant.capabilities.outcomeSource.calls({ startDateTime: "2026-01-05T10:00:00Z", endDateTime: "2026-01-05T11:00:00Z" }),
    );
    return {
      codes: calls.map(({ dispositionCode }) => dispositionCode),
      looks: urls().filter((url) => /contacts\/\d+\//.test(url)).length,
    };
  };
  // The number of a code that nobody names any more.
  const named = ["Do not call", "Do not call", "Sale", "107"];
  expect((await read(codes)).codes).toEqual(named);
  for (const short of [codes.slice(0, 1), codes.slice(1), []]) expect((await read(short)).codes).toEqual(named);
});
