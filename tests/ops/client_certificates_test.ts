import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { digestBytes } from "../../storage/digest.ts";
import { makeAuthority, makeSigner } from "../auth/authority.ts";
import { type RunningServer, startBerth, withTempDir } from "../harness.ts";
import { noise } from "../images.ts";
import { DENO_2_9, testWithPrograms } from "../programs.ts";
import { runBerth, runProgram } from "../run_berth.ts";
import { makeServerCertificate } from "./certificates.ts";

/** Longest wait for the new certificate, in milliseconds. */
const RELOAD_TIMEOUT_MS = 60_000;

type Variables = Readonly<Record<string, string>>;

/** Runs a function with a server whose certificate, and those of its clients, an authority has signed. */
async function withServer(
  env: Variables,
  body: (server: RunningServer, directory: string) => Promise<void>,
): Promise<void> {
  await withTempDir("client_certificates", async (directory) => {
    const root = await makeAuthority(`${directory}/authority`);
    await makeServerCertificate(`${directory}/berth`, "berth", root.path);
    await makeSigner(`${directory}/friend`, root);
    await makeSigner(`${directory}/stranger`, await makeAuthority(`${directory}/other`));
    const server = await startBerth({
      root: `${directory}/data`,
      env: {
        REGISTRY_HTTP_TLS_CERTIFICATE: `${directory}/berth.pem`,
        REGISTRY_HTTP_TLS_KEY: `${directory}/berth.key`,
        ...Object.fromEntries(
          Object.entries(env).map(([name, value]) => [
            `REGISTRY_HTTP_${name}`,
            value.replace("AUTHORITY", `${directory}/authority.pem`),
          ]),
        ),
      },
    });
    try {
      await body(server, directory);
    } finally {
      assertEquals(await server.stop(), 0);
    }
  });
}

/** What curl gets, with the certificate of a client or without one: status and version of HTTP, or `refused`. */
async function ask(
  { url }: RunningServer,
  directory: string,
  client: string | null,
  ...flags: readonly string[]
): Promise<string> {
  const certificate = client === null
    ? []
    : ["--cert", `${directory}/${client}.pem`, "--key", `${directory}/${client}.key`];
  const { code, stdout } = await runProgram("curl", [
    ...["-sS", "--cacert", `${directory}/authority.pem`, "-o", "/dev/null"],
    ...["-w", "%{http_code} %{http_version}", ...certificate, ...flags, `${url}/v2/`],
  ]);
  return code === 0 ? stdout : "refused";
}

/** Who is let in: nobody in particular, whom the authority has signed, and whom another has. */
const AUTHS: Readonly<Record<string, readonly [none: boolean, friend: boolean, other: boolean]>> = {
  "request-client-cert": [true, true, true],
  "require-any-client-cert": [false, true, true],
  "verify-client-cert-if-given": [true, true, false],
  "require-and-verify-client-cert": [false, true, false],
};

for (const [auth, expected] of Object.entries(AUTHS)) {
  testWithPrograms(["openssl", "curl", DENO_2_9], `berth serve asks clients: ${auth}`, async () => {
    const env = { TLS_CLIENTCAS: "[AUTHORITY]", TLS_CLIENTAUTH: auth };
    await withServer(env, async (server, directory) => {
      for (const [index, client] of [null, "friend", "stranger"].entries()) {
        const wanted = expected[index] === true ? "200 2" : "refused";
        assertEquals(await ask(server, directory, client), wanted, `${auth} ${client}`);
      }
    });
  });
}

testWithPrograms(
  ["openssl", "curl", DENO_2_9],
  "berth serve lets in only clients with certificates when it knows their authority",
  async () => {
    await withServer({ TLS_CLIENTCAS: "[AUTHORITY]" }, async (server, directory) => {
      assertEquals(await ask(server, directory, null), "refused");
      assertEquals(await ask(server, directory, "friend", "--http1.1"), "200 1.1");
      assertStringIncludes(server.log(), "1 worker");
    });
  },
);

testWithPrograms(
  ["openssl", "curl", DENO_2_9],
  "berth serve takes TLS 1.3 alone when told so",
  async () => {
    await withServer({ TLS_MINIMUMTLS: "tls1.3" }, async (server, directory) => {
      assertEquals(await ask(server, directory, null), "200 2");
      assertEquals(await ask(server, directory, null, "--tls-max", "1.2"), "refused");
    });
    await withServer({ TLS_MINIMUMTLS: "tls1.2" }, async (server, directory) => {
      assertEquals(await ask(server, directory, null, "--tls-max", "1.2"), "200 2");
      assertEquals(await ask(server, directory, null, "--tls-max", "1.1"), "refused");
    });
  },
);

testWithPrograms(
  ["openssl", "curl", DENO_2_9],
  "berth serve leaves HTTP/2 out when told so",
  async () => {
    await withServer({ HTTP2_DISABLED: "true" }, async (server, directory) => {
      assertEquals(await ask(server, directory, null), "200 1.1");
    });
  },
);

testWithPrograms(
  ["openssl", DENO_2_9],
  "berth serve takes and gives blobs of clients with certificates, and knows them for https",
  async () => {
    const env = { TLS_CLIENTCAS: "[AUTHORITY]", RELATIVEURLS: "false" };
    await withServer(env, async ({ url }, directory) => {
      const read = (name: string): Promise<string> => Deno.readTextFile(`${directory}/${name}`);
      using client = Deno.createHttpClient({
        caCerts: [await read("authority.pem")],
        cert: await read("friend.pem"),
        key: await read("friend.key"),
      });
      const content = noise(41, 8_000_000);
      const digest = digestBytes(content, "sha256");
      const begun = await fetch(`${url}/v2/a/blobs/uploads/`, { method: "POST", client });
      const location = begun.headers.get("Location") ?? "";
      assert(location.startsWith(`${url}/v2/`), location);
      const pushed = await fetch(`${location}?digest=${digest}`, {
        method: "PUT",
        body: content,
        client,
      });
      assertEquals(pushed.status, 201);
      const pulled = await fetch(`${url}/v2/a/blobs/${digest}`, { client });
      assertEquals(digestBytes(new Uint8Array(await pulled.arrayBuffer()), "sha256"), digest);
    });
  },
);

