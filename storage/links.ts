/**
 * Links: small files that hold a digest.
 *
 * @module
 */

import { after, type Awaitable, rescue } from "./awaitable.ts";
import type { Digest } from "./digest.ts";
import type { StorageDriver, StoragePath } from "./driver.ts";
import { StorageError } from "./errors.ts";
import { decodeLink, encodeLink } from "./layout.ts";
import { LINK_BYTES_MAX } from "./limits.ts";

/** Reads a link; `null` when there is none, and also when it is empty, truncated or junk. Answers as the driver does. */
export function readLink(driver: StorageDriver, path: StoragePath): Awaitable<Digest | null> {
  const read = (): Awaitable<Digest | null> =>
    after(driver.get(path, LINK_BYTES_MAX), (content) => digestIn(driver, content));
  return rescue(read, corruptAsNull);
}

function digestIn(driver: StorageDriver, content: Uint8Array | null): Digest | null {
  if (content === null) return null;
  return driver.isWalk === true ? decodeLink(content) : decodeOnce(content);
}

function corruptAsNull(error: unknown): null {
  if (error instanceof StorageError && error.kind === "corrupt") return null;
  throw error;
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
