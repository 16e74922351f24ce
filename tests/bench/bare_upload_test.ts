import { assertEquals } from "@std/assert";
import { CANONICAL_ALGORITHM, digestBytes } from "../../storage/digest.ts";
import { blobData } from "../../storage/layout.ts";
import { withTempDir } from "../harness.ts";
import { answerUpload } from "./bare_upload.ts";

Deno.test("answerUpload() keeps what is pushed where registries keep it", async () => {
  await withTempDir("bare", async (root) => {
    const bytes = new Uint8Array(300_000).map((_, index) => index % 251);
    const digest = digestBytes(bytes, CANONICAL_ALGORITHM);
    const send = async (method: string, path: string, body?: BodyInit): Promise<string> => {
      const request = new Request(`http://bare.test${path}`, { method, ...body ? { body } : {} });
      const { status, headers } = await answerUpload(root, request);
      return `${status} ${headers.get("Location") ?? ""}`;
    };
    const [begun, location = ""] = (await send("POST", "/v2/a/blobs/uploads/")).split(" ");
    assertEquals(begun, "202");
    assertEquals(await send("PATCH", location, bytes), `202 ${location}`);
    assertEquals(await send("PUT", `${location}?digest=${digest}`), "201 ");
    assertEquals(await Deno.readFile(`${root}/${blobData(digest)}`), bytes);
  });
});
