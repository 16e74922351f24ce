/**
 * The files that authentication is set by.
 *
 * @module
 */

import { AUTH_FILE_CHECK_MS } from "../../storage/limits.ts";
import { AuthOptionsError } from "./options.ts";

/** Reads and parses a file. Throws an `AuthOptionsError` that names the setting, the file and the reason. */
export function readAuthFile<T>(setting: string, path: string, parse: (text: string) => T): T {
  try {
    return parse(Deno.readTextFileSync(path));
  } catch (error) {
    throw toOptionsError(`${setting}: cannot read "${path}"`, error);
  }
}

/** An error with what failed put before the reason; one that says so already is left as it is. */
export function toOptionsError(failure: string, error: unknown): AuthOptionsError {
  if (error instanceof AuthOptionsError) return error;
  const isSystem = error instanceof Error && error.name in Deno.errors;
  // The messages of the system repeat the path, those of parsers may repeat what is in the file.
  const reason = isSystem ? reasonOf(error) : "it is not what it should be";
  return new AuthOptionsError(`${failure}: ${reason}`, { cause: error });
}

const REASONS: Readonly<Record<string, string>> = {
  NotFound: "there is no such file",
  PermissionDenied: "permission denied",
  NotCapable: "permission denied",
  IsADirectory: "it is a directory",
};

function reasonOf({ name }: Error): string {
  return REASONS[name] ?? name;
}

interface ReadFile<T> {
  readonly text: string;
  readonly value: T;
}

/** A file that is read again when it changes. */
export class AuthFile<T> {
  readonly path: string;
  readonly #setting: string;
  readonly #parse: (text: string) => T;
  readonly #nowMs: () => number;
  #read: ReadFile<T>;
  #stamp: string;
  #checkedMs: number;

  /** Reads the file; throws an `AuthOptionsError` when that cannot be done. `nowMs` is any clock. */
  constructor(setting: string, path: string, parse: (text: string) => T, nowMs: () => number) {
    this.path = path;
    this.#setting = setting;
    this.#parse = parse;
    this.#nowMs = nowMs;
    this.#stamp = this.#stampNow();
    this.#read = this.#readNow(null);
    this.#checkedMs = nowMs();
  }

  /**
   * What the file says now, give or take a second: the same object until it says something else. Throws an
   * `AuthOptionsError` for as long as it cannot be read, because what it said may have been withdrawn.
   */
  value(): T {
    const elapsedMs = this.#nowMs() - this.#checkedMs;
    // A clock that was put back must not keep a withdrawn user in.
    if (elapsedMs < 0 || elapsedMs >= AUTH_FILE_CHECK_MS) this.refresh();
    return this.#read.value;
  }

  /** Looks at the file at once. */
  refresh(): void {
    const stamp = this.#stampNow();
    if (stamp !== this.#stamp) {
      this.#read = this.#readNow(this.#read);
      this.#stamp = stamp;
    }
    this.#checkedMs = this.#nowMs();
  }

  #readNow(before: ReadFile<T> | null): ReadFile<T> {
    return readAuthFile(this.#setting, this.path, (text) => {
      return text === before?.text ? before : { text, value: this.#parse(text) };
    });
  }

  #stampNow(): string {
    try {
      const { mtime, size, ino } = Deno.statSync(this.path);
      return `${mtime?.getTime()} ${size} ${ino}`;
    } catch (error) {
      throw toOptionsError(`${this.#setting}: cannot read "${this.path}"`, error);
    }
  }
}
