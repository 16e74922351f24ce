/**
 * What can go wrong in the store, as a closed set of reasons.
 *
 * @module
 */

/**
 * Why a storage operation failed:
 *
 * - `absent`: something that had to be there is not
 * - `busy`: another writer holds it
 * - `corrupt`: the bytes on disk are not what the layout says
 * - `denied`: the process may not do this to the file
 * - `full`: no space, no quota or no inodes left
 * - `interrupted`: the bytes to store stopped coming
 * - `invalid`: the store is not a store, or a path cannot exist in it
 * - `io`: anything else that the operating system reported
 * - `read-only`: the store cannot be written to
 * - `stalled`: the bytes to store stopped coming, and their sender is still there
 */
export type StorageErrorKind =
  | "absent"
  | "busy"
  | "corrupt"
  | "denied"
  | "full"
  | "interrupted"
  | "invalid"
  | "io"
  | "read-only"
  | "stalled";

/** An error of the store. The message names the operation and the path. */
export class StorageError extends Error {
  override readonly name = "StorageError";
  readonly kind: StorageErrorKind;

  constructor(kind: StorageErrorKind, message: string, options?: ErrorOptions) {
    super(message, options);
    this.kind = kind;
  }
}

/** Kinds by the `code` that the operating system gives an error. */
const KINDS_BY_CODE: Readonly<Record<string, StorageErrorKind>> = {
  EACCES: "denied",
  EDQUOT: "full",
  EFBIG: "full",
  EISDIR: "invalid",
  ELOOP: "invalid",
  ENAMETOOLONG: "invalid",
  ENOENT: "absent",
  ENOSPC: "full",
  ENOTDIR: "invalid",
  EPERM: "denied",
  EROFS: "read-only",
};

const REASONS: Readonly<Record<StorageErrorKind, string>> = {
  absent: "no such file or directory",
  busy: "another writer holds it",
  corrupt: "its content is damaged",
  denied: "permission denied",
  full: "no space left on the device",
  interrupted: "the bytes stopped coming",
  invalid: "not a path of this store",
  io: "input/output error",
  "read-only": "the file system is read-only",
  stalled: "the bytes stopped coming",
};

function kindOf(error: unknown): StorageErrorKind {
  const code = (error as { code?: unknown } | null)?.code;
  if (typeof code === "string" && Object.hasOwn(KINDS_BY_CODE, code)) {
    return KINDS_BY_CODE[code] ?? "io";
  }
  if (error instanceof Deno.errors.NotFound) return "absent";
  if (error instanceof Deno.errors.PermissionDenied) return "denied";
  if (error instanceof Deno.errors.NotCapable) return "denied";
  if (error instanceof Deno.errors.NotADirectory) return "invalid";
  return "io";
}

/** Turns what the operating system threw into a {@linkcode StorageError}, naming the action and the path. */
export function toStorageError(error: unknown, action: string, path: string): StorageError {
  if (error instanceof StorageError) return error;
  const kind = kindOf(error);
  const reason = kind === "io" && error instanceof Error ? error.message : REASONS[kind];
  return new StorageError(kind, `Cannot ${action} "${path}": ${reason}`, { cause: error });
}

/** Tells whether an error of the operating system says that a file or one of its directories is absent. */
export function isAbsent(error: unknown): boolean {
  return error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory;
}
