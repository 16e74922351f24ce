/**
 * What berth may do on a machine.
 *
 * @module
 */

/**
 * It serves on addresses and reads stores that its configuration names, which may be any, and takes settings from the
 * environment. It asks the machine for the room that its disk has left, for the metrics, and for its name, which events say. It
 * starts no programs and loads no libraries.
 */
export const PERMISSIONS: readonly string[] = [
  "--allow-net",
  "--allow-read",
  "--allow-write",
  "--allow-env",
  "--allow-sys=statfs,hostname",
];
