// A catalog in memory, for programs with a file list of their own and for tests.

import type { LakeCatalog, LakeFile } from "./lake.ts";

/** A catalog that begins with `files` and lives as long as the process. */
export function createMemoryCatalog(files: readonly LakeFile[] = []): LakeCatalog {
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
      for (const { path } of removed) live.delete(path);
      for (const file of added) live.set(file.path, file);
      return true;
    },
  };
}
