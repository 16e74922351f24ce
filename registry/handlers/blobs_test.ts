import { assertEquals, assertMatch } from "@std/assert";
import { blobData } from "../../storage/layout.ts";
import { MemoryDriver } from "../../storage/memory.ts";
import { assertAnswer, digestOf, filesOf, openRegistry, pushBlob } from "../app_kit.ts";
import {
  BLOB_BUFFERED_BYTES_MAX,
  BLOB_INTEREST_MS,
  BYTE_RANGES_MAX,
} from "../../storage/limits.ts";
import type { StoragePath } from "../../storage/driver.ts";

const CONTENT = Array.from({ length: 2048 }, (_, index) => String.fromCharCode(97 + index % 26))
  .join("");
const DIGEST = digestOf(CONTENT);
const PATH = `/v2/test/app/blobs/${DIGEST}`;

Deno.test("getBlob() answers with the bytes and what a cache needs", async () => {
  const registry = openRegistry();
  assertAnswer(await registry.send("GET", PATH), 404, "BLOB_UNKNOWN");
  await pushBlob(registry, "test/app", CONTENT);
  const answer = await registry.send("GET", PATH);
  assertAnswer(answer, 200);
  assertEquals(answer.text, CONTENT);
  assertEquals(answer.header("Content-Type"), "application/octet-stream");
  assertEquals(answer.header("Docker-Content-Digest"), DIGEST);
  assertEquals(answer.header("ETag"), `"${DIGEST}"`);
  assertEquals(answer.header("Cache-Control"), "max-age=31536000");
  assertEquals(answer.header("Accept-Ranges"), "bytes");
});

Deno.test("headBlob() answers with the length, and ignores Range", async () => {
  const registry = openRegistry();
  assertAnswer(await registry.send("HEAD", PATH), 404);
  await pushBlob(registry, "test/app", CONTENT);
  const answer = await registry.send("HEAD", PATH, { headers: { Range: "bytes=0-1" } });
  assertAnswer(answer, 200);
  assertEquals(answer.header("Content-Length"), "2048");
  assertEquals(answer.header("Docker-Content-Digest"), DIGEST);
});

Deno.test("getBlob() shows no repository the blobs of another", async () => {
  const registry = openRegistry();
  await pushBlob(registry, "test/other", CONTENT);
  for (const method of ["GET", "HEAD", "DELETE"]) {
    assertEquals((await registry.send(method, PATH)).status, 404, method);
  }
});

Deno.test("getBlob() streams a large blob whole, in part and in parts", async () => {
  const registry = openRegistry();
  const large = new Uint8Array(3 * 1024 * 1024).map((_, index) => index % 251);
  const digest = await pushBlob(registry, "test/app", large);
  const path = `/v2/test/app/blobs/${digest}`;
  assertEquals((await registry.send("GET", path)).bytes, large);
  const part = await registry.send("GET", path, { headers: { Range: "bytes=1000000-2999999" } });
  assertAnswer(part, 206);
  assertEquals(part.bytes, large.slice(1_000_000, 3_000_000));
  const range = "bytes=0-99,2000000-2000099";
  assertAnswer(await registry.send("GET", path, { headers: { Range: range } }), 206);
});

Deno.test("getBlob() answers with a blob that is asked for again and again, whole and in part", async () => {
  const registry = openRegistry();
  const large = new Uint8Array(BLOB_BUFFERED_BYTES_MAX * 2).map((_, index) => index % 251);
  const digest = await pushBlob(registry, "test/app", large);
  const path = `/v2/test/app/blobs/${digest}`;
  for (let round = 0; round < 5; round++) {
    assertEquals((await registry.send("GET", path)).bytes, large);
    const part = await registry.send("GET", path, { headers: { Range: "bytes=0-" } });
    assertAnswer(part, 206);
    assertEquals(part.bytes, large);
    const parts = await registry.send("GET", path, { headers: { Range: "bytes=0-,0-" } });
    assertEquals(parts.status, 206);
  }
  registry.driver.remove(blobData(digest));
  assertAnswer(await registry.send("GET", path), 404, "BLOB_UNKNOWN");
});

