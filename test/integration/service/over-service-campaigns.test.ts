// Campaigns through a service, from a machine that has nothing but its address and a token.

import { createServer } from "node:http";
import { afterAll, beforeAll, expect, test } from "vitest";
import { campaignStatus, campaignStatusList } from "../../../src/operations/views/index.ts";
import { beginCli, type CliOptions, runCli, workFolder } from "../../support/cli.ts";
import { EASTERN, type StartedService, startService } from "../../support/service.ts";

let at: StartedService;
let folder: Awaited<ReturnType<typeof workFolder>>;
beforeAll(async () => {
  at = await startService({
    sandbox: {
      clock: "frozen",
      scenario: {
        campaigns: [
          { id: "camp_1", name: "Spring", status: "active", contactListId: "people", queueId: "sales" },
          { id: "camp_2", name: "Winter", status: "paused", contactListId: "people" },
        ],
        contactLists: [{ id: "people", generate: { count: 40, consentRate: 0.5, zones: ["America/New_York"] } }],
      },
    },
  });
  folder = await workFolder();
  await at.registries(...EASTERN);
});
afterAll(async () => {
  await at[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

const environment = (as: keyof StartedService["tokens"] = "operator", url = at.service.url) => ({
  OUTDIAL_URL: url,
  OUTDIAL_TOKEN: at.tokens[as],
});
const run = (args: readonly string[], options: Partial<CliOptions> = {}) =>
  runCli(args, { cwd: folder.path, env: environment(), ...options });
/** The same command beside the service, on its database. */
const beside = (args: readonly string[]) => runCli(args, { cwd: at.dir, env: at.environment });

test("a campaign's status is the same text and the same JSON as without the service", async () => {
  const ages = (text: string) => text.replaceAll(/\d+ s old/g, "N s old").replaceAll(/of \d{4}-\S+Z/g, "of TIME");
  const there = await run(["campaign", "status", "camp_1"], { env: environment("viewer") });
  const here = await beside(["campaign", "status", "camp_1"]);
  expect([there.code, ages(there.stdout)]).toEqual([here.code, ages(here.stdout)]);
  expect(there.stdout).toMatch(/^camp_1 · Spring · active/);
  expect(there.stdout).toContain("40 contacts judged");

  const { code, stdout } = await run(["campaign", "status", "camp_2", "--json"]);
  const view = campaignStatus.parse(JSON.parse(stdout));
  expect([code, view.id, view.status, view.gate?.judged?.contacts]).toEqual([0, "camp_2", "paused", 40]);
  const all = await run(["campaign", "status", "--json"]);
  expect(campaignStatusList.parse(JSON.parse(all.stdout)).items.map(({ id }) => id)).toEqual(["camp_1", "camp_2"]);
  expect((await run(["campaign", "status"])).stdout).toMatch(/^campaign +status[^]*camp_1 +active[^]*camp_2 +paused/);
});

test("a name that is no campaign's, what the service decides itself, and a tenant that does not answer", async () => {
  expect(await run(["campaign", "status", "camp_11"])).toMatchObject({
    code: 1,
    stdout: "",
    stderr: expect.stringContaining("Did you mean camp_1?") as string,
  });
  expect(await run(["campaign", "resume", "camp_22", "--yes"])).toMatchObject({
    code: 1,
    stderr: expect.stringContaining("Did you mean camp_2?") as string,
  });
  expect(await run(["campaign", "status", "--window", "5"])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("--window and --contacts do not go through a service") as string,
  });
  const fault = at.sandbox.control.faults.add({ match: { operation: "getCampaign" }, effect: { status: 403 } });
  const blind = await run(["campaign", "status", "camp_1"]);
  expect(blind).toMatchObject({
    code: 5,
    stdout: expect.stringContaining("camp_1 · Spring · active") as string,
    stderr: expect.stringContaining("not all of it could be read at ") as string,
  });
  at.sandbox.control.faults.clear();
  expect(fault).toBeDefined();
});

test("a watch goes on over a restart of the service, and ends with Ctrl-C", async () => {
  let asked = 0;
  const proxy = createServer((request, response) => {
    asked += 1;
    if (asked === 2) return void response.writeHead(502, { "content-type": "text/html" }).end("<h1>Bad Gateway</h1>");
    void at
      .ask(request.url ?? "")
      .then(async (answer) => response.writeHead(answer.status, { "content-type": "application/json" }).end(await answer.text()));
  });
  await new Promise<void>((listening) => proxy.listen(0, "127.0.0.1", listening));
  const address = proxy.address();
  const url = `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}`;
  const watch = beginCli(["campaign", "status", "camp_1", "--watch", "--every", "1s", "--json"], {
    cwd: folder.path,
    env: environment("viewer", url),
  });
  await expect.poll(() => watch.stderr(), { timeout: 60_000 }).toContain("the service answers again");
  watch.interrupt();
  const { code, stdout, stderr } = await watch.ended;
  expect(code).toBe(130);
  expect(stderr).toContain("its proxy said 502; looking again until it does");
  for (const line of stdout.trim().split("\n")) expect(campaignStatus.parse(JSON.parse(line)).id).toBe("camp_1");
  proxy.close();
});
