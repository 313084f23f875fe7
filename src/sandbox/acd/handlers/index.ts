// The handlers of all operations of the ACD table.

import { type AcdAnswer } from "../answer.ts";
import type { AcdCall, AcdHandlers } from "../call.ts";
import { account } from "./account.ts";
import { activities, skills } from "./activity.ts";
import { agents, settings } from "./agents.ts";
import { campaigns } from "./campaigns.ts";
import { callbacks, contacts } from "./contacts.ts";
import { dispositions } from "./dispositions.ts";
import { dnc } from "./dnc.ts";
import { lists, uploads } from "./lists.ts";
import { reports } from "./reports.ts";

const HANDLERS: AcdHandlers = {
  ...account,
  ...campaigns,
  ...skills,
  ...settings,
  ...lists,
  ...uploads,
  ...dnc,
  ...dispositions,
  ...contacts,
  ...activities,
  ...reports,
  ...callbacks,
  ...agents,
};

/** Runs the handler of a call's operation; throws a refusal when it is not allowed. */
export function answerAcdCall(call: AcdCall): AcdAnswer {
  return HANDLERS[call.id](call);
}
