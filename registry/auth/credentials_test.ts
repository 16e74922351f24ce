import { assertEquals } from "@std/assert";
import { AUTHORIZATION_CHARACTERS_MAX, CREDENTIALS_CHARACTERS_MAX } from "../../storage/limits.ts";
import { basic } from "./auth_kit.ts";
import { type Authorization, readAuthorization } from "./credentials.ts";

function read(text: string): Authorization {
  return readAuthorization(new Headers({ Authorization: text }));
}

Deno.test("readAuthorization() tells a missing header from one that says nothing", () => {
  assertEquals(readAuthorization(new Headers()), { kind: "none" });
  assertEquals(read(""), { kind: "none" });
  assertEquals(read("Bearer"), { kind: "malformed" });
});

Deno.test("readAuthorization() reads names and passwords, which may have colons and any letters", () => {
  const cases: readonly [string, string][] = [["alice", "p"], ["a", "b:c:"], ["", ""], [
    "é",
    "密码",
  ]];
  for (const [user, password] of cases) {
    assertEquals(read(basic(user, password)), { kind: "basic", credentials: { user, password } });
  }
});

Deno.test("readAuthorization() reads tokens as they are", () => {
  assertEquals(read("bearer a.b.c"), { kind: "bearer", token: "a.b.c" });
  assertEquals(read("Bearer a b"), { kind: "bearer", token: "a b" });
});

Deno.test("readAuthorization() takes nothing that is too long", () => {
  const long = "a".repeat(CREDENTIALS_CHARACTERS_MAX);
  assertEquals(read(basic("a", long)).kind, "malformed");
  assertEquals(read(`Bearer ${"a".repeat(AUTHORIZATION_CHARACTERS_MAX)}`).kind, "malformed");
});

Deno.test("readAuthorization() refuses what is no UTF-8, and reads the next header all the same", () => {
  assertEquals(read(`Basic ${btoa("a:\xff")}`).kind, "malformed");
  assertEquals(read(`Basic ${btoa("a:\xc3")}`).kind, "malformed");
  assertEquals(read(basic("a", "b")).kind, "basic");
});
