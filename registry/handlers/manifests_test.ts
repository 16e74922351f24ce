import { assertEquals, assertLess } from "@std/assert";
import { MANIFEST_BYTES_MAX } from "../../storage/limits.ts";
import {
  assertAnswer,
  brokenBody,
  bytesOf,
  digestOf,
  type Document,
  filesOf,
  imageOf,
  indexOf,
  openRegistry,
  pushBlob,
  pushImage,
  putManifest,
  type TestRegistry,
} from "../app_kit.ts";
import type { ErrorCode } from "../errors.ts";
import { DOCKER_IMAGE, DOCKER_INDEX, OCI_IMAGE, OCI_INDEX } from "../media_types.ts";

const MANIFESTS = "/v2/test/app/manifests";

/** Manifests and tags, without the blobs that were pushed for them. */
async function manifestFilesOf({ driver }: TestRegistry): Promise<readonly string[]> {
  return (await filesOf(driver)).filter((path) => path.includes("/_manifests/"));
}

Deno.test("putManifest() keeps an image under a tag and its digest", async () => {
  const registry = openRegistry();
  await pushBlob(registry, "test/app", "config");
  await pushBlob(registry, "test/app", "layer");
  const document = imageOf("config", "layer");
  const digest = digestOf(document);
  const put = await putManifest(registry, "test/app", "latest", document);
  assertAnswer(put, 201);
  assertEquals(put.header("Location"), `${MANIFESTS}/${digest}`);
  assertEquals(put.header("Docker-Content-Digest"), digest);
  assertEquals(put.header("ETag"), `"${digest}"`);
  assertEquals([put.header("OCI-Subject"), put.header("OCI-Tag")], [null, null]);
  for (const reference of ["latest", digest]) {
    const answer = await registry.send("GET", `${MANIFESTS}/${reference}`);
    assertAnswer(answer, 200);
    assertEquals(answer.bytes, bytesOf(document));
    assertEquals(answer.header("Content-Type"), OCI_IMAGE);
    assertEquals(answer.header("Docker-Content-Digest"), digest);
    assertEquals(answer.header("ETag"), `"${digest}"`);
  }
});

Deno.test("putManifest() keeps a manifest under digests of other algorithms", async () => {
  const registry = openRegistry();
  const document = await pushImage(registry, "test/app", "latest");
  for (const algorithm of ["sha384", "sha512"] as const) {
    const digest = digestOf(document, algorithm);
    assertAnswer(await putManifest(registry, "test/app", digest, document), 201);
    const answer = await registry.send("GET", `${MANIFESTS}/${digest}`);
    assertEquals(answer.header("Docker-Content-Digest"), digest);
  }
});

Deno.test("putManifest() names every blob that is unknown, then those still unknown", async () => {
  const registry = openRegistry();
  const layers = ["one", "two"].map((text) => ({
    mediaType: "application/vnd.oci.image.layer.v1.tar",
    digest: digestOf(text),
    size: text.length,
  }));
  const document = imageOf("config", "", { layers: [...layers, ...layers] });
  const rows: readonly (string | null)[] = [null, "config", "two"];
  const missing = new Set([digestOf("config"), digestOf("one"), digestOf("two")]);
  for (const pushed of rows) {
    if (pushed !== null) missing.delete(await pushBlob(registry, "test/app", pushed));
    const answer = await putManifest(registry, "test/app", "latest", document);
    assertAnswer(answer, 400, "MANIFEST_BLOB_UNKNOWN");
    assertEquals(answer.errors.map((error) => error.detail), [...missing]);
    assertEquals(new Set(answer.errors.map((error) => error.code)).size, 1);
  }
  assertEquals(await manifestFilesOf(registry), []);
});

