import { assertEquals, assertGreater } from "@std/assert";
import { withTempDir } from "../harness.ts";
import { testWithPrograms } from "../programs.ts";
import { answersTo, assertSameAnswers, pathsOf } from "./reads.ts";
import { LOOSE_BLOBS, sampleImage, SCENARIOS } from "./scenarios.ts";
import { withServer } from "./servers.ts";
import { readTree } from "./tree.ts";

testWithPrograms(
  ["docker-registry"],
  "distribution's garbage-collect keeps every manifest that berth wrote and all that it names",
  () =>
    withTempDir("collect", async (root) => {
      const [paths, expected] = await withServer("berth", root, async (registry) => {
        for (const [i, scenario] of SCENARIOS.entries()) {
          await scenario.run(registry, `case-${i}`);
          await registry.pushImage(`case-${i}`, sampleImage("oci", "amd64", 1), "kept");
        }
        const paths = pathsOf(await readTree(root)).filter((path) => !isLoose(path));
        return [paths, await answersTo(registry, paths)] as const;
      });
      assertGreater(paths.length, SCENARIOS.length);
      await collect(root);
      assertSameAnswers(
        await withServer("berth", root, (registry) => answersTo(registry, paths)),
        expected,
      );
    }),
);

function isLoose(path: string): boolean {
  return LOOSE_BLOBS.some((blob) => path.endsWith(blob.digest));
}

/** Runs the collection that distribution does while no server runs. */
async function collect(root: string): Promise<void> {
  const config = `${root}/config.yml`;
  const storage = { filesystem: { rootdirectory: root } };
  await Deno.writeTextFile(config, JSON.stringify({ version: 0.1, storage }));
  const { code, stderr } = await new Deno.Command("docker-registry", {
    args: ["garbage-collect", config],
  }).output();
  assertEquals(code, 0, new TextDecoder().decode(stderr));
}
