import { assertEquals } from "@std/assert";
import { assertLayout, imageFor, sampleIndex } from "../clients/sample.ts";
import { copy, push } from "../clients/skopeo.ts";
import { withTools } from "../clients/toolbox.ts";
import { startServe, withTempDir } from "../harness.ts";
import { blobsOf } from "../images.ts";
import { testWithPrograms } from "../programs.ts";
import { runProgram } from "../run_berth.ts";
import { makeServerCertificate } from "./certificates.ts";
import { withNginx } from "./nginx.ts";

/** Runs a function with a berth on a socket behind an nginx with TLS. */
async function withBerthBehind(
  env: Readonly<Record<string, string>>,
  body: (host: string, directory: string) => Promise<void>,
): Promise<void> {
  await withTempDir("nginx", async (directory) => {
    await makeServerCertificate(`${directory}/nginx`, "nginx");
    const root = `${directory}/data`;
    const socket = `${directory}/berth.sock`;
    const berth = await startServe({
      root,
      args: ["--root", root],
      env: { REGISTRY_HTTP_NET: "unix", REGISTRY_HTTP_ADDR: socket, ...env },
    });
    try {
      await withNginx({ directory, socket }, (host) => body(host, directory));
    } finally {
      await berth.stop();
    }
  });
}

testWithPrograms(
  ["nginx", "openssl", "skopeo"],
  "skopeo pushes and pulls through nginx with TLS before a unix socket",
  async () => {
    await withBerthBehind({}, async (host) => {
      await withTools(async (tools) => {
        const index = sampleIndex("oci", ["gzip"]);
        await push(tools, index, `${host}/team/app:v1`);
        const image = imageFor(index, "arm64");
        await copy(tools, `docker://${host}/team/app@${image.manifest.digest}`, "oci:pulled:v1");
        await assertLayout(`${tools.directory}/pulled`, image.manifest, blobsOf(image));
      });
    });
  },
);

testWithPrograms(
  ["nginx", "openssl", "curl"],
  "berth serve below a prefix behind nginx gives addresses that clients can follow",
  async () => {
    const env = { REGISTRY_HTTP_PREFIX: "/registry/", REGISTRY_HTTP_RELATIVEURLS: "false" };
    await withBerthBehind(env, async (host, directory) => {
      const trust = ["-sS", "--cacert", `${directory}/nginx.pem`, "-o", "/dev/null"];
      const url = `https://${host}/registry/v2/a/blobs/uploads/`;
      const started = await runProgram("curl", [
        ...[...trust, "-X", "POST", "-w", "%{http_code} %header{location}", url],
      ]);
      const [status, location = ""] = started.stdout.split(" ");
      assertEquals([status, location.startsWith(url)], ["202", true], location + started.stderr);
      const stat = await runProgram("curl", [...trust, "-w", "%{http_code}", location]);
      assertEquals(stat.stdout, "204");
    });
  },
);
