import { assert, assertEquals, assertLess } from "@std/assert";
import { MANIFEST_BYTES_MAX, REFERRERS_ENTRIES_MAX } from "../../storage/limits.ts";
import {
  assertAnswer,
  bytesOf,
  digestOf,
  type Document,
  openRegistry,
  pushBlob,
  pushImage,
  putManifest,
  type TestRegistry,
} from "../app_kit.ts";
import { OCI_IMAGE, OCI_INDEX } from "../media_types.ts";

const EMPTY_TYPE = "application/vnd.oci.empty.v1+json";

/** An artifact without layers that has a subject. The seed keeps one from being the other. */
function artifactOf(subject: Document, artifactType: string, seed: number): Document {
  return {
    schemaVersion: 2,
    mediaType: OCI_IMAGE,
    artifactType,
    config: { mediaType: EMPTY_TYPE, digest: digestOf("{}"), size: 2 },
    layers: [{ mediaType: EMPTY_TYPE, digest: digestOf("{}"), size: 2 }],
    subject: {
      mediaType: subject.mediaType,
      digest: digestOf(subject),
      size: bytesOf(subject).length,
    },
    annotations: { seed: String(seed) },
  };
}

function pathOf(subject: Document): string {
  return `/v2/test/app/referrers/${digestOf(subject)}`;
}

async function pushArtifacts(
  registry: TestRegistry,
  subject: Document,
  artifactTypes: readonly string[],
): Promise<readonly Document[]> {
  await pushBlob(registry, "test/app", "{}");
  const artifacts = artifactTypes.map((type, index) => artifactOf(subject, type, index));
  for (const artifact of artifacts) {
    const put = await putManifest(registry, "test/app", digestOf(artifact), artifact);
    assertAnswer(put, 201);
    assertEquals(put.header("OCI-Subject"), digestOf(subject));
  }
  return artifacts.toSorted((one, other) => digestOf(one) < digestOf(other) ? -1 : 1);
}

function digestsIn(answer: { json(): unknown }): readonly string[] {
  return (answer.json() as { manifests: { digest: string }[] }).manifests.map(({ digest }) =>
    digest
  );
}

Deno.test("listReferrers() is an empty index for what nobody refers to, or nobody has", async () => {
  const registry = openRegistry();
  const image = await pushImage(registry, "test/app", "latest");
  for (const path of [pathOf(image), pathOf({}), `/v2/no/such/referrers/${digestOf(image)}`]) {
    const answer = await registry.send("GET", path);
    assertAnswer(answer, 200, null, path);
    assertEquals(answer.json(), { schemaVersion: 2, mediaType: OCI_INDEX, manifests: [] });
    assertEquals(answer.header("Content-Type"), OCI_INDEX);
    assertEquals([answer.header("Link"), answer.header("OCI-Filters-Applied")], [null, null]);
  }
});

Deno.test("listReferrers() describes each referrer with its type and annotations", async () => {
  const registry = openRegistry();
  const image = await pushImage(registry, "test/app", "latest");
  const artifacts = await pushArtifacts(registry, image, ["application/sbom", "application/sig"]);
  const answer = await registry.send("GET", pathOf(image));
  assertEquals(
    (answer.json() as { manifests: unknown }).manifests,
    artifacts.map((artifact) => ({
      mediaType: OCI_IMAGE,
      digest: digestOf(artifact),
      size: bytesOf(artifact).length,
      annotations: artifact.annotations,
      artifactType: artifact.artifactType,
    })),
  );
});

Deno.test("listReferrers() falls back to the type of the config of an image", async () => {
  const registry = openRegistry();
  const image = await pushImage(registry, "test/app", "latest");
  const subject = { mediaType: OCI_IMAGE, digest: digestOf(image), size: bytesOf(image).length };
  await pushImage(registry, "test/app", "referrer", "2", { subject });
  const { manifests } = (await registry.send("GET", pathOf(image))).json() as {
    manifests: { artifactType: string }[];
  };
  assertEquals(manifests.map((row) => row.artifactType), [
    "application/vnd.oci.image.config.v1+json",
  ]);
});

Deno.test("listReferrers() filters by type and says so", async () => {
  const registry = openRegistry();
  const image = await pushImage(registry, "test/app", "latest");
  const artifacts = await pushArtifacts(registry, image, ["a/sbom", "a/sig", "a/sbom", "a/x+json"]);
  for (const artifactType of ["a/sbom", "a/sig", "a/x+json", "a/none", "%00", "../.."]) {
    const query = `?artifactType=${encodeURIComponent(artifactType)}`;
    const answer = await registry.send("GET", `${pathOf(image)}${query}`);
    assertAnswer(answer, 200);
    assertEquals(answer.header("OCI-Filters-Applied"), "artifactType");
    const expected = artifacts.filter((artifact) => artifact.artifactType === artifactType);
    assertEquals(digestsIn(answer), expected.map((artifact) => digestOf(artifact)));
  }
});