Deno.test("putManifest() refuses an index whose children are unknown or of another repository", async () => {
  const registry = openRegistry();
  const child = await pushImage(registry, "test/other", "latest");
  const answer = await putManifest(registry, "test/app", "latest", indexOf([{ document: child }]));
  assertAnswer(answer, 400, "MANIFEST_BLOB_UNKNOWN");
  assertEquals(answer.errors.map((error) => error.detail), [digestOf(child)]);
  assertEquals((await manifestFilesOf(registry)).some((path) => path.includes("test/app")), false);
});

Deno.test("putManifest() keeps an empty index, and an index of indexes", async () => {
  const registry = openRegistry();
  const image = await pushImage(registry, "test/app", "image");
  const inner = indexOf([{ document: image }]);
  assertAnswer(await putManifest(registry, "test/app", "empty", indexOf([])), 201);
  assertAnswer(await putManifest(registry, "test/app", digestOf(inner), inner), 201);
  const outer = indexOf([{ document: inner }]);
  assertAnswer(await putManifest(registry, "test/app", "outer", outer), 201);
});

interface BadPut {
  readonly hint: string;
  readonly reference: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string | ReadableStream<Uint8Array>;
  readonly status: number;
  readonly code: ErrorCode;
}

const IMAGE: Document = imageOf("config", "layer");
const TEXT = JSON.stringify(IMAGE);

const BAD_PUTS: readonly BadPut[] = [
  { hint: "no body", reference: "a", body: "", status: 400, code: "MANIFEST_INVALID" },
  { hint: "no JSON", reference: "a", body: "nope", status: 400, code: "MANIFEST_INVALID" },
  { hint: "cut JSON", reference: "a", body: "{", status: 400, code: "MANIFEST_INVALID" },
  { hint: "a list", reference: "a", body: "[]", status: 400, code: "MANIFEST_INVALID" },
  { hint: "null", reference: "a", body: "null", status: 400, code: "MANIFEST_INVALID" },
  { hint: "nothing in it", reference: "a", body: "{}", status: 400, code: "MANIFEST_INVALID" },
  { hint: "NUL", reference: "a", body: "\0", status: 400, code: "MANIFEST_INVALID" },
  {
    hint: "deep JSON",
    reference: "a",
    body: "[".repeat(100_000),
    status: 400,
    code: "MANIFEST_INVALID",
  },
  {
    hint: "very deep member",
    reference: "a",
    body: `{"schemaVersion":2,"x":${"[".repeat(50_000)}${"]".repeat(50_000)}}`,
    status: 400,
    code: "MANIFEST_INVALID",
  },
  {
    hint: "schema 1",
    reference: "a",
    headers: { "Content-Type": "application/vnd.docker.distribution.manifest.v1+json" },
    body: JSON.stringify({ schemaVersion: 1, name: "x", tag: "y" }),
    status: 400,
    code: "MANIFEST_INVALID",
  },
  {
    hint: "a type that the content contradicts",
    reference: "a",
    headers: { "Content-Type": OCI_INDEX },
    body: TEXT,
    status: 400,
    code: "MANIFEST_INVALID",
  },
  {
    hint: "an unknown type",
    reference: "a",
    headers: { "Content-Type": "text/html" },
    body: TEXT,
    status: 400,
    code: "MANIFEST_INVALID",
  },
  {
    hint: "malformed digest inside",
    reference: "a",
    body: TEXT.replace(digestOf("layer"), "sha256:../../../etc/passwd"),
    status: 400,
    code: "DIGEST_INVALID",
  },
  {
    hint: "another digest",
    reference: digestOf("other"),
    body: TEXT,
    status: 400,
    code: "DIGEST_INVALID",
  },
  {
    hint: "body stops half way",
    reference: "a",
    body: brokenBody(TEXT.slice(0, 50)),
    status: 400,
    code: "SIZE_INVALID",
  },
  {
    hint: "too long by its length",
    reference: "a",
    headers: { "Content-Length": String(MANIFEST_BYTES_MAX + 1) },
    body: TEXT,
    status: 413,
    code: "MANIFEST_INVALID",
  },
  {
    hint: "too long for its length",
    reference: "a",
    headers: { "Content-Length": "10" },
    body: " ".repeat(MANIFEST_BYTES_MAX + 1),
    status: 413,
    code: "MANIFEST_INVALID",
  },
];

