import { assertEquals, assertStringIncludes } from "@std/assert";
import { loadCommands } from "../../cli/commands.ts";
import { withTempDir } from "../harness.ts";
import { testWithPrograms } from "../programs.ts";
import { runBerth, runProgram } from "../run_berth.ts";

testWithPrograms(
  ["groff"],
  "berth man prints a page that groff has nothing against",
  () =>
    withTempDir("man", async (directory) => {
      const { code, stdout, stderr } = await runBerth(["man"]);
      assertEquals([code, stderr], [0, ""]);
      await Deno.writeTextFile(`${directory}/berth.1`, stdout);
      const format = ["-man", "-Tutf8", "-ww", "-P-cbou", "-rLL=200n", `${directory}/berth.1`];
      const shown = await runProgram("groff", format);
      assertEquals([shown.code, shown.stderr], [0, ""]);
      const text = shown.stdout;
      for (const command of await loadCommands()) {
        assertStringIncludes(text, `berth ${command.name}`);
        for (const { name } of command.flags) assertStringIncludes(text, `--${name}`);
        for (const [line] of command.examples) assertStringIncludes(text, line);
      }
    }),
);
