import { assertEquals } from "@std/assert";
import { withDirectory } from "../storage/store_kit.ts";
import { digestInputs } from "./digest_inputs.ts";

Deno.test("digestInputs() yields operands as they are unless it is recursive", () => {
  assertEquals([...digestInputs(["b", "a", "-", "/"], false)], ["b", "a", "-", "/"]);
});

Deno.test("digestInputs() yields the files below a directory in the order of their names", async () => {
  await withDirectory(async (_driver, root) => {
    for (const directory of ["b/empty", "b/full", "a.d"]) {
      await Deno.mkdir(`${root}/${directory}`, { recursive: true });
    }
    for (const file of ["b/full/z", "b/full/-", "b/a", "a.d/x", "a", "c", "B", "\u00e9"]) {
      await Deno.writeTextFile(`${root}/${file}`, "");
    }
    const names = ["B", "a", "a.d/x", "b/a", "b/full/-", "b/full/z", "c", "\u00e9"];
    const paths = names.map((name) => `${root}/${name}`);
    assertEquals([...digestInputs([root], true)], paths);
    assertEquals([...digestInputs([`${root}/`], true)], paths);
    assertEquals([...digestInputs([`${root}/c`, `${root}/a.d`], true)], [
      `${root}/c`,
      `${root}/a.d/x`,
    ]);
  });
});

Deno.test("digestInputs() follows links to files only, and keeps those that lead nowhere", async () => {
  await withDirectory(async (_driver, root) => {
    await Deno.writeTextFile(`${root}/file`, "");
    await Deno.symlink("file", `${root}/to_file`);
    await Deno.symlink(".", `${root}/to_directory`);
    await Deno.symlink("missing", `${root}/to_nothing`);
    await Deno.symlink("/dev/null", `${root}/to_device`);
    assertEquals([...digestInputs([`${root}/to_directory`], true)], [
      `${root}/to_directory/file`,
      `${root}/to_directory/to_file`,
      `${root}/to_directory/to_nothing`,
    ]);
  });
});

Deno.test("digestInputs() yields operands that do not exist", () => {
  assertEquals([...digestInputs(["/nowhere/at/all"], true)], ["/nowhere/at/all"]);
});
