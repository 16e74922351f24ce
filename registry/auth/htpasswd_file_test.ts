import { assertEquals, assertThrows } from "@std/assert";
import { withDirectory } from "./auth_kit.ts";
import { openHtpasswdFile, parseUsers } from "./htpasswd_file.ts";
import { AuthOptionsError } from "./options.ts";

const HASH = `$2y$05$${"a".repeat(53)}`;

Deno.test("parseUsers() reads names and hashes, and skips comments and empty lines", () => {
  const { hashes } = parseUsers(`\n# bob:x\n  alice:${HASH}  \r\n\nbo b:${HASH}`, "f");
  assertEquals([...hashes], [["alice", HASH], ["bo b", HASH]]);
});

Deno.test("parseUsers() takes every version of bcrypt, also those that nobody writes any more", () => {
  const versions = ["a", "b", "y", "x", ""];
  const lines = versions.map((version) => `u${version}:${HASH.replace("2y", `2${version}`)}`);
  const { hashes, ignoredLines } = parseUsers(lines.join("\r\n"), "f");
  assertEquals(ignoredLines, []);
  assertEquals([...hashes.values()].map((hash) => hash.slice(0, 4)), [
    "$2a$",
    "$2b$",
    "$2y$",
    "$2b$",
    "$2b$",
  ]);
});

Deno.test("parseUsers() takes the last line of a name", () => {
  const other = `$2b$04$${"b".repeat(53)}`;
  assertEquals(parseUsers(`a:${HASH}\na:${other}\n`, "f").hashes.get("a"), other);
  assertEquals(parseUsers(`a:${HASH}\na:plain\n`, "f").hashes.has("a"), false);
});

Deno.test("parseUsers() leaves out what is not bcrypt, and says which lines", () => {
  const lines = [
    "a:plain",
    "b:$apr1$x$y",
    "c:{SHA}x",
    "d:",
    `e:${HASH}x`,
    "f:$2y$99$" + "a".repeat(53),
  ];
  const { hashes, ignoredLines } = parseUsers(lines.join("\n"), "f");
  assertEquals([...hashes], []);
  assertEquals(ignoredLines, [1, 2, 3, 4, 5, 6]);
});

Deno.test("parseUsers() names the line that is no user, and does not repeat it", () => {
  const error = assertThrows(
    () => parseUsers(`a:${HASH}\nsecret\n`, "/etc/users"),
    AuthOptionsError,
  );
  assertEquals(error.message.startsWith("/etc/users:2: "), true);
  assertEquals(error.message.includes("secret"), false);
});

Deno.test("parseUsers() makes unknown users cost what the dearest one does", () => {
  const dear = `$2y$12$${"a".repeat(53)}`;
  assertEquals(parseUsers(`a:${HASH}\nb:${dear}\n`, "f").dummyHash.slice(0, 7), "$2a$12$");
  assertEquals(parseUsers("", "f").dummyHash.slice(0, 7), "$2a$05$");
});

Deno.test("openHtpasswdFile() says which setting names a file that cannot be read", async () => {
  await withDirectory((directory) => {
    const message = `auth.htpasswd.path: cannot read "${directory}/none": there is no such file`;
    assertThrows(() => openHtpasswdFile(`${directory}/none`, () => 0), AuthOptionsError, message);
    assertThrows(() => openHtpasswdFile(directory, () => 0), AuthOptionsError, "it is a directory");
    return Promise.resolve();
  });
});
