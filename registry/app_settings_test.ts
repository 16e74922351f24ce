import { assertEquals } from "@std/assert";
import {
  assertAnswer,
  digestOf,
  filesOf,
  openRegistry,
  pathOf,
  pushImage,
  startUpload,
} from "./app_kit.ts";
import { MemoryDriver } from "../storage/memory.ts";
import { ROUTES } from "./routes.ts";

Deno.test("a registry that is read-only turns down every write with 405, and reads go on", async () => {
  const driver = new MemoryDriver();
  const writable = openRegistry({}, driver);
  const document = await pushImage(writable, "test/app", "latest");
  const location = await startUpload(writable, "test/app");
  const registry = openRegistry({ isReadOnly: true }, driver);
  const before = await filesOf(driver);
  for (const route of ROUTES) {
    for (const { method, guardedBy } of route.endpoints) {
      if (guardedBy === "none") continue;
      const answer = await registry.send(method, pathOf(route.path));
      assertAnswer(answer, 405, "UNSUPPORTED", `${method} ${route.path}`);
      assertEquals(answer.errors[0]?.message, "the registry is read-only");
    }
  }
  assertAnswer(await registry.send("PATCH", location, { body: "content" }), 405, "UNSUPPORTED");
  for (
    const path of [
      "/v2/_catalog",
      "/v2/test/app/tags/list",
      "/v2/test/app/manifests/latest",
      `/v2/test/app/blobs/${digestOf("layer")}`,
      `/v2/test/app/referrers/${digestOf(document)}`,
    ]
  ) assertAnswer(await registry.send("GET", path), 200, null, path);
  // The referrers index is derived data, which even an answer may bring up to date.
  const after = (await filesOf(driver)).filter((path) => !path.includes("/_referrers/"));
  assertEquals(after, before);
});

Deno.test("a registry that may not delete answers 405, and pushes go on", async () => {
  const registry = openRegistry({ isDeleteEnabled: false });
  const document = await pushImage(registry, "test/app", "latest");
  const location = await startUpload(registry, "test/app");
  for (
    const path of [
      "/v2/test/app/manifests/latest",
      `/v2/test/app/manifests/${digestOf(document)}`,
      `/v2/test/app/manifests/${digestOf("absent")}`,
      `/v2/test/app/blobs/${digestOf("layer")}`,
    ]
  ) {
    const answer = await registry.send("DELETE", path);
    assertAnswer(answer, 405, "UNSUPPORTED", path);
    assertEquals(answer.errors[0]?.message, "deleting is disabled in this registry");
  }
  assertAnswer(await registry.send("HEAD", "/v2/test/app/manifests/latest"), 200);
  assertAnswer(await registry.send("DELETE", location), 204);
});
