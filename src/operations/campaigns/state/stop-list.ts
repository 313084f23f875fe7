// The tenant's list of campaigns, as far as a stop believes it.

import type { ListProblem } from "../../../store/index.ts";
import type { CampaignProvisioning } from "../../../tenant/port.ts";

export interface ListedCampaign {
  readonly id: string;
  readonly name: string;
  readonly status: string;
}

/** A list that was read to its end. */
export interface ReadList {
  readonly named: ReadonlyMap<string, ListedCampaign>;
  /** How many campaigns there are, as the tenant says; undefined when it does not. */
  readonly total: number | undefined;
  /** Why it is not known to be whole, as far as the list itself shows. */
  readonly problem: ListProblem | null;
}

/** Reads a list to its end, as far as it goes on; each campaign is told as its page comes. Rejects with TenantError. */
export async function readToEnd(
  list: ReturnType<ReturnType<CampaignProvisioning["campaigns"]>["pages"]>,
  onPage: () => void,
  onCampaign: (one: ListedCampaign) => void,
): Promise<ReadList> {
  const named = new Map<string, ListedCampaign>();
  let total: number | undefined;
  let problem: ListProblem | null = null;
  let pages = 0;
  for await (const { items, reply } of list) {
    onPage();
    pages += 1;
    const before = named.size;
    if (typeof reply.total === "number") total = Math.max(total ?? 0, reply.total);
    const { page } = reply as { readonly page?: unknown };
    if (typeof page === "number" && page !== pages)
      problem ??= incomplete(`the tenant answered page ${page} of its list where page ${pages} was asked for`);
    for (const item of items) {
      const { id, name, status } = idAndStatus(item);
      if (id === undefined) problem ??= incomplete("an entry of the list of campaigns has no id");
      else {
        if (named.has(id)) problem ??= incomplete(`the list of campaigns names ${id} twice`);
        const one = { id, name: name ?? id, status: typeof status === "string" ? status : "unknown" };
        named.set(id, one);
        onCampaign(one);
      }
    }
    if (items.length > 0 && named.size === before) {
      problem ??= incomplete("the pages of the list of campaigns repeat themselves");
      break;
    }
  }
  return { named, total, problem };
}

const incomplete = (message: string): ListProblem => ({ code: "list_incomplete", message });
const SHORT = ["empty_list", "list_lacks_known", "list_without_total"];
/** The tenant has answered with a list that may be true, and everything that is known is paused by its id. */
export const isShort = ({ code }: ListProblem): boolean => SHORT.includes(code);

/**
 * What is missing in a list that was read to its end.
 * @param lacking number of campaigns that are known and not named
 * @param others number of campaigns that are known from elsewhere
 */
export function shortness(named: number, total: number | undefined, lacking: number, others: number): ListProblem | null {
  const known = `the tenant's list lacks ${lacking} ${lacking === 1 ? "campaign that is" : "campaigns that are"} known`;
  const unseen = (total ?? 0) - named - lacking;
  if (unseen > 0)
    return incomplete(
      lacking === 0
        ? `the tenant lists ${named} of the ${total} campaigns that it says there are`
        : `${known}, and says that there are ${unseen} more`,
    );
  if (lacking > 0) return { code: "list_lacks_known", message: known };
  if (total !== undefined && total < named)
    return {
      code: "list_without_total",
      message: `the tenant lists ${named} and says that there are ${total}: whether these are all is not known`,
    };
  if (named > 0 && (total !== undefined || others > 0)) return null;
  if (named > 0)
    return {
      code: "list_without_total",
      message: `the tenant lists ${named} and does not say how many campaigns there are, and none is known from earlier readings: whether these are all is not known`,
    };
  return { code: "empty_list", message: "the tenant lists no campaign, and none is known from earlier readings" };
}

/** With an id an entry can be paused, whatever else is wrong with it. */
function idAndStatus(item: unknown): {
  readonly id: string | undefined;
  readonly name: string | undefined;
  readonly status: unknown;
} {
  if (typeof item !== "object" || item === null) return { id: undefined, name: undefined, status: undefined };
  const { id, name, status }: { id?: unknown; name?: unknown; status?: unknown } = item;
  const text = (value: unknown) => (typeof value === "string" && value !== "" ? value : undefined);
  return { id: Number.isSafeInteger(id) ? String(id) : text(id), name: text(name), status };
}
