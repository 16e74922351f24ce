import { assert, assertEquals } from "@std/assert";
import { isTrusted } from "../../registry/auth/certificate_chain.ts";
import { type JWK, thumbprint } from "../../registry/auth/jwt.ts";
import { libtrustId } from "../../registry/auth/trusted_keys.ts";
import { TOKEN_CERTIFICATES_MAX, TOKEN_SIGNATURES_MAX } from "../../storage/limits.ts";
import { withTempDir } from "../harness.ts";
import { testWithPrograms } from "../programs.ts";
import {
  type Certified,
  certifyAgain,
  chainOf,
  claimsNow,
  makeAuthority,
  makeSigner,
  signToken,
} from "./authority.ts";
import { tokenOptions, withServer } from "./server.ts";

type Header = Readonly<Record<string, unknown>>;

/** Runs a function with an authority, its directory, and what a token is answered that has a header and a key. */
function test(
  name: string,
  body: (
    root: Certified,
    directory: string,
    statusOf: (signer: Certified, header: Header) => Promise<number>,
  ) => Promise<void>,
): void {
  testWithPrograms(["openssl"], name, () =>
    withTempDir("certificates", async (directory) => {
      const root = await makeAuthority(`${directory}/root`);
      const options = {
        scheme: tokenOptions("https://auth.test/token", `${directory}/root.pem`),
        access: null,
        issuer: null,
      };
      await withServer(options, ({ url }) =>
        body(root, directory, async ({ key }, header) => {
          const token = signToken(key, header, claimsNow([]));
          const response = await fetch(`${url}/v2/`, {
            headers: { Authorization: `Bearer ${token}` },
          });
          await response.body?.cancel();
          return response.status;
        }));
    }));
}

test(
  "a token is taken that the authority signed, by any name of its key",
  async (root, _, statusOf) => {
    const { publicKey } = root.certificate;
    const jwk = publicKey.export({ format: "jwk" }) as JWK;
    const libtrust = libtrustId(publicKey.export({ format: "der", type: "spki" }));
    assertEquals(await statusOf(root, { kid: await thumbprint(jwk) }), 200);
    assertEquals(await statusOf(root, { kid: libtrust }), 200);
    assertEquals(await statusOf(root, { jwk }), 200);
    assertEquals(await statusOf(root, { x5c: chainOf(root) }), 200);
    assertEquals(await statusOf(root, {}), 401);
    assertEquals(await statusOf(root, { kid: "root" }), 401);
  },
);

test("a token is taken through a chain of authorities", async (root, directory, statusOf) => {
  const middle = await makeAuthority(`${directory}/middle`, root);
  const lower = await makeAuthority(`${directory}/lower`, middle);
  const direct = await makeSigner(`${directory}/direct`, root);
  const leaf = await makeSigner(`${directory}/leaf`, lower);
  assertEquals(await statusOf(direct, { x5c: chainOf(direct) }), 200);
  assertEquals(await statusOf(leaf, { x5c: chainOf(leaf, lower, middle) }), 200);
  assertEquals(await statusOf(leaf, { x5c: chainOf(leaf, middle, lower, root) }), 200);
  assertEquals(await statusOf(leaf, { x5c: chainOf(leaf, lower) }), 401);
  assertEquals(await statusOf(leaf, { x5c: chainOf(leaf) }), 401);
  const jwk = leaf.certificate.publicKey.export({ format: "jwk" });
  const x5c = chainOf(leaf, lower, middle);
  assertEquals(await statusOf(leaf, { jwk: { ...jwk, x5c } }), 200);
  assertEquals(await statusOf(leaf, { jwk }), 401);
});

test("a token is refused whose certificates lead elsewhere", async (root, directory, statusOf) => {
  await Deno.mkdir(`${directory}/other`);
  const other = await makeAuthority(`${directory}/other/root`);
  const foreign = await makeSigner(`${directory}/foreign`, other);
  const signer = await makeSigner(`${directory}/signer`, root);
  const sub = await makeSigner(`${directory}/sub`, signer);
  assertEquals(await statusOf(foreign, { x5c: chainOf(foreign) }), 401);
  assertEquals(await statusOf(foreign, { x5c: chainOf(foreign, other) }), 401);
  assertEquals(await statusOf(foreign, { x5c: chainOf(foreign, root) }), 401, "of the same name");
  assertEquals(await statusOf(foreign, { x5c: chainOf(signer) }), 401, "signed by another key");
  assertEquals(await statusOf(sub, { x5c: chainOf(sub, signer) }), 401, "by no authority");
  assertEquals(await statusOf(foreign, { x5c: [...chainOf(foreign)], kid: "root" }), 401);
});

