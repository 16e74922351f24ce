import { assertEquals } from "@std/assert";
import { startBerth, withTempDir } from "../harness.ts";
import { testWithPrograms } from "../programs.ts";
import { runProgram } from "../run_berth.ts";

/** How curl asks, and the version of HTTP that it is answered with. */
const VERSIONS: readonly (readonly [flag: string, version: string])[] = [
  ["--http1.1", "1.1"],
  ["--http2-prior-knowledge", "2"],
  // To change the version in the middle is for clients to offer, and for servers to pass over.
  ["--http2", "1.1"],
];

testWithPrograms(
  ["curl"],
  "berth serve speaks HTTP/2 without TLS to who begins with it",
  async () => {
    await withTempDir("http2", async (root) => {
      const server = await startBerth({ root, env: { REGISTRY_HTTP_H2C_ENABLED: "true" } });
      try {
        for (const [flag, version] of VERSIONS) {
          const args = ["-sS", flag, "-w", " %{http_version}", `${server.url}/v2/`];
          assertEquals((await runProgram("curl", args)).stdout, `{} ${version}`, flag);
        }
        assertEquals(server.log().includes("h2c"), false);
      } finally {
        await server.stop();
      }
    });
  },
);
