// The demo as a user starts it: it prints one address that signs in, and Ctrl-C leaves nothing. Its story is told at many instants in story.test.ts, and on
// its pages in test/browser/walk.test.ts.

import { readdirSync } from "node:fs";
import { expect, test } from "vitest";
import { BIN, startCli, workFolder } from "../../support/cli.ts";

interface Ready {
  readonly url: string;
  readonly loginUrl: string;
  readonly tenantUrl: string;
}

async function readyOf(child: ReturnType<typeof startCli>): Promise<Ready> {
  for await (const chunk of child.child.stdout ?? []) return JSON.parse(String(chunk)) as Ready;
  throw new Error(`the demo ended: ${child.stderr()}`);
}

interface Tenant {
  readonly campaigns: readonly { readonly id: string }[];
}

test("the demo lives and leaves nothing behind", async () => {
  await using folder = await workFolder();
  const demo = startCli(["demo", "--json"], { bin: BIN, cwd: folder.path, env: { TMPDIR: folder.path } });
  const { url, loginUrl, tenantUrl } = await readyOf(demo);

  const code = new URL(loginUrl).hash.slice(1);
  const login = () =>
    fetch(`${url}/api/v1/session`, {
      method: "POST",
      headers: { "content-type": "application/json", origin: url, "x-outdial-request": "1" },
      body: JSON.stringify({ code }),
    });
  const first = await login();
  expect(first.status).toBe(200);
  expect((await login()).status).toBe(401);
  const cookie = first.headers
    .getSetCookie()
    .map((one) => one.split(";")[0])
    .join("; ");
  const get = async (path: string) => (await fetch(`${url}/api/v1${path}`, { headers: { cookie } })).json();
  const jobs = (await get("/jobs")) as { items: { kind: string }[] };
  expect(new Set(jobs.items.map(({ kind }) => kind)).size).toBe(2);

  const { campaigns } = (await (await fetch(`${tenantUrl}/__sandbox/state`)).json()) as Tenant;
  expect(campaigns.map(({ id }) => id)).toEqual(["camp_renewals_spring", "camp_renewals_backup"]);

  const [made] = readdirSync(folder.path).filter((name) => name.startsWith("outdial-demo-"));
  expect(made).toBeDefined();
  demo.child.kill("SIGINT");
  expect(await demo.ended).toMatchObject({ code: 130 });
  expect(readdirSync(folder.path).filter((name) => name.startsWith("outdial-demo-"))).toEqual([]);
  await expect(fetch(url)).rejects.toThrow();
  await expect(fetch(tenantUrl)).rejects.toThrow();
});

test("a demo that is interrupted while it prepares leaves nothing behind either", async () => {
  await using folder = await workFolder();
  const demo = startCli(["demo"], { bin: BIN, cwd: folder.path, env: { TMPDIR: folder.path } });
  await new Promise<void>((resolve) => demo.child.stderr?.on("data", () => resolve()));
  demo.child.kill("SIGINT");
  expect(await demo.ended).toMatchObject({ code: 130 });
  expect(readdirSync(folder.path).filter((name) => name.startsWith("outdial-demo-"))).toEqual([]);
});