Deno.test("getBlob() answers one range", async () => {
  const registry = openRegistry();
  await pushBlob(registry, "test/app", CONTENT);
  const rows: readonly [range: string, first: number, last: number][] = [
    ["bytes=500-1499", 500, 1499],
    ["bytes=500-", 500, 2047],
    ["bytes=-500", 1548, 2047],
    ["bytes=2000-5000", 2000, 2047],
    ["bytes=0-0", 0, 0],
    ["bytes=-5000", 0, 2047],
    ["bytes=0-9,5-19", 0, 19],
    ["BYTES=1-2", 1, 2],
  ];
  for (const [range, first, last] of rows) {
    const answer = await registry.send("GET", PATH, { headers: { Range: range } });
    assertAnswer(answer, 206, null, range);
    assertEquals(answer.text, CONTENT.slice(first, last + 1), range);
    assertEquals(answer.header("Content-Range"), `bytes ${first}-${last}/2048`, range);
    assertEquals(answer.header("Docker-Content-Digest"), DIGEST);
    assertEquals(answer.header("ETag"), `"${DIGEST}"`);
  }
});

Deno.test("getBlob() answers several ranges as multipart/byteranges", async () => {
  const registry = openRegistry();
  await pushBlob(registry, "test/app", CONTENT);
  const answer = await registry.send("GET", PATH, { headers: { Range: "bytes=0-4,100-104,-3" } });
  assertAnswer(answer, 206);
  const [, boundary = ""] =
    /^multipart\/byteranges; boundary=(\S+)$/.exec(answer.header("Content-Type") ?? "") ?? [];
  const parts = answer.text.split(`--${boundary}`);
  assertEquals(parts.length, 5);
  assertMatch(parts[1] ?? "", /Content-Range: bytes 0-4\/2048\r\n\r\nabcde\r\n$/);
  assertMatch(parts[2] ?? "", /Content-Range: bytes 100-104\/2048\r\n\r\nwxyza\r\n$/);
  assertMatch(parts[3] ?? "", /Content-Range: bytes 2045-2047\/2048\r\n\r\n[a-z]{3}\r\n$/);
  assertEquals(parts[4], "--\r\n");
  assertEquals(answer.header("Content-Range"), null);
});

Deno.test("getBlob() answers 416 to ranges outside the blob", async () => {
  const registry = openRegistry();
  await pushBlob(registry, "test/app", CONTENT);
  await pushBlob(registry, "test/app", "");
  const rows: readonly [string, string, number][] = [
    [PATH, "bytes=500-0", 2048],
    [PATH, "bytes=5000-10000", 2048],
    [PATH, "bytes=2048-", 2048],
    [PATH, "bytes=-0", 2048],
    [`/v2/test/app/blobs/${digestOf("")}`, "bytes=0-", 0],
  ];
  for (const [path, range, size] of rows) {
    const answer = await registry.send("GET", path, { headers: { Range: range } });
    assertAnswer(answer, 416, "RANGE_INVALID", range);
    assertEquals(answer.header("Content-Range"), `bytes */${size}`);
    assertEquals(answer.header("Accept-Ranges"), "bytes");
  }
});

Deno.test("getBlob() answers whole where Range says nothing or too much", async () => {
  const registry = openRegistry();
  await pushBlob(registry, "test/app", CONTENT);
  const many = Array.from(
    { length: BYTE_RANGES_MAX + 1 },
    (_, index) => `${2 * index}-${2 * index}`,
  );
  for (const range of ["items=0-1", "bytes=a-b", "bytes=", "0-1", `bytes=${many}`]) {
    const answer = await registry.send("GET", PATH, { headers: { Range: range } });
    assertAnswer(answer, 200, null, range);
    assertEquals(answer.text, CONTENT);
  }
});

