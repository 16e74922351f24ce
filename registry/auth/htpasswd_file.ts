/**
 * The file of users that Apache's `htpasswd -B` writes: `name:hash`, one user a line.
 *
 * @module
 */

import { dirname } from "node:path";
import { AuthFile, toOptionsError } from "./auth_file.ts";
import { AuthOptionsError } from "./options.ts";

/** What the file says. Another object when the file has changed. */
export interface Users {
  /** Hashes by name. */
  readonly hashes: ReadonlyMap<string, string>;
  /** Stands for the hash of users that do not exist: no password fits it, and it takes as long as the others. */
  readonly dummyHash: string;
  /** Lines whose password is not bcrypt, which nobody can log in with. */
  readonly ignoredLines: readonly number[];
}

/** bcrypt in the modular crypt format: version, cost, and 53 characters of salt and hash. */
const BCRYPT = /^\$2[abxy]?\$(0[4-9]|[12]\d|3[01])\$[./A-Za-z0-9]{53}$/;

/** Versions that distribution takes for the one of today, and `bcryptjs` does not know, or reads otherwise. */
const OLD_VERSION = /^\$2x?\$/;

/** Cost that `htpasswd -B` takes when told nothing; for a file without users. */
const COST_FALLBACK = "05";

/** Reads the content of a file of users. Throws an `AuthOptionsError` that names the line, never what it says. */
export function parseUsers(text: string, path: string): Users {
  const hashes = new Map<string, string>();
  const ignoredLines: number[] = [];
  const costs = [COST_FALLBACK];
  for (const [index, line] of text.split("\n").entries()) {
    const entry = line.trim();
    if (entry === "" || entry.startsWith("#")) continue;
    const colon = entry.indexOf(":");
    if (colon < 0) {
      throw new AuthOptionsError(
        `${path}:${index + 1}: not a user; write NAME:HASH, as "htpasswd -B" does`,
      );
    }
    const hash = entry.slice(colon + 1);
    const cost = BCRYPT.exec(hash)?.[1];
    // The last line of a name counts, whatever it holds, as in distribution.
    hashes.delete(entry.slice(0, colon));
    if (cost === undefined) ignoredLines.push(index + 1);
    else {
      hashes.set(entry.slice(0, colon), hash.replace(OLD_VERSION, "$$2b$$"));
      costs.push(cost);
    }
  }
  const [first = COST_FALLBACK] = costs.toSorted().toReversed();
  return { hashes, dummyHash: `$2a$${first}$${"A".repeat(53)}`, ignoredLines };
}

/** Opens a file of users. Throws an `AuthOptionsError` when it cannot be read; `nowMs` is any clock. */
export function openHtpasswdFile(path: string, nowMs: () => number): AuthFile<Users> {
  return new AuthFile("auth.htpasswd.path", path, (text) => parseUsers(text, path), nowMs);
}

/** Makes a file with one user, which only its owner can read; `false` when there is a file already. */
export function createHtpasswdFile(path: string, user: string, hash: string): boolean {
  try {
    Deno.mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    Deno.writeTextFileSync(path, `${user}:${hash}\n`, { createNew: true, mode: 0o600 });
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.AlreadyExists) return false;
    throw toOptionsError(`auth.htpasswd.path: cannot make "${path}"`, error);
  }
}
