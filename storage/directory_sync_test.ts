import { assert, assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { DirectorySync, makeDirectories, parentOf } from "./directory_sync.ts";

async function withRoot(body: (root: string) => Promise<void> | void): Promise<void> {
  const root = await Deno.makeTempDir({ prefix: "berth_directories_" });
  try {
    await body(root);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

Deno.test("makeDirectories() makes what is missing, and names the directories that changed", async () => {
  await withRoot((root) => {
    assertEquals(makeDirectories(`${root}/a/b/c`).sort(), [root, `${root}/a`, `${root}/a/b`]);
    assert(Deno.statSync(`${root}/a/b/c`).isDirectory);
    assertEquals(makeDirectories(`${root}/a/b/c`), []);
    assertEquals(makeDirectories(`${root}/a/b/d`), [`${root}/a/b`]);
    assertEquals(makeDirectories(`${root}/a/e/f`).sort(), [`${root}/a`, `${root}/a/e`]);
    assert(Deno.statSync(`${root}/a/e/f`).isDirectory);
  });
});

Deno.test("parentOf() is the directory above", () => {
  assertEquals(parentOf("/a/b/c"), "/a/b");
  assertEquals(parentOf("/a"), "/");
});

Deno.test("DirectorySync shares the next sync among those who come while one runs", async () => {
  await withRoot(async (root) => {
    const directories = new DirectorySync();
    const running = directories.sync(root);
    const waiting = directories.sync(root);
    assert(waiting !== running);
    assertStrictEquals(directories.sync(root), waiting);
    await Promise.all([running, waiting]);
    assert(directories.sync(root) !== waiting);
    await directories.sync(root);
  });
});

Deno.test("DirectorySync syncs different directories at once", async () => {
  await withRoot(async (root) => {
    makeDirectories(`${root}/a`);
    const directories = new DirectorySync();
    await Promise.all([directories.sync(root), directories.sync(`${root}/a`)]);
  });
});

Deno.test({
  name: "DirectorySync tells all who waited of a failure, and goes on afterwards",
  ignore: Deno.build.os === "windows",
  fn: () =>
    withRoot(async (root) => {
      const directories = new DirectorySync();
      const late = `${root}/late`;
      const syncs = [1, 2, 3].map(() => directories.sync(late));
      for (const sync of syncs) await assertRejects(() => sync, Deno.errors.NotFound);
      makeDirectories(late);
      await directories.sync(late);
    }),
});
