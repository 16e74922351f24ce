import { assertEquals, assertStrictEquals } from "@std/assert";
import type { Handler } from "./listener.ts";
import { uncompressed } from "./uncompressed.ts";

const answer: Handler = () =>
  Promise.resolve(new Response("", { headers: { "Cache-Control": "max-age=60" } }));

const INFO: Deno.ServeHandlerInfo = {
  remoteAddr: { transport: "tcp", hostname: "127.0.0.1", port: 1 },
  completed: Promise.resolve(),
};

Deno.test("uncompressed() adds nothing where Deno can be told not to compress", () => {
  for (const version of ["2.9.0", "2.9.6", "2.10.0", "3.0.0"]) {
    assertStrictEquals(uncompressed(answer, version), answer);
  }
});

Deno.test("uncompressed() forbids to transform answers on an older Deno", async () => {
  for (const version of ["1.46.3", "2.6.8", "2.8.3"]) {
    const response = await uncompressed(answer, version)(new Request("http://localhost"), INFO);
    assertEquals(response.headers.get("Cache-Control"), "max-age=60, no-transform");
  }
});
