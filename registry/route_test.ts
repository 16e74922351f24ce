import { assert, assertEquals } from "@std/assert";
import { ERRORS } from "./errors.ts";
import { allowedMethods, Router } from "./route.ts";
import { ROUTES } from "./routes.ts";

const router = new Router(ROUTES);

Deno.test("Router.match() finds the route, the name and the reference", () => {
  const cases: readonly [path: string, label: string, name: string, reference: string][] = [
    ["/", "root", "", ""],
    ["", "root", "", ""],
    ["/v2", "base", "", ""],
    ["/v2/", "base", "", ""],
    ["/v2/_catalog", "catalog", "", ""],
    ["/v2/_catalog/", "catalog", "", ""],
    ["/v2/a/tags/list", "tags", "a", ""],
    ["/v2/a/b/tags/list", "tags", "a/b", ""],
    ["/v2/tags/list/tags/list", "tags", "tags/list", ""],
    ["/v2/a/manifests/latest", "manifest", "a", "latest"],
    ["/v2/a/manifests/b/manifests/c", "manifest", "a/manifests/b", "c"],
    ["/v2/manifests/manifests/manifests", "manifest", "manifests", "manifests"],
    ["/v2/a/blobs/sha256:x", "blob", "a", "sha256:x"],
    ["/v2/a/blobs/uploads/", "blob_upload", "a", ""],
    ["/v2/a/blobs/uploads", "blob_upload", "a", ""],
    ["/v2/a/blobs/uploads/id", "blob_upload_chunk", "a", "id"],
    ["/v2/a/blobs/uploads/id/", "blob_upload_chunk", "a", "id"],
    ["/v2/a/blobs/uploads/blobs/uploads/id", "blob_upload_chunk", "a/blobs/uploads", "id"],
    ["/v2/a/blobs/uploads/blobs/sha256:x", "blob", "a/blobs/uploads", "sha256:x"],
    ["/v2/a/referrers/sha256:x", "referrers", "a", "sha256:x"],
    ["/v2/../manifests/x", "manifest", "..", "x"],
    ["/v2/a\n/manifests/x", "manifest", "a\n", "x"],
    ["/v2/a/manifests/x\n", "manifest", "a", "x\n"],
    ["/v2/_catalog/tags/list", "tags", "_catalog", ""],
  ];
  for (const [path, label, name, reference] of cases) {
    const match = router.match(path);
    assertEquals(
      [match?.route.label, match?.name, match?.reference],
      [label, name, reference],
      path,
    );
  }
});

Deno.test("Router.match() is null where no route fits", () => {
  const paths = [
    "//",
    "/v1/",
    "/v2//",
    "/v20/",
    "v2/",
    "/v2/a",
    "/v2/a/tags",
    "/v2/a/tags/list/x",
    "/v2/tags/list",
    "/v2/a/manifests",
    "/v2/a/manifests/",
    "/v2/a/manifests/x/y",
    "/x/v2/",
    "/v2/\n",
  ];
  for (const path of paths) assertEquals(router.match(path), null, JSON.stringify(path));
});

Deno.test("Router.match() takes the first of the routes that fit", () => {
  const [first, second] = ["/<name>", "/<reference>"].map((path) => ({
    path,
    label: "other" as const,
    endpoints: [],
  }));
  assert(first !== undefined && second !== undefined);
  assertEquals(new Router([first, second]).match("/x")?.route, first);
  assertEquals(new Router([second, first]).match("/x")?.route, second);
});

Deno.test("Router.match() reads long hostile paths in one go", () => {
  for (const piece of ["/manifests", "/blobs/uploads", "/tags/list", "a/", "//"]) {
    router.match(`/v2/${piece.repeat(5_000)}`);
  }
});

Deno.test("ROUTES names each path and label once, and each method of a path once", () => {
  assertEquals(new Set(ROUTES.map((route) => route.path)).size, ROUTES.length);
  assertEquals(new Set(ROUTES.map((route) => route.label)).size, ROUTES.length);
  for (const route of ROUTES) {
    const methods = route.endpoints.map((endpoint) => endpoint.method);
    assertEquals(new Set(methods).size, methods.length, route.path);
    assertEquals(allowedMethods(route), methods.join(", "));
  }
});

Deno.test("ROUTES has every endpoint of the OCI distribution spec", () => {
  const numbers = ROUTES.flatMap((route) => route.endpoints)
    .flatMap((endpoint) => endpoint.spec?.match(/\d+/g) ?? [])
    .map(Number);
  assertEquals(
    [...new Set(numbers)].toSorted((one, other) => one - other),
    [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14],
  );
});

Deno.test("ROUTES guards every write, and names the failures of the guards", () => {
  for (const { endpoints, path } of ROUTES) {
    for (const { method, guardedBy, access, failures, success } of endpoints) {
      const line = `${method} ${path}`;
      const isWrite = method !== "GET" && method !== "HEAD";
      assertEquals(guardedBy !== "none", isWrite, line);
      // To cancel an upload is to push nothing; everything else that is deleted was there for others.
      const isDelete = method === "DELETE" && !path.includes("<id>");
      assertEquals(guardedBy === "delete", isDelete, line);
      assertEquals(access === "push" || access === "delete", isWrite, line);
      if (guardedBy !== "none") assert(failures.includes("UNSUPPORTED"), line);
      if (path.includes("<name>")) assert(failures.includes("NAME_INVALID"), line);
      assert(failures.every((code) => ERRORS[code].status >= 400), line);
      assert(success.every((status) => status < 400), line);
    }
  }
});
