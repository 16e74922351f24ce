/**
 * Content for the cases: blobs, and sets of blobs and manifests that belong together.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { digestBytes } from "../../storage/digest.ts";

/** Digest algorithms that the OCI image spec registers and the official suite tries. */
export const ALGORITHMS = ["sha256", "sha512"] as const;

export type Algorithm = typeof ALGORITHMS[number];

/** Media types of the OCI image spec, and some that belong to nobody. */
export const MEDIA_TYPES = {
  config: "application/vnd.oci.image.config.v1+json",
  empty: "application/vnd.oci.empty.v1+json",
  exampleA: "application/vnd.example.berth.a.v1",
  exampleB: "application/vnd.example.berth.b.v1",
  image: "application/vnd.oci.image.manifest.v1+json",
  index: "application/vnd.oci.image.index.v1+json",
  layer: "application/vnd.oci.image.layer.v1.tar",
  layerGzip: "application/vnd.oci.image.layer.v1.tar+gzip",
  nondistributable: "application/vnd.oci.image.layer.nondistributable.v1.tar",
  nondistributableGzip: "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip",
  octetStream: "application/octet-stream",
} as const;

/** What a manifest says about content (OCI image spec, "Content Descriptors"). */
export interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly artifactType?: string;
  readonly data?: string;
  readonly platform?: { readonly os: string; readonly architecture: string };
  readonly urls?: readonly string[];
}

/** Bytes, and the descriptor that a manifest holds of them. */
export interface Content {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly descriptor: Descriptor;
}

export interface Manifest extends Content {
  /** The digest that its `subject` names; `null` without one. */
  readonly subject: string | null;
  /** The entry that a list of referrers has to hold for it (OCI distribution spec, "Listing Referrers"). */
  readonly referrer: Descriptor;
}

/** Fields of a manifest that a data set chooses. */
export interface ManifestOptions {
  readonly annotations?: Readonly<Record<string, string>>;
  readonly artifactType?: string;
  readonly subject?: Descriptor;
  /** Fields that no specification knows. */
  readonly extra?: Readonly<Record<string, string>>;
}

export interface ImageOptions extends ManifestOptions {
  /** A new image config unless given. */
  readonly config?: Descriptor;
  /** Two new layers unless given. */
  readonly layers?: readonly Descriptor[];
}

/** The body of a config or layer that has nothing to say (OCI image spec, "Guidance for an Empty Descriptor"). */
export const EMPTY_JSON: Uint8Array<ArrayBuffer> = new TextEncoder().encode("{}");

/** Size of a generated layer, in bytes. */
const LAYER_BYTES = 1024;

/** Wraps bytes with their descriptor. */
export function contentOf(
  bytes: Uint8Array<ArrayBuffer>,
  algorithm: Algorithm = "sha256",
  mediaType: string = MEDIA_TYPES.octetStream,
): Content {
  const digest = digestBytes(bytes, algorithm);
  return { bytes, descriptor: { mediaType, digest, size: bytes.length } };
}

/** The same content with bytes that do not have its digest. */
export function corrupted<T extends Content>(content: T): T {
  // A space keeps JSON valid, so that nothing but the digest is wrong.
  const bytes = new Uint8Array(content.bytes.length + 1).fill(0x20);
  bytes.set(content.bytes);
  return { ...content, bytes };
}

/** Makes bytes that nobody has seen: they depend on a seed and on how many were made before. */
export class Bytes {
  readonly #seed: string;
  #made = 0;

  constructor(seed: string) {
    this.#seed = seed;
  }

  next(length: number): Uint8Array<ArrayBuffer> {
    const hash = createHash("shake256", { outputLength: length });
    return Uint8Array.from(hash.update(`${this.#seed} ${this.#made++}`).digest());
  }
}

/** Blobs, manifests and tags that are pushed together. What is added comes back as its descriptor. */
export class DataSet {
  readonly blobs: Content[] = [];
  /** In the order in which they can be pushed: the children of an index before it. */
  readonly manifests: Manifest[] = [];
  readonly tags = new Map<string, Manifest>();
  /** Whether tags are given with `tag` parameters when the manifest is pushed by digest (spec, end-7b). */
  tagsByParameter = false;
  readonly #bytes: Bytes;
  readonly #algorithm: Algorithm;

  constructor(bytes: Bytes, algorithm: Algorithm = "sha256") {
    this.#bytes = bytes;
    this.#algorithm = algorithm;
  }

