// The documents as a service has them: under its policy for pages, without a request to anywhere else, by search and from the dashboard.

import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type BrowserWorld, NARROW, openBrowserWorld, WIDE } from "./world.ts";

const ROOT = join(import.meta.dirname, "../..");
const PAGES = readdirSync(join(ROOT, "docs")).flatMap((name) => (name.endsWith(".md") ? [name.slice(0, -3)] : []));

let world: BrowserWorld;
beforeAll(async () => {
  const { status, stderr } = spawnSync(process.execPath, [join(ROOT, "scripts/build-docs.ts"), "--changed"], {
    encoding: "utf8",
  });
  expect(status, stderr).toBe(0);
  world = await openBrowserWorld();
}, 300_000);
afterAll(() => world[Symbol.asyncDispose]());

test("the dashboard leads to the document about the page that is open, and the document back", async () => {
  await using opened = await world.open(WIDE, "viewer");
  const { page, faults } = opened;
  await page.goto(`${world.whole.service.url}/outcomes`);
  await opened.drawn("Outcomes");
  const [documents] = await Promise.all([
    page.context().waitForEvent("page"),
    page.getByRole("link", { name: "How this page works" }).click(),
  ]);
  await documents.getByRole("heading", { level: 1, name: "Outcomes" }).waitFor();
  await documents.getByRole("link", { name: "Dashboard" }).first().click();
  await documents.getByRole("heading", { level: 1, name: "Campaigns" }).waitFor();
  await documents.close();
  expect(faults).toEqual([]);
});

test.each([WIDE, NARROW])(
  "a question is found by its words, nothing comes from elsewhere, nothing is refused: $width px",
  async (look) => {
    await using opened = await world.open(look);
    const { page, faults } = opened;
    const { url } = world.whole.service;
    const elsewhere: string[] = [];
    page.on("request", (request) => {
      if (!request.url().startsWith(url) && !request.url().startsWith("data:")) elsewhere.push(request.url());
    });
    await page.goto(`${url}/docs`);
    await page.getByRole("heading", { level: 1, name: "Documents" }).waitFor();
    await page.getByRole("link", { name: "Going live in a day" }).first().waitFor();
    await page
      .getByRole("button", { name: /^Search/ })
      .first()
      .click();
    await page.getByRole("searchbox").fill("wilson");
    await page.getByRole("option").first().waitFor();
    await page.keyboard.press("Enter");
    await page.waitForURL(/\/docs\/\w[\w-]*\.html/);
    expect(await opened.violations()).toEqual([]);
    expect([elsewhere, faults]).toEqual([[], []]);
  },
);

test("every document is a page, named in the index and in the menu; what is none says so", async () => {
  const { url } = world.whole.service;
  const textOf = async (path: string) => {
    const response = await fetch(`${url}/docs/${path}`);
    return [response.status, await response.text()] as const;
  };
  const [, index] = await textOf("index.html");
  for (const name of PAGES) {
    expect([name, (await textOf(`${name}.html`))[0]]).toEqual([name, 200]);
    if (name !== "index") expect(index).toContain(`href="/docs/${name}.html"`);
  }
  for (const [, file = ""] of index.matchAll(/href="\/docs\/(files\/[^"]+)"/g))
    expect([file, (await textOf(file))[0]]).toEqual([file, 200]);
  for (const path of ["nowhere.html", "nowhere", "files/package.json"])
    expect(await textOf(path)).toEqual([404, expect.stringContaining("The documents begin at /docs/")]);
});
