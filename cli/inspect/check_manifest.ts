/**
 * Checks one manifest: that it can be read, and that all it names is there.
 *
 * @module
 */

import type { DigestTable } from "../../gc/digest_table.ts";
import { isForeignLayerType } from "../../registry/media_types.ts";
import type { Descriptor } from "../../storage/descriptor.ts";
import type { Digest } from "../../storage/digest.ts";
import { blobData, revisionLink } from "../../storage/layout.ts";
import type { ManifestContent } from "../../storage/manifest.ts";
import type { Revision } from "../../storage/manifests.ts";
import type { CheckContext, Revisions } from "./check.ts";
import { readDocument } from "./document.ts";

/** What manifests may name. */
interface Surroundings {
  readonly revisions: Revisions;
  readonly layers: DigestTable;
}

/** Reports what is wrong with a manifest whose bytes are there; returns its subject, `null` for none. */
export async function checkManifest(
  context: CheckContext,
  revision: Revision,
  surroundings: Surroundings,
): Promise<Digest | null> {
  const { store, name, onProblem } = context;
  const document = await readDocument(store, revision.target ?? revision.digest);
  if (document.content === null) {
    const path = blobData(revision.target ?? revision.digest);
    onProblem({
      kind: "unreadable-manifest",
      path,
      detail: `the manifest of "${name}" ${document.problem}`,
      repair: null,
    });
    return null;
  }
  const { content } = document;
  for (const [role, blob] of blobsOf(content)) {
    await checkBlob(context, revision.digest, role, blob, surroundings.layers);
  }
  for (const child of content.manifests) {
    await checkChild(context, revision.digest, child, surroundings.revisions);
  }
  return content.subject?.digest ?? null;
}

/** The blobs that the repository has to have. Foreign layers are fetched from elsewhere. */
function blobsOf({ config, layers }: ManifestContent): readonly [string, Descriptor][] {
  const own = layers.filter(({ mediaType, urls }) =>
    !isForeignLayerType(mediaType) && (urls === undefined || urls.length === 0)
  );
  const all = own.map((layer): [string, Descriptor] => ["layer", layer]);
  return config === null ? all : [["config", config], ...all];
}

async function checkBlob(
  context: CheckContext,
  manifest: Digest,
  role: string,
  { digest, size }: Descriptor,
  layers: DigestTable,
): Promise<void> {
  const { store, name, sizeOf } = context;
  let target = digest;
  if (!layers.has(digest) || await sizeOf(digest) === null) {
    // An alias, something that came since the layers were listed, or nothing.
    const blob = await store.blobs.stat(name, digest);
    if (blob === null) {
      const isHere = await sizeOf(digest) !== null;
      const where = isHere ? "not linked in the repository" : "not in the store";
      return await reportMissing(context, manifest, `its ${role} ${digest} is ${where}`);
    }
    target = blob.digest;
  }
  await checkSize(context, manifest, `${role} ${digest}`, size, target);
}

async function checkChild(
  context: CheckContext,
  manifest: Digest,
  { digest, size }: Descriptor,
  { good, restorable }: Revisions,
): Promise<void> {
  const { store, name } = context;
  if (restorable.has(digest)) return;
  const revision = good.get(digest) ?? await store.manifests.statRevision(name, digest);
  const target = revision?.target ?? null;
  if (target === null || await context.sizeOf(target) === null) {
    return await reportMissing(
      context,
      manifest,
      `its manifest ${digest} is not in the repository`,
    );
  }
  await checkSize(context, manifest, `manifest ${digest}`, size, target);
}

async function checkSize(
  { sizeOf, onProblem }: CheckContext,
  manifest: Digest,
  what: string,
  expected: number,
  target: Digest,
): Promise<void> {
  const size = await sizeOf(target);
  if (size === null || size === expected) return;
  onProblem({
    kind: "size-mismatch",
    path: blobData(target),
    detail: `it has ${size} bytes; manifest ${manifest} says ${expected} of its ${what}`,
    repair: null,
  });
}

/** Reports it, unless the manifest was removed meanwhile, and what it needs with it. */
async function reportMissing(
  { store, name, onProblem }: CheckContext,
  manifest: Digest,
  detail: string,
): Promise<void> {
  if (!await store.manifests.exists(name, manifest)) return;
  const path = revisionLink(name, manifest);
  onProblem({ kind: "missing-content", path, detail, repair: null });
}
