import { assertEquals } from "@std/assert";
import { type Digest, digestBytes } from "../../storage/digest.ts";
import { blobData } from "../../storage/layout.ts";
import { MemoryDriver } from "../../storage/memory.ts";
import { parseRepositoryName, parseTag } from "../../storage/names.ts";
import { openStore } from "../../storage/store.ts";
import { drawTree } from "../tree.ts";
import { historyLines, type Part, partObjects, partTree, readParts } from "./image_view.ts";
import { readRepository } from "./repository_content.ts";

const CONFIG_TYPE = "application/vnd.oci.image.config.v1+json";
const LAYER_TYPE = "application/vnd.oci.image.layer.v1.tar";
const IMAGE_TYPE = "application/vnd.oci.image.manifest.v1+json";

const LAYER = contentOf("layer");
const CONFIG = contentOf(JSON.stringify({
  os: "linux",
  architecture: "amd64",
  history: [
    { created: "2026-01-01T00:00:00Z", created_by: "ADD rootfs" },
    { created: "2026-01-02T00:00:00Z", created_by: "ENV \u001b[2J", empty_layer: true },
  ],
}));
const MANIFEST = contentOf(JSON.stringify({
  schemaVersion: 2,
  mediaType: IMAGE_TYPE,
  config: { mediaType: CONFIG_TYPE, digest: CONFIG.digest, size: CONFIG.bytes.length },
  layers: [{ mediaType: LAYER_TYPE, digest: LAYER.digest, size: LAYER.bytes.length }],
}));

Deno.test("partTree() draws an image down to its layers, and says what is missing", async () => {
  const size = (content: Content): string => `${content.bytes.length} B`;
  assertEquals(drawTree(partTree(await readImage())), [
    `manifest  linux/amd64  ${MANIFEST.digest}  ${size(MANIFEST)}  ${IMAGE_TYPE}`,
    `├── config  ${CONFIG.digest}  ${size(CONFIG)}  ${CONFIG_TYPE}`,
    `└── layer  ${LAYER.digest}  ${size(LAYER)}  ${LAYER_TYPE}  (missing)`,
  ]);
});

Deno.test("historyLines() gives each step the size of its layer, and prints no control characters", async () => {
  assertEquals(historyLines(await readImage()), [
    "",
    `History of linux/amd64  ${MANIFEST.digest}:`,
    "  2026-01-01T00:00:00Z         5 B  ADD rootfs",
    "  2026-01-02T00:00:00Z         0 B  ENV \\u001b[2J",
  ]);
});

Deno.test("partObjects() gives every part its depth and parent", async () => {
  const objects = [...partObjects(await readImage())];
  assertEquals(objects.map(({ type, depth, role }) => [type, depth, role]), [
    ["part", 0, "manifest"],
    ["history", undefined, undefined],
    ["history", undefined, undefined],
    ["part", 1, "config"],
    ["part", 1, "layer"],
  ]);
  assertEquals(objects.at(-1)?.parent, MANIFEST.digest);
});

interface Content {
  readonly digest: Digest;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

function contentOf(text: string): Content {
  const bytes = new TextEncoder().encode(text);
  return { bytes, digest: digestBytes(bytes, "sha256") };
}

/** Reads an image whose config is there and whose layer is not. */
async function readImage(): Promise<Part> {
  const driver = new MemoryDriver();
  const store = openStore(driver);
  const [name, tag] = [parseRepositoryName("app"), parseTag("v1")];
  if (name === null || tag === null) throw new TypeError("A name of the test is malformed");
  driver.put(blobData(CONFIG.digest), CONFIG.bytes);
  await store.blobs.link(name, CONFIG.digest);
  await store.manifests.put(name, {
    ...MANIFEST,
    blobs: [],
    manifests: [],
    subject: null,
    tags: [tag],
  });
  const nodes = await readRepository(store, name);
  const node = nodes.get(MANIFEST.digest);
  if (node === undefined) throw new TypeError("The manifest is missing");
  return await readParts(store, name, nodes, node);
}
