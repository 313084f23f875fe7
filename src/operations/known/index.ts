// What the tenant was known to have, and what a shorter answer lacks of it.

export { type Comparison, compare, HALF, type Known, type KnownNumber, type KnownThing, shorterWords } from "./compare.ts";
export { countContacts, KnownAnswers, type ListDeps, type ListedCampaigns, listCampaigns, SAY_GONE } from "./known-answers.ts";
