// The page Set up: the list of outdial doctor, each line with what to do and where; and an invitation that is copied or mailed.

import { afterAll, beforeAll, expect, test } from "vitest";
import { runCli } from "../support/cli.ts";
import { type BrowserWorld, NARROW, openBrowserWorld, WIDE } from "./world.ts";

let world: BrowserWorld;
beforeAll(async () => {
  world = await openBrowserWorld();
});
afterAll(() => world[Symbol.asyncDispose]());

interface Check {
  readonly check: string;
  readonly state: string;
  readonly text: string;
  readonly mend: string | null;
}

test("it says what doctor says", async () => {
  const { items } = (await world.whole.get("/api/v1/setup")) as { items: readonly Check[] };
  const { environment, dir } = world.whole;
  const { stdout } = await runCli(["doctor", "--json"], { cwd: dir, env: environment });
  const { checks } = JSON.parse(stdout) as { checks: readonly Check[] };
  // What is counted goes on meanwhile.
  const said = (those: readonly Check[]) => those.map(({ check, state, mend }) => [check, state, mend]);
  expect(said(items)).toEqual(said(checks));
  const by = new Map(items.map((one) => [one.check, one]));
  expect(by.get("colleagues")).toMatchObject({ state: "ok", text: "they sign in by 4 tokens" });
  expect(by.get("registries")).toMatchObject({ state: "warn", mend: expect.stringContaining("dnc import") });
  for (const left of ["alarms", "backup"]) expect(by.get(left)).toMatchObject({ state: "todo", mend: expect.any(String) });
  expect((await world.whole.ask("/api/v1/setup", { as: "viewer" })).status).toBe(403);
});

test.each([WIDE, { ...NARROW, locale: "de-DE" }])(
  "what is left to do comes first, with the way there: $width px, $colorScheme",
  async (look) => {
    await using opened = await world.open(look, "operator");
    const { page, faults } = opened;
    await page.goto(`${world.whole.service.url}/setup`);
    await opened.drawn("Set up");
    const rows = page.getByRole("region", { name: "Checks" }).locator("tbody tr");
    const states = (await rows.locator(".pill").allTextContents()).map((text) =>
      ["wrong", "left to do", "doubtful", "ok"].indexOf(text),
    );
    expect(states).toEqual(states.toSorted((a, b) => a - b));
    expect(await opened.violations()).toEqual([]);
    expect(await opened.overflow()).toBe(0);
    const list = rows.filter({ hasText: "registries" });
    await opened.press(list.getByRole("link", { name: "Compliance" }));
    await page.getByRole("heading", { level: 1, name: "Compliance" }).waitFor();
    expect(faults).toEqual([]);
  },
);

test("an invitation is a token with a role and an end: copied whole, mailed without the token", async () => {
  await using opened = await world.open(WIDE, "admin");
  const { page, faults } = opened;
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await page.goto(`${world.whole.service.url}/access`);
  await opened.drawn("Users and tokens");
  await page.getByLabel("Name").fill("Ines");
  await page.getByLabel("Role").selectOption("operator");
  await page.getByRole("button", { name: "Make a token" }).click();
  const token = (await page.getByRole("status").locator("code").textContent()) ?? "";
  expect(token.length).toBeGreaterThan(20);
  await page.getByRole("button", { name: "Copy as an invitation" }).click();
  await page.getByText("Copied: address, role, token and its end").waitFor();
  const copied = await page.evaluate<string>("navigator.clipboard.readText()");
  expect(copied).toContain(`${world.whole.service.url}/login`);
  expect(copied).toContain("as operator, until ");
  expect(copied.endsWith(token)).toBe(true);
  const mail = new URL((await page.getByRole("link", { name: "Mail without the token" }).getAttribute("href")) ?? "");
  expect(mail.protocol).toBe("mailto:");
  expect(mail.searchParams.get("body")).toContain(`${world.whole.service.url}/login`);
  expect(mail.href).not.toContain(token);
  expect(await opened.violations()).toEqual([]);
  expect(faults).toEqual([]);
});

test("the command line lists who is signed in and ends a session, which is refused from then on", async () => {
  const opened = await world.whole.ask("/api/v1/session", {
    method: "POST",
    headers: { "content-type": "application/json", "x-outdial-request": "1", origin: world.whole.service.url },
    body: JSON.stringify({ token: world.whole.tokens.viewer }),
  });
  const cookie = opened.headers.get("set-cookie")?.split(";")[0] ?? "";
  const me = () => fetch(`${world.whole.service.url}/api/v1/me`, { headers: { cookie } });
  expect((await me()).status).toBe(200);
  const outdial = (...args: string[]) => runCli(args, { cwd: world.whole.dir, env: world.whole.environment });
  const listed = await outdial("serve", "session", "list", "--json");
  const { items } = JSON.parse(listed.stdout) as { items: { id: string; name: string; role: string }[] };
  const own = items.find(({ name }) => name === "vera");
  expect([listed.code, own]).toMatchObject([0, { role: "viewer" }]);
  expect((await outdial("serve", "session", "list")).stdout).toMatch(/vera {2}viewer {2}since \S+ {2}used \S+/);
  expect(await outdial("serve", "session", "end", own?.id ?? "")).toMatchObject({ code: 0, stdout: `${own?.id} ended\n` });
  expect((await me()).status).toBe(401);
  expect(await outdial("serve", "session", "end", own?.id ?? "")).toMatchObject({
    code: 1,
    stderr: expect.stringContaining("session list"),
  });
});
