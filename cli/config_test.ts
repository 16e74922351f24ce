import { assertEquals, assertThrows } from "@std/assert";
import { StorageError } from "../storage/errors.ts";
import { readConfigRoot } from "./config.ts";

/** Reads the root that a configuration of this text names. */
function rootOf(text: string): string {
  const path = Deno.makeTempFileSync({ prefix: "berth_config_", suffix: ".yml" });
  try {
    Deno.writeTextFileSync(path, text);
    return readConfigRoot(path);
  } finally {
    Deno.removeSync(path);
  }
}

Deno.test("readConfigRoot() gives the directory that the file names", () => {
  assertEquals(rootOf("storage: {filesystem: {rootdirectory: /data, maxthreads: 9}}"), "/data");
});

Deno.test("readConfigRoot() gives distribution's directory when the file names none", () => {
  for (const text of ["version: 0.1", "storage: {filesystem: }", "storage: {cache: {}}", ""]) {
    assertEquals(rootOf(text), "/var/lib/registry");
  }
});

for (
  const [text, message] of [
    ["storage: {s3: {bucket: b}}", 'the storage driver "s3" is not supported'],
    ["storage: {inmemory: }", 'the storage driver "inmemory" is not supported'],
    ["storage: {filesystem: {rootdirectory: [a]}}", "rootdirectory is no path"],
    ["storage: {filesystem: {rootdirectory: ''}}", "rootdirectory is no path"],
    ["storage: [", "Cannot parse configuration"],
  ] as const
) {
  Deno.test(`readConfigRoot() refuses ${text}`, () => {
    assertThrows(() => rootOf(text), StorageError, message);
  });
}

Deno.test("readConfigRoot() says which file is missing", () => {
  assertThrows(() => readConfigRoot("/nowhere/config.yml"), StorageError, "/nowhere/config.yml");
});
