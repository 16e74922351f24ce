import { assertEquals } from "@std/assert";
import { type ImageFormat, MEDIA_TYPES } from "../images.ts";
import { inspect } from "./skopeo.ts";
import { busyboxPath, type ClientTest, testClients, type Toolbox, withTools } from "./toolbox.ts";

const HTTP = "--tls-verify=false";

for (const format of ["oci", "docker"] as const) {
  test(`buildah builds, pushes and pulls an image in ${format} format`, async (tools, berth) => {
    const reference = `${berth.host}/built:${format}`;
    const id = await build(tools, format, reference);
    await tools.run("buildah", "push", HTTP, reference);
    const manifest = JSON.parse(await inspect(tools, reference, "--raw"));
    assertEquals(manifest.config.mediaType, MEDIA_TYPES[format].config);
    assertEquals(manifest.config.digest, `sha256:${id}`);
    await assertPulls(reference, id);
  });
}

test("buildah pushes zstd layers and pulls them", async (tools, berth) => {
  const reference = `${berth.host}/built:zstd`;
  const id = await build(tools, "oci", reference);
  await tools.run("buildah", "push", HTTP, "--compression-format=zstd", reference);
  const manifest = JSON.parse(await inspect(tools, reference, "--raw"));
  assertEquals(manifest.layers[0].mediaType, MEDIA_TYPES.oci.zstd);
  await assertPulls(reference, id);
});

test("buildah pushes a manifest list with its images", async (tools, berth) => {
  const id = await build(tools, "oci", `${berth.host}/list/image:v1`);
  await tools.run("buildah", "manifest", "create", "list", id);
  const reference = `${berth.host}/list:v1`;
  const target = `docker://${reference}`;
  await tools.run("buildah", "manifest", "push", "--all", "--format=oci", HTTP, "list", target);
  const index = JSON.parse(await inspect(tools, reference, "--raw"));
  assertEquals(index.mediaType, MEDIA_TYPES.oci.index);
  const [child] = index.manifests;
  const manifest = JSON.parse(
    await inspect(tools, `${berth.host}/list@${child.digest}`, "--raw"),
  );
  assertEquals(manifest.config.digest, `sha256:${id}`);
  await assertPulls(reference, id);
});

function test(name: string, body: ClientTest): void {
  testClients(["buildah", "skopeo", "busybox"], name, body);
}

/** Builds an image that holds busybox alone and returns its id. */
async function build(tools: Toolbox, format: ImageFormat, reference: string): Promise<string> {
  const container = await line(tools, "from", "--pull-never", "scratch");
  await tools.run("buildah", "copy", container, busyboxPath(), "/bin/busybox");
  await tools.run("buildah", "config", '--entrypoint=["/bin/busybox"]', container);
  return line(tools, "commit", "--quiet", `--format=${format}`, container, reference);
}

/** Asserts that another machine, which has seen nothing of the image, pulls its bytes. */
async function assertPulls(reference: string, id: string): Promise<void> {
  await withTools(async (other) => {
    assertEquals(await line(other, "pull", "--quiet", HTTP, reference), id);
    const container = await line(other, "from", "--pull-never", id);
    const root = await line(other, "mount", container);
    assertEquals(await Deno.readFile(`${root}/bin/busybox`), await Deno.readFile(busyboxPath()));
  });
}

async function line(tools: Toolbox, ...args: string[]): Promise<string> {
  return (await tools.run("buildah", ...args)).trim();
}
