import { assertEquals } from "@std/assert";
import { OccupiedDirectories } from "./occupied_directories.ts";

const SUBDIRECTORIES = 9;

async function withDirectories(body: (root: string) => void): Promise<void> {
  const root = await Deno.makeTempDir({ prefix: "berth_occupied_" });
  try {
    for (let index = 0; index < SUBDIRECTORIES; index++) Deno.mkdirSync(`${root}/${index}`);
    body(root);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

/** Some file systems count no directories, and 1 says so. */
async function countsDirectories(): Promise<boolean> {
  let links: number | null = null;
  await withDirectories((root) => {
    links = Deno.lstatSync(root).nlink;
  });
  return links === SUBDIRECTORIES + 2;
}

Deno.test({
  name: "OccupiedDirectories.lose() says when the last directory is gone, and not before",
  ignore: !await countsDirectories(),
  fn: () =>
    withDirectories((root) => {
      const occupied = new OccupiedDirectories();
      const told = Array.from({ length: SUBDIRECTORIES }, (_, index) => {
        Deno.removeSync(`${root}/${index}`);
        return occupied.lose(root);
      });
      assertEquals(told, [...Array(SUBDIRECTORIES - 1).fill(true), false]);
    }),
});

Deno.test("OccupiedDirectories.lose() does not call an empty directory occupied", () =>
  withDirectories((root) => {
    for (let index = 0; index < SUBDIRECTORIES; index++) Deno.removeSync(`${root}/${index}`);
    assertEquals(new OccupiedDirectories().lose(root), false);
  }));
