import { assert, assertEquals, assertFalse, assertMatch } from "@std/assert";
import type { StoragePath } from "../storage/driver.ts";
import { StorageError, type StorageErrorKind } from "../storage/errors.ts";
import { FaultyDriver, type FaultyOperation } from "../storage/faulty_driver.ts";
import { MemoryDriver } from "../storage/memory.ts";
import {
  type Ask,
  assertAnswer,
  bytesOf,
  digestOf,
  filesOf,
  imageOf,
  indexOf,
  openRegistry,
  pushBlob,
  pushImage,
  putManifest,
  type ReadAnswer,
  startUpload,
  type TestRegistry,
} from "./app_kit.ts";
import { OCI_INDEX } from "./media_types.ts";

/** A registry whose store begins to fail when it is told to. */
interface FailingRegistry extends TestRegistry {
  /** From now on these operations fail; `null` for none. */
  failWith(kind: StorageErrorKind | null, operations?: readonly FaultyOperation[]): void;
}

function openFailing(memory: MemoryDriver = new MemoryDriver()): FailingRegistry {
  let fault: StorageErrorKind | null = null;
  let failing: readonly FaultyOperation[] | undefined;
  const driver = new FaultyDriver(memory, (operation, path) => {
    if (fault === null || failing?.includes(operation) === false) return null;
    return new StorageError(fault, `Cannot do it to "/var/secret/${path}": ${fault}`);
  });
  return {
    ...openRegistry({}, driver),
    failWith(kind, operations): void {
      fault = kind;
      failing = operations;
    },
  };
}

/** What writes to the store; reads go on when it is full or read-only. */
const WRITES: readonly FaultyOperation[] = [
  "put",
  "append",
  "writer.write",
  "writer.sync",
  "writer.settle",
  "move",
  "touch",
  "remove",
  "removeAll",
  "lock",
];

const IMAGE = imageOf("config", "layer");
const LAYER = digestOf("layer");

const WRITE_REQUESTS: readonly [method: string, path: string, ask: Ask][] = [
  ["POST", "/v2/test/app/blobs/uploads/", {}],
  ["POST", `/v2/test/app/blobs/uploads/?digest=${digestOf("new")}`, { body: "new" }],
  ["POST", `/v2/test/app/blobs/uploads/?mount=${LAYER}`, {}],
  ["PUT", "/v2/test/app/manifests/other", { body: bytesOf(IMAGE) }],
  ["DELETE", "/v2/test/app/manifests/latest", {}],
  ["DELETE", `/v2/test/app/manifests/${digestOf(IMAGE)}`, {}],
  ["DELETE", `/v2/test/app/blobs/${LAYER}`, {}],
];

const READ_REQUESTS: readonly string[] = [
  "/v2/_catalog",
  "/v2/test/app/tags/list",
  "/v2/test/app/manifests/latest",
  `/v2/test/app/manifests/${digestOf(IMAGE)}`,
  `/v2/test/app/blobs/${LAYER}`,
  `/v2/test/app/referrers/${digestOf(IMAGE)}`,
];

function assertTellsNoPath(answer: ReadAnswer): void {
  assertFalse(/secret|docker\/registry|\/_/.test(answer.text), answer.text);
}

Deno.test("a store that cannot be written to answers 503 with Retry-After, and reads go on", async () => {
  for (const kind of ["full", "read-only", "denied"] as const) {
    const registry = openFailing();
    await pushImage(registry, "test/app", "latest");
    const location = await startUpload(registry, "test/app");
    registry.failWith(kind, WRITES);
    const requests = [
      ...WRITE_REQUESTS,
      ["PATCH", location, { body: "x" }],
      ["PUT", `${location}?digest=${digestOf("x")}`, { body: "x" }],
      ["DELETE", location, {}],
    ] as const;
    for (const [method, path, ask] of requests) {
      const answer = await registry.send(method, path, ask);
      assertAnswer(answer, 503, "UNAVAILABLE", `${kind} ${method} ${path}`);
      assertMatch(answer.header("Retry-After") ?? "", /^\d+$/);
      assertTellsNoPath(answer);
    }
    assertEquals(registry.reports.length, requests.length);
    for (const path of READ_REQUESTS) {
      assertAnswer(await registry.send("GET", path), 200, null, `${kind} ${path}`);
    }
  }
});