Deno.test("getBlob() honours a range only while If-Range names the blob", async () => {
  const registry = openRegistry();
  await pushBlob(registry, "test/app", CONTENT);
  const rows: readonly [string, number][] = [
    [`"${DIGEST}"`, 206],
    [`W/"${DIGEST}"`, 200],
    [`"${digestOf("other")}"`, 200],
    ["Sat, 29 Oct 1994 19:43:31 GMT", 200],
  ];
  for (const [ifRange, status] of rows) {
    const headers = { Range: "bytes=0-1", "If-Range": ifRange };
    assertAnswer(await registry.send("GET", PATH, { headers }), status, null, ifRange);
  }
});

Deno.test("getBlob() answers 304 when the client has the blob", async () => {
  const registry = openRegistry();
  await pushBlob(registry, "test/app", CONTENT);
  const other = digestOf("other");
  const rows: readonly [string, number][] = [
    [`"${DIGEST}"`, 304],
    [DIGEST, 304],
    [`W/"${DIGEST}"`, 304],
    [`"${other}", "${DIGEST}"`, 304],
    ["*", 304],
    [`"${other}"`, 200],
    ["", 200],
    ["nonsense", 200],
  ];
  for (const [ifNoneMatch, status] of rows) {
    for (const method of ["GET", "HEAD"]) {
      const headers = { "If-None-Match": ifNoneMatch, Range: "bytes=9999-" };
      const expected = status === 200 && method === "GET" ? 416 : status;
      const answer = await registry.send(method, PATH, { headers });
      assertEquals(answer.status, expected, `${method} ${ifNoneMatch}`);
      if (status === 304) {
        assertEquals(answer.header("ETag"), `"${DIGEST}"`);
        assertEquals(answer.header("Cache-Control"), "max-age=31536000");
      }
    }
  }
});

Deno.test("getBlob() answers 304 only for a blob that is there", async () => {
  const headers = { "If-None-Match": `"${DIGEST}"` };
  assertAnswer(await openRegistry().send("GET", PATH, { headers }), 404, "BLOB_UNKNOWN");
});

Deno.test("headBlob() makes an old blob young, unless the registry is read-only", async () => {
  let nowMs = Date.now() - 2 * BLOB_INTEREST_MS;
  const driver = new MemoryDriver({ clock: () => nowMs });
  await pushBlob(openRegistry({}, driver), "test/app", CONTENT);
  const data = (await filesOf(driver)).find((path) => path.endsWith("/data")) as StoragePath;
  const pushedMs = driver.stat(data)?.modifiedMs;
  nowMs = Date.now();
  await openRegistry({ isReadOnly: true }, driver).send("HEAD", PATH);
  assertEquals(driver.stat(data)?.modifiedMs, pushedMs);
  await openRegistry({}, driver).send("GET", PATH);
  assertEquals(driver.stat(data)?.modifiedMs, pushedMs);
  await openRegistry({}, driver).send("HEAD", PATH);
  assertEquals(driver.stat(data)?.modifiedMs, nowMs);
});

Deno.test("deleteBlob() takes the blob away from one repository, once, until it is pushed again", async () => {
  const registry = openRegistry();
  assertAnswer(await registry.send("DELETE", PATH), 404, "BLOB_UNKNOWN");
  await pushBlob(registry, "test/app", CONTENT);
  await pushBlob(registry, "test/other", CONTENT);
  const deleted = await registry.send("DELETE", PATH);
  assertAnswer(deleted, 202);
  assertEquals(deleted.text, "");
  assertAnswer(await registry.send("HEAD", PATH), 404);
  assertAnswer(await registry.send("DELETE", PATH), 404, "BLOB_UNKNOWN");
  assertAnswer(await registry.send("HEAD", `/v2/test/other/blobs/${DIGEST}`), 200);
  await pushBlob(registry, "test/app", CONTENT);
  assertAnswer(await registry.send("HEAD", PATH), 200);
});
