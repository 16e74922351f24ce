/**
 * Files beside the store.
 *
 * @module
 */

/** Whether there is something at a path of the machine. What cannot be looked at counts as there. */
export function mayExist(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch (error) {
    return !(error instanceof Deno.errors.NotFound);
  }
}