Deno.test("a store that is broken answers 500 and tells the client no path", async () => {
  for (const kind of ["io", "invalid", "corrupt", "absent"] as const) {
    const registry = openFailing();
    await pushImage(registry, "test/app", "latest");
    registry.failWith(kind, ["stat", "list", "lock", "put", "append"]);
    for (
      const [method, path, ask] of [
        ...WRITE_REQUESTS,
        ...READ_REQUESTS.map((path) => ["GET", path, {}] as const),
      ]
    ) {
      const answer = await registry.send(method, path, ask);
      assertAnswer(answer, 500, "UNKNOWN", `${kind} ${method} ${path}`);
      assertTellsNoPath(answer);
    }
    assert(registry.reports.every((error) => String(error.cause).includes("/var/secret/")));
  }
});

Deno.test("a HEAD that touches an old blob does not fail where the store is read-only", async () => {
  const memory = new MemoryDriver({ clock: () => 0 });
  const registry = openFailing(memory);
  await pushBlob(registry, "test/app", "layer");
  registry.failWith("read-only", ["touch"]);
  assertAnswer(await registry.send("HEAD", `/v2/test/app/blobs/${LAYER}`), 200);
});

Deno.test("an upload goes on from where it stands once there is room again", async () => {
  const registry = openFailing();
  const location = await startUpload(registry, "test/app");
  assertAnswer(await registry.send("PATCH", location, { body: "01234" }), 202);
  registry.failWith("full", ["writer.write"]);
  assertAnswer(await registry.send("PATCH", location, { body: "56789" }), 503, "UNAVAILABLE");
  const path = `${location}?digest=${digestOf("0123456789")}`;
  assertAnswer(await registry.send("PUT", path, { body: "56789" }), 503, "UNAVAILABLE");
  assertEquals((await registry.send("GET", location)).header("Range"), "0-4");
  registry.failWith(null);
  const headers = { "Content-Range": "5-9" };
  assertAnswer(await registry.send("PATCH", location, { headers, body: "56789" }), 202);
  assertAnswer(await registry.send("PUT", path), 201);
});

Deno.test("an upload that could not be finished can be finished again", async () => {
  for (const operations of [["move"], ["lock.acquire"]] as const) {
    const registry = openFailing();
    const location = await startUpload(registry, "test/app");
    await registry.send("PATCH", location, { body: "content" });
    const path = `${location}?digest=${digestOf("content")}`;
    registry.failWith("full", operations);
    assertAnswer(await registry.send("PUT", path), 503, "UNAVAILABLE", operations.join());
    registry.failWith(null);
    assertAnswer(await registry.send("PUT", path), 201, null, operations.join());
  }
});

Deno.test("an upload that the disk failed to write has to be begun again", async () => {
  const registry = openFailing();
  const location = await startUpload(registry, "test/app");
  await registry.send("PATCH", location, { body: "content" });
  const path = `${location}?digest=${digestOf("content")}`;
  registry.failWith("full", ["writer.sync"]);
  assertAnswer(await registry.send("PUT", path), 503, "UNAVAILABLE");
  registry.failWith(null);
  assertAnswer(await registry.send("PUT", path), 404, "BLOB_UPLOAD_UNKNOWN");
});

