/**
 * Checks one repository: every link, tag, manifest, referrer and upload of it.
 *
 * @module
 */

import { DigestTable } from "../../gc/digest_table.ts";
import type { Digest } from "../../storage/digest.ts";
import type { StoragePath } from "../../storage/driver.ts";
import { layerLink, revisionLink, tagCurrentLink, uploadDirectory } from "../../storage/layout.ts";
import { GC_UPLOAD_AGE_MS } from "../../storage/limits.ts";
import type { Revision } from "../../storage/manifests.ts";
import type { RepositoryName } from "../../storage/names.ts";
import type { Store } from "../../storage/store.ts";
import type { TagEntry } from "../../storage/tags.ts";
import { formatDuration } from "../format.ts";
import { checkManifest } from "./check_manifest.ts";
import { checkReferrers, type Subjects } from "./check_referrers.ts";
import type { OnProblem, ProblemKind, Repair } from "./problem.ts";

/** What a check goes by. */
export interface CheckContext {
  readonly store: Store;
  readonly name: RepositoryName;
  /** Bytes of content in the store; `null` when it is gone. */
  readonly sizeOf: (digest: Digest) => Promise<number | null>;
  /** Told of all content that the repository holds; more than once where more than one link names it. */
  readonly onHeld: (digest: Digest) => void;
  readonly onProblem: OnProblem;
  /** The present time, in milliseconds since 1970. */
  readonly nowMs: number;
}

/** What a repository has. */
export interface RepositoryContent {
  /** By digest, the revisions whose bytes are there. */
  readonly revisions: ReadonlyMap<Digest, Revision>;
  readonly tags: readonly TagEntry[];
  /** The layer links that lead to bytes. */
  readonly layers: DigestTable;
}

/** Looks at everything in a repository, reports what is wrong, and returns what is right. */
export async function checkRepository(context: CheckContext): Promise<RepositoryContent> {
  const layers = await checkLayers(context);
  const revisions = await checkRevisions(context);
  const subjects: Subjects = new Map();
  for (const revision of revisions.values()) {
    const subject = await checkManifest(context, revision, { revisions, layers });
    if (subject !== null) subjects.set(revision.digest, subject);
  }
  const tags = await checkTags(context, revisions);
  await checkReferrers(context, revisions, subjects);
  await checkUploads(context);
  return { revisions, tags, layers };
}

async function checkLayers(context: CheckContext): Promise<DigestTable> {
  const { store: { blobs }, name } = context;
  const layers = new DigestTable();
  for await (const digest of blobs.links(name)) {
    // Distribution leaves the directory of a link that it deleted.
    const link = await blobs.statLink(name, digest);
    if (link === null) continue;
    const repair: Repair = { kind: "remove layer link", name, digest };
    if (await checkLink(context, layerLink(name, digest), link.target, repair)) layers.add(digest);
  }
  return layers;
}

async function checkRevisions(context: CheckContext): Promise<ReadonlyMap<Digest, Revision>> {
  const { store: { manifests }, name } = context;
  const revisions = new Map<Digest, Revision>();
  for await (const revision of manifests.revisions(name)) {
    const { digest, target } = revision;
    const repair: Repair = { kind: "remove manifest link", name, digest };
    if (await checkLink(context, revisionLink(name, digest), target, repair)) {
      revisions.set(digest, revision);
    }
  }
  return revisions;
}

/** Whether a link leads to bytes. */
async function checkLink(
  { sizeOf, onHeld, onProblem }: CheckContext,
  path: StoragePath,
  target: Digest | null,
  repair: Repair,
): Promise<boolean> {
  if (target === null) {
    const detail = "it is empty, cut short or junk";
    onProblem({ kind: "damaged-link", path, detail, repair });
    return false;
  }
  if (await sizeOf(target) === null) {
    const detail = `the bytes of ${target} are not in the store`;
    onProblem({ kind: "dangling-link", path, detail, repair });
    return false;
  }
  onHeld(target);
  return true;
}

async function checkTags(
  context: CheckContext,
  revisions: ReadonlyMap<Digest, Revision>,
): Promise<readonly TagEntry[]> {
  const { store, name, onProblem } = context;
  const tags: TagEntry[] = [];
  for await (const entry of store.tags.entries(name)) {
    const { tag, digest } = entry;
    if (digest !== null && (revisions.has(digest) || await store.manifests.exists(name, digest))) {
      tags.push(entry);
      continue;
    }
    const [kind, detail, repair] = digest === null
      ? await damagedTag(context, entry)
      : danglingTag(context, entry, digest);
    onProblem({ kind, path: tagCurrentLink(name, tag), detail, repair });
  }
  return tags;
}

type Finding = readonly [kind: ProblemKind, detail: string, repair: Repair | null];

function danglingTag({ name }: CheckContext, { tag }: TagEntry, digest: Digest): Finding {
  const detail = `the manifest ${digest} is not in the repository`;
  return ["dangling-tag", detail, { kind: "remove tag", name, tag }];
}

/** A tag may have named any manifest of its history: only where there is one, it is known which. */
async function damagedTag(
  { store, name }: CheckContext,
  { tag, modifiedMs }: TagEntry,
): Promise<Finding> {
  const what = modifiedMs === 0 ? "the link is missing" : "the link is empty, cut short or junk";
  const known: Digest[] = [];
  for await (const digest of store.tags.history(name, tag)) {
    if (await store.manifests.exists(name, digest)) known.push(digest);
  }
  const [digest] = known;
  if (digest === undefined) {
    return ["damaged-tag", `${what}, and its history is empty`, { kind: "remove tag", name, tag }];
  }
  if (known.length > 1) {
    return ["damaged-tag", `${what}; it named one of ${known.length} manifests`, null];
  }
  return ["damaged-tag", `${what}; it named ${digest}`, { kind: "restore tag", name, tag, digest }];
}

async function checkUploads({ store, name, onProblem, nowMs }: CheckContext): Promise<void> {
  for await (const id of store.uploads.ids(name)) {
    const upload = await store.uploads.stat(name, id);
    const path = uploadDirectory(name, id);
    const ageMs = upload === null ? Infinity : nowMs - upload.modifiedMs;
    if (ageMs < GC_UPLOAD_AGE_MS) continue;
    const detail = upload === null
      ? "it has no data"
      : `${upload.size} bytes, none of them within ${formatDuration(ageMs)}`;
    onProblem({ kind: "abandoned-upload", path, detail, repair: null });
  }
}
