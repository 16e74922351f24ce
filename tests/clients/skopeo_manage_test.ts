import { assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import { type Content, contentsOf } from "../images.ts";
import { assertLayout, imageFor, sampleIndex } from "./sample.ts";
import { copy, deleteImage, inspect, push, tagsOf, testSkopeo } from "./skopeo.ts";
import type { Toolbox } from "./toolbox.ts";

const OCI = sampleIndex("oci", ["gzip", "zstd"]);
const DOCKER = sampleIndex("docker", ["gzip"]);

testSkopeo("skopeo lists the tags of a repository in lexical order", async (tools, berth) => {
  await push(tools, OCI, `${berth.host}/app:v2`);
  for (const tag of ["v10", "latest", "V1"]) await retag(tools, `${berth.host}/app`, "v2", tag);
  assertEquals(await tagsOf(tools, `${berth.host}/app`), ["V1", "latest", "v10", "v2"]);
});

testSkopeo("skopeo inspects an image by tag and by digest", async (tools, berth) => {
  await push(tools, OCI, `${berth.host}/app:v1`);
  const image = imageFor(OCI, "arm64");
  for (const suffix of [":v1", `@${OCI.manifest.digest}`]) {
    const reference = `${berth.host}/app${suffix}`;
    const found = JSON.parse(await inspect(tools, reference, "--override-arch=arm64"));
    assertEquals(found.Digest, OCI.manifest.digest);
    assertEquals(found.RepoTags, ["v1"]);
    assertEquals(found.Layers, image.layers.map((layer) => layer.digest));
    assertEquals(await inspect(tools, reference, "--raw"), textOf(OCI.manifest));
    const flags = ["--override-arch=arm64", "--raw", "--config"];
    assertEquals(await inspect(tools, reference, ...flags), textOf(image.config));
  }
});

testSkopeo("skopeo sees a tag move to another image", async (tools, berth) => {
  await push(tools, OCI, `${berth.host}/app:latest`);
  await push(tools, DOCKER, `${berth.host}/app:latest`);
  const reference = `${berth.host}/app`;
  assertEquals(await inspect(tools, `${reference}:latest`, "--raw"), textOf(DOCKER.manifest));
  const old = await inspect(tools, `${reference}@${OCI.manifest.digest}`, "--raw");
  assertEquals(old, textOf(OCI.manifest));
});

testSkopeo(
  "skopeo deletes an image with the tags that name it and no other",
  async (tools, berth) => {
    const repository = `${berth.host}/app`;
    await push(tools, OCI, `${repository}:v1`);
    await retag(tools, repository, "v1", "same");
    await push(tools, DOCKER, `${repository}:other`);
    await deleteImage(tools, `${repository}:v1`);
    for (const suffix of [":v1", ":same", `@${OCI.manifest.digest}`]) {
      await assertNotFound(tools, `${repository}${suffix}`);
    }
    assertEquals(await tagsOf(tools, repository), ["other"]);
  },
);

testSkopeo("skopeo pushes an image again after deleting it", async (tools, berth) => {
  await push(tools, OCI, `${berth.host}/app:v1`);
  await deleteImage(tools, `${berth.host}/app:v1`);
  await push(tools, OCI, `${berth.host}/app:v1`);
  await copy(tools, `docker://${berth.host}/app:v1`, "oci:pulled:v1", "--all");
  await assertLayout(`${tools.directory}/pulled`, OCI.manifest, contentsOf(OCI));
});

testSkopeo("skopeo says that it cannot find an image or a repository", async (tools, berth) => {
  await push(tools, OCI, `${berth.host}/app:v1`);
  await assertNotFound(tools, `${berth.host}/app:none`);
  await assertNotFound(tools, `${berth.host}/none:v1`);
});

async function retag(tools: Toolbox, repository: string, from: string, to: string): Promise<void> {
  await copy(tools, `docker://${repository}:${from}`, `docker://${repository}:${to}`, "--all");
}

async function assertNotFound(tools: Toolbox, reference: string): Promise<void> {
  const address = `docker://${reference}`;
  const outcome = await tools.attempt("skopeo", "inspect", "--tls-verify=false", "--raw", address);
  assertNotEquals(outcome.code, 0);
  assertMatch(outcome.stderr, /(?:manifest|name) unknown/);
}

function textOf(content: Content): string {
  return new TextDecoder().decode(content.bytes);
}
