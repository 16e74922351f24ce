import { assert, assertEquals, assertThrows } from "@std/assert";
import { StorageError, type StorageErrorKind } from "../storage/errors.ts";
import { ReadOnlySwitch } from "./read_only.ts";
import { ServerState } from "./server_state.ts";
import { readSettings } from "./settings/read.ts";
import { openDriver, registrySettings } from "./wire.ts";

async function withDirectory(body: (directory: string) => Promise<void> | void): Promise<void> {
  const directory = await Deno.makeTempDir({ prefix: "berth_wire_" });
  try {
    await body(directory);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

function assertRefused(root: string, kind: StorageErrorKind, message: string): void {
  const error = assertThrows(() => openDriver(root), StorageError);
  assertEquals([error.kind, error.message], [kind, message]);
}

Deno.test("openDriver() makes a directory that is missing, with those above it", async () => {
  await withDirectory((directory) => {
    const root = `${directory}/not/yet/there`;
    assertEquals(openDriver(root).name, "filesystem");
    assert(Deno.statSync(root).isDirectory);
    openDriver(root);
  });
});

Deno.test("openDriver() follows a link to a directory", async () => {
  await withDirectory(async (directory) => {
    await Deno.mkdir(`${directory}/real`);
    await Deno.symlink(`${directory}/real`, `${directory}/link`);
    openDriver(`${directory}/link`);
  });
});

Deno.test("openDriver() refuses a file, what is below one, and a link that leads nowhere", async () => {
  await withDirectory(async (directory) => {
    await Deno.writeTextFile(`${directory}/file`, "");
    await Deno.symlink(`${directory}/gone`, `${directory}/dangling`);
    for (const name of ["file", "file/below"]) {
      const root = `${directory}/${name}`;
      const message = `Cannot open store "${root}": not a directory; pass a directory with --root`;
      assertRefused(root, "invalid", message);
    }
    assertThrows(() => openDriver(`${directory}/dangling`), StorageError);
  });
});

Deno.test({
  name: "openDriver() refuses a directory that it may not read (not as root, who may everything)",
  ignore: Deno.uid() === 0,
  fn: () =>
    withDirectory(async (directory) => {
      const root = `${directory}/locked`;
      await Deno.mkdir(root, { mode: 0o000 });
      const reason = "permission denied; run as the owner or pass --root";
      try {
        assertRefused(root, "denied", `Cannot open store "${root}": ${reason}`);
      } finally {
        // Else nobody could remove it.
        await Deno.chmod(root, 0o700);
      }
    }),
});

Deno.test("registrySettings() hands on what the registry asks for", () => {
  const { settings } = readSettings({
    path: null,
    environment: {},
    flags: new Map([["storage.maintenance.readonly.enabled", { value: true, from: "here" }]]),
  });
  const readOnly = new ReadOnlySwitch();
  readOnly.set("settings", true);
  const { manifestRules, ...handed } = registrySettings(settings, {
    readOnly,
    state: new ServerState(),
  });
  assertEquals(manifestRules?.requiredChildren([]), []);
  assertEquals(handed, {
    isDeleteEnabled: true,
    isReadOnly: true,
    unready: null,
    catalogEntriesMax: 1000,
    tagsEntriesMax: 1000,
    bodyIdleMs: 60_000,
    urls: { host: null, prefix: "/", isRelative: true },
  });
});
