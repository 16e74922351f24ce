/**
 * What commands share that work on a store without serving it.
 *
 * @module
 */

import { StorageError } from "../storage/errors.ts";
import { FilesystemDriver } from "../storage/filesystem.ts";
import { storeRoot } from "../storage/layout.ts";
import type { CommandArgs } from "./command.ts";
import { SETTINGS, settingVariable } from "./settings.ts";

/** The directory of the store: the flag, else the variable of distribution, else the default. */
export function offlineRoot(args: CommandArgs): string {
  return args.text("root") ?? Deno.env.get(settingVariable("root")) ?? SETTINGS.root.fallback;
}

/**
 * Opens a store that is there, without making or changing anything. `verb` completes "Cannot ..". Throws a
 * `StorageError` of kind `invalid` for a directory that is no store.
 */
export function openExistingDriver(root: string, verb: string): FilesystemDriver {
  const reason = whyNoStore(root);
  if (reason !== null) {
    throw new StorageError(
      "invalid",
      `Cannot ${verb} "${root}": ${reason}; pass with --root the directory that holds ${storeRoot}`,
    );
  }
  return new FilesystemDriver(root);
}

function whyNoStore(root: string): string | null {
  try {
    if (!Deno.statSync(root).isDirectory) return "not a store, but a file";
    return Deno.statSync(`${root}/${storeRoot}`).isDirectory ? null : `not a store`;
  } catch (error) {
    if (error instanceof Deno.errors.PermissionDenied) return "permission denied";
    return "not a store";
  }
}
