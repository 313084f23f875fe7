// What the tenant was known to have, and what a shorter answer lacks of it.

export {
  compare,
  countAnswers,
  countContacts,
  HALF,
  KnownAnswers,
  type KnownThing,
  type ListedCampaigns,
  listCampaigns,
  SAY_GONE,
  shorterWords,
} from "./known-answers.ts";
