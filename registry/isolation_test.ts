/** What is in one repository cannot be reached through another, whatever is known of it. */

import { assertEquals } from "@std/assert";
import { basic, type GuardedRegistry, withGuard, withUsers } from "./auth/auth_kit.ts";
import {
  type Ask,
  assertAnswer,
  bytesOf,
  digestOf,
  type Document,
  imageOf,
  indexOf,
  openRegistry,
  pushBlob,
  pushImage,
  putManifest,
  type TestRegistry,
} from "./app_kit.ts";

const LAYER = digestOf("layer of bob");
const CONFIG = digestOf("config of bob");

/** A registry in which alice has `a/**`, bob has `b/**`, and nobody has what the other one has. */
function withNeighbours(
  body: (alice: TestRegistry, bob: TestRegistry) => Promise<void>,
): Promise<void> {
  return withUsers((path) =>
    withGuard({
      scheme: { kind: "htpasswd", realm: "r", path },
      access: {
        groups: {},
        rules: [
          { who: ["user:alice"], may: ["pull", "push", "delete"], repositories: ["a/**"] },
          { who: ["user:bob"], may: ["pull", "push", "delete"], repositories: ["b/**"] },
          { who: ["authenticated"], may: ["catalog"], repositories: [] },
        ],
      },
    }, (registry) => body(as(registry, "alice", "ecila"), as(registry, "bob", "bob")))
  );
}

/** A registry as one user asks it. */
function as(registry: GuardedRegistry, user: string, password: string): TestRegistry {
  const send = (method: string, path: string, ask: Ask = {}): ReturnType<typeof registry.send> => {
    const headers = { ...ask.headers, Authorization: basic(user, password) };
    return registry.send(method, path, { ...ask, headers });
  };
  return { ...registry, send };
}

/** Pushes an image of bob's, and reads it, so that whatever is remembered of content is remembered. */
async function pushOfBob(bob: TestRegistry): Promise<Document> {
  const document = await pushImage(bob, "b/app", "v1", " of bob");
  for (const path of [`manifests/${digestOf(document)}`, `blobs/${LAYER}`, `blobs/${CONFIG}`]) {
    assertAnswer(await bob.send("GET", `/v2/b/app/${path}`), 200);
  }
  return document;
}

/** Every way to read or remove what has a digest. */
const ASKED: readonly (readonly [method: string, headers: Readonly<Record<string, string>>])[] = [
  ["GET", {}],
  ["HEAD", {}],
  ["GET", { Range: "bytes=0-1" }],
  ["GET", { Range: "bytes=0-1,3-4" }],
  ["GET", { Range: "bytes=999-" }],
  ["GET", { "If-None-Match": "*" }],
  ["GET", { "If-None-Match": `"${LAYER}"` }],
  ["DELETE", {}],
];

Deno.test("a blob is read and removed through no repository but those that link it", async () => {
  await withNeighbours(async (alice, bob) => {
    await pushOfBob(bob);
    await pushBlob(alice, "a/app", "of alice");
    for (const [method, headers] of ASKED) {
      const line = `${method} ${JSON.stringify(headers)}`;
      for (const name of ["a/app", "a/other"]) {
        const answer = await alice.send(method, `/v2/${name}/blobs/${LAYER}`, { headers });
        assertEquals(answer.status, 404, line);
      }
      const refused = await alice.send(method, `/v2/b/app/blobs/${LAYER}`, { headers });
      assertEquals(refused.status, 403, line);
    }
    assertAnswer(await bob.send("GET", `/v2/b/app/blobs/${LAYER}`), 200);
  });
});

Deno.test("a manifest is read and removed through no repository but its own", async () => {
  await withNeighbours(async (alice, bob) => {
    const digest = digestOf(await pushOfBob(bob));
    await pushBlob(alice, "a/app", "of alice");
    for (const [method, headers] of ASKED) {
      const line = `${method} ${JSON.stringify(headers)}`;
      const answer = await alice.send(method, `/v2/a/app/manifests/${digest}`, { headers });
      assertEquals(answer.status, 404, line);
      const refused = await alice.send(method, `/v2/b/app/manifests/${digest}`, { headers });
      assertEquals(refused.status, 403, line);
    }
    assertAnswer(await bob.send("GET", "/v2/b/app/manifests/v1"), 200);
  });
});

