/**
 * The digest of one file.
 *
 * @module
 */

import { type Digest, type DigestAlgorithm, RunningDigest } from "../storage/digest.ts";
import { DIGEST_AHEAD_BYTES, DIGEST_READ_BYTES } from "../storage/limits.ts";
import { MediaTypeSniffer } from "./sniffer.ts";

/** Stands for standard input where a file is named. */
export const STDIN = "-";

/** A file to be read. */
export interface DigestJob {
  /** The path as it was written, or {@linkcode STDIN}. */
  readonly name: string;
  readonly algorithm: DigestAlgorithm;
  /** Whether to look at the content for its media type. */
  readonly isSniffed: boolean;
}

/** What came of a job. The digest is that of the bytes that were read, also if the file changed meanwhile. */
export type DigestOutcome = {
  readonly kind: "digest";
  readonly digest: Digest;
  readonly size: number;
  /** `null` unless it was asked for. */
  readonly mediaType: string | null;
} | {
  readonly kind: "failure";
  /** In the words of the operating system. */
  readonly reason: string;
  readonly isAbsent: boolean;
};

/** Reads and hashes in turns on the calling thread, which is right where every core has a thread that does so. */
export class FileDigester {
  readonly #buffer = new Uint8Array(DIGEST_READ_BYTES);

  /** Blocks until the file is read to its end. Does not throw. */
  digest(job: DigestJob): DigestOutcome {
    try {
      using file = Deno.openSync(job.name);
      const content = new Content(job);
      for (let size = file.readSync(this.#buffer); size !== null;) {
        content.update(this.#buffer, size);
        size = file.readSync(this.#buffer);
      }
      return content.outcome();
    } catch (error) {
      return failure(error);
    }
  }
}

/**
 * Hashes one buffer while another thread fills the next one, which is faster for one large file, and goes on with
 * other work while a pipe has nothing to read. Does not throw.
 */
export async function digestAhead(job: DigestJob): Promise<DigestOutcome> {
  try {
    if (job.name === STDIN) return await digestReader(job, Deno.stdin);
    using file = await Deno.open(job.name);
    return await digestReader(job, file);
  } catch (error) {
    return failure(error);
  }
}

async function digestReader(
  job: DigestJob,
  reader: { read(buffer: Uint8Array): Promise<number | null> },
): Promise<DigestOutcome> {
  const content = new Content(job);
  let current = new Uint8Array(DIGEST_AHEAD_BYTES);
  let next = new Uint8Array(DIGEST_AHEAD_BYTES);
  for (let size = await reader.read(current); size !== null;) {
    const reading = reader.read(next);
    content.update(current, size);
    size = await reading;
    [current, next] = [next, current];
  }
  return content.outcome();
}

/** What is known of the bytes so far. */
class Content {
  readonly #digest: RunningDigest;
  readonly #sniffer: MediaTypeSniffer | null;

  constructor({ algorithm, isSniffed }: DigestJob) {
    this.#digest = new RunningDigest(algorithm);
    this.#sniffer = isSniffed ? new MediaTypeSniffer() : null;
  }

  update(buffer: Uint8Array, size: number): void {
    const chunk = size === buffer.length ? buffer : buffer.subarray(0, size);
    this.#digest.update(chunk);
    this.#sniffer?.update(chunk);
  }

  outcome(): DigestOutcome {
    const mediaType = this.#sniffer?.mediaType() ?? null;
    return {
      kind: "digest",
      digest: this.#digest.current(),
      size: this.#digest.size,
      mediaType,
    };
  }
}

function failure(error: unknown): DigestOutcome {
  return {
    kind: "failure",
    reason: systemReason(error),
    isAbsent: error instanceof Deno.errors.NotFound,
  };
}

/** What the operating system said, without what Deno adds: the number of the error, the call and the path. */
export function systemReason(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.replace(/ \(os error \d+\).*$/s, "");
}