Deno.test("an upload is gone whose chunk the disk failed to take on the way", async () => {
  const registry = openFailing();
  const location = await startUpload(registry, "test/app");
  registry.failWith("full", ["writer.settle"]);
  assertAnswer(await registry.send("PATCH", location, { body: "content" }), 503, "UNAVAILABLE");
  registry.failWith(null);
  const path = `${location}?digest=${digestOf("content")}`;
  assertAnswer(await registry.send("PUT", path), 404, "BLOB_UPLOAD_UNKNOWN");
});

Deno.test("a whole blob that could not be kept leaves nothing behind", async () => {
  const memory = new MemoryDriver();
  const registry = openFailing(memory);
  registry.failWith("full", ["writer.write"]);
  const path = `/v2/test/app/blobs/uploads/?digest=${digestOf("content")}`;
  assertAnswer(await registry.send("POST", path, { body: "content" }), 503, "UNAVAILABLE");
  assertEquals(await filesOf(memory), []);
});

Deno.test("a manifest whose write fails has no tag, and can be put again", async () => {
  const registry = openFailing();
  await pushBlob(registry, "test/app", "config");
  await pushBlob(registry, "test/app", "layer");
  registry.failWith("full", ["put"]);
  const failed = await putManifest(registry, "test/app", "latest", IMAGE);
  assertAnswer(failed, 503, "UNAVAILABLE");
  registry.failWith(null);
  for (const reference of ["latest", digestOf(IMAGE)]) {
    assertAnswer(await registry.send("HEAD", `/v2/test/app/manifests/${reference}`), 404);
  }
  assertAnswer(await putManifest(registry, "test/app", "latest", IMAGE), 201);
});

/** A store whose files someone has damaged behind its back. */
async function damagedStore(suffix: string, content: string): Promise<TestRegistry> {
  const memory = new MemoryDriver();
  await pushImage(openRegistry({}, memory), "test/app", "latest");
  const paths = (await filesOf(memory)).filter((path) => path.endsWith(suffix));
  assert(paths.length > 0, suffix);
  for (const path of paths) memory.put(path as StoragePath, bytesOf(content));
  return openRegistry({}, memory);
}

Deno.test("links that are damaged count as absent", async () => {
  for (
    const content of [
      "",
      "sha256:",
      "junk",
      "x".repeat(100_000),
      "../../etc/passwd",
      digestOf("gone"),
    ]
  ) {
    const registry = await damagedStore("/link", content);
    for (const path of READ_REQUESTS.filter((path) => /manifests|blobs/.test(path))) {
      const answer = await registry.send("GET", path);
      assertEquals(answer.status, 404, `${content.slice(0, 20)} ${path}`);
    }
    const tags = await registry.send("GET", "/v2/test/app/tags/list");
    assertEquals(tags.json(), { name: "test/app", tags: [] });
    assertEquals(registry.reports, []);
    await pushImage(registry, "test/app", "latest");
    assertAnswer(await registry.send("GET", "/v2/test/app/manifests/latest"), 200);
  }
});

Deno.test("manifests whose bytes are damaged count as absent until they are pushed again", async () => {
  for (const content of ["", "junk", JSON.stringify(indexOf([]))]) {
    const registry = await damagedStore("/data", content);
    const answer = await registry.send("GET", "/v2/test/app/manifests/latest");
    assertAnswer(answer, 404, "MANIFEST_UNKNOWN");
    await pushImage(registry, "test/app", "latest");
    assertAnswer(await registry.send("GET", "/v2/test/app/manifests/latest"), 200);
  }
});

Deno.test("an index can be read whose children are gone, as distribution leaves it", async () => {
  const registry = openRegistry();
  const image = await pushImage(registry, "test/app", "image");
  await putManifest(registry, "test/app", "latest", indexOf([{ document: image }]));
  await registry.send("DELETE", `/v2/test/app/manifests/${digestOf(image)}`);
  const answer = await registry.send("GET", "/v2/test/app/manifests/latest");
  assertEquals([answer.status, answer.header("Content-Type")], [200, OCI_INDEX]);
});
