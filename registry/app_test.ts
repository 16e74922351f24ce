import { assert, assertEquals, assertLess, assertStringIncludes } from "@std/assert";
import { createApp } from "./app.ts";
import {
  assertAnswer,
  digestOf,
  openRegistry,
  pathOf,
  pushBlob,
  pushImage,
  UNKNOWN_UPLOAD,
} from "./app_kit.ts";
import { toResponse } from "./respond.ts";
import { allowedMethods, type Method } from "./route.ts";
import { ROUTES } from "./routes.ts";

const METHODS: readonly Method[] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];
const DIGEST = digestOf("nothing of the kind");

Deno.test("createApp() answers each method of each route, or says which ones it answers", async () => {
  const registry = openRegistry();
  for (const route of ROUTES) {
    for (const method of [...METHODS, "TRACE", "CONNECT", "BREW", "get", ""]) {
      const answer = await registry.send(method, pathOf(route.path));
      const line = `${method} ${route.path}`;
      assertLess(answer.status, 500, line);
      if (route.endpoints.some((endpoint) => endpoint.method === method)) {
        assert(answer.status !== 405, line);
        continue;
      }
      assertEquals(answer.status, 405, line);
      assertEquals(answer.header("Allow"), allowedMethods(route), line);
      if (method !== "HEAD") assertAnswer(answer, 405, "UNSUPPORTED", line);
    }
  }
  assertEquals(registry.reports, []);
});

Deno.test("createApp() answers OPTIONS with the methods of the route", async () => {
  const registry = openRegistry();
  for (const route of ROUTES) {
    const answer = await registry.send("OPTIONS", pathOf(route.path));
    assertAnswer(answer, 200);
    assertEquals(answer.header("Allow"), allowedMethods(route));
    assertEquals(answer.text, "");
  }
});

Deno.test("createApp() repeats no more than the beginning of a method", async () => {
  const answer = await openRegistry().send("X".repeat(5000), "/v2/");
  assertAnswer(answer, 405, "UNSUPPORTED");
  assertLess(answer.bytes.length, 300);
});

Deno.test("createApp() fails with the codes that the route names", async () => {
  const registry = openRegistry();
  const references = [DIGEST, "sha256:short", "md5:abc", "latest", "-bad", "x".repeat(129)];
  for (const route of ROUTES) {
    for (const endpoint of route.endpoints) {
      for (const name of ["test/app", "Bad"]) {
        for (const reference of references) {
          const answer = await registry.send(
            endpoint.method,
            pathOf(route.path, name, reference),
            ["POST", "PUT", "PATCH"].includes(endpoint.method) ? { body: "" } : {},
          );
          const line = `${endpoint.method} ${route.path} ${name} ${reference}: ${answer.text}`;
          const [error] = answer.errors;
          if (error === undefined) {
            if (answer.status < 400) assert(endpoint.success.includes(answer.status), line);
          } else {
            assert(endpoint.failures.includes(error.code), line);
          }
        }
      }
    }
  }
});

Deno.test("createApp() answers HEAD with the headers of GET and no body", async () => {
  const registry = openRegistry();
  const document = await pushImage(registry, "test/app", "latest");
  const blob = await pushBlob(registry, "test/app", "x".repeat(3000));
  const paths = [
    "/",
    "/v2/",
    "/v2/test/app/manifests/latest",
    "/v2/test/app/manifests/absent",
    `/v2/test/app/manifests/${digestOf(document)}`,
    "/v2/test/app/manifests/sha256:no",
    `/v2/test/app/blobs/${blob}`,
    `/v2/test/app/blobs/${DIGEST}`,
    "/v2/test/app/blobs/no",
    `/v2/test/app/blobs/uploads/${UNKNOWN_UPLOAD}`,
    "/v2/Bad/manifests/latest",
    "/nowhere",
  ];
  for (const path of paths) {
    const get = await registry.send("GET", path);
    const head = await registry.send("HEAD", path);
    assertEquals(head.status, get.status, path);
    assertEquals([...head.headers], [...get.headers], path);
    assertEquals(head.bytes.length, 0, path);
  }
});

Deno.test("createApp() tells load balancers and clients that it is there", async () => {
  const registry = openRegistry();
  const root = await registry.send("GET", "/");
  assertAnswer(root, 200);
  assertEquals([root.text, root.header("Cache-Control")], ["", "no-cache"]);
  for (const path of ["/v2/", "/v2", "/v2/?ns=docker.io", "/v2/#fragment"]) {
    const base = await registry.send("GET", path);
    assertAnswer(base, 200);
    assertEquals(base.text, "{}");
    assertEquals(base.header("Content-Type"), "application/json; charset=utf-8");
    assertEquals(base.header("Content-Length"), "2");
  }
});

Deno.test("createApp() takes names that look like parts of a path", async () => {
  const registry = openRegistry();
  const names = [
    "a",
    "0",
    "a/b/c/d/e/f/g",
    "a.b_c__d-e---f",
    "manifests",
    "blobs",
    "blobs/uploads",
    "tags/list",
    "x/blobs/uploads",
    "x/manifests/y",
    "x/tags/list/y",
    "referrers/x/blobs",
    "v2",
    "a".repeat(255),
    "a%2Fb",
    "%61%62",
  ];
  for (const name of names) {
    const document = await pushImage(registry, name, "latest");
    const pulled = await registry.send("GET", `/v2/${name}/manifests/latest`);
    assertAnswer(pulled, 200, null, name);
    assertEquals(pulled.header("Docker-Content-Digest"), digestOf(document));
    const tags = await registry.send("GET", `/v2/${name}/tags/list`);
    assertEquals(tags.json(), { name: decodeURIComponent(name), tags: ["latest"] });
    assertAnswer(await registry.send("GET", `/v2/${name}/referrers/${digestOf(document)}`), 200);
  }
});

Deno.test("createApp() takes a slash at the end of a path, or leaves it out", async () => {
  const registry = openRegistry();
  await pushImage(registry, "test/app", "latest");
  for (const path of ["/v2/_catalog", "/v2/test/app/tags/list", "/v2/test/app/manifests/latest"]) {
    assertAnswer(await registry.send("GET", `${path}/`), 200, null, path);
  }
  assertAnswer(await registry.send("POST", "/v2/test/app/blobs/uploads"), 202);
});

Deno.test("createApp() reports what it could not do, and tells the client nothing of it", async () => {
  const registry = openRegistry();
  const broken = createApp({
    store: {
      ...registry.store,
      get repositories(): never {
        throw new Error("/var/lib/secret is on fire");
      },
    },
    settings: {
      isDeleteEnabled: true,
      isReadOnly: false,
      catalogEntriesMax: 1,
      tagsEntriesMax: 1,
    },
    report: (error) => reported.push(String(error.cause)),
  });
  const reported: string[] = [];
  const response = toResponse(await broken(new Request("http://registry.test/v2/a/tags/list")));
  assertEquals(response.status, 500);
  assertEquals(
    await response.text(),
    '{"errors":[{"code":"UNKNOWN","message":"unknown error"}]}\n',
  );
  assertStringIncludes(reported.join(), "on fire");
  assertEquals(registry.reports, []);
});