Deno.test("putManifest() refuses what is no manifest, and keeps nothing of it", async () => {
  const registry = openRegistry();
  await pushBlob(registry, "test/app", "config");
  await pushBlob(registry, "test/app", "layer");
  const before = await filesOf(registry.driver);
  for (const { hint, reference, headers = {}, body, status, code } of BAD_PUTS) {
    const answer = await registry.send("PUT", `${MANIFESTS}/${reference}`, {
      headers: { "Content-Type": OCI_IMAGE, ...headers },
      body,
    });
    assertAnswer(answer, status, code, hint);
    assertLess(answer.bytes.length, 2_000, hint);
  }
  assertEquals(await filesOf(registry.driver), before);
  assertEquals(registry.reports, []);
});

Deno.test("putManifest() takes a manifest of exactly 4 MiB", async () => {
  const registry = openRegistry();
  await pushBlob(registry, "test/app", "config");
  await pushBlob(registry, "test/app", "layer");
  const body = TEXT.padEnd(MANIFEST_BYTES_MAX);
  const headers = { "Content-Type": OCI_IMAGE };
  assertAnswer(await registry.send("PUT", `${MANIFESTS}/a`, { headers, body }), 201);
  assertEquals((await registry.send("GET", `${MANIFESTS}/a`)).bytes.length, MANIFEST_BYTES_MAX);
});

const BAD_TAGS: readonly string[] = [
  ".INVALID_MANIFEST_NAME",
  "-a",
  "..",
  "%2e%2e",
  "%252e%252e",
  "a%00",
  "a%0d%0aX-Injected",
  "a%0a",
  "a%20b",
  "a+b",
  "a@b",
  "%C3%A4",
  "a\\b",
  "x".repeat(129),
  "x".repeat(50_000),
];

Deno.test("putManifest() refuses malformed tags, which name nothing elsewhere", async () => {
  const registry = openRegistry();
  await pushImage(registry, "test/app", "latest");
  for (const tag of BAD_TAGS) {
    const path = `${MANIFESTS}/${tag}`;
    const line = tag.slice(0, 40);
    const headers = { "Content-Type": OCI_IMAGE };
    const put = await registry.send("PUT", path, { headers, body: TEXT });
    assertAnswer(put, 400, "TAG_INVALID", line);
    assertAnswer(await registry.send("GET", path), 404, "MANIFEST_UNKNOWN", line);
    assertAnswer(await registry.send("HEAD", path), 404, null, line);
    assertAnswer(await registry.send("DELETE", path), 404, "MANIFEST_UNKNOWN", line);
    const digest = digestOf(IMAGE);
    const query = await registry.send("PUT", `${MANIFESTS}/${digest}?tag=${tag}`, {
      headers,
      body: TEXT,
    });
    if (tag !== "a+b") assertAnswer(query, 400, "TAG_INVALID", line);
  }
  const tags = await registry.send("GET", "/v2/test/app/tags/list");
  assertEquals(tags.json(), { name: "test/app", tags: ["latest"] });
});

Deno.test("putManifest() takes tags of 128 characters, and every kind of them", async () => {
  const registry = openRegistry();
  const document = await pushImage(registry, "test/app", "latest");
  for (
    const tag of ["x".repeat(128), "_", "1.0.0-rc.1_build", "LATEST", "a..b", "link", "current"]
  ) {
    assertAnswer(await putManifest(registry, "test/app", tag, document), 201, null, tag);
    assertAnswer(await registry.send("GET", `${MANIFESTS}/${tag}`), 200, null, tag);
  }
});

