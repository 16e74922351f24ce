/**
 * The users of a file, and whether a password is theirs.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { createHash, randomBytes } from "node:crypto";
import { BoundedMap } from "../../storage/bounded_map.ts";
import {
  BCRYPT_COST,
  PASSWORDS_REMEMBERED_MAX,
  PASSWORDS_REMEMBERED_MS,
  RETRY_AFTER_SECONDS,
} from "../../storage/limits.ts";
import { mayExist } from "../../storage/may_exist.ts";
import { RegistryError } from "../errors.ts";
import { Bcrypt } from "./bcrypt.ts";
import type { Credentials } from "./credentials.ts";
import type { AuthFile } from "./auth_file.ts";
import { createHtpasswdFile, openHtpasswdFile, type Users } from "./htpasswd_file.ts";
import { AuthOptionsError } from "./options.ts";

/** What the accounts need of the process. */
export interface AccountsHost {
  /** Milliseconds of a clock that does not go back. */
  nowMs(): number;
  /** Tells the operator something, once. */
  warn(message: string): void;
}

/** User of a file that berth makes, as in distribution. */
const FIRST_USER = "docker";

/** The users of a file. */
export class Accounts {
  readonly #file: AuthFile<Users>;
  readonly #bcrypt: Bcrypt;
  readonly #host: AccountsHost;
  /** Passwords are remembered by their hashes behind this key, so that memory holds none for long. */
  readonly #key = randomBytes(32).toString("hex");
  readonly #underWay = new Map<string, Promise<boolean>>();
  /** Until when passwords are known to be right. */
  #right = new BoundedMap<string, number>(PASSWORDS_REMEMBERED_MAX);
  #users: Users;
  #isBroken = false;

  private constructor(file: AuthFile<Users>, bcrypt: Bcrypt, host: AccountsHost) {
    this.#file = file;
    this.#bcrypt = bcrypt;
    this.#host = host;
    this.#users = file.value();
    this.#warnOfIgnored();
  }

  /**
   * Opens a file of users. Where there is none, makes one with the user `docker` and a random password, which the
   * operator is told. Throws an `AuthOptionsError` when that cannot be done.
   */
  static async open(path: string, host: AccountsHost): Promise<Accounts> {
    const bcrypt = new Bcrypt();
    try {
      // What else is wrong with the file is said when it is read.
      if (!mayExist(path)) await createFirstUser(path, bcrypt, host);
      return new Accounts(openHtpasswdFile(path, () => host.nowMs()), bcrypt, host);
    } catch (error) {
      bcrypt.close();
      throw error;
    }
  }

  /**
   * Whether the password is the user's. Takes the same time for users that do not exist. Throws `TOOMANYREQUESTS`
   * when too many others wait, and `UNAVAILABLE` while the file cannot be read.
   */
  authenticate({ user, password }: Credentials): Promise<boolean> {
    const { hashes, dummyHash } = this.users();
    const key = this.#keyOf(user, password);
    const rightUntil = this.#right.get(key);
    if (rightUntil !== undefined && this.#host.nowMs() < rightUntil) return Promise.resolve(true);
    const same = this.#underWay.get(key);
    if (same !== undefined) return same;
    const hash = hashes.get(user);
    const check = this.#check(key, password, hash ?? dummyHash, hash !== undefined);
    this.#underWay.set(key, check);
    return check;
  }

  /** Changes when the user's password does, and says nothing of it; `null` for no such user. */
  fingerprint(user: string): string | null {
    const hash = this.users().hashes.get(user);
    return hash === undefined ? null : createHash("sha256").update(hash).digest("base64url");
  }

  /** Ends the thread that checks passwords. */
  close(): void {
    this.#bcrypt.close();
  }

  async #check(key: string, password: string, hash: string, isUser: boolean): Promise<boolean> {
    const remembered = this.#right;
    try {
      const isRight = await this.#bcrypt.compare(password, hash) && isUser;
      // Into the memory of the file as it was when the question was asked: it may have changed since.
      if (isRight) remembered.set(key, this.#host.nowMs() + PASSWORDS_REMEMBERED_MS);
      return isRight;
    } finally {
      this.#underWay.delete(key);
    }
  }

  /**
   * The users as the file says now: the same object until it says something else. Forgets every password then. Throws
   * `UNAVAILABLE` while the file cannot be read.
   */
  users(): Users {
    const users = this.#readUsers();
    if (users === this.#users) return users;
    this.#users = users;
    this.#right = new BoundedMap(PASSWORDS_REMEMBERED_MAX);
    this.#underWay.clear();
    this.#warnOfIgnored();
    return users;
  }

  #readUsers(): Users {
    try {
      const users = this.#file.value();
      this.#isBroken = false;
      return users;
    } catch (error) {
      if (!(error instanceof AuthOptionsError)) throw error;
      if (!this.#isBroken) this.#host.warn(`${error.message}; nobody can log in until then`);
      this.#isBroken = true;
      throw new RegistryError("UNAVAILABLE", {
        message: "logins cannot be checked at present; the operator has been told",
        headers: { "Retry-After": `${RETRY_AFTER_SECONDS}` },
        cause: error,
      });
    }
  }

  #warnOfIgnored(): void {
    const { ignoredLines } = this.#users;
    if (ignoredLines.length === 0) return;
    this.#host.warn(
      `${this.#file.path}: ${ignoredLines.length} passwords are not bcrypt and never right, ` +
        `the first in line ${ignoredLines[0]}; write them with "htpasswd -B"`,
    );
  }

  #keyOf(user: string, password: string): string {
    // A third of the time of an HMAC, which each request would pay; a hash that nobody is shown cannot be extended.
    const hash = createHash("sha256").update(this.#key);
    // A name has no colon, so no two pairs are written the same.
    return hash.update(`${user}:${password}`).digest("base64");
  }
}

async function createFirstUser(path: string, bcrypt: Bcrypt, host: AccountsHost): Promise<void> {
  const password = Buffer.from(randomBytes(32)).toString("base64url");
  const hash = await bcrypt.hash(password, BCRYPT_COST);
  if (!createHtpasswdFile(path, FIRST_USER, hash)) return;
  host.warn(`made ${path} with user ${FIRST_USER} and password ${password}; it is not shown again`);
}
