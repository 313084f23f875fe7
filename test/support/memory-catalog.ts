// A catalog in memory, for tests and measurements.

import type { LakeCatalog, LakeFile } from "../../src/outcomes/index.ts";

/** A catalog that begins with `files` and lives as long as the process. */
export function createMemoryCatalog(files: readonly LakeFile[] = [], now: () => number = Date.now): LakeCatalog {
  const replaced = new Map<string, number>();
  const live = new Map(files.map((file) => [file.path, file]));
  return {
    async files(query = {}) {
      const { campaignId, fromDay = "", toDay = "9", kind, removed } = query;
      if (removed === true) return [];
      return [...live.values()].filter(
        (file) =>
          (campaignId === undefined || file.campaignId === campaignId) &&
          (kind === undefined ? file.kind !== "quarantine" : file.kind === kind) &&
          file.day >= fromDay &&
          file.day <= toDay,
      );
    },
    async replace(removed, added) {
      if (removed.some(({ path }) => !live.has(path))) return false;
      for (const { path } of removed) {
        live.delete(path);
        replaced.set(path, now());
      }
      for (const file of added) live.set(file.path, file);
      return true;
    },
    async replacedWithin(ms) {
      const after = now() - ms;
      return [...replaced].flatMap(([path, at]) => (at > after ? [path] : []));
    },
  };
}
