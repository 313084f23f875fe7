// Closed interactions with their dispositions; each version has a weak entity tag (contract §2.2).

import type { Scenario, ScenarioInteraction } from "../scenario/index.ts";
import type { IdMaker } from "./ids.ts";

interface InteractionDisposition {
  readonly code: string;
  readonly description: string;
  readonly agent_id: string;
  readonly timestamp: string;
  readonly source: string;
}

/** One interaction. Records are replaced, never changed in place. */
export interface InteractionRecord {
  readonly id: string;
  readonly organization: string;
  readonly dispositions: readonly InteractionDisposition[];
  /** The weak form with quotes, as it goes over the wire. */
  readonly etag: string;
}

export type InteractionBook = Readonly<ReturnType<typeof createInteractionBook>>;

export function createInteractionBook(scenario: Scenario, ids: IdMaker) {
  const records = new Map<string, InteractionRecord>();
  const etag = () => `W/"${ids.tag()}"`;
  const add = ({ id, organization = scenario.organization, dispositions }: ScenarioInteraction): void => {
    records.set(id, { id, organization, dispositions, etag: etag() });
  };
  for (const interaction of scenario.interactions) add(interaction);
  return {
    get: (id: string): InteractionRecord | undefined => records.get(id),
    get size(): number {
      return records.size;
    },
    /** Writes a new version; the array replaces what was stored. */
    write(id: string, dispositions: readonly InteractionDisposition[]): InteractionRecord | undefined {
      const old = records.get(id);
      if (old === undefined) return undefined;
      const next = { ...old, dispositions, etag: etag() };
      records.set(id, next);
      return next;
    },
    snapshot: (): InteractionRecord[] => [...records.values()],
    restore(saved: readonly InteractionRecord[]): void {
      records.clear();
      for (const record of saved) records.set(record.id, record);
    },
  };
}
