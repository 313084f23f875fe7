// outdial mcp --allow: what holds back acts at once; what is dangerous ends in a plan that a person approves, whatever the service's own setting is.

import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openMcp } from "../../../src/server/index.ts";
import { runCli } from "../../support/cli.ts";
import { programEnvironment } from "../../support/program.ts";
import { programFile } from "../../support/programs-setup.ts";
import { startServer } from "../../support/server.ts";
import { type StartedService, startService } from "../../support/service.ts";

const NUMBER = "+12125550123";

let at: StartedService;
let client: Client;
beforeAll(async () => {
  at = await startService();
  const env = programEnvironment({ ...at.environment, OUTDIAL_ACTOR: "olga" });
  client = new Client({ name: "test", version: "1" });
  const args = [programFile("main"), "mcp", "--allow", "suppressions.add", "suppressions.lift"];
  await client.connect(new StdioClientTransport({ command: process.execPath, args, env, stderr: "pipe" }));
});
afterAll(async () => {
  await client.close();
  await at[Symbol.asyncDispose]();
});

const call = async (name: string, given: Record<string, unknown>) => {
  const { content, isError = false } = await client.callTool({ name, arguments: given });
  const [{ text }] = content as [{ text: string }];
  return { isError, text, value: (isError ? {} : JSON.parse(text)) as Record<string, unknown> };
};
const isSuppressed = async () =>
  (await at.post("/api/v1/compliance/suppression", { number: NUMBER })).body["suppressedSince"] !== null;

test("only what was allowed is there, without the confirmation that is a person's", async () => {
  const { tools } = await client.listTools();
  const writing = tools.filter(({ annotations }) => annotations?.readOnlyHint !== true);
  expect(writing.map(({ name }) => name)).toEqual(["suppressions_add", "suppressions_lift"]);
  expect(JSON.stringify(writing)).not.toContain('"confirm"');
  expect(writing[1]?.description).toContain("Nothing is done by this call");
  expect(client.getInstructions()).toContain("approves or refuses");
  const self = await call("suppressions_lift", { number: NUMBER, reason: "a mistake", confirm: "0".repeat(64) });
  expect(self).toMatchObject({ isError: true, text: expect.stringContaining("takes no confirm") as string });
  for (const name of ["campaigns_stop", "approvals_approve", "campaigns_pause"])
    await expect(call(name, {})).rejects.toThrow(/no tool/);
});

test("what holds back is done at once, in the name of the assistant", async () => {
  expect(await call("suppressions_add", { number: NUMBER, reason: "asked in a letter" })).toMatchObject({ isError: false });
  expect(await isSuppressed()).toBe(true);
  const { items } = (await at.get("/api/v1/audit?action=api.suppressions.add")) as { items: { actor: string }[] };
  expect(items).toMatchObject([{ actor: "assistant of olga" }]);
});

test("what is dangerous ends in a plan; a person approves exactly that, and then it is done", async () => {
  const asked = await call("suppressions_lift", { number: NUMBER, reason: "the letter was another person's" });
  expect(asked.text).not.toContain(NUMBER.slice(2));
  const { approval } = asked.value as { approval: { id: string; confirm: string } };
  expect(asked.value).toMatchObject({
    done: false,
    next: expect.stringContaining(`/approvals/${approval.id}`) as string,
    approval: { operation: "suppressions.lift", requestedBy: "assistant of olga", state: "pending", plan: { kind: "lift" } },
  });
  // Asked for again it is the same plan, and nothing is done.
  const again = await call("suppressions_lift", { number: NUMBER, reason: "the letter was another person's" });
  expect(again.value).toMatchObject({ approval: { id: approval.id } });
  expect(await isSuppressed()).toBe(true);
  const approve = (confirm: string) => at.post(`/api/v1/approvals/${approval.id}/approve`, { confirm });
  expect((await approve("0".repeat(64))).status).toBe(409);
  expect((await approve(approval.confirm)).status).toBe(200);
  expect(await isSuppressed()).toBe(false);
  expect((await call("approvals_show", { id: approval.id })).value).toMatchObject({ state: "approved", decidedBy: "olga" });
  // There is nothing to lift any more: refused in words, and nothing waits.
  expect(await call("suppressions_lift", { number: NUMBER, reason: "once more" })).toMatchObject({ isError: true });
  expect((await call("approvals_list", { pending: true })).value).toMatchObject({ items: [] });
});

test("a verb that cannot be allowed is refused before anything is opened", async () => {
  for (const verb of ["tokens.add", "approvals.approve", "suppressions.declareEmpty", "x"]) {
    const refused = await runCli(["mcp", "--allow", verb], { cwd: at.dir, env: at.environment });
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining(`${verb} is not one of`) as string });
  }
});

test("over HTTP the token's role decides as well", async () => {
  await using server = await startServer({ fourEyes: true });
  const mcp = await openMcp(server.service, { version: "1", allow: ["suppressions.lift", "campaigns.pause"] });
  const headers = { authorization: `Bearer ${server.tokens.viewer}`, host: "127.0.0.1:1" };
  const http = new StreamableHTTPClientTransport(new URL("http://127.0.0.1:1/mcp"), {
    requestInit: { headers },
    fetch: (url, init) =>
      mcp.fetch(new Request(url, { ...init, headers: { ...Object.fromEntries(new Headers(init?.headers)), ...headers } })),
  });
  const viewer = new Client({ name: "test", version: "1" });
  await viewer.connect(http);
  for (const [name, given] of [
    ["campaigns_pause", { id: "a" }],
    ["suppressions_lift", { number: "+12125550123", reason: "a mistake" }],
  ] as const)
    expect(await viewer.callTool({ name, arguments: given })).toMatchObject({
      isError: true,
      content: [{ text: expect.stringContaining("needs the role operator") as string }],
    });
  await viewer.close();
});
