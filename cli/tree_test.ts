import { assertEquals } from "@std/assert";
import { drawTree } from "./tree.ts";

Deno.test("drawTree() draws branches down to the last leaf", () => {
  const leaf = (label: string): { label: string; children: [] } => ({ label, children: [] });
  const tree = {
    label: "root",
    children: [{ label: "a", children: [leaf("a1"), leaf("a2")] }, {
      label: "b",
      children: [leaf("b1")],
    }],
  };
  assertEquals(drawTree(tree), [
    "root",
    "├── a",
    "│   ├── a1",
    "│   └── a2",
    "└── b",
    "    └── b1",
  ]);
});
