/**
 * Deletes things and makes sure that they are gone at once. Each throws {@linkcode Unsupported} where a registry says
 * that it does not delete such things.
 *
 * @module
 */

import type { Answer, Repository } from "./client.ts";
import { expectStatus, Unsupported } from "./expect.ts";
import { pullManifest } from "./read.ts";

/** Deletes a manifest by digest. */
export async function deleteManifest(repository: Repository, digest: string): Promise<void> {
  expectAccepted(await repository.send("DELETE", `manifests/${digest}`));
  expectStatus(await pullManifest(repository, digest, "HEAD"), 404);
}

/** Deletes a tag; its manifest may stay. */
export async function deleteTag(repository: Repository, tag: string): Promise<void> {
  expectAccepted(await repository.send("DELETE", `manifests/${tag}`));
  expectStatus(await pullManifest(repository, tag, "HEAD"), 404);
}

/** Deletes a blob, unless it went with the last manifest that named it. */
export async function deleteBlob(repository: Repository, digest: string): Promise<void> {
  expectAccepted(await repository.send("DELETE", `blobs/${digest}`), 404);
  expectStatus(await repository.send("HEAD", `blobs/${digest}`), 404);
}

// The statuses of the spec's "Content Management": 400 and 405 say that deleting is disabled.
function expectAccepted(answer: Answer, ...others: readonly number[]): void {
  if (answer.status === 400 || answer.status === 405) {
    throw new Unsupported(`${answer.request} answered ${answer.status}`);
  }
  expectStatus(answer, 202, ...others);
}
