import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { connect } from "node:tls";
import { type RunningServer, startBerth, withTempDir } from "../harness.ts";
import { testWithPrograms } from "../programs.ts";
import { runBerth, runProgram } from "../run_berth.ts";
import { makeServerCertificate } from "./certificates.ts";

/** Longest wait for the new certificate, in milliseconds. */
const RELOAD_TIMEOUT_MS = 60_000;

/** Part of an upload: enough that no program on the way holds it all back. */
const PART_BYTES = 4 * 1024 * 1024;

/** Runs a function with a server that has the certificate `live`, beside others that were made. */
async function withTls(
  names: readonly string[],
  body: (server: RunningServer, directory: string) => Promise<void>,
): Promise<void> {
  await withTempDir("tls", async (directory) => {
    for (const name of names) await makeServerCertificate(`${directory}/${name}`, name);
    const server = await startBerth({
      root: `${directory}/data`,
      args: ["--workers", "2"],
      env: {
        REGISTRY_HTTP_TLS_CERTIFICATE: `${directory}/live.pem`,
        REGISTRY_HTTP_TLS_KEY: `${directory}/live.key`,
      },
    });
    try {
      await body(server, directory);
    } finally {
      await server.stop();
    }
  });
}

/** The name in the certificate that a new connection is shown; `null` for one that is cut off before. */
function shownName({ host }: RunningServer): Promise<string | null> {
  const [hostname = "", port = ""] = host.split(":");
  return new Promise((resolve) => {
    const socket = connect({ host: hostname, port: Number(port), rejectUnauthorized: false });
    // A connection that the old server has begun with as it ends gets nowhere.
    socket.on("error", () => resolve(null));
    socket.on("secureConnect", () => {
      resolve(String(socket.getPeerCertificate().subject.CN));
      socket.destroy();
    });
  });
}

/** Asks until every one of some connections in a row is shown a name. */
async function untilShown(server: RunningServer, name: string): Promise<void> {
  const deadline = Date.now() + RELOAD_TIMEOUT_MS;
  for (let inARow = 0; inARow < 20;) {
    inARow = await shownName(server) === name ? inARow + 1 : 0;
    if (Date.now() > deadline) throw new Error(`Nobody shows ${name}:\n${server.log()}`);
    if (inARow === 0) await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

testWithPrograms(
  ["openssl", "curl"],
  "berth serve speaks HTTP/1.1 and HTTP/2 over TLS",
  async () => {
    await withTls(["live"], async (server, directory) => {
      assert(server.url.startsWith("https://"), server.url);
      for (const [flag, version] of [["--http1.1", "1.1"], ["--http2", "2"]] as const) {
        const { stdout, stderr } = await runProgram("curl", [
          ...["-sS", flag, "--cacert", `${directory}/live.pem`, "-w", " %{http_version}"],
          `${server.url}/v2/`,
        ]);
        assertEquals(stdout, `{} ${version}`, stderr);
      }
    });
  },
);

testWithPrograms(
  ["openssl", "curl"],
  "berth serve takes a new certificate while uploads go on",
  async () => {
    await withTls(["live", "next"], async (server, directory) => {
      const ca = ["-sS", "--cacert", `${directory}/live.pem`];
      const start = ["-X", "POST", "-w", "%header{location}", "-o", "/dev/null"];
      const url = `${server.url}/v2/a/blobs/uploads/`;
      const { stdout: location } = await runProgram("curl", [...ca, ...start, url]);
      const child = new Deno.Command("curl", {
        args: [
          ...[
            ...ca,
            "-X",
            "PATCH",
            "-T",
            "-",
            "-H",
            "Expect:",
            "-w",
            "%{http_code} %header{range}",
          ],
          ...["-o", "/dev/null", `${server.url}${location}`],
        ],
        stdin: "piped",
        stdout: "piped",
      }).spawn();
      const writer = child.stdin.getWriter();
      await writer.write(new Uint8Array(PART_BYTES));
      await Deno.copyFile(`${directory}/next.key`, `${directory}/live.key`);
      await Deno.copyFile(`${directory}/next.pem`, `${directory}/live.pem`);
      const deadline = Date.now() + RELOAD_TIMEOUT_MS;
      while (await shownName(server) !== "next") assert(Date.now() < deadline, server.log());
      await writer.write(new Uint8Array(PART_BYTES));
      await writer.close();
      const { stdout } = await child.output();
      assertEquals(new TextDecoder().decode(stdout), `202 0-${2 * PART_BYTES - 1}`);
      await untilShown(server, "next");
    });
  },
);

testWithPrograms(
  ["openssl"],
  "berth serve keeps its certificate when the new one is none",
  async () => {
    await withTls(["live", "next"], async (server, directory) => {
      await Deno.copyFile(`${directory}/next.pem`, `${directory}/live.pem`);
      const deadline = Date.now() + RELOAD_TIMEOUT_MS;
      while (!server.log().includes("is not the key of the certificate")) {
        assertEquals(await shownName(server), "live");
        assert(Date.now() < deadline, server.log());
      }
      await Deno.copyFile(`${directory}/next.key`, `${directory}/live.key`);
      await untilShown(server, "next");
    });
  },
);

testWithPrograms(["openssl"], "berth serve refuses certificates that cannot be used", async () => {
  await withTempDir("tls", async (directory) => {
    for (const name of ["one", "two"]) await makeServerCertificate(`${directory}/${name}`, name);
    const cases: readonly [certificate: string, key: string, said: string][] = [
      ["one.pem", "two.key", "http.tls.key: "],
      ["one.pem", "none.key", "http.tls.key: cannot read"],
      ["one.key", "one.key", "http.tls.certificate: "],
    ];
    for (const [certificate, key, said] of cases) {
      const args = ["serve", "--root", `${directory}/data`, "--addr", "127.0.0.1:0"];
      const { code, stderr } = await runBerth(args, {
        env: {
          REGISTRY_HTTP_TLS_CERTIFICATE: `${directory}/${certificate}`,
          REGISTRY_HTTP_TLS_KEY: `${directory}/${key}`,
        },
      });
      assert(code !== 0, stderr);
      assertStringIncludes(stderr, said);
    }
  });
});
