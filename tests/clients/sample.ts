/**
 * The images that the clients push and pull, in the forms in which skopeo keeps them on disk.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { digestBytes, digestHex } from "../../storage/digest.ts";
import {
  blobsOf,
  type Compression,
  type Content,
  type Image,
  type ImageFormat,
  type Index,
  type Layer,
  makeImage,
  makeIndex,
  makeLayer,
  noise,
} from "../images.ts";

/** Layers of each sample image: more than the 20 that some registries of old allowed. */
export const SAMPLE_LAYERS = 24;

const SMALL_LAYER_BYTES = 3_000;
/** Larger than any buffer between client and disk. */
const LARGE_LAYER_BYTES = 6_000_000;
/** How many of the layers the architectures share. */
const SHARED_LAYERS = 10;

/** An index of two architectures with 24 layers each, compressed in turn in each of the ways. */
export function sampleIndex(format: ImageFormat, compressions: readonly Compression[]): Index {
  const layers = (first: number, end: number, architecture: string, seed: number): Layer[] =>
    Array.from({ length: end - first }, (_, i) => {
      const compression = compressions[i % compressions.length] ?? "none";
      return sampleLayer(format, compression, first + i, architecture, seed);
    });
  const shared = layers(0, SHARED_LAYERS, "any", 0);
  const image = (architecture: string, seed: number): Image => {
    const own = layers(SHARED_LAYERS, SAMPLE_LAYERS, architecture, seed);
    return makeImage(format, architecture, [...shared, ...own]);
  };
  return makeIndex(format, [image("amd64", 100), image("arm64", 200)]);
}

/** A layer of two files, `layer-<i>.txt` and `layer-<i>.bin`; the last layer is a large one. */
function sampleLayer(
  format: ImageFormat,
  compression: Compression,
  i: number,
  architecture: string,
  seed: number,
): Layer {
  const text = new TextEncoder().encode(`${architecture} ${i}\n`);
  const sizeBytes = i === SAMPLE_LAYERS - 1 ? LARGE_LAYER_BYTES : SMALL_LAYER_BYTES;
  return makeLayer(format, compression, [
    { path: `layer-${i}.txt`, content: text },
    { path: `layer-${i}.bin`, content: noise(seed + i, sizeBytes) },
  ]);
}

/** The image of an index for one architecture. */
export function imageFor(index: Index, architecture: string): Image {
  const image = index.images.find((each) => each.architecture === architecture);
  if (image === undefined) throw new Error(`The index has no image for ${architecture}`);
  return image;
}

/** Asserts that a layout names one manifest and holds it and the other contents, byte for byte, and nothing else. */
export async function assertLayout(
  directory: string,
  root: Content,
  contents: readonly Content[],
): Promise<void> {
  const { manifests } = JSON.parse(await Deno.readTextFile(`${directory}/index.json`));
  assertEquals(manifests.length, 1);
  assertEquals(manifests[0].digest, root.digest);
  const files = new Map(
    [root, ...contents].map((content) => [digestHex(content.digest), content] as const),
  );
  const names = Array.from(Deno.readDirSync(`${directory}/blobs/sha256`), (entry) => entry.name);
  assertEquals(names.toSorted(), [...files.keys()].sort());
  await assertFiles(`${directory}/blobs/sha256`, files);
}

/** Writes an index with all that it names in skopeo's `dir:` format, the one that keeps Docker's media types. */
export async function writeDirectory(directory: string, index: Index): Promise<void> {
  await Deno.mkdir(directory, { recursive: true });
  await Deno.writeTextFile(`${directory}/version`, "Directory Transport Version: 1.1\n");
  for (const [name, content] of directoryFiles(index)) {
    await Deno.writeFile(`${directory}/${name}`, content.bytes);
  }
}

/** Asserts that skopeo's `dir:` format holds an index with all that it names, byte for byte. */
export async function assertDirectory(directory: string, index: Index): Promise<void> {
  await assertFiles(directory, directoryFiles(index));
}

function directoryFiles(index: Index): Map<string, Content> {
  const files = new Map<string, Content>([["manifest.json", index.manifest]]);
  for (const image of index.images) {
    files.set(`${digestHex(image.manifest.digest)}.manifest.json`, image.manifest);
    for (const blob of blobsOf(image)) files.set(digestHex(blob.digest), blob);
  }
  return files;
}

async function assertFiles(directory: string, files: Map<string, Content>): Promise<void> {
  for (const [name, content] of files) {
    const bytes = await Deno.readFile(`${directory}/${name}`);
    assertEquals(digestBytes(bytes, "sha256"), content.digest, `${directory}/${name}`);
  }
}
