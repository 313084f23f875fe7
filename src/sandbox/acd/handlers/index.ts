// The handlers of all operations of the ACD table.

import { type AcdAnswer } from "../answer.ts";
import type { AcdCall, AcdHandlers } from "../call.ts";
import { account } from "./account.ts";
import { activities } from "./activity.ts";
import { agents } from "./agents.ts";
import { callbacks } from "./callbacks.ts";
import { campaigns } from "./campaigns.ts";
import { contacts } from "./contacts.ts";
import { dispositions } from "./dispositions.ts";
import { dnc } from "./dnc.ts";
import { lists } from "./lists.ts";
import { reports } from "./reports.ts";
import { settings } from "./settings.ts";
import { skills } from "./skills.ts";
import { uploads } from "./uploads.ts";

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
