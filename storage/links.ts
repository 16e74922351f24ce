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
    if (content === null) return null;
    return driver.isWalk === true ? decodeLink(content) : decodeOnce(content);
  } catch (error) {
    if (error instanceof StorageError && error.kind === "corrupt") return null;
    throw error;
  }
}

/** What links say whose bytes a driver keeps: who asks again is given the same bytes, and to read them takes 1 us. */
const decoded = new WeakMap<Uint8Array, Digest | null>();

function decodeOnce(content: Uint8Array): Digest | null {
  const known = decoded.get(content);
  if (known !== undefined) return known;
  const digest = decodeLink(content);
  decoded.set(content, digest);
  return digest;
}

/** Writes a link. */
export async function writeLink(
  driver: StorageDriver,
  path: StoragePath,
  digest: Digest,
): Promise<void> {
  await driver.put(path, encodeLink(digest));
}
