// Leases: a row names the process that works on it, and another process takes it when that one dies. For operations that cannot
// be runs of the engine: emergency stops, pauses and resumes (they must not wait in a queue or for a database).

/** This process, and which of the others have died. */
export interface LeaseHolder {
  readonly id: string;
  isDead(id: string): Promise<boolean>;
  /** Removes a dead process from the list of processes. */
  forget(id: string): Promise<void>;
}

/** Whether this process may take work: nobody has it, this process has it already, or the process that has it died. */
export async function isFree(executor: string | null, holder: Pick<LeaseHolder, "id" | "isDead">): Promise<boolean> {
  return executor === null || executor === holder.id || (await holder.isDead(executor));
}

/**
 * Takes work that is free.
 * @param claim writes this process into the row if `executor` is still recorded there; undefined when it is not
 * @returns undefined when it is not free, or another process was faster
 */
export async function takeFree<Taken>(
  executor: string | null,
  holder: LeaseHolder,
  claim: () => Promise<Taken | undefined>,
): Promise<Taken | undefined> {
  if (!(await isFree(executor, holder))) return undefined;
  const taken = await claim();
  if (taken !== undefined && executor !== null && executor !== holder.id) await holder.forget(executor);
  return taken;
}
