import { assertEquals } from "@std/assert";
import { USERS_FILE } from "../../registry/auth/auth_kit.ts";
import type { SchemeOptions } from "../../registry/auth/options.ts";
import { startDistribution, withTempDir } from "../harness.ts";
import { testWithPrograms } from "../programs.ts";
import {
  type Certified,
  chainOf,
  claimsNow,
  makeAuthority,
  makeSigner,
  signToken,
} from "./authority.ts";
import { challengeInOrder } from "./challenges.ts";
import { tokenOptions, withServer } from "./server.ts";

/** Operations on a repository that is not there, whose answers are the same once somebody is let in. */
const OPERATIONS: readonly (readonly [method: string, path: string])[] = [
  ["GET", "/"],
  ["GET", "/v2/"],
  ["HEAD", "/v2/"],
  ["GET", "/v2/_catalog"],
  ["GET", "/v2/a/b/tags/list"],
  ["GET", "/v2/a/b/manifests/x"],
  ["HEAD", "/v2/a/b/manifests/x"],
  ["DELETE", `/v2/a/b/manifests/sha256:${"a".repeat(64)}`],
  ["GET", `/v2/a/b/blobs/sha256:${"a".repeat(64)}`],
  ["HEAD", `/v2/a/b/blobs/sha256:${"a".repeat(64)}`],
  ["DELETE", `/v2/a/b/blobs/sha256:${"a".repeat(64)}`],
  ["POST", "/v2/a/b/blobs/uploads/"],
  ["POST", `/v2/a/b/blobs/uploads/?mount=sha256:${"a".repeat(64)}&from=c/d`],
];

interface Told {
  readonly status: number;
  readonly challenge: string | null;
  /** What the body says of a refusal. */
  readonly error: string | null;
}

async function ask(
  url: string,
  [method, path]: readonly [string, string],
  authorization: string | null,
): Promise<Told> {
  const headers: Record<string, string> = authorization === null
    ? {}
    : { Authorization: authorization };
  const response = await fetch(`${url}${path}`, { method, headers });
  const text = (await response.text()).trim();
  return {
    status: response.status,
    challenge: challengeInOrder(response.headers.get("WWW-Authenticate")),
    error: response.status === 401 ? text : null,
  };
}

/** Asks both registries the same and compares what they say. */
function compare(
  name: string,
  programs: readonly string[],
  configure: (directory: string) => Promise<{
    readonly yaml: string;
    readonly scheme: SchemeOptions;
    readonly credentials: readonly (string | null)[];
  }>,
): void {
  testWithPrograms(
    ["docker-registry", ...programs],
    name,
    () =>
      withTempDir("differential", async (directory) => {
        const { yaml, scheme, credentials } = await configure(directory);
        const root = `${directory}/store`;
        await Deno.mkdir(root);
        const distribution = await startDistribution({ root, config: [yaml] });
        try {
          await withServer({ scheme, access: null, issuer: null }, async ({ url }) => {
            for (const authorization of credentials) {
              for (const operation of OPERATIONS) {
                const line = `${operation.join(" ")} ${authorization?.slice(0, 300)}`;
                const wanted = await ask(distribution.url, operation, authorization);
                assertEquals(await ask(url, operation, authorization), wanted, line);
              }
            }
          });
        } finally {
          await distribution.stop();
        }
      }),
  );
}

const basic = (text: string): string => `Basic ${btoa(text)}`;

compare("berth and distribution answer alike behind htpasswd", [], async (directory) => {
  const path = `${directory}/htpasswd`;
  await Deno.writeTextFile(path, USERS_FILE);
  return {
    yaml: `auth: {htpasswd: {realm: 'my "realm"', path: ${JSON.stringify(path)}}}`,
    scheme: { kind: "htpasswd", realm: 'my "realm"', path },
    credentials: [
      null,
      basic("alice:ecila"),
      basic("alice:wrong"),
      basic("nobody:ecila"),
      basic(":"),
      basic("alice"),
      basic("alice:ecila").toLowerCase(),
      basic("bob:bob").replace("Basic", "basic"),
      "Basic",
      "Basic !!!!",
      "Bearer abc",
    ],
  };
});

compare("berth and distribution answer alike behind silly", [], () =>
  Promise.resolve({
    yaml: "auth: {silly: {realm: r, service: s}}",
    scheme: { kind: "silly", realm: "r", service: "s" },
    credentials: [null, "anything at all"],
  }));

/** Tokens that are good, good for something else, and no good. */
function tokens(signer: Certified, stranger: Certified): readonly string[] {
  const actions = ["pull", "push", "delete"];
  const all = [
    { type: "repository", name: "a/b", actions },
    { type: "repository", name: "c/d", actions: ["pull"] },
    { type: "registry", name: "catalog", actions: ["*"] },
  ];
  const x5c = chainOf(signer);
  const now = Math.floor(Date.now() / 1000);
  const good = signToken(signer.key, { x5c }, claimsNow(all));
  return [
    good,
    signToken(signer.key, { x5c }, claimsNow([])),
    signToken(signer.key, { x5c }, claimsNow([{ ...all[0], actions: ["pull"] }])),
    signToken(signer.key, { x5c }, claimsNow([{ ...all[0], actions: ["*"] }])),
    signToken(signer.key, { x5c }, claimsNow(all, { iss: "other" })),
    signToken(signer.key, { x5c }, claimsNow(all, { aud: "other" })),
    signToken(signer.key, { x5c }, claimsNow(all, { exp: now - 100 })),
    signToken(signer.key, { x5c }, claimsNow(all, { exp: now - 30 })),
    signToken(signer.key, { x5c }, claimsNow(all, { nbf: now + 100 })),
    signToken(signer.key, { x5c }, claimsNow(all, { nbf: now + 30 })),
    signToken(stranger.key, { x5c }, claimsNow(all)),
    signToken(stranger.key, { x5c: chainOf(stranger) }, claimsNow(all)),
    signToken(signer.key, { kid: "unknown" }, claimsNow(all)),
    `${good}x`,
    "abc",
    "",
  ];
}

compare("berth and distribution answer alike behind token", ["openssl"], async (directory) => {
  const root = await makeAuthority(`${directory}/root`);
  const signer = await makeSigner(`${directory}/signer`, root);
  const stranger = await makeAuthority(`${directory}/stranger`);
  const scheme = tokenOptions("https://auth.test/token", `${directory}/root.pem`);
  const { realm, service, issuer, rootcertbundle } = scheme;
  return {
    yaml: `auth: {token: ${JSON.stringify({ realm, service, issuer, rootcertbundle })}}`,
    scheme,
    credentials: [
      null,
      basic("alice:ecila"),
      ...tokens(signer, stranger).map((token) => `Bearer ${token}`),
    ],
  };
});
