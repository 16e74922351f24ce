/**
 * What berth may do on a machine.
 *
 * @module
 */

/**
 * It serves on addresses and reads stores that its configuration names, which may be any, and takes settings from the
 * environment. It starts no programs, loads no libraries and asks nothing about the machine.
 */
export const PERMISSIONS: readonly string[] = [
  "--allow-net",
  "--allow-read",
  "--allow-write",
  "--allow-env",
];
