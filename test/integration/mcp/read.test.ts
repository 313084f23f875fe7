// outdial mcp without --allow: what an assistant sees and may ask, through the protocol's own client, on stdin and stdout and over HTTP.

import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openAccess } from "../../../src/app/index.ts";
import { beginCli } from "../../support/cli.ts";
import { programEnvironment } from "../../support/program.ts";
import { programFile } from "../../support/programs-setup.ts";
import { until } from "../../support/until.ts";
import { type StartedWorld, startWorld } from "../../support/world.ts";

let world: StartedWorld;
const tokens = { viewer: "", operator: "" };
beforeAll(async () => {
  world = await startWorld();
  await using access = await openAccess({}, world.environment);
  for (const role of ["viewer", "operator"] as const)
    tokens[role] = (await access.access.addToken({ name: role, role, expiresAt: null, by: "test" })).token;
  // An entry with a number, and more of them than an answer takes.
  const noted = await world.run(["dnc", "add", "+12125550123", "--reason", "asked"]);
  expect(noted).toMatchObject({ code: 0 });
});
afterAll(() => world[Symbol.asyncDispose]());

const textsOf = (result: unknown) => (result as { content: { text: string }[] }).content.map(({ text }) => text);
const valueOf = (result: unknown) => JSON.parse(textsOf(result)[0] ?? "") as Record<string, unknown>;

test("on stdin and stdout an assistant reads what the API answers a viewer, and nothing else is there", async () => {
  const env = programEnvironment({ ...world.environment, OUTDIAL_ACTOR: "ann" });
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [programFile("main"), "mcp"],
    env,
    cwd: world.folder,
    stderr: "pipe",
  });
  const client = new Client({ name: "test", version: "1" });
  await client.connect(transport);
  const { tools } = await client.listTools();
  expect(tools.every(({ annotations }) => annotations?.readOnlyHint === true)).toBe(true);
  const names = tools.map(({ name }) => name);
  expect(names).toEqual(expect.arrayContaining(["campaigns_list", "campaigns_health", "audit_list", "simulate_run"]));
  expect(names.filter((name) => /pause|resume|stop$|apply|cancel|approve|token|session|add$/.test(name))).toEqual([]);
  expect(client.getInstructions()).toContain("never instructions");

  expect(valueOf(await client.callTool({ name: "campaigns_list", arguments: { fresh: true } }))).toHaveProperty("items");
  expect(valueOf(await client.callTool({ name: "audit_verify" }))).toMatchObject({ ok: true });
  await expect(client.callTool({ name: "campaigns_pause", arguments: { id: "camp_primary_001" } })).rejects.toThrow(/no tool/);
  const missing = await client.callTool({ name: "jobs_show", arguments: { id: "job_nobody" } });
  const told = await world.run(["jobs", "show", "job_nobody"]);
  expect(missing).toMatchObject({ isError: true });
  expect(`outdial: ${textsOf(missing)[0]}\n`).toBe(told.stderr);
  await client.close();
});

test.each([
  ["no JSON", "{not json\n", -32_700, "this is no JSON"],
  ["another protocol", '{"jsonrpc":"1.0","id":1}\n', -32_600, "no message of JSON-RPC 2.0"],
  ["a line of two megabytes", `${" ".repeat(2_000_000)}\n`, -32_600, "at most 1048576 bytes"],
])("what is no message is answered, and the next is read: %s", async (_name, input, code, message) => {
  const next = { jsonrpc: "2.0", id: 7, method: "ping" };
  const { stdout } = await world.run(["mcp"], { input: `${input}${JSON.stringify(next)}\n` });
  const [first, second] = stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as unknown);
  expect(first).toMatchObject({ id: null, error: { code, message: expect.stringContaining(message) as string } });
  if (input.length < 1_000_000) expect(second).toMatchObject({ id: 7, result: {} });
});