Deno.test("listReferrers() pages, with the filter in its links", async () => {
  const registry = openRegistry();
  const image = await pushImage(registry, "test/app", "latest");
  const types = Array.from({ length: 17 }, (_, index) => index % 3 === 0 ? "a/sig" : "a/sbom");
  const artifacts = await pushArtifacts(registry, image, types);
  for (
    const query of ["n=5", "n=1", "n=5&artifactType=a%2Fsbom", "n=17", "n=6&artifactType=a/sig"]
  ) {
    const filter = new URLSearchParams(query).get("artifactType");
    const seen: string[] = [];
    for (let path: string | null = `${pathOf(image)}?${query}`; path !== null;) {
      const answer = await registry.send("GET", path);
      assertAnswer(answer, 200);
      assertEquals(answer.header("OCI-Filters-Applied"), filter === null ? null : "artifactType");
      seen.push(...digestsIn(answer));
      path = /^<([^>]+)>; rel="next"$/.exec(answer.header("Link") ?? "")?.[1] ?? null;
    }
    const expected = artifacts.filter((row) => filter === null || row.artifactType === filter);
    assertEquals(seen, expected.map((artifact) => digestOf(artifact)), query);
  }
});

Deno.test("listReferrers() ends a page that clients could not take as a manifest", async () => {
  const registry = openRegistry();
  const image = await pushImage(registry, "test/app", "latest");
  await pushBlob(registry, "test/app", "{}");
  const note = "x".repeat(1024 * 1024);
  for (let seed = 0; seed < 5; seed++) {
    const artifact = {
      ...artifactOf(image, "a/sbom", seed),
      annotations: { note, seed: `${seed}` },
    };
    assertAnswer(await putManifest(registry, "test/app", digestOf(artifact), artifact), 201);
  }
  const first = await registry.send("GET", pathOf(image));
  const [, next = ""] = /^<([^>]+)>; rel="next"$/.exec(first.header("Link") ?? "") ?? [];
  const second = await registry.send("GET", next);
  assertLess(first.bytes.length, MANIFEST_BYTES_MAX);
  assertEquals([digestsIn(first).length, digestsIn(second).length], [3, 2]);
  assertEquals(new Set([...digestsIn(first), ...digestsIn(second)]).size, 5);
  assertEquals(second.header("Link"), null);
});

Deno.test("listReferrers() takes odd positions, and refuses odd numbers", async () => {
  const registry = openRegistry();
  const image = await pushImage(registry, "test/app", "latest");
  await pushArtifacts(registry, image, ["a/sig"]);
  for (const last of ["x", "..%2f..", "%00", "sha256:", "z".repeat(50_000)]) {
    const answer = await registry.send("GET", `${pathOf(image)}?last=${last}`);
    assertAnswer(answer, 200, null, last.slice(0, 20));
  }
  const none = await registry.send("GET", `${pathOf(image)}?n=0`);
  assertEquals([digestsIn(none), none.header("Link")], [[], null]);
  const most = await registry.send("GET", `${pathOf(image)}?n=${REFERRERS_ENTRIES_MAX + 1}`);
  assertEquals(digestsIn(most).length, 1);
  for (const n of ["-1", "foo", "1.5"]) {
    const answer = await registry.send("GET", `${pathOf(image)}?n=${n}`);
    assertAnswer(answer, 400, "PAGINATION_NUMBER_INVALID", n);
  }
});

Deno.test("listReferrers() knows referrers that came before their subject", async () => {
  const registry = openRegistry();
  const later = { schemaVersion: 2, mediaType: OCI_INDEX, manifests: [] };
  const [artifact] = await pushArtifacts(registry, later, ["a/sig"]);
  assert(artifact !== undefined);
  assertEquals(digestsIn(await registry.send("GET", pathOf(later))), [digestOf(artifact)]);
  assertAnswer(await putManifest(registry, "test/app", "later", later), 201);
  assertEquals(digestsIn(await registry.send("GET", pathOf(later))), [digestOf(artifact)]);
});

Deno.test("listReferrers() keeps to its repository, and forgets what is deleted", async () => {
  const registry = openRegistry();
  const image = await pushImage(registry, "test/app", "latest");
  await pushImage(registry, "test/other", "latest");
  const [one, two] = await pushArtifacts(registry, image, ["a/sig", "a/sbom"]);
  assert(one !== undefined && two !== undefined);
  const elsewhere = await registry.send("GET", `/v2/test/other/referrers/${digestOf(image)}`);
  assertEquals(digestsIn(elsewhere), []);
  assertAnswer(await registry.send("DELETE", `/v2/test/app/manifests/${digestOf(one)}`), 202);
  assertEquals(digestsIn(await registry.send("GET", pathOf(image))), [digestOf(two)]);
  assertAnswer(await registry.send("DELETE", `/v2/test/app/manifests/${digestOf(image)}`), 202);
  assertEquals(digestsIn(await registry.send("GET", pathOf(image))), [digestOf(two)]);
});
