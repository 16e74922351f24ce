import { assertEquals } from "@std/assert";
import { textBytes } from "../storage/contract/bytes.ts";
import { digestOf, imageOf, indexOf } from "../storage/store_kit.ts";
import { edgesOf, type ManifestEdges } from "./graph.ts";

const NO_EDGES: ManifestEdges = {
  config: null,
  layers: [],
  children: [],
  subject: null,
  named: [],
};

const A = digestOf("a");
const B = digestOf("b", "sha512");

function edgesOfDocument(document: unknown): ManifestEdges | null {
  return edgesOf(textBytes(JSON.stringify(document)));
}

Deno.test("edgesOf() finds the config, the layers and the subject of an image", () => {
  const { bytes } = imageOf("config", "layer", { subject: A });
  assertEquals(edgesOf(bytes), {
    ...NO_EDGES,
    config: digestOf("config"),
    layers: [digestOf("layer")],
    subject: A,
  });
});

Deno.test("edgesOf() finds the children of an index", () => {
  assertEquals(edgesOf(indexOf([A, B]).bytes), { ...NO_EDGES, children: [A, B] });
});

Deno.test("edgesOf() finds everything that a manifest of an unknown media type names", () => {
  const mediaType = "application/vnd.example.unknown+json";
  const edges = edgesOfDocument({ mediaType, deep: [{ [A]: `a text with ${B}` }] });
  assertEquals([...edges?.named ?? []].sort(), [A, B].sort());
});

Deno.test("edgesOf() finds the layers of distribution's first schema", () => {
  const edges = edgesOfDocument({ schemaVersion: 1, fsLayers: [{ blobSum: A }] });
  assertEquals(edges, { ...NO_EDGES, named: [A] });
});

Deno.test("edgesOf() leaves out entries that are damaged", () => {
  const layers = [{ digest: "sha256:cut" }, null, { mediaType: "x/y", digest: A, size: 1 }];
  assertEquals(edgesOfDocument({ layers })?.layers, [A]);
});

Deno.test("edgesOf() says of bytes that are no manifest that nobody knows what they need", () => {
  for (const text of ["", "{", "[]", "null", '"sha256"']) {
    assertEquals(edgesOf(textBytes(text)), null);
  }
});
