/**
 * How much one client may ask for.
 *
 * The figures of all clients are in memory that every event loop shares, in a table of fixed size: a client's place is
 * a hash of its address. So the limits hold for the whole server however many loops it has, memory is bounded whoever
 * comes, and two clients that happen to have the same place share one limit.
 *
 * @module
 */

import type { App } from "../registry/app.ts";
import { RegistryError } from "../registry/errors.ts";
import { type Answer, respondError } from "../registry/respond.ts";
import { CLIENT_SLOTS_MAX } from "../storage/limits.ts";

/** The limits. The names are those of berth's configuration. */
export interface ClientLimitOptions {
  /** `limits.requests.persecond`; 0 for any. */
  readonly requestsPerSecond: number;
  /** `limits.requests.burst`: how many may come at once. */
  readonly requestsBurst: number;
  /** `limits.uploads.perclient`: requests with bytes of uploads under way; `null` for any. */
  readonly uploadsMax: number | null;
}

const US_IN_ONE_SECOND = 1_000_000;
const US_IN_ONE_MILLI = 1_000;
const UPLOAD_PATH_REGEXP = /\/blobs\/uploads(?:\/|\?|$)/;

/** Counts what clients ask for. */
export class ClientLimits {
  /** To be handed to other threads; begins with the seed of the hash. */
  readonly buffer: SharedArrayBuffer;
  readonly #options: ClientLimitOptions;
  readonly #nowMs: () => number;
  readonly #seed: number;
  /** When each client would have spent nothing again, in microseconds since 1970. */
  readonly #freeAt: BigInt64Array;
  readonly #uploads: Int32Array;

  constructor(
    options: ClientLimitOptions,
    buffer: SharedArrayBuffer = newBuffer(),
    nowMs: () => number = Date.now,
  ) {
    this.buffer = buffer;
    this.#options = options;
    this.#nowMs = nowMs;
    this.#seed = new Uint32Array(buffer, 0, 1)[0] ?? 0;
    this.#freeAt = new BigInt64Array(buffer, HEAD_SIZE, CLIENT_SLOTS_MAX);
    const uploadsOffset = HEAD_SIZE + this.#freeAt.byteLength;
    this.#uploads = new Int32Array(buffer, uploadsOffset, CLIENT_SLOTS_MAX);
  }

  /** Answers a request of a client, or turns it down with `TOOMANYREQUESTS` and `Retry-After` in whole seconds. */
  async run(client: string, request: Request, app: App): Promise<Answer> {
    const slot = this.#slotOf(client);
    const waitSeconds = this.#spend(slot);
    if (waitSeconds > 0) return turnDown("too many requests; slow down", waitSeconds);
    if (!this.#isUpload(request)) return await app(request);
    try {
      const before = Atomics.add(this.#uploads, slot, 1);
      if (before < (this.#options.uploadsMax ?? Infinity)) return await app(request);
      return turnDown("too many uploads at a time; wait for one to end", 1);
    } finally {
      Atomics.sub(this.#uploads, slot, 1);
    }
  }

  /**
   * Takes one request off a token bucket, which is kept as the time when it is full again (the generic cell rate
   * algorithm). The result is 0, or in how many seconds there is a token.
   */
  #spend(slot: number): number {
    const { requestsPerSecond, requestsBurst } = this.#options;
    if (requestsPerSecond === 0) return 0;
    const costUs = US_IN_ONE_SECOND / requestsPerSecond;
    const windowUs = costUs * requestsBurst;
    const nowUs = this.#nowMs() * US_IN_ONE_MILLI;
    while (true) {
      const seen = Atomics.load(this.#freeAt, slot);
      // A clock that was put back must not lock anybody out.
      const isAhead = Number(seen) > nowUs + windowUs + 1;
      const freeAtUs = isAhead ? nowUs : Math.max(Number(seen), nowUs);
      const nextUs = freeAtUs + costUs;
      // Microseconds of these years are whole numbers only to about a quarter.
      const excessUs = nextUs - (nowUs + windowUs);
      if (excessUs > 1) return Math.ceil(excessUs / US_IN_ONE_SECOND);
      const next = BigInt(Math.round(nextUs));
      if (Atomics.compareExchange(this.#freeAt, slot, seen, next) === seen) return 0;
    }
  }

  #isUpload({ method, url }: Request): boolean {
    if (this.#options.uploadsMax === null) return false;
    return ["POST", "PATCH", "PUT"].includes(method) && UPLOAD_PATH_REGEXP.test(decoded(url));
  }

  /** FNV-1a with a seed that strangers do not know. */
  #slotOf(client: string): number {
    let hash = this.#seed;
    for (let index = 0; index < client.length; index++) {
      hash = Math.imul(hash ^ client.charCodeAt(index), 0x01000193);
    }
    return (hash >>> 0) % CLIENT_SLOTS_MAX;
  }
}

/** The URL as the registry reads it, so that no spelling of a path goes by uncounted. */
function decoded(url: string): string {
  try {
    return url.includes("%") ? decodeURIComponent(url) : url;
  } catch {
    // Nothing is at such a path.
    return url;
  }
}

/** Keeps what follows in line. */
const HEAD_SIZE = BigInt64Array.BYTES_PER_ELEMENT;

function newBuffer(): SharedArrayBuffer {
  const slotBytes = BigInt64Array.BYTES_PER_ELEMENT + Int32Array.BYTES_PER_ELEMENT;
  const buffer = new SharedArrayBuffer(HEAD_SIZE + CLIENT_SLOTS_MAX * slotBytes);
  new Uint32Array(buffer, 0, 1).set(crypto.getRandomValues(new Uint32Array(1)));
  return buffer;
}

function turnDown(message: string, waitSeconds: number): Answer {
  const headers = { "Retry-After": String(waitSeconds) };
  return respondError(new RegistryError("TOOMANYREQUESTS", { message, headers }));
}
