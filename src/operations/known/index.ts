// What the tenant was known to have, and what a shorter answer lacks of it.

export { compare, HALF, type KnownThing, shorterWords } from "./compare.ts";
export { countContacts, KnownAnswers, type ListedCampaigns, listCampaigns, SAY_GONE } from "./known-answers.ts";
