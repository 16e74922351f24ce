/**
 * Where the store is, for commands that work on it beside the server.
 *
 * @module
 */

import { SettingsError } from "./settings/problems.ts";
import { readSettings } from "./settings/read.ts";
import { STORAGE } from "./settings/sections/storage.ts";

/** The directory of the store when nothing says otherwise. */
export const ROOT_FALLBACK: string = STORAGE.children.filesystem.children.rootdirectory.bare ?? "";

/**
 * Reads where a configuration, or the variables, keep the store. Throws a `SettingsError` when that cannot be read, or
 * is no directory; what else is wrong with the configuration does not matter here.
 */
export function readStoreRoot(path: string | null): string {
  const environment = Deno.env.toObject();
  const read = readSettings({ path, environment, flags: new Map(), scope: "storage" });
  const { filesystem } = read.settings.storage;
  if (filesystem !== null) return filesystem.rootdirectory;
  const what = "there is no directory to work on; use storage.filesystem";
  throw new SettingsError([{ from: read.path ?? "", path: "storage", what }]);
}
