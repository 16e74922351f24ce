/**
 * A store with long lists: many repositories, a repository of many tags, a manifest with many referrers.
 *
 * @module
 */

import type { Digest } from "../../storage/digest.ts";
import {
  blobData,
  layerLink,
  layersDirectory,
  revisionLink,
  tagCurrentLink,
  tagIndexLink,
} from "../../storage/layout.ts";
import type { RepositoryName } from "../../storage/names.ts";
import { type Content, describe, makeDocument, MEDIA_TYPES } from "../images.ts";
import { repositoryNamed, StoreFiles, tagNamed } from "./store_files.ts";

/** How long the lists are. */
export interface ListShape {
  readonly repositories: number;
  readonly tags: number;
  readonly referrers: number;
}

export const TAGS_REPOSITORY = "lists/tags";
export const REFERRERS_REPOSITORY = "lists/referrers";

/** Repositories of one team, whose names begin alike. */
const TEAM_REPOSITORIES = 1_000;

const TYPES = MEDIA_TYPES.oci;
const CONFIG = makeDocument("application/vnd.oci.empty.v1+json", {});
const MANIFEST = manifestOf({});

function manifestOf(more: Readonly<Record<string, unknown>>): Content {
  return makeDocument(TYPES.manifest, {
    schemaVersion: 2,
    mediaType: TYPES.manifest,
    config: describe(CONFIG),
    layers: [describe(CONFIG)],
    ...more,
  });
}

/** The manifest that has the referrers. */
export const SUBJECT: Digest = MANIFEST.digest;

/** The name of a repository; they sort by their number. */
export function listedRepository(index: number): string {
  const team = String(Math.floor(index / TEAM_REPOSITORIES)).padStart(3, "0");
  return `team-${team}/app-${String(index % TEAM_REPOSITORIES).padStart(3, "0")}`;
}

/** A tag; they sort by their number. */
export function listedTag(index: number): string {
  return `v${String(index).padStart(5, "0")}`;
}

/** Writes the store into an empty directory. Repositories have no tags: catalogs do not ask for them. */
export function writeLists(root: string, shape: ListShape): void {
  const files = new StoreFiles(root);
  for (const { digest, bytes } of [CONFIG, MANIFEST]) files.write(blobData(digest), bytes);
  for (let index = 0; index < shape.repositories; index++) {
    const name = repositoryNamed(listedRepository(index));
    files.directory(layersDirectory(name));
    files.link(revisionLink(name, MANIFEST.digest), MANIFEST.digest);
  }
  writeTags(files, repositoryNamed(TAGS_REPOSITORY), shape.tags);
  writeReferrers(files, repositoryNamed(REFERRERS_REPOSITORY), shape.referrers);
}

function writeTags(files: StoreFiles, name: RepositoryName, tags: number): void {
  files.link(layerLink(name, CONFIG.digest), CONFIG.digest);
  files.link(revisionLink(name, MANIFEST.digest), MANIFEST.digest);
  for (let index = 0; index < tags; index++) {
    const tag = tagNamed(listedTag(index));
    files.link(tagIndexLink(name, tag, MANIFEST.digest), MANIFEST.digest);
    files.link(tagCurrentLink(name, tag), MANIFEST.digest);
  }
}

function writeReferrers(files: StoreFiles, name: RepositoryName, referrers: number): void {
  files.link(layerLink(name, CONFIG.digest), CONFIG.digest);
  files.link(revisionLink(name, SUBJECT), SUBJECT);
  for (let index = 0; index < referrers; index++) {
    const referrer = manifestOf({
      artifactType: "application/vnd.example.signature",
      subject: describe(MANIFEST),
      annotations: { "org.example.number": String(index) },
    });
    files.write(blobData(referrer.digest), referrer.bytes);
    files.link(revisionLink(name, referrer.digest), referrer.digest);
  }
}
