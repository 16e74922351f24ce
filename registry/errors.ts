/**
 * Every error that a client can be told, in one table, and the one bridge from what was thrown to what is told.
 *
 * @module
 */

import { StorageError, type StorageErrorKind } from "../storage/errors.ts";
import { RETRY_AFTER_SECONDS } from "../storage/limits.ts";

interface ErrorRow {
  readonly status: number;
  readonly message: string;
}

/**
 * Codes, statuses and messages: the codes of the OCI distribution spec ("Error codes"), and those that distribution
 * adds (`registry/api/errcode`), with its statuses. `MANIFEST_INVALID` for size answers 413 as the spec asks.
 */
export const ERRORS = {
  BLOB_UNKNOWN: { status: 404, message: "blob unknown to registry" },
  BLOB_UPLOAD_INVALID: { status: 404, message: "blob upload invalid" },
  BLOB_UPLOAD_UNKNOWN: { status: 404, message: "blob upload unknown to registry" },
  DENIED: { status: 403, message: "requested access to the resource is denied" },
  DIGEST_INVALID: { status: 400, message: "provided digest did not match uploaded content" },
  MANIFEST_BLOB_UNKNOWN: { status: 400, message: "blob unknown to registry" },
  MANIFEST_INVALID: { status: 400, message: "manifest invalid" },
  MANIFEST_UNKNOWN: { status: 404, message: "manifest unknown" },
  MANIFEST_UNVERIFIED: { status: 400, message: "manifest failed signature verification" },
  NAME_INVALID: { status: 400, message: "invalid repository name" },
  NAME_UNKNOWN: { status: 404, message: "repository name not known to registry" },
  PAGINATION_NUMBER_INVALID: { status: 400, message: "invalid number of results requested" },
  RANGE_INVALID: { status: 416, message: "invalid content range" },
  SIZE_INVALID: { status: 400, message: "provided length did not match content length" },
  TAG_INVALID: { status: 400, message: "manifest tag did not match URI" },
  TOOMANYREQUESTS: { status: 429, message: "too many requests" },
  UNAUTHORIZED: { status: 401, message: "authentication required" },
  UNAVAILABLE: { status: 503, message: "service unavailable" },
  UNKNOWN: { status: 500, message: "unknown error" },
  UNSUPPORTED: { status: 405, message: "The operation is unsupported." },
} as const satisfies Record<string, ErrorRow>;

/** A code that an answer can carry. */
export type ErrorCode = keyof typeof ERRORS;

/** One entry of an error body. */
export interface ErrorEntry {
  readonly code: ErrorCode;
  readonly message: string;
  readonly detail?: unknown;
}

/** How a {@linkcode RegistryError} departs from the row of its code. */
export interface RegistryErrorOptions {
  /** In place of the message of the table: what failed, on what, what to do. */
  readonly message?: string;
  /** Any JSON value for programs. */
  readonly detail?: unknown;
  /** In place of the status of the table, where the spec asks for another (413, 414). */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly cause?: unknown;
}

/** An error that is told to the client. */
export class RegistryError extends Error {
  override readonly name = "RegistryError";
  readonly status: number;
  readonly entries: readonly ErrorEntry[];
  readonly headers: Readonly<Record<string, string>>;

  constructor(code: ErrorCode, options: RegistryErrorOptions = {}) {
    const row = ERRORS[code];
    const message = options.message ?? row.message;
    super(message, { cause: options.cause });
    this.status = options.status ?? row.status;
    this.entries = [{
      code,
      message,
      ...(options.detail === undefined ? {} : { detail: options.detail }),
    }];
    this.headers = options.headers ?? {};
  }

  /** One error with several entries; the first entry's code gives the status. Throws on an empty list. */
  static all(entries: readonly ErrorEntry[]): RegistryError {
    const [first] = entries;
    if (first === undefined) throw new TypeError("Cannot make an error of no entries");
    const error = new RegistryError(first.code, { message: first.message });
    return Object.assign(error, { entries });
  }
}

/** Which code tells a client of a failure of the store. */
const CODES_BY_KIND: Readonly<Record<StorageErrorKind, ErrorCode>> = {
  absent: "UNKNOWN",
  busy: "UNAVAILABLE",
  corrupt: "UNKNOWN",
  denied: "UNAVAILABLE",
  full: "UNAVAILABLE",
  interrupted: "SIZE_INVALID",
  invalid: "UNKNOWN",
  io: "UNKNOWN",
  "read-only": "UNAVAILABLE",
  stalled: "SIZE_INVALID",
};

/** What a client may read of a failure of the store: never a path. */
const MESSAGES_BY_KIND: Readonly<Record<StorageErrorKind, string>> = {
  absent: ERRORS.UNKNOWN.message,
  busy: "another request writes to the same place; try again",
  corrupt: ERRORS.UNKNOWN.message,
  denied: "the store cannot be written to; its owner has to look at its permissions",
  full: "no space left in the store; uploads can go on from where they stand once there is",
  interrupted: "the body ended before it was whole",
  invalid: ERRORS.UNKNOWN.message,
  io: ERRORS.UNKNOWN.message,
  "read-only": "the store is read-only",
  stalled: "nothing has come for too long; an upload can go on from where it stands",
};

/** How the answer to a failure of the store differs from the row of its code. */
const OPTIONS_BY_KIND: Readonly<Partial<Record<StorageErrorKind, RegistryErrorOptions>>> = {
  stalled: { status: 408, headers: { "Connection": "close" } },
};

/** Turns anything thrown into the error that the client is told. The cause keeps the details for the log. */
export function toRegistryError(error: unknown): RegistryError {
  if (error instanceof RegistryError) return error;
  if (!(error instanceof StorageError)) return new RegistryError("UNKNOWN", { cause: error });
  const code = CODES_BY_KIND[error.kind];
  return new RegistryError(code, {
    message: MESSAGES_BY_KIND[error.kind],
    ...(code === "UNAVAILABLE" ? { headers: { "Retry-After": `${RETRY_AFTER_SECONDS}` } } : {}),
    ...OPTIONS_BY_KIND[error.kind],
    cause: error,
  });
}

/** The JSON body of an error (OCI distribution spec, "Error codes"). */
export function errorBody(error: RegistryError): string {
  return `${JSON.stringify({ errors: error.entries })}\n`;
}
