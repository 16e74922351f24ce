import { assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import { digestHex } from "../../storage/digest.ts";
import type { Image } from "../images.ts";
import { imageFor, SAMPLE_LAYERS, sampleIndex } from "./sample.ts";
import { inspect, push } from "./skopeo.ts";
import { type ClientTest, testClients, type Toolbox, withTools } from "./toolbox.ts";

const HTTP = "--tls-verify=false";

const OCI = sampleIndex("oci", ["gzip", "zstd"]);
const DOCKER = sampleIndex("docker", ["gzip"]);

test(`podman pulls ${SAMPLE_LAYERS} gzip and zstd layers by tag`, async (tools, berth) => {
  await push(tools, OCI, `${berth.host}/app:v1`);
  await assertPulls(tools, `${berth.host}/app:v1`, imageFor(OCI, "amd64"));
});

test("podman pulls the image of another platform from an index", async (tools, berth) => {
  await push(tools, OCI, `${berth.host}/app:v1`);
  await assertPulls(tools, `${berth.host}/app:v1`, imageFor(OCI, "arm64"));
});

test("podman pulls an image by digest", async (tools, berth) => {
  await push(tools, OCI, `${berth.host}/app:v1`);
  const image = imageFor(OCI, "amd64");
  await assertPulls(tools, `${berth.host}/app@${image.manifest.digest}`, image);
});

test("podman pulls from a Docker manifest list", async (tools, berth) => {
  await push(tools, DOCKER, `${berth.host}/app:v1`);
  await assertPulls(tools, `${berth.host}/app:v1`, imageFor(DOCKER, "amd64"));
});

test("podman pushes what it pulled to another repository", async (tools, berth) => {
  await push(tools, OCI, `${berth.host}/app:v1`);
  const image = imageFor(OCI, "amd64");
  const id = await pull(tools, `${berth.host}/app:v1`, image);
  await tools.run("podman", "push", HTTP, id, `${berth.host}/copy:v1`);
  const manifest = JSON.parse(await inspect(tools, `${berth.host}/copy:v1`, "--raw"));
  assertEquals(manifest.config.digest, image.config.digest);
  await withTools((other) => assertPulls(other, `${berth.host}/copy:v1`, image));
});

test("podman lists tags by search", async (tools, berth) => {
  await push(tools, OCI, `${berth.host}/app:v1`);
  await push(tools, DOCKER, `${berth.host}/app:v2`);
  const address = `${berth.host}/app`;
  const table = await tools.run("podman", "search", HTTP, "--list-tags", address);
  const rows = table.trim().split("\n").slice(1).map((row) => row.split(/\s+/));
  assertEquals(rows, [[address, "v1"], [address, "v2"]]);
});

test("podman says that it cannot find an image", async (tools, berth) => {
  const outcome = await tools.attempt("podman", "pull", HTTP, `${berth.host}/none:v1`);
  assertNotEquals(outcome.code, 0);
  assertMatch(outcome.stderr, /(?:manifest|name) unknown/);
});

function test(name: string, body: ClientTest): void {
  testClients(["podman", "skopeo"], name, body);
}

async function pull(tools: Toolbox, reference: string, image: Image): Promise<string> {
  const flags = [HTTP, "--quiet", `--arch=${image.architecture}`];
  return (await tools.run("podman", "pull", ...flags, reference)).trim();
}

/** Asserts that podman pulls an image and finds the files of each layer in it. */
async function assertPulls(tools: Toolbox, reference: string, image: Image): Promise<void> {
  const id = await pull(tools, reference, image);
  // The id is the digest of the config, which lists the digest of each layer before compression; podman checks these.
  assertEquals(id, digestHex(image.config.digest));
  const root = (await tools.run("podman", "image", "mount", id)).trim();
  const files = Array.from(Deno.readDirSync(root), (entry) => entry.name);
  const layers = Array.from({ length: SAMPLE_LAYERS }, (_, i) => i);
  assertEquals(
    files.filter((name) => name.startsWith("layer-")).sort(),
    layers.flatMap((i) => [`layer-${i}.bin`, `layer-${i}.txt`]).sort(),
  );
  const last = SAMPLE_LAYERS - 1;
  const text = await Deno.readTextFile(`${root}/layer-${last}.txt`);
  assertEquals(text, `${image.architecture} ${last}\n`);
}
