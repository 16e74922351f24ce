import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { Toolbox } from "../clients/toolbox.ts";
import { findProgram, type RunningServer, startBerth, withTempDir } from "../harness.ts";
import { contentsOf, makeImage, makeIndex, makeLayer, noise, writeLayout } from "../images.ts";
import { runBerth } from "../run_berth.ts";
import { makeFreshMachine, whyNoFreshMachine } from "./fresh_machine.ts";

const TAGGED = "127.0.0.1/library/fresh:v1";
const LAYER = { path: "noise.bin", content: noise(1, 300_000) };

/** Everything but the one who pushes and pulls happens on the machine; the client enters only its network. */
interface FreshMachine {
  readonly runner: readonly string[];
  readonly root: string;
  readonly tools: Toolbox;
}

async function testFreshMachine(
  name: string,
  body: (machine: FreshMachine) => Promise<void>,
): Promise<void> {
  const reason = await whyNoFreshMachine() ??
    (findProgram("skopeo") === null ? "skipped: not installed: skopeo" : null);
  Deno.test({
    name: reason === null ? name : `${name} (${reason})`,
    ignore: reason !== null,
    fn: () =>
      withTempDir("fresh", async (directory) => {
        const root = `${directory}/machine`;
        const runner = await makeFreshMachine(root);
        await body({ runner, root, tools: await Toolbox.create(directory) });
      }),
  });
}

async function skopeo(
  { tools }: FreshMachine,
  server: RunningServer,
  ...args: readonly string[]
): Promise<string> {
  const network = `--net=/proc/${server.pid}/ns/net`;
  const settings = ["--tmpdir", `${tools.directory}/tmp`];
  return await tools.run("nsenter", network, "skopeo", ...settings, ...args);
}

/** Runs a command of berth on the machine, and fails unless it ends well and says nothing on stderr. */
async function said({ runner }: FreshMachine, ...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await runBerth(args, { runner });
  assertEquals([code, stderr], [0, ""], args.join(" "));
  return stdout;
}

await testFreshMachine(
  "the executable alone serves a push and a pull, collects from cron, hashes and inspects",
  async (machine) => {
    const { tools, root, runner } = machine;
    const temporary = [...Deno.readDirSync(`${root}/tmp`)];
    const layer = makeLayer("oci", "gzip", [LAYER]);
    const index = makeIndex("oci", [makeImage("oci", "amd64", [layer])]);
    const source = `${tools.directory}/source`;
    await writeLayout(source, "v1", index.manifest, contentsOf(index));
    const server = await startBerth({ root: "/data", runner });
    try {
      const reference = `docker://${TAGGED.replace("127.0.0.1", server.host)}`;
      const flags = ["copy", "--all", "--preserve-digests"];
      await skopeo(
        machine,
        server,
        ...flags,
        "--dest-tls-verify=false",
        `oci:${source}:v1`,
        reference,
      );
      await skopeo(machine, server, ...flags, "--src-tls-verify=false", reference, "oci:pulled:v1");
    } finally {
      assertEquals(await server.stop(), 0);
    }
    const pulled = await Deno.readFile(
      `${tools.directory}/pulled/blobs/sha256/${layer.digest.slice("sha256:".length)}`,
    );
    assertEquals(pulled, layer.bytes);

    assertMatch(await said(machine, "inspect", "--root", "/data"), /library\/fresh/);
    const blob = `/data/docker/registry/v2/blobs/sha256/${layer.digest.slice(7, 9)}/${
      layer.digest.slice(7)
    }/data`;
    assertEquals(await said(machine, "digest", blob), `${layer.digest}\t${blob}\n`);

    // What the tag leads to stays; without its tag it goes.
    const collect = ["gc", "--root", "/data", "-m", "--min-age", "0s"];
    assertStringIncludes(await said(machine, ...collect), "Freed 0 B");
    await Deno.remove(
      `${root}/data/docker/registry/v2/repositories/library/fresh/_manifests/tags`,
      {
        recursive: true,
      },
    );
    assertStringIncludes(await said(machine, ...collect, "--quiet"), "0 blobs stay");
    assertMatch(await said(machine, "inspect", "--root", "/data"), /0 manifests, 0 blobs/);
    // Nothing is left behind beside the store.
    assertEquals([...Deno.readDirSync(`${root}/tmp`)], temporary);
  },
);
