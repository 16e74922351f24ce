import { assert, assertEquals } from "@std/assert";
import { createHmac } from "node:crypto";
import { withTempDir } from "../harness.ts";
import { makeContent, makeImage, makeLayer, MEDIA_TYPES, noise } from "../images.ts";
import { RegistryClient } from "../push.ts";
import { runBerth } from "../run_berth.ts";
import { Receiver } from "./receiver.ts";
import { notificationLines, startNotifying } from "./server.ts";

const SECRET = "a key of both";
const LAYER = makeLayer("oci", "gzip", [{ path: "file", content: noise(3, 1_000) }]);
const IMAGE = makeImage("oci", "amd64", [LAYER]);

/** What `berth inspect --events` says of the only listener of a store. */
async function inspectListener(root: string): Promise<Readonly<Record<string, unknown>>> {
  const args = ["inspect", "--events", "--root", root, "--format", "json"];
  const { code, stdout, stderr } = await runBerth(args);
  assertEquals([code, stderr], [0, ""]);
  return JSON.parse(stdout);
}

Deno.test("a listener that was away while the server was started again gets everything, signed and in order", async () => {
  await withTempDir("away", async (directory) => {
    const receiver = new Receiver();
    receiver.close();
    const lines = notificationLines(
      receiver.url,
      `secret: "${SECRET}", threshold: 1, backoff: 100ms, ignore: {actions: [pull]}`,
    );
    const first = await startNotifying(directory, lines);
    const client = new RegistryClient(first.url);
    await client.pushImage("a", IMAGE, "v1");
    await client.mountBlob("b", LAYER.digest, "a");
    await client.pullManifest("a", "v1");
    await client.deleteManifest("a", "v1");

    const waiting = await inspectListener(first.root);
    assertEquals(waiting.name, "listener");
    assertEquals(waiting.pending, { pull: 0, push: 3, mount: 1, delete: 1 });
    assert(Number(waiting.bytes) > 1_000 && typeof waiting.oldest === "string");
    assertEquals(await first.stop(), 0);

    receiver.open();
    const second = await startNotifying(directory, lines);
    await receiver.until("five events", () => receiver.events.length >= 5);
    assertEquals(await second.stop(), 0);
    assertEquals(
      receiver.events.map(({ action, target }) => [action, target.repository, target.digest]),
      [
        ["push", "a", IMAGE.config.digest],
        ["push", "a", LAYER.digest],
        ["push", "a", IMAGE.manifest.digest],
        ["mount", "b", LAYER.digest],
        ["delete", "a", ""],
      ],
    );
    for (const { headers, body } of receiver.taken) {
      const expected = createHmac("sha256", SECRET).update(body).digest("hex");
      assertEquals(headers.get("X-Berth-Signature"), `sha256=${expected}`);
    }
    const { pending, bytes, oldest, failures } = await inspectListener(second.root);
    assertEquals(pending, { pull: 0, push: 0, mount: 0, delete: 0 });
    assertEquals([bytes, oldest, failures], [0, null, 0]);
    receiver.close();
  });
});

Deno.test("berth inspect --events says in a table why a listener has not had its events", async () => {
  await withTempDir("table", async (directory) => {
    const receiver = new Receiver();
    receiver.mood = () => 503;
    const server = await startNotifying(directory, notificationLines(receiver.url));
    await new RegistryClient(server.url).pushBlob("a", LAYER);
    await receiver.until("two attempts", () => receiver.requests >= 2);
    await server.stop();
    receiver.close();
    const { code, stdout } = await runBerth(["inspect", "--events", "--root", server.root]);
    assertEquals(code, 0);
    const [titles = "", row = ""] = stdout.split("\n");
    assertEquals(
      titles.trim().split(/ {2,}/),
      [
        "LISTENER",
        "NEXT",
        "PUSHES",
        "MOUNTS",
        "DELETES",
        "SIZE",
        "OLDEST",
        "FAILURES",
        "LAST FAILURE",
      ],
    );
    assertEquals(row.trim().split(/ {2,}/).slice(0, 5), ["listener", "1", "1", "0", "0"]);
    assertEquals(row.trim().split(/ {2,}/).at(-1), "it answered 503");
  });
});

Deno.test("writes are turned down while more waits than may wait, and reads are not", async () => {
  await withTempDir("full", async (directory) => {
    const receiver = new Receiver();
    receiver.mood = () => 500;
    const server = await startNotifying(directory, [
      ...notificationLines(receiver.url, "threshold: 1, backoff: 100ms"),
      "  spool: {maxbytes: 2000}",
    ]);
    const client = new RegistryClient(server.url);
    const blob = makeContent(MEDIA_TYPES.oci.gzip, noise(4, 10));
    await client.pushBlob("a", blob);
    const tryPush = async (): Promise<number> =>
      (await client.send("POST", `/v2/a/blobs/uploads/?digest=${blob.digest}`, {
        body: blob.bytes,
      }))
        .status;
    const statuses = new Set<number>();
    while (!statuses.has(503)) statuses.add(await tryPush());
    assertEquals([...statuses], [201, 503]);
    assertEquals((await client.pullBlob("a", blob.digest)).length, 10);
    receiver.mood = () => "take";
    while (await tryPush() !== 201) await new Promise((resolve) => setTimeout(resolve, 50));
    await server.stop();
    receiver.close();
  });
});

Deno.test("a store with listeners is one that inspect and distribution know, apart from what begins with _", async () => {
  await withTempDir("known", async (directory) => {
    const receiver = new Receiver();
    const server = await startNotifying(directory, notificationLines(receiver.url));
    await new RegistryClient(server.url).pushImage("a", IMAGE, "v1");
    await server.stop();
    receiver.close();
    const { code, stdout } = await runBerth(["inspect", "--root", server.root, "--format", "json"]);
    assertEquals(code, 0, stdout);
    assertEquals(stdout.includes('"type":"problem"'), false);
    const names = [...Deno.readDirSync(`${server.root}/docker/registry/v2`)].map(({ name }) =>
      name
    );
    assertEquals(
      names.filter((name) => !name.startsWith("_")).toSorted(),
      ["blobs", "repositories"],
    );
    assert(names.includes("_events"));
    const gc = await runBerth(["gc", "--root", server.root, "-m", "--min-age", "0s", "--quiet"]);
    assertEquals(gc.code, 0, gc.stderr);
    assert(Deno.statSync(`${server.root}/docker/registry/v2/_events/log`).isDirectory);
  });
});
