import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import { isAbsent, StorageError, type StorageErrorKind, toStorageError } from "./errors.ts";

/** An error as the operating system gives it. */
function systemError(code: string): Error {
  return Object.assign(new Error(`${code}: it failed (os error 1)`), { code });
}

const KINDS: Readonly<Record<string, StorageErrorKind>> = {
  EACCES: "denied",
  EPERM: "denied",
  ENOSPC: "full",
  EDQUOT: "full",
  EFBIG: "full",
  EROFS: "read-only",
  ENOENT: "absent",
  ENOTDIR: "invalid",
  EISDIR: "invalid",
  ELOOP: "invalid",
  ENAMETOOLONG: "invalid",
  EIO: "io",
  EOTHER: "io",
};

for (const [code, kind] of Object.entries(KINDS)) {
  Deno.test(`toStorageError() makes "${kind}" of ${code}, and names action and path`, () => {
    const cause = systemError(code);
    const error = toStorageError(cause, "write", "a/b");
    assertEquals(error.kind, kind);
    assertEquals(error.name, "StorageError");
    assert(error.message.startsWith('Cannot write "a/b": '), error.message);
    assertStrictEquals(error.cause, cause);
  });
}

Deno.test("toStorageError() knows the errors of Deno that carry no code", () => {
  const kinds = [
    [new Deno.errors.NotFound(), "absent"],
    [new Deno.errors.PermissionDenied(), "denied"],
    [new Deno.errors.NotCapable(), "denied"],
    [new Deno.errors.NotADirectory(), "invalid"],
    [new Deno.errors.Interrupted(), "io"],
  ] as const;
  for (const [cause, kind] of kinds) {
    assertEquals(toStorageError(cause, "read", "a").kind, kind, cause.name);
  }
});

Deno.test("toStorageError() leaves a StorageError as it is", () => {
  const error = new StorageError("busy", "Cannot append");
  assertStrictEquals(toStorageError(error, "read", "a"), error);
});

Deno.test("toStorageError() takes anything that can be thrown", () => {
  for (const thrown of [null, undefined, 7, "text", {}, { code: 7 }]) {
    const error = toStorageError(thrown, "read", "a");
    assertEquals(error.kind, "io");
    assertEquals(error.message, 'Cannot read "a": input/output error');
  }
  assertEquals(
    toStorageError(new Error("it broke"), "read", "a").message,
    'Cannot read "a": it broke',
  );
});

Deno.test("isAbsent() is about a missing file, or a file where a directory should be", () => {
  assert(isAbsent(new Deno.errors.NotFound()));
  assert(isAbsent(new Deno.errors.NotADirectory()));
  assert(!isAbsent(new Deno.errors.PermissionDenied()));
  assert(!isAbsent(new Error()));
  assert(!isAbsent(null));
});

Deno.test("errors of a real file system get their kind", async () => {
  const root = await Deno.makeTempDir({ prefix: "berth_errors_" });
  try {
    await Deno.writeTextFile(`${root}/file`, "");
    const actions: readonly (readonly [StorageErrorKind, () => unknown])[] = [
      ["absent", () => Deno.readFileSync(`${root}/none`)],
      ["invalid", () => Deno.readFileSync(`${root}/file/below`)],
      ["invalid", () => Deno.readFileSync(root)],
      ["invalid", () => Deno.readFileSync(`${root}/${"x".repeat(300)}`)],
    ];
    for (const [kind, action] of actions) assertEquals(kindThrownBy(action), kind);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});

function kindThrownBy(action: () => unknown): StorageErrorKind | null {
  try {
    action();
    return null;
  } catch (error) {
    return toStorageError(error, "read", "a").kind;
  }
}