Deno.test("a blob is mounted only from where the caller may read", async () => {
  await withNeighbours(async (alice, bob) => {
    await pushOfBob(bob);
    const mount = (query: string): ReturnType<typeof alice.send> => {
      return alice.send("POST", `/v2/a/app/blobs/uploads/?mount=${LAYER}${query}`);
    };
    assertAnswer(await mount("&from=b/app"), 403, "DENIED");
    for (const query of ["", "&from=", "&from=a/app", "&from=a/other"]) {
      assertAnswer(await mount(query), 202, null, query);
    }
    assertAnswer(await alice.send("POST", `/v2/a/app/blobs/uploads/?digest=${LAYER}`), 202);
    assertAnswer(await alice.send("HEAD", `/v2/a/app/blobs/${LAYER}`), 404);
    const own = `/v2/b/other/blobs/uploads/?mount=${LAYER}&from=b/app`;
    assertAnswer(await bob.send("POST", own), 201);
    assertAnswer(await bob.send("GET", `/v2/b/other/blobs/${LAYER}`), 200);
  });
});

Deno.test("a manifest that names what another repository has brings nothing of it", async () => {
  await withNeighbours(async (alice, bob) => {
    const document = await pushOfBob(bob);
    const image = imageOf("config of bob", "layer of bob");
    assertAnswer(await putManifest(alice, "a/app", "v1", image), 400, "MANIFEST_BLOB_UNKNOWN");
    const index = indexOf([{ document }]);
    assertAnswer(await putManifest(alice, "a/app", "v1", index), 400, "MANIFEST_BLOB_UNKNOWN");
    // A subject may be absent, but what refers to it is told only where it is.
    await pushBlob(alice, "a/app", "config");
    await pushBlob(alice, "a/app", "layer");
    const subject = {
      mediaType: document.mediaType,
      digest: digestOf(document),
      size: bytesOf(document).length,
    };
    const signature = imageOf("config", "layer", { subject, artifactType: "test/signature" });
    assertAnswer(await putManifest(alice, "a/app", "signature", signature), 201);
    const answer = await bob.send("GET", `/v2/b/app/referrers/${subject.digest}`);
    assertEquals((answer.json() as { readonly manifests: unknown }).manifests, []);
    for (const path of [`blobs/${LAYER}`, `blobs/${CONFIG}`, `manifests/${subject.digest}`]) {
      assertAnswer(await alice.send("HEAD", `/v2/a/app/${path}`), 404);
    }
  });
});

Deno.test("an upload goes on only in the repository in which it began", async () => {
  await withNeighbours(async (alice, bob) => {
    const begun = await bob.send("POST", "/v2/b/app/blobs/uploads/");
    const location = begun.header("Location") ?? "";
    const moved = location.replace("/b/app/", "/a/app/");
    for (const [method, query] of [["GET", ""], ["PATCH", ""], ["PUT", `?digest=${LAYER}`]]) {
      assertEquals((await alice.send(method ?? "", `${location}${query}`)).status, 403, method);
      assertEquals((await alice.send(method ?? "", `${moved}${query}`)).status, 404, method);
    }
    assertAnswer(await alice.send("DELETE", moved), 404, "BLOB_UPLOAD_UNKNOWN");
    assertAnswer(await bob.send("GET", location), 204);
  });
});

Deno.test("without rules a blob belongs to the repositories that link it too", async () => {
  const registry = openRegistry();
  await pushBlob(registry, "b/app", "layer of bob");
  await pushBlob(registry, "a/app", "of alice");
  for (const [method, headers] of ASKED) {
    const answer = await registry.send(method, `/v2/a/app/blobs/${LAYER}`, { headers });
    assertEquals(answer.status, 404, `${method} ${JSON.stringify(headers)}`);
  }
});
