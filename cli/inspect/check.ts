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
}

/** Looks at everything in a repository, reports what is wrong, and returns what is right. */
export async function checkRepository(context: CheckContext): Promise<RepositoryContent> {
  const layers = await checkLayers(context);
  const revisions = await checkRevisions(context);
  const subjects: Subjects = new Map();
  for (const revision of revisions.good.values()) {
    const subject = await checkManifest(context, revision, { revisions, layers });
    if (subject !== null) subjects.set(revision.digest, subject);
  }
  const tags = await checkTags(context, revisions);
  await checkReferrers(context, revisions.good, subjects);
  await checkUploads(context);
  return { revisions: revisions.good, tags };
}

async function checkLayers(context: CheckContext): Promise<DigestTable> {
  const { store: { blobs }, name } = context;
  const layers = new DigestTable();
  for await (const digest of blobs.links(name)) {
    // Distribution leaves the directory of a link that it deleted.
    const link = await blobs.statLink(name, digest);
    if (link === null) continue;
    const { target } = link;
    const path = layerLink(name, digest);
    const state = await checkLink(context, { what: "layer link", path, digest, target });
    // What is restored is not missing: the link is reported, and not once more for each manifest.
    if (state !== "lost") layers.add(digest);
  }
  return layers;
}

/** The revisions of a repository, by what their links lead to. */
export interface Revisions {
  /** By digest, those whose links lead to bytes. */
  readonly good: ReadonlyMap<Digest, Revision>;
  /** Those that a repair brings back. */
  readonly restorable: ReadonlySet<Digest>;
}

async function checkRevisions(context: CheckContext): Promise<Revisions> {
  const { store: { manifests }, name } = context;
  const good = new Map<Digest, Revision>();
  const restorable = new Set<Digest>();
  for await (const revision of manifests.revisions(name)) {
    const { digest, target } = revision;
    const path = revisionLink(name, digest);
    const state = await checkLink(context, { what: "manifest link", path, digest, target });
    if (state === "good") good.set(digest, revision);
    else if (state === "restorable") restorable.add(digest);
  }
  return { good, restorable };
}

interface CheckedLink {
  readonly what: "layer link" | "manifest link";
  readonly path: StoragePath;
  /** As the path says. */
  readonly digest: Digest;
  /** As the link says; `null` for one that is damaged. */
  readonly target: Digest | null;
}

/** Reports a link that does not lead to bytes. It can be restored where the bytes that its path names are there. */
async function checkLink(
  { name, sizeOf, onHeld, onProblem }: CheckContext,
  { what, path, digest, target }: CheckedLink,
): Promise<"good" | "restorable" | "lost"> {
  if (target !== null && await sizeOf(target) !== null) {
    onHeld(target);
    return "good";
  }
  const isRestorable = await sizeOf(digest) !== null;
  if (isRestorable) onHeld(digest);
  onProblem({
    kind: target === null ? "damaged-link" : "dangling-link",
    path,
    detail: target === null
      ? "it is empty, cut short or junk"
      : `the bytes of ${target} are not in the store`,
    repair: { kind: `${isRestorable ? "restore" : "remove"} ${what}`, name, digest },
  });
  return isRestorable ? "restorable" : "lost";
}

async function checkTags(
  context: CheckContext,
  { good, restorable }: Revisions,
): Promise<readonly TagEntry[]> {
  const { store, name, onProblem } = context;
  const tags: TagEntry[] = [];
  for await (const entry of store.tags.entries(name)) {
    const { tag, digest } = entry;
    if (digest === null) {
      // A stray file is foreign, and what is gone by now was removed by a running server.
      if (!await store.tags.isThere(name, tag)) continue;
    } else if (
      good.has(digest) || restorable.has(digest) || await store.manifests.exists(name, digest)
    ) {
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
    if (ageMs < GC_UPLOAD_AGE_MS || !await store.uploads.isThere(name, id)) continue;
    const detail = upload === null
      ? "it has no data"
      : `${upload.size} bytes, none of them within ${formatDuration(ageMs)}`;
    onProblem({ kind: "abandoned-upload", path, detail, repair: null });
  }
}
