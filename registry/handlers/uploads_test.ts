import { assert, assertEquals, assertMatch } from "@std/assert";
import {
  type Ask,
  assertAnswer,
  brokenBody,
  bytesOf,
  digestOf,
  filesOf,
  openRegistry,
  pushBlob,
  startUpload,
  type TestRegistry,
  UNKNOWN_UPLOAD,
} from "../app_kit.ts";
import type { ErrorCode } from "../errors.ts";

const UPLOADS = "/v2/test/app/blobs/uploads/";
const EMPTY = digestOf("");

function chunk(range: string, body: string): Ask {
  return { headers: { "Content-Range": range }, body };
}

/** Only what is left of an upload: no blob and no link. */
async function blobFilesOf({ driver }: TestRegistry): Promise<readonly string[]> {
  return (await filesOf(driver)).filter((path) => !path.includes("/_uploads/"));
}

async function assertPulls(registry: TestRegistry, name: string, content: string): Promise<void> {
  const answer = await registry.send("GET", `/v2/${name}/blobs/${digestOf(content)}`);
  assertAnswer(answer, 200);
  assertEquals(answer.text, content);
}

Deno.test("startUpload() begins an upload that can be looked at and cancelled", async () => {
  const registry = openRegistry();
  const started = await registry.send("POST", UPLOADS);
  assertAnswer(started, 202);
  const location = started.header("Location") ?? "";
  const id = started.header("Docker-Upload-UUID") ?? "";
  assertMatch(id, /^[0-9a-f-]{36}$/);
  assertEquals(location, `${UPLOADS}${id}`);
  assertEquals(started.header("Range"), "0-0");
  assertEquals(started.header("OCI-Chunk-Min-Length"), "1");
  assertEquals(started.header("Content-Length"), "0");
  for (const method of ["GET", "HEAD"]) {
    const status = await registry.send(method, location);
    assertAnswer(status, 204);
    assertEquals(status.header("Location"), location);
    assertEquals(status.header("Range"), "0-0");
    assertEquals(status.header("Docker-Upload-UUID"), id);
  }
  assertAnswer(await registry.send("DELETE", location), 204);
  for (const method of ["GET", "PATCH", "PUT", "DELETE"]) {
    const query = method === "PUT" ? `?digest=${EMPTY}` : "";
    const answer = await registry.send(method, `${location}${query}`);
    assertAnswer(answer, 404, "BLOB_UPLOAD_UNKNOWN", method);
  }
  assertEquals(await filesOf(registry.driver), []);
});

Deno.test("startUpload() takes a whole blob", async () => {
  const registry = openRegistry();
  for (const algorithm of ["sha256", "sha384", "sha512"] as const) {
    const digest = digestOf("content", algorithm);
    const answer = await registry.send("POST", `${UPLOADS}?digest=${digest}`, { body: "content" });
    assertAnswer(answer, 201);
    assertEquals(answer.header("Location"), `/v2/test/app/blobs/${digest}`);
    assertEquals(answer.header("Docker-Content-Digest"), digest);
    const pulled = await registry.send("GET", answer.header("Location") ?? "");
    assertEquals(pulled.text, "content");
  }
  const files = await filesOf(registry.driver);
  assertEquals(files.filter((path) => path.includes("/_uploads/")), []);
});

Deno.test("startUpload() takes the empty blob, with and without a body", async () => {
  for (const ask of [{ body: "" }, {}]) {
    const registry = openRegistry();
    assertAnswer(await registry.send("POST", `${UPLOADS}?digest=${EMPTY}`, ask), 201);
    await assertPulls(registry, "test/app", "");
  }
});

Deno.test("startUpload() begins an upload when a digest comes without a body", async () => {
  const registry = openRegistry();
  for (const ask of [{}, { body: "" }]) {
    const answer = await registry.send("POST", `${UPLOADS}?digest=${digestOf("content")}`, ask);
    assertAnswer(answer, 202);
    const put = await registry.send(
      "PUT",
      `${answer.header("Location")}?digest=${digestOf("content")}`,
      {
        body: "content",
      },
    );
    assertAnswer(put, 201);
  }
});

