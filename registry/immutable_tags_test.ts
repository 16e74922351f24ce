import { assertEquals } from "@std/assert";
import { parseRepositoryName, parseTag } from "../storage/names.ts";
import { assertAnswer, digestOf, openRegistry, pushImage, putManifest } from "./app_kit.ts";
import { immutableTags } from "./immutable_tags.ts";

Deno.test("immutableTags() tells tags by pattern, in all repositories or in some", () => {
  const test = immutableTags(["v*", "release/**:*", "base:lts"]);
  const isImmutable = (name: string, tag: string): boolean => {
    const parsedName = parseRepositoryName(name);
    const parsedTag = parseTag(tag);
    return parsedName !== null && parsedTag !== null && test(parsedName, parsedTag);
  };
  assertEquals(isImmutable("any/app", "v1.0"), true);
  assertEquals(isImmutable("any/app", "dev"), false);
  assertEquals(isImmutable("release/a/b", "dev"), true);
  assertEquals(isImmutable("base", "lts"), true);
  assertEquals(isImmutable("base/other", "lts"), false);
});

const settings = { isTagImmutable: immutableTags(["v*"]) };

Deno.test("an immutable tag takes one manifest, again and again, and no other", async () => {
  const registry = openRegistry(settings);
  const first = await pushImage(registry, "app", "v1", "first");
  const second = await pushImage(registry, "app", "latest", "second");
  assertAnswer(await putManifest(registry, "app", "v1", first), 201);
  const refused = await putManifest(registry, "app", "v1", second);
  assertAnswer(refused, 403, "DENIED");
  assertEquals(refused.errors[0]?.detail, { tag: "v1" });
  const byQuery = `${digestOf(second)}?tag=v1&tag=other`;
  assertAnswer(await putManifest(registry, "app", byQuery, second), 403, "DENIED");
  assertAnswer(await registry.send("GET", "/v2/app/manifests/other"), 404, "MANIFEST_UNKNOWN");
  const stored = await registry.send("HEAD", "/v2/app/manifests/v1");
  assertEquals(stored.header("Docker-Content-Digest"), digestOf(first));
  assertAnswer(await putManifest(registry, "app", "latest", first), 201);
});

Deno.test("two pushes of one immutable tag at a time leave one of them there", async () => {
  const registry = openRegistry(settings);
  const images = [
    await pushImage(registry, "app", "a", "a"),
    await pushImage(registry, "app", "b", "b"),
  ];
  const answers = await Promise.all(
    images.map((image) => putManifest(registry, "app", "v1", image)),
  );
  assertEquals(answers.map(({ status }) => status).toSorted(), [201, 403]);
});

Deno.test("an immutable tag is not deleted, nor the manifest that it names", async () => {
  const registry = openRegistry(settings);
  const kept = await pushImage(registry, "app", "v1", "kept");
  const other = await pushImage(registry, "app", "latest", "other");
  assertAnswer(await registry.send("DELETE", "/v2/app/manifests/v1"), 403, "DENIED");
  assertAnswer(
    await registry.send("DELETE", `/v2/app/manifests/${digestOf(kept)}`),
    403,
    "DENIED",
  );
  assertAnswer(await registry.send("DELETE", `/v2/app/manifests/${digestOf(other)}`), 202);
  assertAnswer(await registry.send("GET", "/v2/app/manifests/v1"), 200);
});
