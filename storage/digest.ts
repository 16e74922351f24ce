/**
 * Content digests: `<algorithm>:<hex>`.
 *
 * @module
 */

import { createHash, type Hash } from "node:crypto";
import { StorageError } from "./errors.ts";

/** Hex characters of a digest for each algorithm that the store accepts (OCI image spec, "Digests"). */
export const DIGEST_ALGORITHMS = { sha256: 64, sha384: 96, sha512: 128 } as const;

export type DigestAlgorithm = keyof typeof DIGEST_ALGORITHMS;

/** The algorithm that is used where a client names none. */
export const CANONICAL_ALGORITHM: DigestAlgorithm = "sha256";

declare const brand: unique symbol;

/** A well-formed digest of a known algorithm. Comes only from {@linkcode parseDigest} and hashing. */
export type Digest = string & { readonly [brand]: "Digest" };

const HEX_REGEXP = /^[a-f0-9]+$/;

/** Tells whether the store can hash with an algorithm of this name. */
export function isDigestAlgorithm(name: string): name is DigestAlgorithm {
  return Object.hasOwn(DIGEST_ALGORITHMS, name);
}

/** Parses a digest; `null` when it is malformed or names an algorithm that the store does not know. */
export function parseDigest(text: string): Digest | null {
  const colon = text.indexOf(":");
  if (colon < 0) return null;
  const algorithm = text.slice(0, colon);
  if (!isDigestAlgorithm(algorithm)) return null;
  const hex = text.slice(colon + 1);
  if (hex.length !== DIGEST_ALGORITHMS[algorithm] || !HEX_REGEXP.test(hex)) return null;
  return text as Digest;
}

/** Parses a digest that is known to be good; throws a {@linkcode StorageError} when it is not. */
export function mustParseDigest(text: string): Digest {
  const digest = parseDigest(text);
  if (digest === null) {
    throw new StorageError("corrupt", `Cannot parse digest "${text.slice(0, 200)}"`);
  }
  return digest;
}

/** The algorithm before the colon. */
export function digestAlgorithm(digest: Digest): DigestAlgorithm {
  return digest.slice(0, digest.indexOf(":")) as DigestAlgorithm;
}

/** The lower-case hex after the colon. */
export function digestHex(digest: Digest): string {
  return digest.slice(digest.indexOf(":") + 1);
}

/** A hash that is fed piece by piece and can be asked for its digest at any point. */
export class RunningDigest {
  readonly algorithm: DigestAlgorithm;
  readonly #hash: Hash;
  /** How many bytes have been hashed so far. */
  size = 0;

  constructor(algorithm: DigestAlgorithm) {
    this.algorithm = algorithm;
    this.#hash = createHash(algorithm);
  }

  update(chunk: Uint8Array): void {
    this.#hash.update(chunk);
    this.size += chunk.length;
  }

  /** The digest of all bytes so far; the hash can go on afterwards. */
  current(): Digest {
    return `${this.algorithm}:${this.#hash.copy().digest("hex")}` as Digest;
  }
}

/** The digest of bytes that are in memory. */
export function digestBytes(bytes: Uint8Array, algorithm: DigestAlgorithm): Digest {
  return `${algorithm}:${createHash(algorithm).update(bytes).digest("hex")}` as Digest;
}
