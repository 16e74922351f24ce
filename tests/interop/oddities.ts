/**
 * Stores as distribution leaves them after a crash, a full disk or an operator's knife.
 *
 * @module
 */

import { digestBytes } from "../../storage/digest.ts";
import {
  blobData,
  encodeLink,
  layerLink,
  revisionLink,
  tagCurrentLink,
  tagIndexLink,
  tagsDirectory,
  uploadDirectory,
  uploadStartedAt,
} from "../../storage/layout.ts";
import { newUploadId, parseRepositoryName, parseTag } from "../../storage/names.ts";
import type { StoragePath } from "../../storage/driver.ts";
import { blobsOf } from "../images.ts";
import { sampleImage } from "./scenarios.ts";

/** Files below the root of a store. */
export interface StoreFiles {
  write(path: StoragePath | string, bytes: Uint8Array): Promise<void>;
  remove(path: StoragePath | string): Promise<void>;
}

/** A store that holds `APP` as `app:v1` before something happens to it. */
export interface Oddity {
  /** Completes "berth serves a store with ..". */
  readonly name: string;
  happen(store: StoreFiles): Promise<void>;
  /** Paths below `/v2/app/` that are not found then. */
  readonly absent: readonly string[];
  /** Paths below `/v2/app/` that are found all the same. */
  readonly present: readonly string[];
}

export const APP = sampleImage("oci", "amd64", 1);

const REPOSITORY = known(parseRepositoryName("app"));
const TAG = known(parseTag("v1"));
const MANIFEST = APP.manifest.digest;
const LAYER = known(APP.layers[0] ?? null);
const OTHER = sampleImage("oci", "amd64", 2);
const ALIAS = digestBytes(LAYER.bytes, "sha512");

const BY_TAG = "manifests/v1";
const BY_DIGEST = `manifests/${MANIFEST}`;
const BLOB = `blobs/${LAYER.digest}`;
const UPLOAD = newUploadId();

const currentLink = tagCurrentLink(REPOSITORY, TAG);
const manifestLink = revisionLink(REPOSITORY, MANIFEST);
const blobLink = layerLink(REPOSITORY, LAYER.digest);

/** What stands in a link that cannot be followed. */
const BAD_LINKS: readonly { readonly what: string; readonly content: string }[] = [
  { what: "an empty link", content: "" },
  { what: "a link cut short", content: MANIFEST.slice(0, 40) },
  { what: "a link that holds junk", content: "\0\0\0\0\n../../../../etc/passwd" },
  { what: "a link of an unknown algorithm", content: `md5:${"0".repeat(32)}` },
  { what: "a link to nothing", content: `sha256:${"0".repeat(64)}` },
];

/** Where a bad link can stand, and what it takes with it. */
const LINKS: readonly (Omit<Oddity, "happen"> & { readonly path: StoragePath })[] = [
  { name: "tag", path: currentLink, absent: [BY_TAG], present: [BY_DIGEST, BLOB] },
  { name: "manifest", path: manifestLink, absent: [BY_TAG, BY_DIGEST], present: [BLOB] },
  { name: "blob", path: blobLink, absent: [BLOB], present: [BY_TAG, BY_DIGEST] },
];

const BAD_LINK_ODDITIES: readonly Oddity[] = LINKS.flatMap(({ name, path, absent, present }) =>
  BAD_LINKS.map(({ what, content }) => ({
    name: `${what} for a ${name}`,
    happen: (store: StoreFiles) => store.write(path, new TextEncoder().encode(content)),
    absent,
    present,
  }))
);

/** Every way in which a store is known to be odd, with what clients are to be told. */
export const ODDITIES: readonly Oddity[] = [
  ...BAD_LINK_ODDITIES,
  {
    name: "a tag that names nothing",
    happen: (store) => store.remove(currentLink),
    absent: [BY_TAG],
    present: [BY_DIGEST, BLOB],
  },
  {
    name: "a tag whose manifest has no link",
    happen: (store) => store.remove(manifestLink),
    absent: [BY_TAG, BY_DIGEST],
    present: [BLOB],
  },
  {
    name: "a tag whose manifest has lost its bytes",
    happen: (store) => store.remove(blobData(MANIFEST)),
    absent: [BY_TAG, BY_DIGEST],
    present: [BLOB],
  },
  {
    name: "a blob that has lost its bytes",
    happen: (store) => store.remove(blobData(LAYER.digest)),
    absent: [BLOB],
    present: [BY_TAG, BY_DIGEST],
  },
  {
    name: "a sha512 link that leads to a sha256 blob",
    happen: (store) => store.write(layerLink(REPOSITORY, ALIAS), encodeLink(LAYER.digest)),
    absent: [],
    present: [`blobs/${ALIAS}`, BLOB, BY_TAG, BY_DIGEST],
  },
  {
    name: "a sha512 link that leads to nothing",
    happen: (store) => store.write(layerLink(REPOSITORY, ALIAS), encodeLink(OTHER.config.digest)),
    absent: [`blobs/${ALIAS}`],
    present: [BLOB, BY_TAG, BY_DIGEST],
  },
  {
    name: "names that cannot be tags among the tags",
    async happen(store): Promise<void> {
      const tags = tagsDirectory(REPOSITORY);
      await store.write(`${tags}/not a tag!/current/link`, encodeLink(MANIFEST));
      await store.write(`${tags}/.hidden`, new Uint8Array());
    },
    absent: [],
    present: [BLOB, BY_TAG, BY_DIGEST],
  },
  {
    name: "a stray file among the tags",
    happen: (store) => store.write(`${tagsDirectory(REPOSITORY)}/README`, new Uint8Array()),
    absent: ["manifests/README"],
    present: [BLOB, BY_TAG, BY_DIGEST],
  },
  {
    name: "an upload that has no data",
    happen: (store) =>
      store.write(
        uploadStartedAt(REPOSITORY, UPLOAD),
        new TextEncoder().encode("2026-01-02T03:04:05Z"),
      ),
    absent: [],
    present: [BLOB, BY_TAG, BY_DIGEST],
  },
  {
    name: "an upload that is no directory",
    happen: (store) => store.write(uploadDirectory(REPOSITORY, UPLOAD), new Uint8Array()),
    absent: [`blobs/uploads/${UPLOAD}`],
    present: [BLOB, BY_TAG, BY_DIGEST],
  },
];

/** The files of a store in a directory. */
export function filesBelow(root: string): StoreFiles {
  return {
    async write(path, bytes): Promise<void> {
      const file = `${root}/${path}`;
      await Deno.mkdir(file.slice(0, file.lastIndexOf("/")), { recursive: true });
      await Deno.writeFile(file, bytes);
    },
    remove: (path) => Deno.remove(`${root}/${path}`, { recursive: true }),
  };
}

/** Writes what distribution writes for a push of `APP` as `app:v1`. */
export async function writeApp(store: StoreFiles): Promise<void> {
  for (const blob of blobsOf(APP)) {
    await store.write(blobData(blob.digest), blob.bytes);
    await store.write(layerLink(REPOSITORY, blob.digest), encodeLink(blob.digest));
  }
  await store.write(blobData(MANIFEST), APP.manifest.bytes);
  const historyLink = tagIndexLink(REPOSITORY, TAG, MANIFEST);
  for (const path of [manifestLink, historyLink, currentLink]) {
    await store.write(path, encodeLink(MANIFEST));
  }
}

function known<T>(value: T | null): T {
  if (value === null) throw new TypeError("A name of the test is malformed");
  return value;
}
