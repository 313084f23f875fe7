import { expect, test } from "vitest";
import type { TenantCampaign } from "../plan/types.ts";
import { exportCampaigns } from "./export.ts";

const campaign = (id: string, name: string): TenantCampaign =>
  ({ id, name, status: "paused", etag: undefined, document: { name } }) as unknown as TenantCampaign;

test("files have names that every file system takes as different files, whatever the campaigns are called", async () => {
  const called = ["CON", "nul", "com1", "Spring", "SPRING", "spring ", "a/b", "a\\b", "..", "Ä", "…", "…", "x:y?", "LPT9"];
  const files = await exportCampaigns(
    called.map((name, i) => campaign(`id-${i}`, name)),
    new Map(),
  );
  const names = files.map(({ name }) => name);
  expect(new Set(names.map((name) => name.toLowerCase())).size).toBe(called.length);
  for (const name of names) {
    expect(name).toMatch(/^[a-z0-9-]+\.yaml$/);
    expect(name).not.toMatch(/^(?:con|prn|aux|nul|com\d|lpt\d)\./);
  }
  expect(names.slice(0, 5)).toEqual(["con-id-0.yaml", "nul-id-1.yaml", "com1-id-2.yaml", "spring.yaml", "spring-id-4.yaml"]);
});
