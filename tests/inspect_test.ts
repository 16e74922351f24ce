import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { walk } from "@std/fs";
import { blobData, quarantinedBlob } from "../storage/layout.ts";
import { berthCommand, startBerth, withTempDir } from "./harness.ts";
import { runBerth } from "./run_berth.ts";
import { APP, filesBelow, ODDITIES, writeApp } from "./interop/oddities.ts";
import { sampleArtifact, sampleImage, SCENARIOS } from "./interop/scenarios.ts";
import { type ServerName, withServer } from "./interop/servers.ts";
import { makeIndex } from "./images.ts";
import { testWithPrograms } from "./programs.ts";
import { RegistryClient } from "./push.ts";

const EMPTY_TAG_LINK = "an empty link for a tag";

Deno.test("berth inspect prints totals and repositories, and ends with 0 where all is well", () =>
  withApp(async (root) => {
    const { code, stdout, stderr } = await runBerth(["inspect", "--root", root]);
    assertEquals([code, stderr], [0, ""]);
    assertStringIncludes(stdout, "1 repository, 1 tag, 1 manifest, 4 blobs");
    assertMatch(stdout, /^app +\d+\w ago +1 +10\.8 KiB +10\.8 KiB$/m);
  }));

Deno.test("berth inspect changes nothing in a store", () =>
  withApp(async (root) => {
    await happen(root, EMPTY_TAG_LINK);
    const before = await filesOf(root);
    for (const args of [[], ["app"], ["--format", "tree"], ["--verify"], ["--repair"]]) {
      const { code } = await runBerth(["inspect", "--root", root, ...args]);
      assertEquals(code, 1, args.join(" "));
    }
    assertEquals(await filesOf(root), before);
  }));

Deno.test("berth inspect --format json prints one object per line, problems among them", () =>
  withApp(async (root) => {
    await happen(root, EMPTY_TAG_LINK);
    const { code, stdout } = await runBerth(["inspect", "--root", root, "--format", "json"]);
    assertEquals(code, 1);
    const objects = stdout.trim().split("\n").map((line) => JSON.parse(line));
    assertEquals(objects.map(({ type }) => type), ["problem", "totals", "repository"]);
    assertEquals(objects[0].kind, "damaged-tag");
    assertEquals(objects[0].path.endsWith("/app/_manifests/tags/v1/current/link"), true);
  }));

Deno.test("berth inspect --repair shows the plan, and does nothing without an answer", () =>
  withApp(async (root) => {
    await happen(root, EMPTY_TAG_LINK);
    const asked = await runBerth(["inspect", "--root", root, "--repair"]);
    assertEquals(asked.code, 1);
    assertStringIncludes(asked.stderr, `restore tag to ${APP.manifest.digest}`);
    assertStringIncludes(asked.stderr, "pass --yes");
    const done = await runBerth(["inspect", "--root", root, "--repair", "--yes"]);
    assertEquals(done.code, 0);
    assertStringIncludes(done.stdout, "done: restore tag");
    assertEquals((await runBerth(["inspect", "--root", root])).code, 0);
  }));

Deno.test("berth inspect --verify --repair moves a damaged blob aside, and the next push heals it", () =>
  withTempDir("inspect", async (root) => {
    const server = await startBerth({ root });
    try {
      const registry = new RegistryClient(server.url);
      await registry.pushImage("app", APP, "v1");
      const damaged = APP.config;
      const bytes = damaged.bytes.map((byte) => byte ^ 1);
      await Deno.writeFile(`${root}/${blobData(damaged.digest)}`, bytes);
      const blind = await runBerth(["inspect", "--root", root]);
      assertEquals(blind.code, 0, blind.stdout);
      const args = ["inspect", "--root", root, "--verify", "--repair", "--yes"];
      const found = await runBerth(args);
      assertEquals(found.code, 0, found.stderr);
      assertStringIncludes(found.stdout, "verified 4 blobs, 10.8 KiB: 1 bad");
      assertEquals(await Deno.readFile(`${root}/${quarantinedBlob(damaged.digest)}`), bytes);
      await registry.expect(404, "GET", `/v2/app/blobs/${damaged.digest}`);
      await registry.pushImage("app", APP, "v1");
      assertEquals(await registry.pullBlob("app", damaged.digest), damaged.bytes);
      assertEquals((await runBerth(["inspect", "--root", root, "--verify"])).code, 0);
    } finally {
      await server.stop();
    }
  }));

