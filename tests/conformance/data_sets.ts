/**
 * The kinds of content that a registry has to carry, as the data sets of the official program.
 *
 * @module
 */

import {
  type Algorithm,
  type DataSet,
  type Descriptor,
  EMPTY_JSON,
  MEDIA_TYPES,
} from "./fixtures.ts";

/** How one kind of content is made. */
export interface DataSetKind {
  /** The name of the data set in the results of the official program. */
  readonly id: string;
  /** What it is, for the names of cases. */
  readonly what: string;
  /** `sha256` unless given. */
  readonly algorithm?: Algorithm;
  /** Whether it has manifests with a subject. */
  readonly refers?: true;
  /** Whether it is pushed by digest alone. */
  readonly untagged?: true;
  fill(dataSet: DataSet): void;
}

/** Annotations that make a manifest nearly as large as registries have to accept: how many, how long. */
const LARGE_ANNOTATIONS = 390;
const LARGE_ANNOTATION_CHARACTERS = 10_000;

export const DATA_SETS: readonly DataSetKind[] = [
  {
    id: "image",
    what: "an image",
    fill: (dataSet) => dataSet.tag("image", dataSet.addImage()),
  },
  {
    id: "image-uncompressed",
    what: "an image with uncompressed layers",
    fill: (dataSet) => {
      const layers = dataSet.addLayers(MEDIA_TYPES.layer);
      dataSet.tag("image-uncompressed", dataSet.addImage({ layers }));
    },
  },
  {
    id: "large-manifest",
    what: "an image with a manifest of 3.9 MB",
    fill: (dataSet) => {
      const value = "A".repeat(LARGE_ANNOTATION_CHARACTERS);
      const entries = Array.from(
        { length: LARGE_ANNOTATIONS },
        (_, i) => [`annotation-${i}`, value],
      );
      const annotations = Object.fromEntries(entries);
      dataSet.tag("large-manifest", dataSet.addImage({ annotations }));
    },
  },
  {
    id: "index",
    what: "an index of two platforms",
    fill: (dataSet) => dataSet.tag("index", dataSet.addIndex()),
  },
  {
    id: "nested-index",
    what: "an index of indexes",
    fill: (dataSet) => {
      const children = [dataSet.addIndex(), dataSet.addIndex()];
      dataSet.tag("index-of-index", dataSet.addIndex(children));
    },
  },
  {
    id: "empty-index",
    what: "an index of nothing",
    fill: (dataSet) => dataSet.tag("index", dataSet.addIndex([])),
  },
  {
    id: "artifact",
    what: "an artifact",
    fill: (dataSet) => dataSet.tag("artifact", dataSet.addArtifact(MEDIA_TYPES.exampleA)),
  },
  {
    id: "artifact-index",
    what: "an index of artifacts",
    fill: (dataSet) => {
      const artifacts = dataSet.addPlatforms(() => dataSet.addArtifact(MEDIA_TYPES.exampleA));
      const artifactType = MEDIA_TYPES.exampleA;
      dataSet.tag("artifact-index", dataSet.addIndex(artifacts, { artifactType }));
    },
  },
  {
    id: "artifact-without-layers",
    what: "an artifact whose only layer is empty",
    fill: (dataSet) => {
      const layers = [dataSet.addBlob(MEDIA_TYPES.empty, EMPTY_JSON)];
      const artifact = dataSet.addArtifact(MEDIA_TYPES.exampleA, { layers });
      dataSet.tag("artifact-without-layers", artifact);
    },
  },
  {
    id: "artifacts-with-subject",
    what: "an image with three referrers",
    refers: true,
    fill: (dataSet) => {
      const subject = dataSet.addImage();
      dataSet.tag("image", subject);
      dataSet.addImage({ subject });
      dataSet.tag("artifact-a", annotatedArtifact(dataSet, MEDIA_TYPES.exampleA, subject));
      dataSet.tag("artifact-b", annotatedArtifact(dataSet, MEDIA_TYPES.exampleB, subject));
    },
  },
  {
    id: "index-with-subject",
    what: "an index that refers to an index",
    refers: true,
    fill: (dataSet) => {
      const subject = dataSet.addIndex();
      dataSet.tag("index", subject);
      const artifacts = dataSet.addPlatforms(() => dataSet.addArtifact(MEDIA_TYPES.exampleA));
      const options = { ...annotated(MEDIA_TYPES.exampleA), subject };
      dataSet.tag("artifact-index", dataSet.addIndex(artifacts, options));
    },
  },
  {
    id: "missing-subject",
    what: "an artifact whose subject does not exist",
    refers: true,
    fill: (dataSet) => {
      const digest = `sha256:${"5b".repeat(32)}`;
      const subject = { mediaType: MEDIA_TYPES.image, digest, size: 123 };
      dataSet.tag("artifact", annotatedArtifact(dataSet, MEDIA_TYPES.exampleA, subject));
    },
  },
  {
    id: "data-field",
    what: "an image whose descriptors carry data",
    fill: (dataSet) => {
      const config = withData(dataSet, dataSet.addConfig());
      const layers = dataSet.addLayers(MEDIA_TYPES.layerGzip).map((layer) =>
        withData(dataSet, layer)
      );
      dataSet.tag("data-field", dataSet.addImage({ config, layers }));
    },
  },
  {
    id: "non-distributable-layers",
    what: "an image with layers that are elsewhere",
    fill: (dataSet) => {
      const layers = [
        elsewhere(MEDIA_TYPES.nondistributableGzip, "1c"),
        elsewhere(MEDIA_TYPES.nondistributable, "2d"),
        dataSet.addBlob(MEDIA_TYPES.layerGzip),
      ];
      dataSet.tag("non-distributable-image", dataSet.addImage({ layers }));
    },
  },
  {
    id: "custom-fields",
    what: "an index with fields that no specification knows",
    fill: (dataSet) => {
      const extra = { "org.example.berth": "a field of our own" };
      const images = dataSet.addPlatforms(() => dataSet.addImage({ extra }));
      dataSet.tag("custom-fields", dataSet.addIndex(images, { extra }));
    },
  },
  {
    id: "no-layers",
    what: "an image with an empty list of layers",
    fill: (dataSet) => dataSet.tag("no-layers", dataSet.addImage({ layers: [] })),
  },
  {
    id: "sha512",
    what: "an index whose digests are all sha512",
    algorithm: "sha512",
    untagged: true,
    fill: (dataSet) => dataSet.addIndex(),
  },
  {
    id: "tag-param-sha256",
    what: "an index with tags by parameter",
    fill: (dataSet) => addTaggedIndex(dataSet),
  },
  {
    id: "tag-param-sha512",
    what: "an index of sha512 digests with tags by parameter",
    algorithm: "sha512",
    fill: (dataSet) => addTaggedIndex(dataSet),
  },
];

