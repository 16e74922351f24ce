import { assertEquals, assertLess } from "@std/assert";
import { headerOf, HttpConnection } from "../bench/http_connection.ts";
import { withBerth } from "../harness.ts";
import { makeContent, makeImage, MEDIA_TYPES, noise } from "../images.ts";
import { RegistryClient } from "../push.ts";

const REPOSITORY = "load/kept";

/** Longest head of an answer that nginx takes, if not told otherwise (`proxy_buffer_size`). */
const NGINX_HEAD_BYTES_MAX = 4_096;

Deno.test("berth serve answers hundreds of requests on one connection, with heads that proxies take", async () => {
  await withBerth(async ({ url, host }) => {
    const layer = makeContent(MEDIA_TYPES.oci.none, noise(4_096, 1));
    const image = makeImage("oci", "amd64", [{ ...layer, diffId: layer.digest }]);
    await new RegistryClient(url).pushImage(REPOSITORY, image, "v1");
    const manifest = { path: "manifests/v1", bytes: image.manifest.bytes };
    const blob = { path: `blobs/${layer.digest}`, bytes: layer.bytes };
    const connection = await HttpConnection.open(host);
    const padded: number[] = [];
    for (let count = 0; count < 400; count++) {
      const { path, bytes } = count % 2 === 0 ? manifest : blob;
      const answer = await connection.request({
        method: "GET",
        path: `/v2/${REPOSITORY}/${path}`,
        headers: { Accept: "*/*" },
      });
      assertEquals(answer.status, 200);
      assertEquals(answer.body, bytes);
      assertLess(answer.head.length, NGINX_HEAD_BYTES_MAX);
      if (headerOf(answer.head, "X-Padding") !== null) padded.push(count);
    }
    connection.close();
    assertEquals(padded, [64, 320]);
  });
});
