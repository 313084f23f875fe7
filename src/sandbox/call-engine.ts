// What drives calls in a living tenant: the port that the living dialer implements, and what it may touch.

import type { ScenarioContactList } from "./scenario/index.ts";
import type { CallRecord, CallStore } from "./world/calls.ts";
import type { ContactStore } from "./world/contacts.ts";

/** What an engine needs to know of a campaign. */
export interface DialedCampaign {
  readonly id: string;
  /** Only "active" campaigns place calls. */
  readonly status: string;
  readonly contactListId?: string | undefined;
  /** Most calls placed a minute. */
  readonly callRate: number;
  /** Most calls on lines at once. */
  readonly maxCallsInFlight: number;
  /** Share of the calls that the campaign expects to be answered; its reciprocal is the most lines for an idle agent. */
  readonly answerRatio: number;
  /** Share of the answered calls that may be lost; the dialer's own target holds, too. */
  readonly abandonmentThreshold: number;
  /** How often a list may be gone through within 24 hours; default without limit. */
  readonly maxCallsPerContactPerDay?: number | undefined;
  /** Lines for each idle agent, in place of the dialer's ratio and the campaign's own share. */
  readonly linesPerAgent?: number | undefined;
  /** Share of the answered calls that may be lost, in place of the dialer's target and the campaign's threshold. */
  readonly abandonmentTarget?: number | undefined;
}

/** The dialer settings in force (contract §2.5), which all campaigns share. */
export interface DialedSettings {
  /** Agents at work: `max_agents` times `agent_availability_estimate`, whole ones. */
  readonly agents: number;
  /** Most calls on lines at once. */
  readonly lines: number;
  /** Least seconds between two calls of a campaign. */
  readonly spacing: number;
  /** Lines for each idle agent. */
  readonly dialRatio: number;
  readonly abandonmentTarget: number;
  /** Seconds of idleness after which an agent's line is dropped; default never. */
  readonly warmLineTimeout?: number | undefined;
}

/** The part of the tenant an engine works on; read anew at every step. */
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
  /** Share of the calls decided in the window that reached an agent; 1 while none was decided, so that nobody fails over on silence. */
  readonly successRate: number;
  /** Calls not over yet. */
  readonly activeCalls: number;
  readonly callsPlaced: number;
  /** Calls a person answered, the abandoned ones included. */
  readonly callsAnswered: number;
  /** Share of the answered calls that were lost before an agent spoke. */
  readonly abandonmentRate: number;
}

/** A campaign's agents at this instant. */
export interface CampaignStaff {
  /** At work: idle, talking, wrapping up, or being connected. */
  readonly loggedIn: number;
  readonly idle: number;
  readonly talking: number;
  readonly wrapping: number;
}

export type CallEngineEvent =
  | { readonly type: "call_ended"; readonly call: CallRecord }
  /** Once a minute for each campaign that is active or drains. */
  | { readonly type: "metrics"; readonly campaignId: string; readonly figures: CampaignFigures };

/** State of an engine as plain data; only the engine that made it reads it. */
export type CallEngineSnapshot = object;

export interface CallEngine {
  /** To be called after every change of a campaign or of the settings in force: starts the active ones, lets the others drain. */
  sync(): void;
  /** Calls not over yet, wrap-up included. */
  activeCalls(campaignId?: string): number;
  staff(campaignId: string): CampaignStaff;
  /** Lines for each idle agent and the share of answered calls that may be lost, as in force for a campaign. */
  paceOf(campaignId: string): { readonly linesPerAgent: number; readonly abandonmentTarget: number };
  /** @param windowMinutes at most a day back is remembered */
  metrics(campaignId: string, windowMinutes: number): CampaignFigures;
  /** Changes how calls to a list turn out from now on; what is not named stays. */
  setBehaviour(listId: string, behaviour: ListBehaviour): void;
  /** Places one call now, whatever the campaign's state; undefined when the campaign or a contact to call is missing. */
  place(campaignId: string): CallRecord | undefined;
  /** Ends a campaign's calls on the line now; agents still wrap up what they were at. */
  hangUp(campaignId: string): void;
  snapshot(): CallEngineSnapshot;
  /** Restore the clock and the call store first. Throws when the snapshot is of another engine. */
  restore(snapshot: CallEngineSnapshot): void;
  /** Stops for good. May be called twice. */
  stop(): void;
}
