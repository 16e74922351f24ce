import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { TARGET_CHARACTERS_MAX } from "../storage/limits.ts";
import { RegistryError } from "./errors.ts";
import { Router } from "./route.ts";
import { ROUTES } from "./routes.ts";
import { Targets } from "./target.ts";

const HOST = "http://registry.test";

function openTargets(prefix = "/"): Targets {
  return new Targets(new Router(ROUTES), prefix);
}

Deno.test("Targets.of() takes a URL apart", () => {
  const target = openTargets("/hub/").of(`${HOST}/hub/v2/team/app/manifests/v1%2e0?tag=a&tag=b#c`);
  assertEquals(
    [target.route.label, target.name, target.repository, target.reference],
    ["manifest", "team/app", "team/app", "v1.0"],
  );
  assertEquals(target.query.getAll("tag"), ["a", "b"]);
});

Deno.test("Targets.of() knows a malformed name from a path without one by what stands in the path", () => {
  const targets = openTargets();
  const { name, repository } = targets.of(`${HOST}/v2/Team/App/tags/list`);
  assertEquals([name, repository], ["Team/App", null]);
  const base = targets.of(`${HOST}/v2/`);
  assertEquals([base.name, base.repository], ["", null]);
});

Deno.test("Targets.of() gives the same for the same URL, and keeps another query apart", () => {
  const targets = openTargets();
  const url = `${HOST}/v2/team/app/tags/list?n=1`;
  assertStrictEquals(targets.of(url), targets.of(url));
  assertEquals(targets.of(url.replace("n=1", "n=2")).query.get("n"), "2");
  assertEquals(targets.of(url).query.get("n"), "1");
});

Deno.test("Targets.of() does not remember URLs that are longer than any good one", () => {
  const targets = openTargets();
  const url = `${HOST}/v2/team/app/tags/list?last=${"a".repeat(TARGET_CHARACTERS_MAX)}`;
  assertEquals(targets.of(url) === targets.of(url), false);
  assertEquals(targets.of(url), targets.of(url));
});

Deno.test("Targets.of() answers 404 again and again where there is nothing", () => {
  const targets = openTargets("/hub/");
  for (const path of ["/v2/", "/hub/v3/", "/hub/v2/%zz/tags/list", "/hub"]) {
    for (let times = 0; times < 2; times++) {
      const error = assertThrows(() => targets.of(`${HOST}${path}`), RegistryError);
      assertEquals(error.status, 404, path);
    }
  }
});
