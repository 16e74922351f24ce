/**
 * Manifests: reading, writing and deleting them, and deleting tags.
 *
 * @module
 */

import {
  type Digest,
  type DigestAlgorithm,
  digestAlgorithm,
  digestBytes,
} from "../../storage/digest.ts";
import { after, type Awaitable } from "../../storage/awaitable.ts";
import { MANIFEST_TAGS_MAX } from "../../storage/limits.ts";
import { readManifest } from "../../storage/manifest.ts";
import type { ManifestPut, StoredManifest } from "../../storage/manifests.ts";
import { parseTag, type Tag } from "../../storage/names.ts";
import { entityTag, hasPrecondition, holdsPrecondition, isNotModified } from "../conditions.ts";
import { type RequestContext, requireDigest } from "../context.ts";
import { RegistryError } from "../errors.ts";
import { immutableOf, requireUntaken, tagImmutable } from "../immutable_tags.ts";
import { keptBody } from "../kept_body.ts";
import { type ParsedManifest, parseManifest } from "../manifest.ts";
import { JSON_UTF8 } from "../media_types.ts";
import { choose, linuxAmd64, readAccept } from "../negotiation.ts";
import { readManifestBody } from "../manifest_body.ts";
import { type Answer, respond } from "../respond.ts";

/** Reads a manifest by tag or digest; HEAD is the same without the body. */
export function getManifest(context: RequestContext): Awaitable<Answer> {
  return after(findManifest(context), (stored) => {
    if (stored === null) throw manifestUnknown(context);
    return after(
      negotiate(context, stored),
      (manifest) => respondManifest(context, stored, manifest),
    );
  });
}

function respondManifest(
  context: RequestContext,
  stored: StoredManifest,
  manifest: StoredManifest,
): Answer {
  const { request } = context;
  const headers = {
    "Docker-Content-Digest": manifest.digest,
    ETag: entityTag(manifest.digest),
  };
  if (isNotModified(request, manifest.digest)) return respond(304, headers);
  context.events?.manifestPulled(context, stored, manifest);
  return respond(200, {
    ...headers,
    "Content-Type": manifest.mediaType || JSON_UTF8,
    "Content-Length": String(manifest.bytes.length),
  }, request.method === "HEAD" ? null : keptBody(manifest.bytes));
}

/** Keeps a manifest (OCI distribution spec, "Pushing Manifests"), under a tag, a digest, or a digest and tags. */
export async function putManifest(context: RequestContext): Promise<Answer> {
  const { name, request, settings, store } = context;
  const target = parseTarget(context);
  const bytes = await readManifestBody(request, settings.bodyIdleMs);
  context.received(bytes.length);
  const digest = digestBytes(bytes, target.algorithm);
  if (target.digest !== null && target.digest !== digest) {
    throw new RegistryError("DIGEST_INVALID", {
      detail: { expected: target.digest, actual: digest },
    });
  }
  const parsed = parseManifest(bytes, request.headers.get("Content-Type"));
  const { manifestRules: rules } = settings;
  rules?.check(parsed);
  const tags = [...new Set(target.tag === null ? target.tags : [target.tag, ...target.tags])];
  const missing = await store.manifests.put(name, {
    digest,
    bytes,
    tags,
    blobs: digestsOf(parsed.blobs),
    manifests: digestsOf(rules?.requiredChildren(parsed.children) ?? parsed.children),
    subject: parsed.subject?.digest ?? null,
    ...preconditionOf(context, digest, tags),
  });
  if (missing.length > 0) throw blobsUnknown(missing);
  const { mediaType } = parsed;
  await context.events?.manifestPushed(context, { digest, mediaType, bytes }, tags);
  return respond(201, {
    Location: context.urls.manifest(name, digest),
    "Docker-Content-Digest": digest,
    ETag: entityTag(digest),
    "OCI-Subject": parsed.subject?.digest,
    "OCI-Tag": target.tags.length > 0 ? target.tags.join(", ") : undefined,
  });
}

/** Deletes a tag, or a manifest with all tags that name it (OCI distribution spec, "Content Management"). */
export async function deleteManifest(context: RequestContext): Promise<Answer> {
  const { name, reference, store } = context;
  if (reference.includes(":")) {
    const digest = requireDigest(reference);
    await requireNoImmutableTag(context, digest);
    const tags = await store.manifests.remove(name, digest);
    if (tags === null) throw manifestUnknown(context);
    await context.events?.deleted(context, digest, tags);
  } else {
    const tag = parseTag(reference);
    if (tag === null) throw manifestUnknown(context);
    if (immutableOf(context, [tag]).length > 0) throw tagImmutable(tag);
    if (!await store.tags.remove(name, tag)) throw manifestUnknown(context);
    await context.events?.deleted(context, "", [tag]);
  }
  return respond(202);
}

