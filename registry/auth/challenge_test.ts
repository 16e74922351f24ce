import { assertEquals } from "@std/assert";
import type { AccessRequest } from "./authorizer.ts";
import { basicChallenge, bearerChallenge, denied, scopeOf } from "./challenge.ts";

Deno.test("basicChallenge() quotes the realm, and lets no line break out", () => {
  assertEquals(basicChallenge('a "b" \\ c'), 'Basic realm="a \\"b\\" \\\\ c"');
  assertEquals(basicChallenge("a\r\nX-Evil: b"), 'Basic realm="a  X-Evil: b"');
});

Deno.test("bearerChallenge() leaves out what there is not", () => {
  const challenge = { realm: "r", service: "s", scope: "" };
  assertEquals(bearerChallenge(challenge), 'Bearer realm="r",service="s"');
  assertEquals(
    bearerChallenge({ ...challenge, scope: "a:b:c", error: "invalid_token" }),
    'Bearer realm="r",service="s",scope="a:b:c",error="invalid_token"',
  );
});

Deno.test("scopeOf() names each repository once, with every action once", () => {
  const on = (name: string, ...actions: AccessRequest["actions"]): AccessRequest => {
    return { type: "repository", name, actions };
  };
  assertEquals(scopeOf([]), "");
  assertEquals(
    scopeOf([on("a", "pull", "push"), on("b", "pull"), on("a", "pull")]),
    "repository:a:pull,push repository:b:pull",
  );
});

Deno.test("denied() says what would have to be allowed", () => {
  const error = denied([{ type: "registry", name: "catalog", actions: ["*"] }]);
  assertEquals(error.status, 403);
  assertEquals(error.entries[0]?.detail, [
    { Type: "registry", Class: "", Name: "catalog", Action: "*" },
  ]);
});
