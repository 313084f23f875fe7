// Leases: a row names the process that is at work on it, and another one takes it when that process dies. For what cannot be a run of the engine:
// emergency stops, pauses and resumes (they must not wait in a queue or for a database), and the watch over a pair, which never ends.

/** This process, and who of the others has died. */
export interface LeaseHolder {
  readonly id: string;
  isDead(id: string): Promise<boolean>;
  /** Takes a dead one off the list of processes. */
  forget(id: string): Promise<void>;
}

/** Whether this process may take work: nobody has it, it is this process's already, or it is that of a process that died. */
export async function isFree(executor: string | null, holder: Pick<LeaseHolder, "id" | "isDead">): Promise<boolean> {
  return executor === null || executor === holder.id || (await holder.isDead(executor));
}

/**
 * Takes work that is free.
 * @param claim writes this process into the row if `executor` still stands there; undefined when it does not
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
