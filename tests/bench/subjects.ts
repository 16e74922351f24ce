/**
 * Servers that run while something is measured.
 *
 * @module
 */

import type { Subject } from "./row.ts";
import type { Contender } from "./servers.ts";

/** The running servers by name; one that was started anew takes the place of the one before. */
export type Subjects = Map<string, Subject>;

/**
 * Starts every server on its directory, which is made where it is missing, runs a function with them and stops them,
 * whatever happens.
 */
export async function withSubjects<T>(
  contenders: readonly Contender[],
  rootOf: (index: number) => string,
  body: (subjects: Subjects) => Promise<T>,
): Promise<T> {
  const subjects: Subjects = new Map();
  try {
    for (const [index, contender] of contenders.entries()) {
      const root = rootOf(index);
      await Deno.mkdir(root, { recursive: true });
      subjects.set(contender.name, { contender, server: await contender.start(root) });
    }
    return await body(subjects);
  } finally {
    for (const { server } of subjects.values()) await server.stop();
  }
}
