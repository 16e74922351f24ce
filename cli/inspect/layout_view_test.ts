import { assertEquals } from "@std/assert";
import { digestBytes } from "../../storage/digest.ts";
import type { StoragePath } from "../../storage/driver.ts";
import { blobData, layerLink, storeRoot, tagCurrentLink } from "../../storage/layout.ts";
import { STORE_LEVEL } from "../../storage/layout_tree.ts";
import { MemoryDriver } from "../../storage/memory.ts";
import { parseRepositoryName, parseTag } from "../../storage/names.ts";
import { drawTree } from "../tree.ts";
import { layoutTree } from "./layout_view.ts";

Deno.test("layoutTree() sums up digests and tags, and draws what is foreign", async () => {
  const driver = new MemoryDriver();
  const [name, tag] = [parseRepositoryName("team/app"), parseTag("v1")];
  if (name === null || tag === null) throw new TypeError("A name of the test is malformed");
  const digest = digestBytes(new Uint8Array(), "sha256");
  const paths = [
    blobData(digest),
    layerLink(name, digest),
    tagCurrentLink(name, tag),
    `${storeRoot}/repositories/team/app/_manifests/tags/notes.txt~`,
  ];
  for (const path of paths) driver.put(path as StoragePath, new Uint8Array(10));
  assertEquals(drawTree(await layoutTree(driver, storeRoot, STORE_LEVEL)), [
    "docker/registry/v2  4 files, 40 B",
    "├── blobs  1 file, 10 B",
    "│   └── sha256  1 file, 10 B",
    "└── repositories  3 files, 30 B",
    "    └── team  3 files, 30 B",
    "        └── app  3 files, 30 B",
    "            ├── _layers  1 file, 10 B",
    "            └── _manifests  2 files, 20 B",
    "                └── tags  2 files, 20 B",
    "                    └── notes.txt~  1 file, 10 B (foreign)",
  ]);
});
