// The facts for the rest of outdial. Appended facts stay; what is valid now is derived from them.

import type { StoreCore } from "../commit.ts";
import { addConsents, addDisconnections, addLineTypes, addRelationships } from "./append.ts";
import {
  addAttempts,
  addOutcomes,
  answeredCampaigns,
  answeredHours,
  attemptedNumbers,
  callsOfDay,
  countUnresolvedOptOuts,
  placedCalls,
  unresolvedOptOuts,
} from "./attempts.ts";
import { companyList, declareNoCompanyList } from "./company-list.ts";
import {
  beatImport,
  breakOffImport,
  brokenImports,
  findImport,
  finishImport,
  importsUnderWay,
  listImports,
  nameBrokenImports,
  noteImport,
  startImport,
} from "./imports.ts";
import { addManifest, findManifest, listManifests, newestManifests } from "./manifests.ts";
import { factsOf } from "./read.ts";
import { applyChanges, beginFile, currentFiles, discardFile, fillChanges, fillFile, switchFile } from "./registry.ts";
import { acknowledge, addRevocations, listRevocations } from "./revocations.ts";
import { lastSuppression, lift, suppress, suppressedNumbers, suppressedSince, suppressionHistory } from "./suppression.ts";

const FACTS = {
  of: factsOf,
  startImport,
  beatImport,
  noteImport,
  findImport,
  importsUnderWay,
  listImports,
  brokenImports,
  finishImport,
  breakOffImport,
  nameBrokenImports,
  companyList,
  declareNoCompanyList,
  addConsents,
  addRevocations,
  addRelationships,
  addDisconnections,
  addLineTypes,
  addAttempts,
  addOutcomes,
  countUnresolvedOptOuts,
  unresolvedOptOuts,
  suppress,
  lift,
  suppressionHistory,
  suppressedNumbers,
  suppressedSince,
  lastSuppression,
  acknowledge,
  listRevocations,
  registryFiles: currentFiles,
  beginRegistryFile: beginFile,
  fillRegistryFile: fillFile,
  fillRegistryChanges: fillChanges,
  applyRegistryChanges: applyChanges,
  switchRegistryFile: switchFile,
  discardRegistryFile: discardFile,
  answeredHours,
  attemptedNumbers,
  answeredCampaigns,
  callsOfDay,
  placedCalls,
  addManifest,
  findManifest,
  listManifests,
  newestManifests,
};

type OfStore<F> = F extends (store: StoreCore, ...rest: infer Rest) => infer Result ? (...rest: Rest) => Result : never;

/**
 * Appends and reads facts. Every method is one statement or one transaction; methods that add return the number of new records.
 */
export type Facts = { readonly [Name in keyof typeof FACTS]: OfStore<(typeof FACTS)[Name]> };

/** The facts of a store. */
export function facts(store: StoreCore): Facts {
  const bound: Record<string, unknown> = {};
  for (const [name, of] of Object.entries<(store: StoreCore, ...rest: never[]) => unknown>(FACTS))
    bound[name] = of.bind(undefined, store);
  return bound as Facts;
}
