import { assertEquals } from "@std/assert";
import { digestBytes } from "../storage/digest.ts";
import {
  entityTag,
  hasPrecondition,
  holdsPrecondition,
  isNotModified,
  isRangeCurrent,
} from "./conditions.ts";

const DIGEST = digestBytes(new Uint8Array([1]), "sha256");
const OTHER = digestBytes(new Uint8Array([2]), "sha256");

function requestWith(headers: Readonly<Record<string, string>>): Request {
  return new Request("http://registry.test/", { headers });
}

Deno.test("entityTag() quotes the digest", () => {
  assertEquals(entityTag(DIGEST), `"${DIGEST}"`);
});

Deno.test("isNotModified() compares weakly, and takes a digest without quotes", () => {
  const cases: readonly [string, boolean][] = [
    [`"${DIGEST}"`, true],
    [`W/"${DIGEST}"`, true],
    [`"${OTHER}", W/"${DIGEST}"`, true],
    [DIGEST, true],
    [` ${DIGEST} `, true],
    ["*", true],
    [`"${OTHER}"`, false],
    [OTHER, false],
    [`"${DIGEST.slice(0, -1)}"`, false],
    ["", false],
    [",,", false],
    ['"', false],
    ['"'.repeat(10_000), false],
  ];
  for (const [header, expected] of cases) {
    assertEquals(isNotModified(requestWith({ "If-None-Match": header }), DIGEST), expected, header);
  }
  assertEquals(isNotModified(requestWith({}), DIGEST), false);
});

Deno.test("isRangeCurrent() compares strongly", () => {
  const cases: readonly [string, boolean][] = [
    [`"${DIGEST}"`, true],
    [`W/"${DIGEST}"`, false],
    [DIGEST, false],
    [`"${OTHER}"`, false],
    ["*", false],
    ["", false],
    ["Wed, 21 Oct 2015 07:28:00 GMT", false],
  ];
  for (const [header, expected] of cases) {
    assertEquals(isRangeCurrent(requestWith({ "If-Range": header }), DIGEST), expected, header);
  }
  assertEquals(isRangeCurrent(requestWith({}), DIGEST), true);
});

Deno.test("hasPrecondition() sees both headers", () => {
  assertEquals(hasPrecondition(requestWith({})), false);
  assertEquals(hasPrecondition(requestWith({ "If-Match": "*" })), true);
  assertEquals(hasPrecondition(requestWith({ "If-None-Match": "" })), true);
  assertEquals(hasPrecondition(requestWith({ "If-Modified-Since": "x" })), false);
});

Deno.test("holdsPrecondition() lets a write go on over what it expects", () => {
  const tag = `"${DIGEST}"`;
  const cases: readonly [
    headers: Record<string, string>,
    overNothing: boolean,
    overDigest: boolean,
    overOther: boolean,
  ][] = [
    [{}, true, true, true],
    [{ "If-Match": tag }, false, true, false],
    [{ "If-Match": `W/${tag}` }, false, false, false],
    [{ "If-Match": "*" }, false, true, true],
    [{ "If-Match": "" }, false, false, false],
    [{ "If-None-Match": "*" }, true, false, false],
    [{ "If-None-Match": tag }, true, false, true],
    [{ "If-None-Match": `W/${tag}` }, true, false, true],
    [{ "If-Match": "*", "If-None-Match": tag }, false, false, true],
  ];
  for (const [headers, ...expected] of cases) {
    const request = requestWith(headers);
    const actual = [null, DIGEST, OTHER].map((current) => holdsPrecondition(request, current));
    assertEquals(actual, expected, JSON.stringify(headers));
  }
});
