/**
 * Links: small files that hold a digest.
 *
 * @module
 */

import type { Digest } from "./digest.ts";
import type { StorageDriver, StoragePath } from "./driver.ts";
import { StorageError } from "./errors.ts";
import { decodeLink, encodeLink } from "./layout.ts";
import { LINK_BYTES_MAX } from "./limits.ts";

/** Reads a link; `null` when there is none, and also when it is empty, truncated or junk. */
export async function readLink(driver: StorageDriver, path: StoragePath): Promise<Digest | null> {
  try {
    const content = await driver.get(path, LINK_BYTES_MAX);
    return content === null ? null : decodeLink(content);
  } catch (error) {
    if (error instanceof StorageError && error.kind === "corrupt") return null;
    throw error;
  }
}

/** Writes a link. */
export async function writeLink(
  driver: StorageDriver,
  path: StoragePath,
  digest: Digest,
): Promise<void> {
  await driver.put(path, encodeLink(digest));
}
