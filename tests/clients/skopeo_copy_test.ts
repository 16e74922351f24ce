import { assertEquals, assertGreater } from "@std/assert";
import { blobsOf, contentsOf, MEDIA_TYPES } from "../images.ts";
import { assertDirectory, assertLayout, imageFor, SAMPLE_LAYERS, sampleIndex } from "./sample.ts";
import { copy, inspect, push, requestsOfCopy, tagsOf, testSkopeo } from "./skopeo.ts";

const OCI = sampleIndex("oci", ["gzip", "zstd"]);
const DOCKER = sampleIndex("docker", ["gzip"]);

testSkopeo(
  `skopeo carries a multi-arch image of ${SAMPLE_LAYERS} gzip and zstd layers there and back`,
  async (tools, berth) => {
    await push(tools, OCI, `${berth.host}/team/app:v1`);
    await copy(tools, `docker://${berth.host}/team/app:v1`, "oci:pulled:v1", "--all");
    await assertLayout(`${tools.directory}/pulled`, OCI.manifest, contentsOf(OCI));
  },
);

testSkopeo("skopeo carries uncompressed layers there and back", async (tools, berth) => {
  const index = sampleIndex("oci", ["none"]);
  await push(tools, index, `${berth.host}/plain:v1`);
  const flags = ["--all", "--dest-oci-accept-uncompressed-layers"];
  await copy(tools, `docker://${berth.host}/plain:v1`, "oci:pulled:v1", ...flags);
  await assertLayout(`${tools.directory}/pulled`, index.manifest, contentsOf(index));
});

testSkopeo("skopeo carries a Docker manifest list there and back", async (tools, berth) => {
  await push(tools, DOCKER, `${berth.host}/docker:v1`);
  await copy(tools, `docker://${berth.host}/docker:v1`, "dir:pulled", "--all");
  await assertDirectory(`${tools.directory}/pulled`, DOCKER);
});

testSkopeo("skopeo copies one platform by the digest of its manifest", async (tools, berth) => {
  await push(tools, OCI, `${berth.host}/app:v1`);
  const image = imageFor(OCI, "arm64");
  await copy(tools, `docker://${berth.host}/app@${image.manifest.digest}`, "oci:pulled:v1");
  await assertLayout(`${tools.directory}/pulled`, image.manifest, blobsOf(image));
});

testSkopeo("skopeo copies one platform of an index by its digest", async (tools, berth) => {
  await push(tools, OCI, `${berth.host}/app:v1`);
  const image = imageFor(OCI, "arm64");
  const source = `docker://${berth.host}/app@${OCI.manifest.digest}`;
  await copy(tools, source, "oci:pulled:v1", "--override-arch=arm64");
  await assertLayout(`${tools.directory}/pulled`, image.manifest, blobsOf(image));
});

testSkopeo("skopeo pushes by digest and leaves no tag", async (tools, berth) => {
  const { digest } = OCI.manifest;
  await push(tools, OCI, `${berth.host}/app@${digest}`);
  assertEquals(await tagsOf(tools, `${berth.host}/app`), []);
  await copy(tools, `docker://${berth.host}/app@${digest}`, "oci:pulled:v1", "--all");
  await assertLayout(`${tools.directory}/pulled`, OCI.manifest, contentsOf(OCI));
});

testSkopeo(
  "skopeo mounts the layers when it copies between repositories",
  async (tools, berth) => {
    await push(tools, OCI, `${berth.host}/app:v1`);
    const source = `docker://${berth.host}/app:v1`;
    const target = `docker://${berth.host}/other/app:v1`;
    const requests = await requestsOfCopy(tools, source, target, "--all");
    const layers = new Set(
      OCI.images.flatMap((image) => image.layers.map((layer) => layer.digest)),
    );
    const mounts = requests.filter((request) => /^POST .*[?&]mount=/.test(request));
    assertGreater(mounts.length, layers.size / 2);
    // Skopeo never mounts configs, of which there is one for each platform. Now and then its cache
    // of known places has lost one of the layers that it pushed at once, and it does not ask.
    const notAsked = layers.size - mounts.length;
    const uploads = requests.filter((request) => request.startsWith("PATCH"));
    assertEquals(uploads.length, OCI.images.length + notAsked);
    await copy(tools, target, "oci:pulled:v1", "--all");
    await assertLayout(`${tools.directory}/pulled`, OCI.manifest, contentsOf(OCI));
  },
);

testSkopeo("skopeo uploads nothing when it copies to another tag", async (tools, berth) => {
  const repository = `docker://${berth.host}/app`;
  await push(tools, OCI, `${berth.host}/app:v1`);
  const requests = await requestsOfCopy(
    tools,
    `${repository}:v1`,
    `${repository}:v2`,
    "--all",
  );
  assertEquals(requests.filter((request) => /^(?:POST|PATCH)/.test(request)), []);
  assertEquals(await tagsOf(tools, `${berth.host}/app`), ["v1", "v2"]);
});

testSkopeo("skopeo converts an OCI image to Docker schema 2 as it pushes", async (tools, berth) => {
  const index = sampleIndex("oci", ["gzip"]);
  await push(tools, index, `${berth.host}/app:oci`);
  const repository = `docker://${berth.host}/app`;
  await copy(tools, `${repository}:oci`, `${repository}:docker`, "--format=v2s2");
  const manifest = JSON.parse(await inspect(tools, `${berth.host}/app:docker`, "--raw"));
  assertEquals(manifest.mediaType, MEDIA_TYPES.docker.manifest);
  assertEquals(manifest.layers.length, SAMPLE_LAYERS);
});

testSkopeo("skopeo mirrors every tag of a repository", async (tools, berth) => {
  await push(tools, OCI, `${berth.host}/app:v1`);
  await push(tools, DOCKER, `${berth.host}/app:v2`);
  const flags = ["--all", "--src=docker", "--dest=dir", "--src-tls-verify=false"];
  await tools.run("skopeo", "sync", ...flags, `${berth.host}/app`, tools.directory);
  await assertDirectory(`${tools.directory}/app:v1`, OCI);
  await assertDirectory(`${tools.directory}/app:v2`, DOCKER);
});
