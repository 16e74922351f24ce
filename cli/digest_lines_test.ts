import { assertEquals } from "@std/assert";
import { digestBytes, digestHex } from "../storage/digest.ts";
import { escapeName, formatDigestLine, parseDigestLine } from "./digest_lines.ts";

const bytes = new TextEncoder().encode("berth");
const digest = digestBytes(bytes, "sha256");
const digest384 = digestBytes(bytes, "sha384");
const digest512 = digestBytes(bytes, "sha512");
const hex = digestHex(digest);

Deno.test("formatDigestLine() writes digest, tab and name", () => {
  assertEquals(formatDigestLine({ name: "a b\\c", digest }), `${digest}\ta b\\c`);
});

Deno.test("formatDigestLine() escapes a name with a line end, and marks the line", () => {
  assertEquals(formatDigestLine({ name: "a\nb\\c\r", digest }), `\\${digest}\ta\\nb\\\\c\\r`);
});

Deno.test("parseDigestLine() reads what formatDigestLine() writes", () => {
  for (
    const name of ["a", " a ", "\\", "a\\nb", "a\nb", "\r", "-", "a\tb", "(a) = b", "\u{1f433}"]
  ) {
    for (const each of [digest, digest384, digest512]) {
      const line = { name, digest: each };
      assertEquals(parseDigestLine(formatDigestLine(line)), line);
    }
  }
});

const READABLE: readonly [form: string, line: string, name: string][] = [
  ["GNU text", `${hex}  a b`, "a b"],
  ["GNU binary", `${hex} *a`, "a"],
  ["GNU escaped", `\\${hex}  a\\nb\\\\c\\rd`, "a\nb\\c\rd"],
  ["GNU with spaces around the name", `${hex}   a `, " a "],
  ["GNU with a backslash that escapes nothing, unmarked", `${hex}  a\\qb`, "a\\qb"],
  ["GNU after white space", ` \t${hex}  a`, "a"],
  ["GNU in upper case", `${hex.toUpperCase()}  a`, "a"],
  ["BSD without a tag", `${hex} a`, "a"],
  ["BSD", `SHA256 (a) = ${hex}`, "a"],
  ["BSD with brackets in the name", `SHA256 (a) = b) = ${hex}`, "a) = b"],
  ["BSD escaped", `\\SHA256 (a\\nb) = ${hex}`, "a\nb"],
  ["OpenSSL 1", `SHA256(a)= ${hex}`, "a"],
  ["OpenSSL 3", `SHA2-256(a)= ${hex}`, "a"],
];

for (const [form, line, name] of READABLE) {
  Deno.test(`parseDigestLine() reads ${form}`, () => {
    assertEquals(parseDigestLine(line), { name, digest });
  });
}

Deno.test("parseDigestLine() tells the algorithm by the length or the tag", () => {
  assertEquals(parseDigestLine(`${digestHex(digest384)}  a`)?.digest, digest384);
  assertEquals(parseDigestLine(`${digestHex(digest512)}  a`)?.digest, digest512);
  assertEquals(parseDigestLine(`SHA512 (a) = ${digestHex(digest512)}`)?.digest, digest512);
});

const UNREADABLE: readonly [what: string, line: string][] = [
  ["nothing", ""],
  ["words", "berth digest"],
  ["a digest without a name", hex],
  ["a digest with an empty name", `${hex} `],
  ["a digest that is too short", `${hex.slice(1)}  a`],
  ["a digest that is too long", `${hex}0  a`],
  ["a digest with other characters", `${hex.slice(1)}g  a`],
  ["an algorithm that is not known", `sha1:${hex.slice(0, 40)}\ta`],
  ["a tag that is not known", `MD5 (a) = ${hex}`],
  ["a tag that contradicts the length", `SHA512 (a) = ${hex}`],
  ["upper case after the name of an algorithm", `sha256:${hex.toUpperCase()}\ta`],
  ["a bad escape", `\\${hex}  a\\q`],
  ["a lonely backslash at the end", `\\${hex}  a\\`],
];

for (const [what, line] of UNREADABLE) {
  Deno.test(`parseDigestLine() answers null for ${what}`, () => {
    assertEquals(parseDigestLine(line), null);
  });
}

Deno.test("escapeName() escapes what would end a line, and the backslash", () => {
  assertEquals(escapeName("a\\b\nc\rd e"), "a\\\\b\\nc\\rd e");
});