Deno.test("putManifest() gives the tags of the query, and names them in OCI-Tag", async () => {
  const registry = openRegistry();
  const document = await pushImage(registry, "test/app", "first");
  const digest = digestOf(document);
  const put = await putManifest(registry, "test/app", `${digest}?tag=a&tag=b&tag=a`, document);
  assertAnswer(put, 201);
  assertEquals(put.header("OCI-Tag"), "a, b");
  const byTag = await putManifest(registry, "test/app", "c?tag=d", document);
  assertEquals(byTag.header("OCI-Tag"), "d");
  const tags = await registry.send("GET", "/v2/test/app/tags/list");
  assertEquals(tags.json(), { name: "test/app", tags: ["a", "b", "c", "d", "first"] });
});

Deno.test("putManifest() answers 414 to more than a hundred tags", async () => {
  const registry = openRegistry();
  const document = await pushImage(registry, "test/app", "first");
  const digest = digestOf(document);
  const queryOf = (count: number): string =>
    Array.from({ length: count }, (_, index) => `tag=t${index}`).join("&");
  const path = (count: number): string => `${digest}?${queryOf(count)}`;
  assertAnswer(await putManifest(registry, "test/app", path(101), document), 414, "TAG_INVALID");
  const tags = await registry.send("GET", "/v2/test/app/tags/list");
  assertEquals(tags.json(), { name: "test/app", tags: ["first"] });
  assertAnswer(await putManifest(registry, "test/app", path(100), document), 201);
});

Deno.test("putManifest() moves a tag, and both manifests stay", async () => {
  const registry = openRegistry();
  const one = await pushImage(registry, "test/app", "latest", "1");
  const two = await pushImage(registry, "test/app", "latest", "2");
  const answer = await registry.send("GET", `${MANIFESTS}/latest`);
  assertEquals(answer.header("Docker-Content-Digest"), digestOf(two));
  assertAnswer(await registry.send("GET", `${MANIFESTS}/${digestOf(one)}`), 200);
});

Deno.test("putManifest() compares and sets", async () => {
  const registry = openRegistry();
  const one = await pushImage(registry, "test/app", "one", "1");
  const two = await pushImage(registry, "test/app", "two", "2");
  const [oneTag, twoTag] = [`"${digestOf(one)}"`, `"${digestOf(two)}"`];
  const rows: readonly [Record<string, string>, status: number, etag: string | null][] = [
    [{ "If-Match": "*" }, 412, null],
    [{ "If-Match": oneTag }, 412, null],
    [{ "If-None-Match": "*", "If-Match": "*" }, 412, null],
    [{ "If-None-Match": "*" }, 201, oneTag],
    [{ "If-None-Match": "*" }, 412, oneTag],
    [{ "If-None-Match": oneTag }, 412, oneTag],
    [{ "If-None-Match": twoTag }, 201, oneTag],
    [{ "If-Match": twoTag }, 412, oneTag],
    [{ "If-Match": `W/${oneTag}` }, 412, oneTag],
    [{ "If-Match": `${twoTag}, ${oneTag}` }, 201, oneTag],
    [{ "If-Match": "*" }, 201, oneTag],
  ];
  for (const [headers, status, etag] of rows) {
    const answer = await putManifest(registry, "test/app", "latest", one, headers);
    const line = JSON.stringify(headers);
    assertAnswer(answer, status, status === 412 ? "DENIED" : null, line);
    assertEquals(answer.header("ETag"), etag, line);
  }
  assertAnswer(await putManifest(registry, "test/app", "latest", two, { "If-Match": oneTag }), 201);
});

Deno.test("putManifest() compares what is under a digest where there is no tag", async () => {
  const registry = openRegistry();
  await pushBlob(registry, "test/app", "config");
  await pushBlob(registry, "test/app", "layer");
  const digest = digestOf(IMAGE);
  const once = { "If-None-Match": "*" };
  assertAnswer(
    await putManifest(registry, "test/app", digest, IMAGE, { "If-Match": "*" }),
    412,
    "DENIED",
  );
  assertAnswer(await putManifest(registry, "test/app", digest, IMAGE, once), 201);
  assertAnswer(await putManifest(registry, "test/app", digest, IMAGE, once), 412, "DENIED");
});