/** What an authority may say of itself, and whether it may then sign a signer, and another authority above one. */
const RIGHTS: readonly (readonly [
  extensions: readonly string[],
  signer: boolean,
  authority: boolean,
])[] = [
  [["basicConstraints=critical,CA:TRUE"], true, true],
  [["basicConstraints=critical,CA:TRUE,pathlen:1"], true, true],
  [["basicConstraints=critical,CA:TRUE,pathlen:0"], true, false],
  [["basicConstraints=CA:TRUE", "keyUsage=critical,keyCertSign,cRLSign"], true, true],
  [["basicConstraints=CA:TRUE", "keyUsage=critical,digitalSignature"], false, false],
  [["basicConstraints=CA:TRUE", "extendedKeyUsage=critical,serverAuth"], true, true],
  [["basicConstraints=CA:TRUE", "nameConstraints=critical,permitted;DNS:a.test"], false, false],
  [["basicConstraints=CA:TRUE", "1.2.3.4=critical,DER:0500"], false, false],
  [["basicConstraints=CA:TRUE", "1.2.3.4=DER:0500"], true, true],
  [["basicConstraints=critical,CA:FALSE"], false, false],
];

testWithPrograms(
  ["openssl"],
  "isTrusted() lets authorities sign what they are for",
  () =>
    withTempDir("certificates", async (directory) => {
      for (const [index, [extensions, signer, authority]] of RIGHTS.entries()) {
        const path = `${directory}/${index}`;
        const root = await makeAuthority(`${path}-root`, null, extensions);
        const direct = await makeSigner(`${path}-direct`, root);
        const middle = await makeAuthority(`${path}-middle`, root);
        const low = await makeSigner(`${path}-low`, middle);
        const trusts = (...chain: readonly Certified[]): boolean => {
          const certificates = chain.map(({ certificate }) => certificate);
          return isTrusted(certificates, [root.certificate], Date.now());
        };
        assertEquals([trusts(direct), trusts(low, middle)], [signer, authority], extensions.join());
      }
    }),
);

testWithPrograms(
  ["openssl"],
  "isTrusted() counts the authorities below one that bounds them",
  () =>
    withTempDir("certificates", async (directory) => {
      const bounds = (length: number): string[] => [`basicConstraints=CA:TRUE,pathlen:${length}`];
      const root = await makeAuthority(`${directory}/root`, null, bounds(1));
      const upper = await makeAuthority(`${directory}/upper`, root, bounds(5));
      const lower = await makeAuthority(`${directory}/lower`, upper);
      const trusts = (...chain: readonly Certified[]): boolean => {
        const certificates = chain.map(({ certificate }) => certificate);
        return isTrusted(certificates, [root.certificate], Date.now());
      };
      assertEquals(trusts(await makeSigner(`${directory}/one`, upper), upper), true);
      assertEquals(trusts(await makeSigner(`${directory}/two`, lower), lower, upper), false);
    }),
);

testWithPrograms(
  ["openssl"],
  "isTrusted() asks that every certificate of a chain is valid now",
  () =>
    withTempDir("certificates", async (directory) => {
      const root = await makeAuthority(`${directory}/root`);
      const middle = await makeAuthority(`${directory}/middle`, root);
      const signer = await makeSigner(`${directory}/signer`, middle, 2);
      const chain = [signer.certificate, middle.certificate];
      const dayMs = 24 * 60 * 60 * 1000;
      const isTrustedIn = (days: number): boolean =>
        isTrusted(chain, [root.certificate], Date.now() + days * dayMs);
      assertEquals(isTrustedIn(1), true);
      assertEquals(isTrustedIn(-1), false);
      assertEquals(isTrustedIn(3), false, "the signer's has expired");
      assertEquals(isTrusted([root.certificate], [root.certificate], Date.now() + 3 * dayMs), true);
      assertEquals(
        isTrusted([root.certificate], [root.certificate], Date.now() + 11 * dayMs),
        false,
      );
      assertEquals(isTrusted([], [root.certificate], Date.now()), false);
    }),
);

testWithPrograms(
  ["openssl"],
  "isTrusted() gives up chains that lead around in circles",
  () =>
    withTempDir("certificates", async (directory) => {
      const root = await makeAuthority(`${directory}/root`);
      await Deno.mkdir(`${directory}/other`);
      const first = await makeAuthority(`${directory}/other/loop`);
      // One name and one key with many certificates, each of which any of the others can have signed.
      const loop: Certified[] = [];
      for (let count = 0; count < TOKEN_CERTIFICATES_MAX - 1; count++) {
        loop.push(await certifyAgain(`${directory}/other/${count}`, first));
      }
      const leaf = await makeSigner(`${directory}/leaf`, first);
      const chain = [leaf, ...loop].map(({ certificate }) => certificate);
      let checks = 0;
      for (const certificate of chain) {
        const verify = certificate.verify.bind(certificate);
        certificate.verify = (key): boolean => {
          checks++;
          return verify(key);
        };
      }
      assertEquals(isTrusted(chain, [root.certificate], Date.now()), false);
      assert(checks <= TOKEN_SIGNATURES_MAX, `${checks} signatures`);
    }),
);
