// The package's main door: the SDK for one tenant, and everything that outdial does as one object. Importing it loads the SDK alone.

/// <reference lib="esnext.disposable" preserve="true" />

import type { parseCampaignFiles as parse, verifyPack as verify } from "./operations/index.ts";

export { type Outdial, type OutdialConfig, openOutdial, rowsOfFile } from "./app/outdial.ts";
export { messageOf, OutdialError } from "./kernel/index.ts";
export type {
  CallTag,
  CallTags,
  InteractionCorrection,
  InteractionCorrections,
  JobProgress,
  JobSource,
  ResultRow,
  RowRunOptions,
} from "./operations/index.ts";
export {
  campaignPlanOf,
  campaignPreviewOf,
  dialerPreviewOf,
  failoverPreviewOf,
  instant,
  OperationError,
  parseContactQuery,
  parseSettingsFile,
  phone,
  readCampaignFiles,
} from "./operations/library.ts";
export type * as Views from "./operations/views/index.ts";
export type { ItemResult } from "./store/index.ts";
export * from "./tenant/index.ts";

/** Campaign files, parsed, with the place of every mistake. Throws OperationError `invalid_input`. */
export const parseCampaignFiles: typeof parse = async (files) =>
  (await import("./operations/index.ts")).parseCampaignFiles(files);

/** Checks an evidence pack, the JSON, with nothing but the log's public key (the text of `audit.pub`). Throws StoreError `audit_key` when the key is malformed. */
export const verifyPack: typeof verify = async (bytes, vkey) => (await import("./operations/index.ts")).verifyPack(bytes, vkey);