Deno.test("putManifest() lets exactly one of many win that compare with the same manifest", async () => {
  const registry = openRegistry();
  const first = await pushImage(registry, "test/app", "latest");
  const documents = await Promise.all(
    Array.from(
      { length: 20 },
      (_, index) => pushImage(registry, "test/app", `t${index}`, `${index}`),
    ),
  );
  const headers = { "If-Match": `"${digestOf(first)}"` };
  const answers = await Promise.all(
    documents.map((document) => putManifest(registry, "test/app", "latest", document, headers)),
  );
  const winners = answers.filter((answer) => answer.status === 201);
  assertEquals(winners.length, 1);
  assertEquals(answers.filter((answer) => answer.status === 412).length, 19);
  const now = await registry.send("HEAD", `${MANIFESTS}/latest`);
  assertEquals(now.header("ETag"), winners[0]?.header("ETag") ?? null);
});

Deno.test("getManifest() answers 404 with what was asked for", async () => {
  const registry = openRegistry();
  const digest = digestOf("absent");
  const rows: readonly [string, unknown][] = [
    ["latest", { Tag: "latest" }],
    [digest, { Name: "test/app", Revision: digest }],
  ];
  for (const [reference, detail] of rows) {
    const answer = await registry.send("GET", `${MANIFESTS}/${reference}`);
    assertAnswer(answer, 404, "MANIFEST_UNKNOWN");
    assertEquals(answer.errors[0]?.detail, detail);
  }
});

Deno.test("getManifest() shows no repository the manifests of another", async () => {
  const registry = openRegistry();
  const document = await pushImage(registry, "test/other", "latest");
  const answer = await registry.send("GET", `${MANIFESTS}/${digestOf(document)}`);
  assertAnswer(answer, 404, "MANIFEST_UNKNOWN");
});

Deno.test("getManifest() gives blobs that are no manifests to nobody", async () => {
  const registry = openRegistry();
  const digest = await pushBlob(registry, "test/app", TEXT);
  assertAnswer(await registry.send("GET", `${MANIFESTS}/${digest}`), 404, "MANIFEST_UNKNOWN");
});

Deno.test("getManifest() answers 304 when the client has the manifest", async () => {
  const registry = openRegistry();
  const digest = digestOf(await pushImage(registry, "test/app", "latest"));
  const rows: readonly [string, number][] = [
    [`"${digest}"`, 304],
    [digest, 304],
    [`W/"${digest}"`, 304],
    [`"${digestOf("x")}", "${digest}"`, 304],
    ["*", 304],
    [`"${digestOf("x")}"`, 200],
  ];
  for (const [ifNoneMatch, status] of rows) {
    for (const reference of ["latest", digest]) {
      for (const method of ["GET", "HEAD"]) {
        const headers = { "If-None-Match": ifNoneMatch };
        const answer = await registry.send(method, `${MANIFESTS}/${reference}`, { headers });
        assertAnswer(answer, status, null, ifNoneMatch);
        assertEquals(answer.header("ETag"), `"${digest}"`);
        assertEquals(answer.header("Docker-Content-Digest"), digest);
      }
    }
  }
});

Deno.test("getManifest() negotiates OCI images by Accept", async () => {
  const registry = openRegistry();
  await pushImage(registry, "test/app", "latest");
  const rows: readonly [accept: string | null, status: number][] = [
    [null, 200],
    ["", 200],
    ["*/*", 200],
    ["application/*", 200],
    [OCI_IMAGE, 200],
    [`${OCI_IMAGE}; q=0.8`, 200],
    [`${DOCKER_IMAGE}, ${OCI_IMAGE};q=0.1`, 200],
    [`${OCI_IMAGE};q=0, */*`, 404],
    [DOCKER_IMAGE, 404],
    ["text/html", 404],
  ];
  for (const [accept, status] of rows) {
    const headers = accept === null ? {} : { Accept: accept };
    const answer = await registry.send("GET", `${MANIFESTS}/latest`, { headers });
    assertAnswer(answer, status, status === 404 ? "MANIFEST_UNKNOWN" : null, `${accept}`);
  }
});

