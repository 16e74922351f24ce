/**
 * The keys that berth signs tokens with, in a file that all its event loops and restarts share.
 *
 * @module
 */

import { generateKeyPairSync, randomUUID } from "node:crypto";
import { SIGNING_KEY_KEPT_SECONDS, SIGNING_KEY_LIFE_SECONDS } from "../../storage/limits.ts";
import { AuthFile, readAuthFile, toOptionsError } from "./auth_file.ts";
import type { JWK, TokenHeader } from "./jwt.ts";

const SETTING = "auth.issuer.keys";

/** A key with the second since 1970 in which it was made. */
interface SigningKey extends JWK {
  readonly kid: string;
  readonly iat: number;
}

/** The keys of a file, the newest first. The newest signs; the others check what they have signed. */
export class SigningKeys {
  readonly #file: AuthFile<readonly SigningKey[]>;
  readonly #nowMs: () => number;

  /**
   * Opens the file; where there is none, makes one that only its owner can read. `nowMs` is in milliseconds since
   * 1970. Throws an `AuthOptionsError` when that cannot be done.
   */
  constructor(path: string, nowMs: () => number) {
    this.#nowMs = nowMs;
    addKeyIfDue(path, nowMs);
    this.#file = new AuthFile(SETTING, path, parseKeys, nowMs);
  }

  /** The key to sign with, a new one when the last has served its time. */
  current(): JWK {
    const [newest] = this.#file.value();
    if (newest !== undefined && !isDue(newest, this.#nowMs())) return newest;
    addKeyIfDue(this.#file.path, this.#nowMs);
    this.#file.refresh();
    const [added] = this.#file.value();
    if (added === undefined) throw new TypeError(`There is no key in ${this.#file.path}`);
    return added;
  }

  /** The public key that a token names; throws when it is none of these. */
  // deno-lint-ignore require-await -- throws into the promise
  async find({ kid }: TokenHeader): Promise<JWK> {
    const key = this.#named(kid);
    if (key === undefined) throw new TypeError("The key of the token is unknown");
    const { d: _private, ...publicKey } = key;
    return publicKey;
  }

  /** Looks at the file at once for a name that it did not have: another event loop may have made the key just now. */
  #named(kid: string | undefined): SigningKey | undefined {
    const find = (): SigningKey | undefined => this.#file.value().find((key) => key.kid === kid);
    const key = find();
    if (key !== undefined) return key;
    this.#file.refresh();
    return find();
  }
}

function isDue({ iat }: SigningKey, nowMs: number): boolean {
  return nowMs / 1000 - iat >= SIGNING_KEY_LIFE_SECONDS;
}

/** Puts a new key into the file when there is none that may sign, and leaves out those that nothing needs. */
function addKeyIfDue(path: string, nowMs: () => number): void {
  try {
    // Event loops and processes may find out at the same time; one of them adds a key, which the others then find.
    using lock = Deno.openSync(`${path}.lock`, { create: true, write: true, mode: 0o600 });
    lock.lockSync(true);
    const keys = isFile(path) ? readAuthFile(SETTING, path, parseKeys) : [];
    const [newest] = keys;
    if (newest !== undefined && !isDue(newest, nowMs())) return;
    const seconds = Math.floor(nowMs() / 1000);
    const kept = keys.filter(({ iat }) => iat + SIGNING_KEY_KEPT_SECONDS > seconds);
    writeWhole(path, `${JSON.stringify({ keys: [makeKey(seconds), ...kept] })}\n`);
  } catch (error) {
    throw toOptionsError(`${SETTING}: cannot write "${path}"`, error);
  }
}

function makeKey(seconds: number): SigningKey {
  const { privateKey } = generateKeyPairSync("ed25519");
  const jwk = privateKey.export({ format: "jwk" }) as JWK;
  return { ...jwk, kid: randomUUID(), iat: seconds };
}

/** A crash leaves the old file or the new one. */
function writeWhole(path: string, text: string): void {
  const temporary = `${path}.new`;
  Deno.writeTextFileSync(temporary, text, { mode: 0o600 });
  Deno.renameSync(temporary, path);
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

function parseKeys(text: string): readonly SigningKey[] {
  const { keys } = JSON.parse(text) as { readonly keys: readonly SigningKey[] };
  for (const { kid, iat, d } of keys) {
    if (typeof kid !== "string" || typeof iat !== "number" || typeof d !== "string") {
      throw new TypeError("A key has kid, iat and d");
    }
  }
  return keys;
}