  /** Adds a blob; random bytes unless given. */
  addBlob(mediaType: string, bytes = this.#bytes.next(LAYER_BYTES)): Descriptor {
    const blob = contentOf(bytes, this.#algorithm, mediaType);
    const known = this.blobs.some((other) => other.descriptor.digest === blob.descriptor.digest);
    if (!known) this.blobs.push(blob);
    return blob.descriptor;
  }

  /** Adds the config of an image without layers to speak of; no two are alike. */
  addConfig(extra: Readonly<Record<string, string>> = {}): Descriptor {
    const author = this.#bytes.next(16).toHex();
    const rootfs = { type: "layers", diff_ids: [] };
    const config = { author, architecture: "amd64", os: "linux", rootfs, ...extra };
    return this.addBlob(MEDIA_TYPES.config, new TextEncoder().encode(JSON.stringify(config)));
  }

  /** Adds two layers of a media type. */
  addLayers(mediaType: string): readonly Descriptor[] {
    return [this.addBlob(mediaType), this.addBlob(mediaType)];
  }

  /** Adds an image manifest. */
  addImage(options: ImageOptions = {}): Descriptor {
    const { extra, ...fields } = options;
    const config = options.config ?? this.addConfig(extra);
    const layers = options.layers ?? this.addLayers(MEDIA_TYPES.layerGzip);
    const manifest = { ...fields, config, layers, ...extra };
    return this.#addManifest(MEDIA_TYPES.image, manifest, options.artifactType ?? config.mediaType);
  }

  /** Adds an image whose config says nothing, around one blob of a media type. */
  addArtifact(mediaType: string, options: ImageOptions = {}): Descriptor {
    return this.addImage({
      artifactType: mediaType,
      config: this.addBlob(MEDIA_TYPES.empty, EMPTY_JSON),
      layers: [this.addBlob(mediaType)],
      ...options,
    });
  }

  /** Adds an index of manifests; two new images for two platforms unless given. */
  addIndex(manifests = this.addPlatforms(), options: ManifestOptions = {}): Descriptor {
    const { extra, ...fields } = options;
    const index = { ...fields, manifests, ...extra };
    return this.#addManifest(MEDIA_TYPES.index, index, options.artifactType);
  }

  /** Adds a manifest for each of two platforms; images unless told otherwise. */
  addPlatforms(add: () => Descriptor = () => this.addImage()): readonly Descriptor[] {
    return ["amd64", "arm64"].map((architecture) => ({
      ...add(),
      platform: { os: "linux", architecture },
    }));
  }

  /** Gives a manifest of this set a tag. Throws on a descriptor of something else. */
  tag(tag: string, descriptor: Descriptor): void {
    this.tags.set(tag, this.manifest(descriptor));
  }

  /** The tags of a manifest. */
  tagsOf(manifest: Manifest): readonly string[] {
    return [...this.tags].flatMap(([tag, tagged]) => tagged === manifest ? [tag] : []);
  }

  /** The manifest that was added as this descriptor. Throws when none was. */
  manifest(descriptor: Descriptor): Manifest {
    const found = this.manifests.find((other) => other.descriptor.digest === descriptor.digest);
    if (found === undefined) throw new TypeError(`${descriptor.digest} is no manifest of this set`);
    return found;
  }

  /** The digests that manifests of this set name as their subjects. */
  subjects(): ReadonlySet<string> {
    return new Set(this.manifests.flatMap(({ subject }) => subject === null ? [] : [subject]));
  }

  /** What a list of the referrers of a digest has to hold. */
  referrers(subject: string): readonly Descriptor[] {
    const manifests = this.manifests.filter((manifest) => manifest.subject === subject);
    return manifests.map(({ referrer }) => referrer);
  }

  #addManifest(
    mediaType: string,
    fields: ManifestOptions,
    artifactType: string | undefined,
  ): Descriptor {
    const text = JSON.stringify({ schemaVersion: 2, mediaType, ...fields });
    const content = contentOf(new TextEncoder().encode(text), this.#algorithm, mediaType);
    this.manifests.push({
      ...content,
      subject: fields.subject?.digest ?? null,
      referrer: {
        ...content.descriptor,
        ...(artifactType === undefined ? {} : { artifactType }),
        ...(fields.annotations === undefined ? {} : { annotations: fields.annotations }),
      },
    });
    return content.descriptor;
  }
}
