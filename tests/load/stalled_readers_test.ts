import { assertEquals } from "@std/assert";
import { digestBytes } from "../../storage/digest.ts";
import { withBerth } from "../harness.ts";
import { makeContent, noise } from "../images.ts";
import { RegistryClient } from "../push.ts";
import { SlowClients } from "./slow_clients.ts";

/** Larger than what the system takes in for a reader, so that the server has to hold pieces back. */
const BLOB_BYTES = 16 * 1024 * 1024;
const READERS = 8;
/** Pulls meanwhile, which use memory again that is free. */
const PULLS = 8;
const REPOSITORY = "load/stalled";

Deno.test("serve gives a reader that stalls the right bytes, whatever is pulled meanwhile", () =>
  withBerth(async (server) => {
    const registry = new RegistryClient(server.url);
    const [blob, other] = [1, 2].map((seed) =>
      makeContent("application/octet-stream", noise(seed, BLOB_BYTES))
    );
    if (blob === undefined || other === undefined) throw new Error("Two seeds make two blobs");
    await registry.pushBlob(REPOSITORY, blob);
    await registry.pushBlob(REPOSITORY, other);
    const request = `GET /v2/${REPOSITORY}/blobs/${blob.digest} HTTP/1.1\r\n` +
      "Host: a\r\nConnection: close\r\n\r\n";
    using readers = await SlowClients.open(server.host, READERS, request);
    await readers.readFirst("HTTP/1.1 200".length);
    for (let count = 0; count < PULLS; count++) {
      assertEquals(await registry.pullDigest(REPOSITORY, other.digest), other.digest);
    }
    const answers = await readers.readRest();
    for (const answer of answers) {
      assertEquals<string>(digestBytes(answer.subarray(-BLOB_BYTES), "sha256"), blob.digest);
    }
  }, ["--workers", "1"]));
