import { assertEquals, assertGreater } from "@std/assert";
import { withTempDir } from "../harness.ts";
import { testWithPrograms } from "../programs.ts";
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

function treeAfter(scenario: Scenario, server: ServerName): Promise<Tree> {
  return withTempDir("tree", (root) =>
    withServer(server, root, async (registry) => {
      await scenario.run(registry, REPOSITORY);
      return await readTree(root);
    }));
}
