import { assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import type { StoragePath } from "./driver.ts";
import { StorageError } from "./errors.ts";
import { FilesystemDriver } from "./filesystem.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

async function withDriver(
  body: (driver: FilesystemDriver, root: string) => Promise<void>,
): Promise<void> {
  const root = await Deno.makeTempDir({ prefix: "berth_filesystem_" });
  try {
    await body(new FilesystemDriver(root), root);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

function path(text: string): StoragePath {
  return text as StoragePath;
}

Deno.test("FilesystemDriver.put() makes directories and leaves nothing in staging", async () => {
  await withDriver(async (driver, root) => {
    await driver.put(path("a/b/c/link"), encoder.encode("one"));
    await driver.put(path("a/b/c/link"), encoder.encode("three"));
    assertEquals(decoder.decode(await driver.get(path("a/b/c/link"), 10) ?? undefined), "three");
    assertEquals([...Deno.readDirSync(`${root}/docker/registry/v2/_staging`)], []);
  });
});

Deno.test("FilesystemDriver.put() makes a directory again that was removed behind its back", async () => {
  await withDriver(async (driver, root) => {
    await driver.put(path("a/b/link"), encoder.encode("one"));
    await Deno.remove(`${root}/a`, { recursive: true });
    await driver.put(path("a/b/link"), encoder.encode("two"));
    assertEquals(decoder.decode(await driver.get(path("a/b/link"), 10) ?? undefined), "two");
  });
});

const YEAR_2020 = new Date("2020-01-01T00:00:00Z");

/** Makes a file that changed long ago, which the driver keeps once it has read it. */
async function keptFile(
  driver: FilesystemDriver,
  file: string,
): Promise<Uint8Array<ArrayBuffer> | null> {
  await Deno.writeTextFile(file, "one");
  await Deno.utime(file, YEAR_2020, YEAR_2020);
  return await driver.get(path("link"), 10);
}

Deno.test("FilesystemDriver.get() gives the same bytes again for a file that did not change", async () => {
  await withDriver(async (driver, root) => {
    const first = await keptFile(driver, `${root}/link`);
    assertStrictEquals(await driver.get(path("link"), 10), first);
  });
});

Deno.test("FilesystemDriver.get() throws corrupt for a file that it has read and is longer than asked", async () => {
  await withDriver(async (driver, root) => {
    await keptFile(driver, `${root}/link`);
    const error = await assertRejects(async () => await driver.get(path("link"), 2), StorageError);
    assertEquals(error.kind, "corrupt");
  });
});

const CHANGES: Readonly<Record<string, (file: string) => Promise<void>>> = {
  "is written again": (file) => Deno.writeTextFile(file, "two"),
  "is moved over by another": async (file) => {
    await Deno.writeTextFile(`${file}.new`, "two");
    await Deno.utime(`${file}.new`, YEAR_2020, YEAR_2020);
    await Deno.rename(`${file}.new`, file);
  },
};

for (const [what, change] of Object.entries(CHANGES)) {
  Deno.test(`FilesystemDriver.get() reads a file anew that ${what} behind its back`, async () => {
    await withDriver(async (driver, root) => {
      await keptFile(driver, `${root}/link`);
      await change(`${root}/link`);
      assertEquals(decoder.decode(await driver.get(path("link"), 10) ?? undefined), "two");
    });
  });
}

const ENDS: Readonly<Record<string, (file: string) => Promise<void>>> = {
  "was removed": (file) => Deno.remove(file),
  "is a symbolic link by now": async (file) => {
    await Deno.remove(file);
    await Deno.symlink("/etc/hostname", file);
  },
  "is a directory by now": async (file) => {
    await Deno.remove(file);
    await Deno.mkdir(file);
  },
};

for (const [what, end] of Object.entries(ENDS)) {
  Deno.test(`FilesystemDriver.get() is null for a file that it has read and that ${what}`, async () => {
    await withDriver(async (driver, root) => {
      await keptFile(driver, `${root}/link`);
      await end(`${root}/link`);
      assertEquals(await driver.get(path("link"), 10), null);
    });
  });
}

Deno.test({
  name: "FilesystemDriver does not follow symbolic links out of the store",
  ignore: Deno.build.os === "windows",
  fn: () =>
    withDriver(async (driver, root) => {
      const outside = await Deno.makeTempDir({ prefix: "berth_outside_" });
      try {
        await Deno.writeTextFile(`${outside}/data`, "secret");
        await Deno.symlink(outside, `${root}/directory`);
        await Deno.symlink(`${outside}/data`, `${root}/file`);
        for (const name of ["directory/data", "file"]) {
          assertEquals(await driver.get(path(name), 100), null);
          assertEquals(driver.stat(path(name)), null);
          assertEquals(driver.read(path(name), { start: 0, end: 6 }), null);
          assertEquals(driver.touch(path(name)), false);
        }
        assertEquals(await driver.list(path("directory")), []);
        assertEquals(await driver.remove(path("directory/data")), false);
        assertEquals(await driver.removeAll(path("directory/data")), false);
        await assertRejects(
          async () => await driver.put(path("directory/new"), encoder.encode("x")),
          StorageError,
          "leads out of the store",
        );
        await assertRejects(
          async () => await driver.append(path("file"), { create: true }),
          StorageError,
          "leads out of the store",
        );
        assertEquals([...Deno.readDirSync(outside)].map((entry) => entry.name), ["data"]);
        assertEquals(await Deno.readTextFile(`${outside}/data`), "secret");
      } finally {
        await Deno.remove(outside, { recursive: true });
      }
    }),
});

Deno.test({
  name: "FilesystemDriver.prune() leaves a symbolic link to an empty directory",
  ignore: Deno.build.os === "windows",
  fn: () =>
    withDriver(async (driver, root) => {
      await Deno.mkdir(`${root}/a/real`, { recursive: true });
      await Deno.symlink(`${root}/a/real`, `${root}/a/link`);
      await driver.prune(path("a/link"), path("a"));
      assertEquals([...Deno.readDirSync(`${root}/a`)].map(({ name }) => name).sort(), [
        "link",
        "real",
      ]);
    }),
});

Deno.test("FilesystemDriver follows symbolic links that stay in the store", async () => {
  await withDriver(async (driver, root) => {
    await driver.put(path("real/data"), encoder.encode("here"));
    await Deno.symlink(`${root}/real`, `${root}/also`);
    assertEquals(decoder.decode(await driver.get(path("also/data"), 10) ?? undefined), "here");
  });
});

Deno.test("FilesystemDriver refuses a root that is missing", () => {
  const missing = `${Deno.cwd()}/no/such/directory`;
  let message = "";
  try {
    new FilesystemDriver(missing);
  } catch (error) {
    message = (error as Error).message;
  }
  assertEquals(message, `Cannot open store "${missing}": no such file or directory`);
});
