/**
 * Reads what a repository has: manifests, tags, referrers. What is no answer to the question throws.
 *
 * @module
 */

import type { Answer, Repository } from "./client.ts";
import {
  expectEqual,
  expectHeader,
  expectStatus,
  jsonOf,
  listHeader,
  nextPageOf,
  Unsupported,
} from "./expect.ts";
import { type Descriptor, MEDIA_TYPES } from "./fixtures.ts";

/** Sends a request for a manifest with the media types of the OCI image spec in `Accept`. */
export function pullManifest(
  repository: Repository,
  reference: string | URL,
  method: "GET" | "HEAD" = "GET",
): Promise<Answer> {
  const target = typeof reference === "string" ? `manifests/${reference}` : reference;
  const headers = { Accept: `${MEDIA_TYPES.index}, ${MEDIA_TYPES.image}` };
  return repository.send(method, target, { headers });
}

export interface TagQuery {
  readonly n?: string;
  readonly last?: string;
}

/** Sends a request for one page of tags. */
export function pullTags(repository: Repository, query: TagQuery = {}): Promise<Answer> {
  return repository.send("GET", "tags/list", { query: Object.entries(query) });
}

/** The tags of a page; none where the registry says 404 of a repository that has no tag. */
export function tagsOf(answer: Answer, repository: Repository): readonly string[] {
  if (expectStatus(answer, 200, 404).status === 404) return [];
  const list = jsonOf(answer) as { name?: unknown; tags?: unknown };
  expectEqual(list.name, repository.name, `"name" in the answer to ${answer.request}`);
  if (list.tags === null || list.tags === undefined) return [];
  if (!Array.isArray(list.tags)) throw new Error(`${answer.request} answered no list of tags`);
  return list.tags;
}

/** The tags of a repository on every page that `Link` leads to. */
export async function listTags(
  repository: Repository,
  query: TagQuery = {},
): Promise<readonly string[]> {
  let answer = await pullTags(repository, query);
  const tags = [...tagsOf(answer, repository)];
  for (let next = nextPageOf(answer); next !== null; next = nextPageOf(answer)) {
    answer = await repository.send("GET", next);
    tags.push(...tagsOf(answer, repository));
  }
  return tags;
}

/** Sends a request for one page of referrers. */
export function pullReferrers(
  repository: Repository,
  subject: string,
  artifactType?: string,
): Promise<Answer> {
  const query = artifactType === undefined ? [] : [["artifactType", artifactType] as const];
  return repository.send("GET", `referrers/${subject}`, { query });
}

/** The descriptors of a page of referrers. Throws unless the answer is an image index. */
export function referrersOf(answer: Answer): readonly Descriptor[] {
  expectHeader(expectStatus(answer, 200), "Content-Type", MEDIA_TYPES.index);
  const index = jsonOf(answer) as Record<string, unknown>;
  expectEqual(index.schemaVersion, 2, `"schemaVersion" in the answer to ${answer.request}`);
  expectEqual(
    index.mediaType,
    MEDIA_TYPES.index,
    `"mediaType" in the answer to ${answer.request}`,
  );
  if (Array.isArray(index.manifests)) return index.manifests;
  throw new Error(`${answer.request} answered an index without "manifests"`);
}

/** The referrers of a subject on every page that `Link` leads to. */
export async function listReferrers(
  repository: Repository,
  subject: string,
): Promise<readonly Descriptor[]> {
  return await followReferrers(repository, await pullReferrers(repository, subject));
}

/** As {@linkcode listReferrers} for one artifact type. Throws {@linkcode Unsupported} where it is ignored. */
export async function listFiltered(
  repository: Repository,
  subject: string,
  artifactType: string,
): Promise<readonly Descriptor[]> {
  const answer = await pullReferrers(repository, subject, artifactType);
  const referrers = await followReferrers(repository, answer);
  if (listHeader(answer, "OCI-Filters-Applied").includes("artifactType")) return referrers;
  throw new Unsupported(`${answer.request} answered without artifactType in OCI-Filters-Applied`);
}

async function followReferrers(
  repository: Repository,
  first: Answer,
): Promise<readonly Descriptor[]> {
  let answer = first;
  const referrers = [...referrersOf(answer)];
  for (let next = nextPageOf(answer); next !== null; next = nextPageOf(answer)) {
    answer = await repository.send("GET", next);
    referrers.push(...referrersOf(answer));
  }
  return referrers;
}

/** Throws unless a list has these referrers and no others, in any order. Other fields of a descriptor may differ. */
export function expectReferrers(
  actual: readonly Descriptor[],
  expected: readonly Descriptor[],
): void {
  expectEqual(comparable(actual), comparable(expected), "referrers");
}

function comparable(referrers: readonly Descriptor[]): readonly unknown[] {
  const sorted = [...referrers].sort((a, b) => a.digest < b.digest ? -1 : 1);
  return sorted.map(({ mediaType, digest, size, artifactType, annotations }) => {
    return { mediaType, digest, size, artifactType, annotations: annotations ?? {} };
  });
}
