/**
 * What berth may do on a machine.
 *
 * @module
 */

/**
 * It serves on addresses and reads stores that its configuration names, which may be any, so little would be left to forbid.
 * Unless everything is allowed, Deno finds out where each path leads that is opened: 30 us, and a seventh of the processor
 * time of a push. Nor may `/proc` be read then, from which three of distribution's metrics come. That berth starts no
 * programs and loads no libraries is for `tests/architecture_test.ts` to see.
 */
export const PERMISSIONS: readonly string[] = ["--allow-all"];