Deno.test("startUpload() keeps nothing of a whole blob that is wrong or stops half way", async () => {
  const registry = openRegistry();
  const path = `${UPLOADS}?digest=${digestOf("content")}`;
  assertAnswer(await registry.send("POST", path, { body: "other" }), 400, "DIGEST_INVALID");
  assertAnswer(await registry.send("POST", path, { body: "" }), 202);
  const broken = await registry.send("POST", path, { body: brokenBody("cont") });
  assertAnswer(broken, 400, "SIZE_INVALID");
  assertEquals(await blobFilesOf(registry), []);
  const uploads = (await filesOf(registry.driver)).filter((file) => file.endsWith("/data"));
  assertEquals(uploads.length, 1, "only the upload that the client was told of");
});

Deno.test("startUpload() takes an algorithm as a hint", async () => {
  const registry = openRegistry();
  for (const hint of ["sha256", "sha384", "sha512", ""]) {
    for (const algorithm of ["sha256", "sha512"] as const) {
      const started = await registry.send("POST", `${UPLOADS}?digest-algorithm=${hint}`);
      assertAnswer(started, 202);
      const location = started.header("Location") ?? "";
      assertAnswer(await registry.send("PATCH", location, { body: "con" }), 202);
      const digest = digestOf("content", algorithm);
      const put = await registry.send("PUT", `${location}?digest=${digest}`, { body: "tent" });
      assertAnswer(put, 201, null, `${hint} ${algorithm}`);
    }
  }
  for (const hint of ["md5", "sha257", "SHA256", "__proto__", "../x", "x".repeat(10_000)]) {
    const answer = await registry.send("POST", `${UPLOADS}?digest-algorithm=${hint}`);
    assertAnswer(answer, 400, "DIGEST_INVALID", hint.slice(0, 20));
  }
});

Deno.test("startUpload() mounts a blob, from a repository that is named or any", async () => {
  const registry = openRegistry();
  const digest = await pushBlob(registry, "source/app", "content");
  for (const [name, query] of [["named", "&from=source/app"], ["found", ""], ["none", "&from="]]) {
    const path = `/v2/${name}/blobs/uploads/?mount=${digest}${query}`;
    const answer = await registry.send("POST", path);
    assertAnswer(answer, 201, null, path);
    assertEquals(answer.header("Location"), `/v2/${name}/blobs/${digest}`);
    assertEquals(answer.header("Docker-Content-Digest"), digest);
    await assertPulls(registry, name ?? "", "content");
  }
});

Deno.test("startUpload() mounts a blob from the repository itself", async () => {
  const registry = openRegistry();
  const digest = await pushBlob(registry, "test/app", "content");
  for (const query of ["", "&from=test/app", "&from=test%2Fapp"]) {
    assertAnswer(await registry.send("POST", `${UPLOADS}?mount=${digest}${query}`), 201);
  }
  await assertPulls(registry, "test/app", "content");
});

Deno.test("startUpload() begins an upload when there is nothing to mount", async () => {
  const registry = openRegistry();
  const absent = digestOf("absent");
  const elsewhere = await pushBlob(registry, "other", "elsewhere");
  for (
    const query of [
      `mount=${absent}`,
      `mount=${absent}&from=source`,
      `mount=${absent}&from=test/app`,
      `mount=${elsewhere}&from=source`,
    ]
  ) {
    const answer = await registry.send("POST", `${UPLOADS}?${query}`);
    assertAnswer(answer, 202, null, query);
    assertAnswer(await registry.send("GET", answer.header("Location") ?? ""), 204);
  }
  assertAnswer(await registry.send("HEAD", `/v2/test/app/blobs/${elsewhere}`), 404);
});

