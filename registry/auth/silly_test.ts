import { assertEquals } from "@std/assert";
import { basic, withGuard } from "./auth_kit.ts";

const scheme = { kind: "silly", realm: "r", service: "s" } as const;

Deno.test("silly challenges whoever sends nothing, with a scope for each action", async () => {
  await withGuard({ scheme }, async ({ ask }) => {
    assertEquals(await ask("GET", "/"), [200, null]);
    assertEquals(await ask("GET", "/v2/"), [401, 'Bearer realm="r",service="s"']);
    assertEquals(await ask("PUT", "/v2/a/b/manifests/x"), [
      401,
      'Bearer realm="r",service="s",scope="repository:a/b:pull repository:a/b:push"',
    ]);
  });
});

Deno.test("silly lets everybody in who sends anything", async () => {
  await withGuard({ scheme }, async ({ ask }) => {
    assertEquals(await ask("GET", "/v2/", "seriously, anything"), [200, null]);
    assertEquals(await ask("GET", "/v2/_catalog", basic("a", "b")), [200, null]);
  });
});
