/**
 * The running hashes of uploads, in memory.
 *
 * @module
 */

import { BoundedMap } from "./bounded_map.ts";
import { type Digest, type DigestAlgorithm, parseDigest, type RunningDigest } from "./digest.ts";
import { UPLOAD_DIGESTS_MAX } from "./limits.ts";
import { parseUploadId, type UploadId } from "./names.ts";

/** The digest of the first bytes of an upload, told to the other workers. */
export interface AnnouncedDigest {
  readonly id: string;
  readonly size: number;
  readonly digest: string;
}

/**
 * Keeps the running hashes of this event loop, and what the other loops say of theirs: clients often close an upload
 * over another connection than they sent it, and so in another worker.
 */
export class UploadDigests {
  readonly #kept = new BoundedMap<UploadId, RunningDigest>(UPLOAD_DIGESTS_MAX);
  readonly #announced = new BoundedMap<UploadId, { size: number; digest: Digest }>(
    UPLOAD_DIGESTS_MAX,
  );
  readonly #tell: ((announced: AnnouncedDigest) => void) | null;

  /** `tell` reaches the other workers, whose {@linkcode hear} it must end up in; `null` when there are none. */
  constructor(tell: ((announced: AnnouncedDigest) => void) | null = null) {
    this.#tell = tell;
  }

  keep(id: UploadId, running: RunningDigest): void {
    this.#kept.set(id, running);
  }

  drop(id: UploadId): void {
    this.#kept.delete(id);
    this.#announced.delete(id);
  }

  /** Hands out the hash of the first `size` bytes, of any algorithm if none is asked for; `null` when it is not here. */
  take(id: UploadId, size: number, algorithm?: DigestAlgorithm): RunningDigest | null {
    const running = this.#kept.get(id);
    this.#kept.delete(id);
    if (running === undefined || running.size !== size) return null;
    return algorithm === undefined || running.algorithm === algorithm ? running : null;
  }

  /** Tells the other workers how far an upload is. */
  announce(id: UploadId, running: RunningDigest): void {
    this.#tell?.({ id, size: running.size, digest: running.current() });
  }

  /** Takes in what another worker announced. */
  hear(announced: AnnouncedDigest): void {
    const id = parseUploadId(announced.id);
    const digest = parseDigest(announced.digest);
    if (id !== null && digest !== null) this.#announced.set(id, { size: announced.size, digest });
  }

  /** The digest of the first `size` bytes as another worker announced it; `null` when none did. */
  announced(id: UploadId, algorithm: DigestAlgorithm, size: number): Digest | null {
    const announced = this.#announced.get(id);
    if (announced === undefined || announced.size !== size) return null;
    return announced.digest.startsWith(`${algorithm}:`) ? announced.digest : null;
  }
}