/** An artifact type with annotations that a list of referrers has to repeat. */
function annotated(
  artifactType: string,
): { artifactType: string; annotations: Record<string, string> } {
  const annotations = {
    "org.example.berth.note": "a referrer",
    "org.example.berth.type": artifactType,
  };
  return { artifactType, annotations };
}

function annotatedArtifact(dataSet: DataSet, mediaType: string, subject: Descriptor): Descriptor {
  return dataSet.addArtifact(mediaType, { ...annotated(mediaType), subject });
}

/** The descriptor of a blob of the set, with the blob in it. */
function withData(dataSet: DataSet, descriptor: Descriptor): Descriptor {
  const blob = dataSet.blobs.find((other) => other.descriptor.digest === descriptor.digest);
  return { ...descriptor, data: (blob?.bytes ?? EMPTY_JSON).toBase64() };
}

/** A layer that is not pushed, because its manifest says where else it is. */
function elsewhere(mediaType: string, hexByte: string): Descriptor {
  const hex = hexByte.repeat(32);
  const urls = [`https://store.example.com/blobs/sha256/${hex}`];
  return { mediaType, digest: `sha256:${hex}`, size: 123_456, urls };
}

/** Every manifest gets a tag, the index two, all of them by parameter. */
function addTaggedIndex(dataSet: DataSet): void {
  const index = dataSet.addIndex();
  dataSet.tag("index", index);
  dataSet.manifests.forEach(({ descriptor }, i) => dataSet.tag(`manifest-${i}`, descriptor));
  dataSet.tagsByParameter = true;
}