Deno.test("getManifest() gives old clients the linux/amd64 child of a Docker list, by tag only", async () => {
  const registry = openRegistry();
  const types = { mediaType: DOCKER_IMAGE };
  const arm = await pushImage(registry, "test/app", "arm", "arm", types);
  const amd = await pushImage(registry, "test/app", "amd", "amd", types);
  const list = indexOf([
    { document: arm, platform: { os: "linux", architecture: "arm64" } },
    { document: amd, platform: { os: "linux", architecture: "amd64" } },
  ], DOCKER_INDEX);
  assertAnswer(await putManifest(registry, "test/app", "latest", list), 201);
  const rows: readonly [reference: string, accept: string | null, document: Document][] = [
    ["latest", null, list],
    ["latest", "*/*", list],
    ["latest", DOCKER_INDEX, list],
    ["latest", DOCKER_IMAGE, amd],
    [digestOf(list), DOCKER_IMAGE, list],
  ];
  for (const [reference, accept, document] of rows) {
    const headers = accept === null ? {} : { Accept: accept };
    const answer = await registry.send("GET", `${MANIFESTS}/${reference}`, { headers });
    assertAnswer(answer, 200, null, `${reference} ${accept}`);
    assertEquals(answer.header("Docker-Content-Digest"), digestOf(document));
    assertEquals(answer.header("Content-Type"), String(document.mediaType));
  }
});

Deno.test("getManifest() answers 404 when a Docker list has no child for old clients", async () => {
  const registry = openRegistry();
  const arm = await pushImage(registry, "test/app", "arm", "", { mediaType: DOCKER_IMAGE });
  const platform = { os: "linux", architecture: "arm64" };
  const list = indexOf([{ document: arm, platform }], DOCKER_INDEX);
  await putManifest(registry, "test/app", "latest", list);
  const headers = { Accept: DOCKER_IMAGE };
  const answer = await registry.send("GET", `${MANIFESTS}/latest`, { headers });
  assertAnswer(answer, 404, "MANIFEST_UNKNOWN");
});

Deno.test("deleteManifest() deletes a tag and leaves the manifest", async () => {
  const registry = openRegistry();
  const digest = digestOf(await pushImage(registry, "test/app", "latest"));
  const deleted = await registry.send("DELETE", `${MANIFESTS}/latest`);
  assertAnswer(deleted, 202);
  assertEquals(deleted.text, "");
  assertAnswer(await registry.send("HEAD", `${MANIFESTS}/latest`), 404);
  assertAnswer(await registry.send("HEAD", `${MANIFESTS}/${digest}`), 200);
  assertAnswer(await registry.send("DELETE", `${MANIFESTS}/latest`), 404, "MANIFEST_UNKNOWN");
  const tags = await registry.send("GET", "/v2/test/app/tags/list");
  assertEquals(tags.json(), { name: "test/app", tags: [] });
});

Deno.test("deleteManifest() deletes a manifest with its tags, once, until it is pushed again", async () => {
  const registry = openRegistry();
  const document = await pushImage(registry, "test/app", "one");
  await putManifest(registry, "test/app", "two", document);
  await pushImage(registry, "test/app", "other", "other");
  const path = `${MANIFESTS}/${digestOf(document)}`;
  assertAnswer(await registry.send("DELETE", path), 202);
  for (const reference of ["one", "two", digestOf(document)]) {
    assertAnswer(await registry.send("HEAD", `${MANIFESTS}/${reference}`), 404);
  }
  const tags = await registry.send("GET", "/v2/test/app/tags/list");
  assertEquals(tags.json(), { name: "test/app", tags: ["other"] });
  assertAnswer(await registry.send("DELETE", path), 404, "MANIFEST_UNKNOWN");
  assertAnswer(await putManifest(registry, "test/app", "one", document), 201);
  assertAnswer(await registry.send("HEAD", path), 200);
});