Deno.test("startUpload() refuses to mount from a malformed name", async () => {
  const registry = openRegistry();
  const digest = await pushBlob(registry, "source", "content");
  for (const from of ["Bad", "../source", "..%2fsource", "a%00", "/source", "x".repeat(256)]) {
    const answer = await registry.send("POST", `${UPLOADS}?mount=${digest}&from=${from}`);
    assertAnswer(answer, 400, "NAME_INVALID", from);
  }
});

Deno.test("appendUpload() takes a stream, and finishUpload() the rest", async () => {
  const registry = openRegistry();
  const location = await startUpload(registry, "test/app");
  const patched = await registry.send("PATCH", location, { body: "0123456789" });
  assertAnswer(patched, 202);
  assertEquals(patched.header("Range"), "0-9");
  assertEquals(patched.header("Location"), location);
  assertEquals((await registry.send("GET", location)).header("Range"), "0-9");
  const digest = digestOf("0123456789abc");
  const put = await registry.send("PUT", `${location}?digest=${digest}`, { body: "abc" });
  assertAnswer(put, 201);
  assertEquals(put.header("Location"), `/v2/test/app/blobs/${digest}`);
  assertEquals(put.header("Docker-Content-Digest"), digest);
  assertAnswer(await registry.send("GET", location), 404, "BLOB_UPLOAD_UNKNOWN");
  await assertPulls(registry, "test/app", "0123456789abc");
});

Deno.test("appendUpload() takes chunks, the last one with the PUT", async () => {
  const registry = openRegistry();
  const location = await startUpload(registry, "test/app");
  const rows: readonly [range: string, body: string, stands: string][] = [
    ["0-2", "abc", "0-2"],
    ["3-3", "d", "0-3"],
    ["bytes 4-6/*", "efg", "0-6"],
    ["bytes=7-8", "hi", "0-8"],
  ];
  for (const [range, body, stands] of rows) {
    const answer = await registry.send("PATCH", location, chunk(range, body));
    assertAnswer(answer, 202, null, range);
    assertEquals(answer.header("Range"), stands);
  }
  const digest = digestOf("abcdefghijk");
  const put = await registry.send("PUT", `${location}?digest=${digest}`, chunk("9-10", "jk"));
  assertAnswer(put, 201);
  await assertPulls(registry, "test/app", "abcdefghijk");
});

Deno.test("appendUpload() answers 416 to a chunk out of order, and says where to go on", async () => {
  const registry = openRegistry();
  const location = await startUpload(registry, "test/app");
  const early = await registry.send("PATCH", location, chunk("5-6", "xx"));
  assertAnswer(early, 416, "RANGE_INVALID");
  assertEquals([early.header("Range"), early.header("Location")], ["0-0", location]);
  assertAnswer(await registry.send("PATCH", location, chunk("0-4", "01234")), 202);
  const digest = digestOf("0123456789");
  for (
    const range of ["0-4", "3-7", "4-8", "6-10", "1000-1004", "9007199254740986-9007199254740990"]
  ) {
    for (const [method, query] of [["PATCH", ""], ["PUT", `?digest=${digest}`]] as const) {
      const answer = await registry.send(method, `${location}${query}`, chunk(range, "56789"));
      assertAnswer(answer, 416, "RANGE_INVALID", `${method} ${range}`);
      assertEquals(answer.header("Range"), "0-4");
      assertEquals(answer.header("Location"), location);
      assertMatch(answer.header("Docker-Upload-UUID") ?? "", /^[0-9a-f-]{36}$/);
    }
  }
  const put = await registry.send("PUT", `${location}?digest=${digest}`, chunk("5-9", "56789"));
  assertAnswer(put, 201);
  await assertPulls(registry, "test/app", "0123456789");
});

