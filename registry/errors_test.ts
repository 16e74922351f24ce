import { assert, assertEquals, assertMatch, assertStrictEquals, assertThrows } from "@std/assert";
import { StorageError, type StorageErrorKind } from "../storage/errors.ts";
import { errorBody, type ErrorCode, ERRORS, RegistryError, toRegistryError } from "./errors.ts";

Deno.test("ERRORS has every code of the OCI distribution spec", () => {
  const codes = [
    "BLOB_UNKNOWN",
    "BLOB_UPLOAD_INVALID",
    "BLOB_UPLOAD_UNKNOWN",
    "DIGEST_INVALID",
    "MANIFEST_BLOB_UNKNOWN",
    "MANIFEST_INVALID",
    "MANIFEST_UNKNOWN",
    "NAME_INVALID",
    "NAME_UNKNOWN",
    "SIZE_INVALID",
    "UNAUTHORIZED",
    "DENIED",
    "UNSUPPORTED",
    "TOOMANYREQUESTS",
  ];
  for (const code of codes) assert(Object.hasOwn(ERRORS, code), code);
  for (const { status, message } of Object.values(ERRORS)) {
    assert(status >= 400 && status < 600);
    assertMatch(message, /\S/);
  }
});

Deno.test("RegistryError takes status and message from the table unless told otherwise", () => {
  const plain = new RegistryError("NAME_UNKNOWN");
  assertEquals([plain.status, plain.message], [404, ERRORS.NAME_UNKNOWN.message]);
  assertEquals(plain.entries, [{ code: "NAME_UNKNOWN", message: ERRORS.NAME_UNKNOWN.message }]);
  assertEquals(plain.headers, {});
  const cause = new Error("why");
  const told = new RegistryError("MANIFEST_INVALID", {
    status: 413,
    message: "too large",
    detail: null,
    headers: { Allow: "GET" },
    cause,
  });
  assertEquals([told.status, told.message, told.cause], [413, "too large", cause]);
  assertEquals(told.entries, [{ code: "MANIFEST_INVALID", message: "too large", detail: null }]);
  assertEquals(told.headers, { Allow: "GET" });
});

Deno.test("RegistryError.all() has the status of the first entry, and every entry", () => {
  const entries = ["one", "two"].map((message) => ({
    code: "MANIFEST_BLOB_UNKNOWN" as const,
    message,
  }));
  const error = RegistryError.all(entries);
  assertEquals([error.status, error.entries], [400, entries]);
  assertThrows(() => RegistryError.all([]), TypeError);
});

Deno.test("toRegistryError() tells of each failure of the store without its path", () => {
  const cases: Readonly<Record<StorageErrorKind, readonly [ErrorCode, number]>> = {
    absent: ["UNKNOWN", 500],
    busy: ["UNAVAILABLE", 503],
    corrupt: ["UNKNOWN", 500],
    denied: ["UNAVAILABLE", 503],
    full: ["UNAVAILABLE", 503],
    interrupted: ["SIZE_INVALID", 400],
    invalid: ["UNKNOWN", 500],
    io: ["UNKNOWN", 500],
    "read-only": ["UNAVAILABLE", 503],
    stalled: ["SIZE_INVALID", 408],
  };
  for (const [kind, [code, status]] of Object.entries(cases)) {
    const cause = new StorageError(kind as StorageErrorKind, 'Cannot write "/var/secret"');
    const error = toRegistryError(cause);
    assertEquals([error.entries[0]?.code, error.status], [code, status], kind);
    assertStrictEquals(error.cause, cause);
    assert(!errorBody(error).includes("secret"), kind);
    assertEquals(Object.hasOwn(error.headers, "Retry-After"), status === 503, kind);
  }
});

Deno.test("toRegistryError() hands on what is told already, and hides everything else", () => {
  const told = new RegistryError("NAME_INVALID");
  assertStrictEquals(toRegistryError(told), told);
  for (const thrown of [new Error("/var/secret"), "text", null, undefined, 1, { code: "ENOENT" }]) {
    const error = toRegistryError(thrown);
    assertEquals([error.status, error.entries], [500, [{
      code: "UNKNOWN",
      message: "unknown error",
    }]]);
    assertStrictEquals(error.cause, thrown);
  }
});

Deno.test("errorBody() is one line of JSON", () => {
  const error = new RegistryError("NAME_UNKNOWN", { message: "gone\n", detail: { name: "a" } });
  assertEquals(
    errorBody(error),
    '{"errors":[{"code":"NAME_UNKNOWN","message":"gone\\n","detail":{"name":"a"}}]}\n',
  );
});
