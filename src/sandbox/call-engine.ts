// The engine that makes calls in a living tenant: the port that the living dialer implements, and the part of the tenant that it
// may change.

import type { ScenarioContactList } from "./scenario/index.ts";
import type { CallRecord, CallStore } from "./world/calls.ts";
import type { ContactStore } from "./world/contacts.ts";

/** What an engine needs to know about a campaign. */
export interface DialedCampaign {
  readonly id: string;
  /** Only "active" campaigns place calls. */
  readonly status: string;
  readonly contactListId?: string | undefined;
  /** Most calls placed per minute. */
  readonly callRate: number;
  /** Most calls on lines at once. */
  readonly maxCallsInFlight: number;
  /** Share of the calls that the campaign expects to be answered; 1 divided by it is the most lines for an idle agent. */
  readonly answerRatio: number;
  /** Share of the answered calls that may be lost; the dialer's own target applies as well. */
  readonly abandonmentThreshold: number;
  /** How often a list may be dialed through within 24 hours; default no limit. */
  readonly maxCallsPerContactPerDay?: number | undefined;
  /** Lines for each idle agent, instead of the dialer's ratio and the campaign's own share. */
  readonly linesPerAgent?: number | undefined;
  /** Share of the answered calls that may be lost, instead of the dialer's target and the campaign's threshold. */
  readonly abandonmentTarget?: number | undefined;
}

/** The dialer settings in force (contract §2.5), which all campaigns share. */
export interface DialedSettings {
  /** Agents at work: `max_agents` times `agent_availability_estimate`, rounded to whole agents. */
  readonly agents: number;
  /** Most calls on lines at once. */
  readonly lines: number;
  /** Least seconds between two calls of a campaign. */
  readonly spacing: number;
  /** Lines for each idle agent. */
  readonly dialRatio: number;
  readonly abandonmentTarget: number;
  /** Idle seconds after which an agent's line is dropped; default never. */
  readonly warmLineTimeout?: number | undefined;
}

/** The part of the tenant that an engine works on; read again at every step. */
export interface DialedWorld {
  campaign(id: string): DialedCampaign | undefined;
  campaigns(): Iterable<DialedCampaign>;
  contacts(listId: string): ContactStore | undefined;
  settings(): DialedSettings;
  /** Whether a campaign may dial a number; default yes. */
  mayDial?(campaignId: string, phone: string): boolean;
  readonly calls: CallStore;
}

/** How calls to a list turn out (contract §3: `contactLists`, `timeline`). */
export type ListBehaviour = Pick<ScenarioContactList, "answerRate" | "abandonRate" | "mix" | "talk" | "wrap">;

/** Figures of a campaign over a window; never null (contract §2.3). */
export interface CampaignFigures {
  /**
   * Share of the calls decided in the window that reached an agent; 1 while none was decided, so that no failover is started for
   * lack of calls.
   */
  readonly successRate: number;
  /** Calls that have not ended. */
  readonly activeCalls: number;
  readonly callsPlaced: number;
  /** Calls that a person answered, including the abandoned ones. */
  readonly callsAnswered: number;
  /** Share of the answered calls that were lost before an agent spoke. */
  readonly abandonmentRate: number;
}

/** The present agents of a campaign. */
export interface CampaignStaff {
  /** The number of its first agent. */
  readonly first: number;
  /** At work: idle, talking, wrapping up, or being connected. */
  readonly loggedIn: number;
  readonly idle: number;
  readonly talking: number;
  readonly wrapping: number;
}

export type CallEngineEvent =
  | { readonly type: "call_ended"; readonly call: CallRecord }
  /** Sent once a minute for each campaign that is active or still has calls. */
  | { readonly type: "metrics"; readonly campaignId: string; readonly figures: CampaignFigures };

/** State of an engine as plain data; only this kind of engine reads it. */
export type CallEngineSnapshot = object;

export interface CallEngine {
  /**
   * Call it after every change of a campaign or of the settings in force: starts active campaigns; paused ones only finish their
   * calls.
   */
  sync(): void;
  /** Calls that have not ended, including wrap-up. */
  activeCalls(campaignId?: string): number;
  staff(campaignId: string): CampaignStaff;
  /** Lines for each idle agent, and the share of answered calls that may be lost, as in force for a campaign. */
  paceOf(campaignId: string): { readonly linesPerAgent: number; readonly abandonmentTarget: number };
  /** @param windowMinutes at most a day: older calls are forgotten */
  metrics(campaignId: string, windowMinutes: number): CampaignFigures;
  /** Changes how calls to a list turn out from now on; fields that are left out stay. */
  setBehaviour(listId: string, behaviour: ListBehaviour): void;
  /** Places one call now, whatever the campaign's state; undefined when there is no such campaign or no contact to call. */
  place(campaignId: string): CallRecord | undefined;
  /** Ends a campaign's calls now, or one of them; agents still do their wrap-up. */
  hangUp(campaignId: string, callId?: string): void;
  snapshot(): CallEngineSnapshot;
  /** Restore the clock and the call store first. Throws when the snapshot is of another kind of engine. */
  restore(snapshot: CallEngineSnapshot): void;
  /** Stops for good. Can be called twice. */
  stop(): void;
}