/** A manifest goes with its tags, so one that must stay keeps it. */
async function requireNoImmutableTag(context: RequestContext, digest: Digest): Promise<void> {
  const { name, settings, store } = context;
  if (settings.isTagImmutable === undefined) return;
  const [tag] = immutableOf(context, await store.tags.naming(name, digest));
  if (tag !== undefined) throw tagImmutable(tag);
}

/** The manifest that the path names, by its digest or a tag. A malformed tag names nothing. */
function findManifest(
  { name, reference, store }: RequestContext,
): Awaitable<StoredManifest | null> {
  if (reference.includes(":")) return store.manifests.find(name, requireDigest(reference));
  const tag = parseTag(reference);
  return tag === null ? null : store.manifests.findTagged(name, tag);
}

function manifestUnknown({ name, reference }: RequestContext): RegistryError {
  const detail = reference.includes(":") ? { Name: name, Revision: reference } : { Tag: reference };
  return new RegistryError("MANIFEST_UNKNOWN", { detail });
}

/** What the client can read: the manifest itself, or, for old Docker clients, one child of a list. */
function negotiate(
  context: RequestContext,
  stored: StoredManifest,
): Awaitable<StoredManifest> {
  const accept = context.request.headers.get("Accept");
  if (accept === null) return stored;
  const byTag = !context.reference.includes(":");
  const choice = choose(readAccept(accept), stored.mediaType, byTag);
  if (choice === "stored") return stored;
  const content = choice === "platform-fallback" ? readManifest(stored.bytes) : null;
  const child = content === null ? null : linuxAmd64(content);
  if (child !== null) return requireChild(context, child.digest);
  throw new RegistryError("MANIFEST_UNKNOWN", {
    message: `the manifest is of type ${stored.mediaType}, which the Accept header does not allow`,
  });
}

async function requireChild(context: RequestContext, digest: Digest): Promise<StoredManifest> {
  const manifest = await context.store.manifests.find(context.name, digest);
  if (manifest === null) throw manifestUnknown(context);
  return manifest;
}

/** Where a manifest is to be put. */
interface PutTarget {
  readonly algorithm: DigestAlgorithm;
  readonly digest: Digest | null;
  readonly tag: Tag | null;
  /** From `?tag=`. */
  readonly tags: readonly Tag[];
}

function parseTarget({ reference, query }: RequestContext): PutTarget {
  const texts = query.getAll("tag");
  if (texts.length > MANIFEST_TAGS_MAX) {
    throw new RegistryError("TAG_INVALID", {
      status: 414,
      message: `at most ${MANIFEST_TAGS_MAX} tags can be given at once`,
    });
  }
  const tags = [...new Set(texts.map(requireTag))];
  if (!reference.includes(":")) {
    return { algorithm: "sha256", digest: null, tag: requireTag(reference), tags };
  }
  const digest = requireDigest(reference);
  return { algorithm: digestAlgorithm(digest), digest, tag: null, tags };
}

function requireTag(text: string): Tag {
  const tag = parseTag(text);
  if (tag !== null) return tag;
  throw new RegistryError("TAG_INVALID", {
    message: "a tag has at most 128 of A-Z a-z 0-9 . _ - and begins with none of . -",
    detail: { tag: text.slice(0, 200) },
  });
}

function digestsOf(descriptors: ParsedManifest["blobs"]): readonly Digest[] {
  return descriptors.map((descriptor) => descriptor.digest);
}

/** One entry for each digest, as distribution answers. */
function blobsUnknown(missing: readonly Digest[]): RegistryError {
  return RegistryError.all(missing.map((digest) => ({
    code: "MANIFEST_BLOB_UNKNOWN",
    message: "manifest references a manifest or blob unknown to registry",
    detail: digest,
  })));
}

/** What has to hold of the tags at the moment in which they are written; nothing, for most requests. */
function preconditionOf(
  context: RequestContext,
  digest: Digest,
  tags: readonly Tag[],
): Pick<ManifestPut, "precondition"> {
  const immutable = immutableOf(context, tags);
  if (immutable.length === 0 && !hasPrecondition(context.request)) return {};
  return {
    async precondition(): Promise<void> {
      await requireUntaken(context, immutable, digest);
      if (hasPrecondition(context.request)) await requireTags(context, digest, tags);
    },
  };
}

/** Compare-and-set: `If-Match` and `If-None-Match` are about what the tags name, or whether the digest is there. */
async function requireTags(
  context: RequestContext,
  digest: Digest,
  tags: readonly Tag[],
): Promise<void> {
  const { name, request, store } = context;
  const currents = tags.length > 0
    ? await Promise.all(tags.map((tag) => store.tags.resolve(name, tag)))
    : [await store.manifests.exists(name, digest) ? digest : null];
  for (const current of currents) {
    if (holdsPrecondition(request, current)) continue;
    throw new RegistryError("DENIED", {
      status: 412,
      message: current === null
        ? "the precondition failed: there is no such manifest"
        : `the precondition failed: the manifest is ${current} by now`,
      headers: current === null ? {} : { ETag: entityTag(current) },
    });
  }
}