Deno.test("berth inspect --verify --since passes over what was not written since", () =>
  withApp(async (root) => {
    const since = async (time: string): Promise<string> =>
      (await runBerth(["inspect", "--root", root, "--verify", "--since", time])).stdout;
    assertStringIncludes(await since("1h"), "verified 4 blobs");
    assertStringIncludes(await since("2100-01-01"), "verified 0 blobs");
  }));

Deno.test("berth inspect refuses a directory that is no store, and does not make one", () =>
  withTempDir("inspect", async (directory) => {
    const empty = await runBerth(["inspect", "--root", directory]);
    assertEquals([empty.code, empty.stdout], [1, ""]);
    assertStringIncludes(empty.stderr, `Cannot inspect "${directory}": not a store`);
    assertEquals(await filesOf(directory), []);
    const missing = await runBerth(["inspect", "--root", `${directory}/missing`]);
    assertEquals([missing.code, missing.stdout], [1, ""]);
    assertEquals(await Array.fromAsync(Deno.readDir(directory)), []);
  }));

Deno.test("berth inspect refuses what it cannot understand with 2, and what is not there with 1", () =>
  withApp(async (root) => {
    const misused = [["UPPER"], ["app:"], ["--format", "xml"], ["--yes"], ["--since", "1h"]];
    for (const args of [...misused, ["--verify", "--since", "soon"]]) {
      const { code, stderr } = await runBerth(["inspect", "--root", root, ...args]);
      assertEquals(code, 2, args.join(" "));
      assertStringIncludes(stderr, "Usage: berth inspect");
    }
    for (const target of ["other", "app:v9"]) {
      const { code, stderr } = await runBerth(["inspect", "--root", root, target]);
      assertEquals(code, 1);
      assertMatch(stderr, /^berth inspect: Cannot inspect: there is no /);
    }
  }));

Deno.test("berth inspect ends quietly when nobody reads on", () =>
  withApp(async (root) => {
    const { command, args } = berthCommand([
      "inspect",
      "--root",
      root,
    ]);
    const child = new Deno.Command(command, {
      args,
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    })
      .spawn();
    await child.stdout.cancel();
    const stderr = await new Response(child.stderr).text();
    assertEquals([(await child.status).code, stderr], [1, ""]);
  }));

for (const server of ["berth", "distribution"] satisfies ServerName[]) {
  const programs = server === "distribution" ? ["docker-registry"] : [];
  testWithPrograms(
    programs,
    `berth inspect reads images that ${server} wrote`,
    () =>
      withTempDir("inspect", async (root) => {
        const index = makeIndex("oci", [
          sampleImage("oci", "amd64", 1),
          sampleImage("oci", "arm64", 2),
        ]);
        const [image] = index.images;
        assert(image !== undefined);
        const signature = sampleArtifact(image, "signature");
        await withServer(server, root, async (registry) => {
          await registry.pushIndex("team/app", index, "v1");
          for (const { run } of SCENARIOS.filter(({ name }) => name.includes("subject"))) {
            await run(registry, "signed");
          }
        });
        const all = await runBerth(["inspect", "--root", root, "--verify"]);
        assertEquals(all.code, 0, all.stdout);
        const repository = await runBerth(["inspect", "--root", root, "team/app"]);
        assertMatch(repository.stdout, /^v1 \(sha256:\w+\) +index +linux\/amd64,linux\/arm64 /m);
        assertMatch(repository.stdout, /^ {2}- sha256:\w+ +image +linux\/amd64/m);
        const tagged = await runBerth(["inspect", "--root", root, "team/app:v1"]);
        assertStringIncludes(tagged.stdout, `├── manifest  linux/amd64  ${image.manifest.digest}`);
        assertStringIncludes(tagged.stdout, `│   ├── config  ${image.config.digest}`);
        const signed = await runBerth(["inspect", "--root", root, "signed"]);
        assertMatch(signed.stdout, new RegExp(`^ {2}\\^ ${signature.digest}`, "m"));
      }),
  );
}

function withApp(body: (root: string) => Promise<void>): Promise<void> {
  return withTempDir("inspect", async (root) => {
    await writeApp(filesBelow(root));
    await body(root);
  });
}

async function happen(root: string, name: string): Promise<void> {
  const oddity = ODDITIES.find((each) => each.name === name);
  assert(oddity !== undefined, name);
  await oddity.happen(filesBelow(root));
}

/** Every path below a directory, with the size and time of each file. */
async function filesOf(root: string): Promise<readonly string[]> {
  const files: string[] = [];
  for await (const { path, isFile } of walk(root)) {
    if (path === root) continue;
    const { size, mtime } = await Deno.stat(path);
    files.push(isFile ? `${path} ${size} ${mtime?.getTime()}` : path);
  }
  return files.sort();
}
