import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { startServe, withTempDir } from "../harness.ts";
import { testWithPrograms } from "../programs.ts";
import { runBerth, runProgram } from "../run_berth.ts";

function environmentOf(directory: string): Record<string, string> {
  return { REGISTRY_HTTP_NET: "unix", REGISTRY_HTTP_ADDR: `${directory}/berth.sock` };
}

testWithPrograms(
  ["curl"],
  "berth serve listens on a socket, over one that was left behind",
  async () => {
    await withTempDir("unix", async (directory) => {
      const path = `${directory}/berth.sock`;
      const root = `${directory}/data`;
      const options = { root, args: ["--root", root], env: environmentOf(directory) };
      await (await startServe(options)).stop("SIGKILL");
      assert((await Deno.lstat(path)).isSocket);
      const server = await startServe(options);
      try {
        assertEquals(server.url, `unix:${path}`);
        const { stdout } = await runProgram("curl", [
          ...["-sS", "--unix-socket", path, "-X", "POST", "-o", "/dev/null"],
          ...["-w", "%{http_code}", "http://registry.test/v2/a/blobs/uploads/"],
        ]);
        assertEquals(stdout, "202");
        const second = await runBerth(["serve", "--root", root], { env: environmentOf(directory) });
        assert(second.code !== 0);
        assertStringIncludes(second.stderr, "another program listens there");
      } finally {
        assertEquals(await server.stop(), 0);
      }
      await assertRejects(() => Deno.lstat(path), Deno.errors.NotFound);
    });
  },
);

Deno.test("berth serve does not remove a file that is no socket", async () => {
  await withTempDir("unix", async (directory) => {
    await Deno.writeTextFile(`${directory}/berth.sock`, "precious");
    const args = ["serve", "--root", `${directory}/data`];
    const { code, stderr } = await runBerth(args, { env: environmentOf(directory) });
    assert(code !== 0);
    assertStringIncludes(stderr, "it is a file; remove it");
    assertEquals(await Deno.readTextFile(`${directory}/berth.sock`), "precious");
  });
});
