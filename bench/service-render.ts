// First render of the campaigns page: from the navigation to the first row of the table, against a page of plain markup from a bare hono route, in the
// same Chromium, in turn.

import { Hono } from "hono";
import type { BrowserContext } from "playwright-core";
import { dashboardFolder } from "../src/app/index.ts";
import { median, rounded } from "./support.ts";
import { launchBrowser } from "./support-browser.ts";
import { openBenchService, serveBare } from "./support-service.ts";

const ROUNDS = 7;

await using opened = await openBenchService(await dashboardFolder());
const { service } = opened;
const app = new Hono();
app.get("/", (c) => c.html("<!doctype html><title>bare</title><table><tbody><tr><td>camp_primary_001</td></tr></tbody></table>"));
await using bare = await serveBare(app);
const browser = await launchBrowser();

async function timed(context: BrowserContext, url: string): Promise<number> {
  const page = await context.newPage();
  const began = performance.now();
  await page.goto(url, { waitUntil: "commit" });
  await page.locator("tbody tr").first().waitFor({ timeout: 60_000 });
  const ms = performance.now() - began;
  await page.close();
  return ms;
}

try {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  const login = await context.newPage();
  await login.goto(await service.loginLink("bench", "viewer"));
  await login.locator("tbody tr").first().waitFor({ timeout: 60_000 });
  await login.close();
  const campaigns: number[] = [];
  const plain: number[] = [];
  for (let i = 0; i <= ROUNDS; i++) {
    const one = await timed(context, bare.origin);
    const other = await timed(context, service.url);
    if (i === 0) continue;
    plain.push(one);
    campaigns.push(other);
  }
  process.stdout.write(
    `${JSON.stringify({
      ratio: rounded(median(campaigns) / median(plain), 2),
      campaignsMs: rounded(median(campaigns), 0),
      bareMs: rounded(median(plain), 0),
      rounds: ROUNDS,
    })}\n`,
  );
} finally {
  await browser.close();
}
