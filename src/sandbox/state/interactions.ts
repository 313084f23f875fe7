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

export interface InteractionBook {
  get(id: string): InteractionRecord | undefined;
  readonly size: number;
  /** Writes a new version; the array replaces what was stored. */
  write(id: string, dispositions: readonly InteractionDisposition[]): InteractionRecord | undefined;
  snapshot(): InteractionRecord[];
  restore(records: readonly InteractionRecord[]): void;
}

export function createInteractionBook(scenario: Scenario, ids: IdMaker): InteractionBook {
  const records = new Map<string, InteractionRecord>();
  const etag = () => `W/"${ids.tag()}"`;
  const add = ({ id, organization = scenario.organization, dispositions }: ScenarioInteraction): void => {
    records.set(id, { id, organization, dispositions, etag: etag() });
  };
  for (const interaction of scenario.interactions) add(interaction);
  return {
    get: (id) => records.get(id),
    get size() {
      return records.size;
    },
    write(id, dispositions) {
      const old = records.get(id);
      if (old === undefined) return undefined;
      const next = { ...old, dispositions, etag: etag() };
      records.set(id, next);
      return next;
    },
    snapshot: () => [...records.values()],
    restore(saved) {
      records.clear();
      for (const record of saved) records.set(record.id, record);
    },
  };
}
