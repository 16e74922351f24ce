import { assertEquals } from "@std/assert";
import { withTempDir } from "../harness.ts";
import { testWithPrograms } from "../programs.ts";
import { pushArtifact, sampleArtifact, sampleImage } from "./scenarios.ts";
import { withServer } from "./servers.ts";

const APP = sampleImage("oci", "amd64", 1);
const SUBJECT = APP.manifest.digest;
const SIGNATURE = sampleArtifact(APP, "signature");
const BOM = sampleArtifact(APP, "bom");

testWithPrograms(
  ["docker-registry"],
  "berth lists referrers that distribution stored without knowing them",
  () =>
    withTempDir("referrers", async (root) => {
      await withServer("distribution", root, async (registry) => {
        await registry.pushImage("app", APP, "v1");
        await pushArtifact(registry, "app", SIGNATURE);
      });
      const found = await withServer(
        "berth",
        root,
        (registry) => registry.referrers("app", SUBJECT),
      );
      assertEquals(found, [SIGNATURE.digest]);
    }),
);

testWithPrograms(
  ["docker-registry"],
  "berth sees what distribution does to referrers that berth has indexed",
  () =>
    withTempDir("referrers", async (root) => {
      await withServer("berth", root, async (registry) => {
        await registry.pushImage("app", APP, "v1");
        await pushArtifact(registry, "app", SIGNATURE);
        assertEquals(await registry.referrers("app", SUBJECT), [SIGNATURE.digest]);
      });
      await withServer("distribution", root, async (registry) => {
        await pushArtifact(registry, "app", BOM);
        await registry.deleteManifest("app", SIGNATURE.digest);
      });
      const found = await withServer(
        "berth",
        root,
        (registry) => registry.referrers("app", SUBJECT),
      );
      assertEquals(found, [BOM.digest]);
    }),
);
