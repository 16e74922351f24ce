/**
 * Pushes manifests, alone and with all that belongs to them.
 *
 * @module
 */

import type { Answer, Repository } from "./client.ts";
import { expectStatus, listHeader, Unsupported } from "./expect.ts";
import { type DataSet, type Manifest, MEDIA_TYPES } from "./fixtures.ts";
import { pushBlobs } from "./push_blobs.ts";

/** PUT of a manifest by tag or digest. */
export function pushManifest(
  repository: Repository,
  reference: string,
  { bytes, descriptor }: Manifest,
  tags: readonly string[] = [],
): Promise<Answer> {
  return repository.send("PUT", `manifests/${reference}`, {
    query: tags.map((tag) => ["tag", tag] as const),
    headers: { "Content-Type": descriptor.mediaType },
    body: bytes,
  });
}

/** Pushes a data set where a case needs it to be there. */
export async function pushDataSet(repository: Repository, dataSet: DataSet): Promise<void> {
  await pushBlobs(repository, dataSet.blobs);
  for (const manifest of dataSet.manifests) await pushByDigest(repository, dataSet, manifest);
  if (dataSet.tagsByParameter) return;
  for (const [tag, manifest] of dataSet.tags) {
    expectStatus(await pushManifest(repository, tag, manifest), 201);
  }
}

/** Pushes a manifest of a set by digest, with its tags where they go by parameter. */
export async function pushByDigest(
  repository: Repository,
  dataSet: DataSet,
  manifest: Manifest,
): Promise<Answer> {
  const tags = dataSet.tagsByParameter ? dataSet.tagsOf(manifest) : [];
  const { digest } = manifest.descriptor;
  const answer = expectStatus(await pushManifest(repository, digest, manifest, tags), 201);
  expectTags(answer, tags);
  return answer;
}

/** Throws {@linkcode Unsupported} unless `OCI-Tag` names each of the tags. */
export function expectTags(answer: Answer, tags: readonly string[]): void {
  const accepted = listHeader(answer, "OCI-Tag");
  const ignored = tags.filter((tag) => !accepted.includes(tag));
  if (ignored.length === 0) return;
  throw new Unsupported(`${answer.request} answered without ${ignored.join(", ")} in OCI-Tag`);
}

/** Adds an image to a set and pushes its blobs; its manifest has the size given, in bytes. */
export async function prepareImage(
  repository: Repository,
  dataSet: DataSet,
  size: number | null = null,
): Promise<Manifest> {
  const config = dataSet.addConfig();
  const layers = dataSet.addLayers(MEDIA_TYPES.layerGzip);
  const imageWith = (padding: number): Manifest => {
    const annotations = { "org.example.berth.padding": "A".repeat(padding) };
    return dataSet.manifest(dataSet.addImage({ config, layers, annotations }));
  };
  await pushBlobs(repository, dataSet.blobs);
  const image = imageWith(0);
  return size === null ? image : imageWith(size - image.bytes.length);
}