Deno.test("appendUpload() refuses a Content-Range that is malformed or does not fit the length", async () => {
  const registry = openRegistry();
  const location = await startUpload(registry, "test/app");
  const rows: readonly [Record<string, string>, number, ErrorCode][] = [
    [{ "Content-Range": "0-20" }, 400, "SIZE_INVALID"],
    [{ "Content-Range": "0-1" }, 400, "SIZE_INVALID"],
    [{ "Content-Range": "0-2", "Content-Length": "4" }, 400, "SIZE_INVALID"],
    [{ "Content-Range": "0-2", "Content-Length": "-3" }, 400, "SIZE_INVALID"],
    [{ "Content-Range": "0-2", "Content-Length": "three" }, 400, "SIZE_INVALID"],
    [{ "Content-Range": "0-2", "Content-Length": "" }, 400, "SIZE_INVALID"],
    [{ "Content-Range": "" }, 416, "RANGE_INVALID"],
    [{ "Content-Range": "2-0" }, 416, "RANGE_INVALID"],
    [{ "Content-Range": "-1-2" }, 416, "RANGE_INVALID"],
    [{ "Content-Range": "0-" }, 416, "RANGE_INVALID"],
    [{ "Content-Range": "bytes */3" }, 416, "RANGE_INVALID"],
    [{ "Content-Range": "0-9007199254740993" }, 416, "RANGE_INVALID"],
    [{ "Content-Range": "9".repeat(5_000) }, 416, "RANGE_INVALID"],
    [{ "Content-Range": "items 0-2" }, 416, "RANGE_INVALID"],
  ];
  for (const [headers, status, code] of rows) {
    for (const [method, query] of [["PATCH", ""], ["PUT", `?digest=${digestOf("abc")}`]] as const) {
      const answer = await registry.send(method, `${location}${query}`, { headers, body: "abc" });
      assertAnswer(answer, status, code, `${method} ${JSON.stringify(headers).slice(0, 100)}`);
    }
  }
  assertEquals((await registry.send("GET", location)).header("Range"), "0-0");
  assertEquals(await blobFilesOf(registry), []);
});

Deno.test("appendUpload() refuses a chunk that does not tell its length", async () => {
  const registry = openRegistry();
  const location = await startUpload(registry, "test/app");
  const body = ReadableStream.from([bytesOf("abc")]);
  const headers = { "Content-Range": "0-2" };
  assertAnswer(await registry.send("PATCH", location, { headers, body }), 400, "SIZE_INVALID");
});

Deno.test("appendUpload() keeps what arrived of a body that stops half way", async () => {
  const registry = openRegistry();
  const location = await startUpload(registry, "test/app");
  const broken = await registry.send("PATCH", location, { body: brokenBody("0123") });
  assertAnswer(broken, 400, "SIZE_INVALID");
  assertEquals((await registry.send("GET", location)).header("Range"), "0-3");
  const digest = digestOf("0123456789");
  const put = await registry.send("PUT", `${location}?digest=${digest}`, chunk("4-9", "456789"));
  assertAnswer(put, 201);
});

Deno.test("finishUpload() keeps an upload whose last chunk stops half way", async () => {
  const registry = openRegistry();
  const location = await startUpload(registry, "test/app");
  const path = `${location}?digest=${digestOf("0123456789")}`;
  assertAnswer(await registry.send("PUT", path, { body: brokenBody("0123") }), 400, "SIZE_INVALID");
  assertEquals(await blobFilesOf(registry), []);
  assertEquals((await registry.send("GET", location)).header("Range"), "0-3");
  assertAnswer(await registry.send("PUT", path, chunk("4-9", "456789")), 201);
});

Deno.test("finishUpload() ends an upload whose bytes have another digest", async () => {
  const registry = openRegistry();
  for (const first of ["", "content"]) {
    const location = await startUpload(registry, "test/app");
    if (first !== "") await registry.send("PATCH", location, { body: first });
    const path = `${location}?digest=${digestOf("something else")}`;
    const answer = await registry.send("PUT", path, { body: "!" });
    assertAnswer(answer, 400, "DIGEST_INVALID");
    assertAnswer(await registry.send("GET", location), 404, "BLOB_UPLOAD_UNKNOWN");
  }
  assertEquals(await filesOf(registry.driver), []);
});

