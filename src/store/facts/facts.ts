// The facts as the rest of outdial sees them. What is appended stays; what holds now is derived from it.

import type { Clock } from "../../kernel/index.ts";
import type { AuditLog } from "../audit/log.ts";
import type { Database } from "../database/database.ts";
import { addConsents, addDisconnections, addRelationships } from "./append.ts";
import {
  addAttempts,
  addOutcomes,
  answeredCampaigns,
  answeredHours,
  callsOfDay,
  countUnresolvedOptOuts,
  type OutcomesWritten,
  type UnresolvedOptOut,
  type UnresolvedPlace,
  unresolvedOptOuts,
} from "./attempts.ts";
import { finishImport, startImport } from "./imports.ts";
import { addManifest, findManifest, listManifests, type ManifestQuery, type StoredManifest } from "./manifests.ts";
import { type FactsQuery, factsOf } from "./read.ts";
import { beginFile, currentFiles, discardFile, type FilledFile, fillFile, type NewRegistryFile, switchFile } from "./registry.ts";
import { type Acknowledgement, acknowledge, addRevocations, listRevocations, type RevocationQuery } from "./revocations.ts";
import { type Lift, lift, type SuppressionRecord, suppress, suppressionHistory } from "./suppression.ts";
import type {
  AnsweredHour,
  FactImport,
  FactsActor,
  ImportCounts,
  NewAttempt,
  NewConsent,
  NewDisconnection,
  NewOutcome,
  NewRelationship,
  NewRevocation,
  NewSuppression,
  NumberFacts,
  PhoneKey,
  RegistryFile,
  RevocationState,
  SuppressionOrigin,
} from "./types.ts";

/** Appends and reads facts. Every method is one statement or one transaction; methods that add say how many records were new. */
export class Facts {
  readonly #database: Database;
  readonly #audit: AuditLog;
  readonly #clock: Clock;

  constructor(database: Database, audit: AuditLog, clock: Clock) {
    this.#database = database;
    this.#audit = audit;
    this.#clock = clock;
  }

  /** The facts of many numbers in one round trip; numbers of which nothing is known are absent. */
  of(numbers: readonly PhoneKey[], query: FactsQuery): Promise<ReadonlyMap<PhoneKey, NumberFacts>> {
    return factsOf(this.#database, numbers, query);
  }

  startImport(given: FactImport): Promise<void> {
    return startImport(this.#database, given, this.#clock.now());
  }

  /** Ends an import, with its audit entry. */
  finishImport(given: FactImport, contentHash: string, counts: ImportCounts): Promise<void> {
    return finishImport(this.#database, this.#audit, given, contentHash, counts, this.#clock.now());
  }

  addConsents(consents: readonly NewConsent[], importId?: string): Promise<number> {
    return addConsents(this.#database, consents, importId, this.#clock.now());
  }

  /** Revocations suppress their numbers and start the clock for each system. */
  addRevocations(rows: readonly NewRevocation[], by: FactsActor, origin?: SuppressionOrigin): Promise<number> {
    return addRevocations(this.#database, this.#audit, rows, by, this.#clock.now(), origin);
  }

  addRelationships(rows: readonly NewRelationship[]): Promise<number> {
    return addRelationships(this.#database, rows);
  }

  addDisconnections(rows: readonly NewDisconnection[]): Promise<number> {
    return addDisconnections(this.#database, rows);
  }

  addAttempts(attempts: readonly NewAttempt[], by: FactsActor): Promise<number> {
    return addAttempts(this.#database, this.#audit, attempts, by, this.#clock.now());
  }

  /** Opt-outs among them suppress in the same transaction. */
  addOutcomes(outcomes: readonly NewOutcome[], by: FactsActor): Promise<OutcomesWritten> {
    return addOutcomes(this.#database, this.#audit, outcomes, by, this.#clock.now());
  }

  countUnresolvedOptOuts(): Promise<number> {
    return countUnresolvedOptOuts(this.#database);
  }

  unresolvedOptOuts(limit: number, after?: UnresolvedPlace): Promise<UnresolvedOptOut[]> {
    return unresolvedOptOuts(this.#database, limit, after);
  }

  /** Puts numbers on the company's own do-not-call list. */
  async suppress(rows: readonly NewSuppression[], by: FactsActor): Promise<number> {
    return (await suppress(this.#database, this.#audit, rows, by, this.#clock.now())).length;
  }

  /** The only way off the list. Throws StoreError `not_found`, `invalid_state`. */
  lift(given: Lift): Promise<number> {
    return lift(this.#database, this.#audit, given, this.#clock.now());
  }

  suppressionHistory(number: PhoneKey): Promise<SuppressionRecord[]> {
    return suppressionHistory(this.#database, number);
  }

  acknowledge(ack: Acknowledgement, actor: string): Promise<boolean> {
    return acknowledge(this.#database, this.#audit, ack, actor);
  }

  listRevocations(query: RevocationQuery): Promise<RevocationState[]> {
    return listRevocations(this.#database, query);
  }

  /** The registry files in force. */
  registryFiles(): Promise<RegistryFile[]> {
    return currentFiles(this.#database);
  }

  beginRegistryFile(file: NewRegistryFile): Promise<number> {
    return beginFile(this.#database, file, this.#clock.now());
  }

  fillRegistryFile(id: number, numbers: readonly PhoneKey[]): Promise<number> {
    return fillFile(this.#database, id, numbers);
  }

  switchRegistryFile(filled: FilledFile): Promise<boolean> {
    return switchFile(this.#database, this.#audit, filled, this.#clock.now());
  }

  discardRegistryFile(id: number): Promise<void> {
    return discardFile(this.#database, id);
  }

  answeredHours(campaign: string, from: number, to: number): Promise<AnsweredHour[]> {
    return answeredHours(this.#database, campaign, from, to);
  }

  answeredCampaigns(from: number, to: number): Promise<string[]> {
    return answeredCampaigns(this.#database, from, to);
  }

  /** Calls a campaign has placed on the date that `at` has in `zone`. */
  callsOfDay(campaign: string, zone: string, at: number): Promise<{ date: string; placed: number }> {
    return callsOfDay(this.#database, campaign, zone, at);
  }

  addManifest(manifest: StoredManifest, by: { actor: string; details: Readonly<Record<string, unknown>> }): Promise<void> {
    return addManifest(this.#database, this.#audit, manifest, by, this.#clock.now());
  }

  findManifest(id: string): Promise<StoredManifest | undefined> {
    return findManifest(this.#database, id);
  }

  listManifests(query: ManifestQuery): Promise<StoredManifest[]> {
    return listManifests(this.#database, query);
  }
}
