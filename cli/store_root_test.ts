import { assertEquals, assertThrows } from "@std/assert";
import { SettingsError } from "./settings/problems.ts";
import { readStoreRoot } from "./store_root.ts";

/** Reads the root that a configuration of this text names. */
function rootOf(text: string): string {
  const path = Deno.makeTempFileSync({ prefix: "berth_config_", suffix: ".yml" });
  try {
    Deno.writeTextFileSync(path, text);
    return readStoreRoot(path);
  } finally {
    Deno.removeSync(path);
  }
}

Deno.test("readStoreRoot() gives the directory that the file names", () => {
  const text = "version: 0.1\nstorage: {filesystem: {rootdirectory: /data, maxthreads: 99}}";
  assertEquals(rootOf(text), "/data");
});

Deno.test("readStoreRoot() gives distribution's directory when the file names none", () => {
  assertEquals(rootOf("version: 0.1\nstorage: {filesystem: }"), "/var/lib/registry");
});

for (
  const storage of [
    "storage: {s3: {bucket: b}}",
    "storage: {filesystem: {rootdirectory: [a]}}",
    "storage: [",
  ]
) {
  Deno.test(`readStoreRoot() refuses ${storage}`, () => {
    assertThrows(() => rootOf(`version: 0.1\n${storage}`), SettingsError);
  });
}

Deno.test("readStoreRoot() says which file is missing", () => {
  assertThrows(() => readStoreRoot("/nowhere/config.yml"), SettingsError, "/nowhere/config.yml");
});
