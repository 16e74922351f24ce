import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { COMMANDS } from "../../cli/commands.ts";
import { berthCommand, startBerth, withTempDir } from "../harness.ts";
import { makeImage, makeIndex, makeLayer } from "../images.ts";
import { testWithPrograms } from "../programs.ts";
import { RegistryClient } from "../push.ts";
import { type Ended, runBerth, runProgram } from "../run_berth.ts";

const COLUMNS = 40;
const ESCAPE = "\x1b";

/** Runs berth on a terminal of 40 columns. */
async function onTerminal(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  const { command, args: all } = berthCommand(args);
  const quoted = [command, ...all].map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(" ");
  const line = `stty cols ${COLUMNS} rows 50; ${quoted}`;
  const ended = await runProgram("script", ["-qefc", line, "/dev/null"], { env });
  return { ...ended, stdout: ended.stdout.replaceAll("\r\n", "\n") };
}

/** Lines that are too wide; command lines to copy are printed as they are. */
function wideLines(text: string): readonly string[] {
  return text.split("\n").filter((line) => line.length > COLUMNS && !line.startsWith("  berth "));
}

testWithPrograms(
  ["script"],
  "help fits a narrow terminal, and is plain with NO_COLOR",
  async () => {
    for (const args of [[], ...Object.keys(COMMANDS).map((name) => [name])]) {
      const env = { NO_COLOR: "1" };
      const { code, stdout } = await onTerminal([...args, "--help"], env);
      assertEquals(code, 0);
      assertEquals(wideLines(stdout), [], args.join());
      assert(!stdout.includes(ESCAPE), args.join());
    }
  },
);

testWithPrograms(["script"], "headings of help stand out on a terminal", async () => {
  const { stdout } = await onTerminal(["gc", "--help"], { NO_COLOR: "" });
  assertStringIncludes(stdout, `${ESCAPE}[1mFlags:${ESCAPE}[0m\n`);
});

Deno.test("nothing that is printed into a pipe is styled or broken", async () => {
  for (const args of [[], ...Object.keys(COMMANDS).map((name) => [name])]) {
    const { code, stdout, stderr } = await runBerth([...args, "--help"]);
    assertEquals([code, stderr], [0, ""]);
    assert(!stdout.includes(ESCAPE), args.join());
  }
  const { stdout } = await runBerth(["gc", "--help"]);
  assertStringIncludes(stdout, "  -m, --delete-untagged  remove manifests that no tag leads to\n");
});

testWithPrograms(
  ["script"],
  "tables of a store fit a narrow terminal",
  () =>
    withTempDir("terminal", async (root) => {
      const server = await startBerth({ root });
      const name = `team/${"long-".repeat(10)}name`;
      const image = makeImage("oci", "amd64", [makeLayer("oci", "gzip", [])]);
      await new RegistryClient(server.url).pushIndex(name, makeIndex("oci", [image]), "v1");
      await server.stop();
      const tables = [["inspect"], ["inspect", name]];
      for (const args of tables) {
        const { code, stdout } = await onTerminal([...args, "--root", root], { NO_COLOR: "1" });
        assertEquals(code, 0, stdout);
        const table = stdout.slice(stdout.search(/^(?:REPO|MANI)/m)).split("\n");
        assert(table.length >= 2, stdout);
        assertEquals(table.filter((line) => line.length > COLUMNS), []);
        const piped = await runBerth([...args, "--root", root]);
        assertStringIncludes(piped.stdout, args.length === 1 ? name : image.manifest.digest);
      }
    }),
);
