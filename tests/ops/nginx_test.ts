import { assertEquals } from "@std/assert";
import { assertLayout, imageFor, sampleIndex } from "../clients/sample.ts";
import { copy, push } from "../clients/skopeo.ts";
import { withTools } from "../clients/toolbox.ts";
import { freePort, startServe, withTempDir } from "../harness.ts";
import { blobsOf } from "../images.ts";
import { startNginx } from "../nginx.ts";
import { testWithPrograms } from "../programs.ts";
import { runProgram } from "../run_berth.ts";
import { makeServerCertificate } from "./certificates.ts";

/** TLS on a port, with requests handed on to a socket as the README says. */
function nginxServer(directory: string, port: number): string {
  return `  server {
    listen 127.0.0.1:${port} ssl;
    ssl_certificate ${directory}/nginx.pem;
    ssl_certificate_key ${directory}/nginx.key;
    client_max_body_size 0;
    location / {
      proxy_pass http://unix:${directory}/berth.sock;
      proxy_http_version 1.1;
      proxy_request_buffering off;
      proxy_buffering off;
      proxy_set_header Host $http_host;
      proxy_set_header X-Forwarded-Proto $scheme;
      proxy_set_header X-Forwarded-For $remote_addr;
    }
  }`;
}

/** Runs a function with a berth on a socket behind an nginx with TLS. */
async function withNginx(
  env: Readonly<Record<string, string>>,
  body: (host: string, directory: string) => Promise<void>,
): Promise<void> {
  await withTempDir("nginx", async (directory) => {
    const port = freePort();
    await makeServerCertificate(`${directory}/nginx`, "nginx");
    const root = `${directory}/data`;
    const berth = await startServe({
      root,
      args: ["--root", root],
      env: { REGISTRY_HTTP_NET: "unix", REGISTRY_HTTP_ADDR: `${directory}/berth.sock`, ...env },
    });
    const nginx = await startNginx(directory, port, nginxServer(directory, port));
    try {
      await body(`127.0.0.1:${port}`, directory);
    } finally {
      await nginx.stop();
      await berth.stop();
    }
  });
}

testWithPrograms(
  ["nginx", "openssl", "skopeo"],
  "skopeo pushes and pulls through nginx with TLS before a unix socket",
  async () => {
    await withNginx({}, async (host) => {
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
    await withNginx(env, async (host, directory) => {
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
