/**
 * Draws trees.
 *
 * @module
 */

/** A node of a tree. */
export interface TreeNode {
  readonly label: string;
  readonly children: readonly TreeNode[];
}

/** The lines of a tree, the root first. */
export function drawTree({ label, children }: TreeNode): readonly string[] {
  return [label, ...drawBranches(children)];
}

function drawBranches(nodes: readonly TreeNode[]): readonly string[] {
  return nodes.flatMap((node, index) => {
    const isLast = index === nodes.length - 1;
    const [own = "", ...below] = drawTree(node);
    return [
      `${isLast ? "└── " : "├── "}${own}`,
      ...below.map((line) => `${isLast ? "    " : "│   "}${line}`),
    ];
  });
}