testWithPrograms(
  ["openssl", "curl", DENO_2_9],
  "berth serve takes a new certificate where clients have to show theirs",
  async () => {
    await withServer({ TLS_CLIENTCAS: "[AUTHORITY]" }, async (server, directory) => {
      const authority = `${directory}/authority`;
      await makeServerCertificate(`${directory}/next`, "next", authority);
      await Deno.copyFile(`${directory}/next.key`, `${directory}/berth.key`);
      await Deno.copyFile(`${directory}/next.pem`, `${directory}/berth.pem`);
      const deadline = Date.now() + RELOAD_TIMEOUT_MS;
      for (let shown = ""; !shown.includes("CN = next");) {
        assert(Date.now() < deadline, server.log());
        const { stdout } = await runProgram("openssl", ["s_client", "-connect", server.host]);
        shown = stdout;
      }
      assertEquals(await ask(server, directory, "friend"), "200 2");
      assertEquals(await ask(server, directory, null), "refused");
    });
  },
);

/** The ports of 127.0.0.1 on which a process listens. */
async function portsOf(pid: number): Promise<readonly number[]> {
  const inodes = new Set<string>();
  for await (const { name } of Deno.readDir(`/proc/${pid}/fd`)) {
    const target = await Deno.readLink(`/proc/${pid}/fd/${name}`).catch(() => "");
    inodes.add(/^socket:\[(\d+)\]$/.exec(target)?.[1] ?? "");
  }
  const lines = (await Deno.readTextFile(`/proc/${pid}/net/tcp`)).split("\n");
  return lines.flatMap((line) => {
    const [, , local = "", , state, , , , , , inode = ""] = ` ${line.trim()}`.split(/\s+/);
    const isListening = state === "0A" && inodes.has(inode);
    return isListening ? [parseInt(local.split(":")[1] ?? "", 16)] : [];
  });
}

const isLinux = Deno.build.os === "linux";
if (isLinux) {
  testWithPrograms(
    ["openssl", DENO_2_9],
    "berth serve answers nobody who goes around the certificates",
    async () => {
      await withServer({ TLS_CLIENTCAS: "[AUTHORITY]" }, async ({ pid, host }) => {
        const ports = (await portsOf(pid)).filter((port) => !host.endsWith(`:${port}`));
        assertEquals(ports.length, 1);
        for (const path of ["/v2/", "/v2/a/blobs/uploads/"]) {
          const answer = await fetch(`http://127.0.0.1:${ports[0]}${path}`, { method: "POST" });
          assertEquals([answer.status, await answer.text()], [403, "not by this door\n"]);
        }
      });
    },
  );
}

testWithPrograms(["openssl"], "berth serve refuses authorities that cannot be used", async () => {
  await withTempDir("client_certificates", async (directory) => {
    await makeServerCertificate(`${directory}/berth`, "berth");
    const env = (authority: string): Variables => ({
      REGISTRY_HTTP_TLS_CERTIFICATE: `${directory}/berth.pem`,
      REGISTRY_HTTP_TLS_KEY: `${directory}/berth.key`,
      REGISTRY_HTTP_TLS_CLIENTCAS: `[${directory}/${authority}]`,
    });
    const args = ["serve", "--root", `${directory}/data`, "--addr", "127.0.0.1:0"];
    for (const authority of ["none.pem", "berth.key"]) {
      const { code, stderr } = await runBerth(args, { env: env(authority) });
      assert(code !== 0, stderr);
      assertStringIncludes(stderr, "http.tls.clientcas: ");
    }
    const { code, stderr } = await runBerth(["serve"], {
      env: { REGISTRY_HTTP_TLS_CLIENTCAS: "[/ca.pem]" },
    });
    assertEquals(code, 2);
    assertStringIncludes(stderr, "http.tls.clientcas: nobody is asked");
  });
});

Deno.test("berth serve refuses to choose the suites of TLS 1.2", async () => {
  const { code, stderr } = await runBerth(["serve"], {
    env: { REGISTRY_HTTP_TLS_CIPHERSUITES: "[TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256]" },
  });
  assertEquals(code, 2, stderr);
  assertStringIncludes(stderr, "http.tls.ciphersuites: not served; Deno chooses them");
});

testWithPrograms(["openssl"], "Deno still chooses the suites of TLS 1.2 itself", async () => {
  await withTempDir("client_certificates", async (directory) => {
    const { createServer } = await import("node:tls");
    await makeServerCertificate(`${directory}/a`, "a");
    const server = createServer({
      cert: await Deno.readTextFile(`${directory}/a.pem`),
      key: await Deno.readTextFile(`${directory}/a.key`),
      ciphers: "ECDHE-ECDSA-AES128-GCM-SHA256",
      maxVersion: "TLSv1.2",
    }, (socket) => socket.on("error", () => {}).end());
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as { readonly port: number };
    const { stdout } = await runProgram("openssl", [
      ...["s_client", "-connect", `127.0.0.1:${port}`, "-tls1_2"],
      ...["-cipher", "ECDHE-ECDSA-AES256-GCM-SHA384"],
    ]);
    assertStringIncludes(stdout, "Cipher is ECDHE-ECDSA-AES256-GCM-SHA384");
    await new Promise<void>((resolve) => server.close(() => resolve()));
  });
});