Deno.test("finishUpload() refuses a missing or malformed digest, and the upload goes on", async () => {
  const registry = openRegistry();
  const location = await startUpload(registry, "test/app");
  await registry.send("PATCH", location, { body: "content" });
  for (const query of ["", "?digest=", "?digest=sha257:aa", "?digest=sha256:%2e%2e", "?Digest=x"]) {
    assertAnswer(await registry.send("PUT", `${location}${query}`), 400, "DIGEST_INVALID", query);
  }
  assertAnswer(await registry.send("PUT", `${location}?digest=${digestOf("content")}`), 201);
});

Deno.test("finishUpload() makes the empty blob of an upload without bytes", async () => {
  const registry = openRegistry();
  const location = await startUpload(registry, "test/app");
  assertAnswer(await registry.send("PUT", `${location}?digest=${EMPTY}`), 201);
  await assertPulls(registry, "test/app", "");
});

Deno.test("finishUpload() takes a blob again that is there", async () => {
  const registry = openRegistry();
  await pushBlob(registry, "test/app", "content");
  const location = await startUpload(registry, "test/app");
  const path = `${location}?digest=${digestOf("content")}`;
  assertAnswer(await registry.send("PUT", path, { body: "content" }), 201);
});

Deno.test("uploads answer 404 to ids that are malformed, unknown or of another repository", async () => {
  const registry = openRegistry();
  const location = await startUpload(registry, "test/other");
  const id = location.slice(location.lastIndexOf("/") + 1);
  const ids = [
    UNKNOWN_UPLOAD,
    id,
    id.toUpperCase(),
    "..",
    "%2e%2e",
    "%252e%252e",
    "a%00",
    "not-a-uuid",
    `${id}%0a`,
    "x".repeat(50_000),
  ];
  for (const method of ["GET", "HEAD", "PATCH", "PUT", "DELETE"]) {
    for (const unknown of ids) {
      const query = method === "PUT" ? `?digest=${EMPTY}` : "";
      const answer = await registry.send(method, `${UPLOADS}${unknown}${query}`);
      const line = `${method} ${unknown.slice(0, 60)}`;
      assertEquals(answer.status, 404, line);
      if (method !== "HEAD") assertAnswer(answer, 404, "BLOB_UPLOAD_UNKNOWN", line);
    }
  }
  assertAnswer(await registry.send("GET", location), 204);
});

Deno.test("uploads wait for a request that is about to let go", async () => {
  const registry = openRegistry();
  const location = await startUpload(registry, "test/app");
  const answers = await Promise.all(
    Array.from({ length: 8 }, () => registry.send("PATCH", location, { body: "x" })),
  );
  for (const answer of answers) assertAnswer(answer, 202);
  const digest = digestOf("x".repeat(8));
  assertAnswer(await registry.send("PUT", `${location}?digest=${digest}`), 201);
});

Deno.test("uploads that are cancelled while they are written end with 404", async () => {
  const registry = openRegistry();
  const location = await startUpload(registry, "test/app");
  const cancelled = Promise.withResolvers<void>();
  const started = Promise.withResolvers<void>();
  const body = new ReadableStream<Uint8Array>({
    async start(controller): Promise<void> {
      controller.enqueue(bytesOf("content"));
      started.resolve();
      await cancelled.promise;
      controller.close();
    },
  });
  const path = `${location}?digest=${digestOf("content")}`;
  const writing = registry.send("PUT", path, { body });
  await started.promise;
  assertAnswer(await registry.send("DELETE", location), 204);
  cancelled.resolve();
  assertAnswer(await writing, 404, "BLOB_UPLOAD_UNKNOWN");
  assertEquals(await blobFilesOf(registry), []);
  assertEquals(registry.reports, []);
});

Deno.test("uploads of one blob by many clients at once all succeed", async () => {
  const registry = openRegistry();
  const content = "x".repeat(10_000);
  await Promise.all(Array.from({ length: 20 }, () => pushBlob(registry, "test/app", content)));
  await assertPulls(registry, "test/app", content);
  assert((await filesOf(registry.driver)).every((path) => !path.includes("/_uploads/")));
});
