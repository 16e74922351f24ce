import { assertEquals, assertGreater, assertMatch } from "@std/assert";
import { withTempDir } from "../harness.ts";
import { testWithPrograms } from "../programs.ts";
import { DIFFERENCES } from "./differences.ts";
import { type Scenario, SCENARIOS } from "./scenarios.ts";
import { type ServerName, withServer } from "./servers.ts";
import { readTree, type Tree } from "./tree.ts";

const REPOSITORY = "team/app";

for (const scenario of SCENARIOS) {
  testWithPrograms(
    ["docker-registry"],
    `berth and distribution write the same files for ${scenario.name}`,
    async () => {
      const ours = await treeAfter(scenario, "berth");
      const theirs = await treeAfter(scenario, "distribution");
      assertGreater(theirs.size, 0);
      assertEquals(Object.fromEntries(ours), Object.fromEntries(theirs));
    },
  );
}

for (const difference of DIFFERENCES) {
  testWithPrograms(
    ["docker-registry"],
    `berth and distribution differ, as they are known to, in the files for ${difference.name}`,
    async () => {
      const ours = await treeAfter(difference, "berth");
      const theirs = await treeAfter(difference, "distribution");
      assertPaths(without(ours, theirs), difference.onlyBerth);
      assertPaths(without(theirs, ours), difference.onlyDistribution);
    },
  );
}

function treeAfter(scenario: Scenario, server: ServerName): Promise<Tree> {
  return withTempDir("tree", (root) =>
    withServer(server, root, async (registry) => {
      await scenario.run(registry, REPOSITORY);
      return await readTree(root);
    }));
}

/** The paths of a tree that another does not have with the same content. */
function without(tree: Tree, other: Tree): string[] {
  return [...tree].filter(([path, text]) => other.get(path) !== text).map(([path]) => path).sort();
}

function assertPaths(paths: readonly string[], patterns: readonly RegExp[]): void {
  assertEquals(paths.length, patterns.length, paths.join("\n"));
  paths.forEach((path, i) => assertMatch(path, patterns[i] ?? /$^/));
}