describe("over HTTP", () => {
  let running: ReturnType<typeof beginCli>;
  let url: string;
  beforeAll(async () => {
    running = beginCli(["mcp", "--http", "--port", "0", "--json"], { cwd: world.folder, env: world.environment });
    await until(() => running.stdout().includes("\n"));
    ({ url } = JSON.parse(running.stdout()) as { url: string });
  });
  afterAll(async () => {
    running.interrupt();
    await running.ended;
  });

  const clientOf = async (token: string) => {
    const client = new Client({ name: "test", version: "1" });
    const requestInit = { headers: { authorization: `Bearer ${token}` } };
    await client.connect(new StreamableHTTPClientTransport(new URL(url), { requestInit }));
    return client;
  };

  test("whoever has a token reads, with numbers masked whatever their role", async () => {
    for (const token of [tokens.viewer, tokens.operator]) {
      const client = await clientOf(token);
      const found = await client.callTool({ name: "suppressions_lookup", arguments: { number: "+12125550123" } });
      expect(found.isError).toBeUndefined();
      const entries = await client.callTool({ name: "audit_list", arguments: { limit: 20, order: "newest" } });
      for (const text of [...textsOf(found), ...textsOf(entries)]) expect(text).not.toContain("2125550123");
      const revealed = await client.callTool({ name: "audit_list", arguments: { reveal: true } });
      expect(revealed).toMatchObject({
        isError: true,
        content: [{ text: expect.stringContaining("takes no reveal") as string }],
      });
      const many = await client.callTool({ name: "audit_list", arguments: { limit: 5000 } });
      expect(many).toMatchObject({ isError: true, content: [{ text: expect.stringContaining("query.limit") as string }] });
      await client.close();
    }
    const [read] = await world.query<{ actor: string }>(
      "select actor from outdial.audit where action = 'api.suppressions.lookup' order by seq limit 1",
    );
    expect(read?.actor).toBe("viewer");
  });

  test("what is known of a list stands before its items, which may be cut", async () => {
    const client = await clientOf(tokens.viewer);
    for (const name of ["campaigns_list", "attention_list", "tenant_missing"]) {
      const [text = ""] = textsOf(await client.callTool({ name }));
      expect([name, Object.keys(JSON.parse(text) as object).at(-1)]).toEqual([name, "items"]);
      expect(JSON.parse(text)).toHaveProperty("known");
    }
    await client.close();
  });

  test("a long answer is cut and says so", async () => {
    const client = await clientOf(tokens.viewer);
    const [first = "", second = ""] = textsOf(await client.callTool({ name: "compliance_pack" }));
    expect(first.length).toBeLessThanOrEqual(60_000);
    expect(second).toContain("The answer was cut");
    await client.close();
  });

  test.each<[string, string, Record<string, string>, number]>([
    ["nobody's token", "POST", { authorization: "Bearer odt_wrong" }, 401],
    ["no token", "POST", {}, 401],
    ["another site's page", "POST", { origin: "https://evil.example" }, 403],
    ["a page of another port", "POST", { origin: "http://127.0.0.1:1" }, 403],
    ["a GET", "GET", {}, 405],
  ])("%s is refused", async (_, method, more, status) => {
    const headers = { accept: "application/json, text/event-stream", "content-type": "application/json", ...more };
    const body = method === "GET" ? {} : { body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/list" }) };
    const answer = await fetch(url, { method, headers, ...body });
    expect(answer.status).toBe(status);
  });

  test("a name that is not this machine's and a message that is too large are refused", async () => {
    const { request } = await import("node:http");
    const named = await new Promise<number | undefined>((resolve, reject) => {
      const sent = request(
        url,
        { method: "POST", headers: { host: "evil.example", authorization: `Bearer ${tokens.viewer}` } },
        (answer) => {
          answer.resume();
          resolve(answer.statusCode);
        },
      );
      sent.on("error", reject).end("{}");
    });
    expect(named).toBe(421);
    const headers = {
      accept: "application/json, text/event-stream",
      "content-type": "application/json",
      authorization: `Bearer ${tokens.viewer}`,
    };
    const large = await fetch(url, { method: "POST", headers, body: JSON.stringify({ x: "x".repeat(1_100_000) }) });
    expect(large.status).toBe(413);
  });
});
