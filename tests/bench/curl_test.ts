import { assertEquals, assertThrows } from "@std/assert";
import { parseTransfer } from "./curl.ts";

Deno.test("parseTransfer() reads the figures of a transfer with a Location", () => {
  assertEquals(parseTransfer("202 1.250000 0 1048576 /v2/a/blobs/uploads/1?_state=x%3D"), {
    status: 202,
    seconds: 1.25,
    bytesDown: 0,
    bytesUp: 1048576,
    location: "/v2/a/blobs/uploads/1?_state=x%3D",
  });
});

Deno.test("parseTransfer() reads the figures of a transfer without a Location", () => {
  assertEquals(parseTransfer("200 0.000400 17 0 ").location, "");
});

Deno.test("parseTransfer() throws on anything else", () => {
  assertThrows(() => parseTransfer(""), Error, "figures");
  assertThrows(() => parseTransfer("200 fast 17 0 "), Error, "figures");
});
