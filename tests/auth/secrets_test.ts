/** Nothing that a server prints or answers tells a password, a token or a key. */

import { assert, assertEquals } from "@std/assert";
import { USERS_FILE } from "../../registry/auth/auth_kit.ts";
import { type RunningServer, withTempDir } from "../harness.ts";
import { MEDIA_TYPES } from "../images.ts";
import { DENO_2_9, testWithPrograms } from "../programs.ts";
import { chainOf, claimsNow, makeAuthority, makeSigner, signToken } from "./authority.ts";
import { serving, tokenOptions } from "./server.ts";
import { LOOSE, withWitness, WRONG } from "./witness.ts";

/** Longest wait for what the server is to notice, in milliseconds. */
const NOTICE_TIMEOUT_MS = 60_000;

/** Sends the head of a request as it is, which `fetch` would not. */
async function sendRaw({ host }: RunningServer, head: string): Promise<void> {
  const [hostname = "", port = ""] = host.split(":");
  const connection = await Deno.connect({ hostname, port: Number(port) });
  const text = `${head}\r\nHost: a\r\nConnection: close\r\n\r\n`;
  await connection.write(new TextEncoder().encode(text));
  for await (const _ of connection.readable) continue;
}

function formOf(fields: Readonly<Record<string, string>>): RequestInit {
  return { method: "POST", body: new URLSearchParams(fields) };
}

/** Paths that ask for all kinds of rights, find something and nothing, and fail. */
const PATHS = ["/v2/", "/v2/_catalog", "/v2/a/tags/list", "/v2/a/manifests/x", "/nowhere"];

/** A listener that is told of events, and what it was told. */
async function withEvents(
  body: (endpoint: unknown, events: readonly string[]) => Promise<void>,
): Promise<void> {
  const events: string[] = [];
  await serving(async (request) => {
    events.push(await request.text());
    return new Response();
  }, (url) => {
    const headers = { Authorization: [`Bearer ${LOOSE}`] };
    return body({ name: "listener", url: `${url}/events`, headers }, events);
  });
}

const EMPTY_INDEX: RequestInit = {
  method: "PUT",
  headers: { "Content-Type": MEDIA_TYPES.oci.index },
  body: JSON.stringify({ schemaVersion: 2, mediaType: MEDIA_TYPES.oci.index, manifests: [] }),
};

Deno.test("berth serve tells listeners of no password and no token", async () => {
  await withTempDir("secrets", (directory) =>
    withEvents(async (endpoint, events) => {
      const path = `${directory}/htpasswd`;
      await Deno.writeTextFile(path, USERS_FILE);
      const auth = { htpasswd: { realm: "r", path } };
      const notifications = { endpoints: [endpoint] };
      await withWitness({ auth, notifications }, directory, async (witness, server) => {
        const good = witness.basic("alice", "ecila");
        await witness.send("/v2/a/manifests/x", witness.basic("alice", WRONG), EMPTY_INDEX);
        await witness.send("/v2/a/manifests/x", good, EMPTY_INDEX);
        await witness.send("/v2/a/manifests/x", good, { headers: EMPTY_INDEX.headers ?? {} });
        assertEquals(witness.statuses.slice(0, 2), [401, 201]);
        const deadline = Date.now() + NOTICE_TIMEOUT_MS;
        while (!events.join().includes('"push"')) {
          assert(Date.now() < deadline, server.log());
          await new Promise((resolve) => setTimeout(resolve, 20));
        }
        witness.hear(events.join("\n"));
      });
    }));
});

Deno.test("berth serve repeats no password, token or key of its own users", async () => {
  await withTempDir("secrets", async (directory) => {
    const [path, keys] = [`${directory}/htpasswd`, `${directory}/keys.json`];
    await Deno.writeTextFile(path, `${USERS_FILE}carol:${LOOSE}\n`);
    const sections = {
      auth: { htpasswd: { realm: "r", path }, issuer: { enabled: true, keys } },
      access: { rules: [{ who: "authenticated", may: ["pull", "push", "catalog"] }] },
    };
    await withWitness(sections, directory, async (witness, server) => {
      const good = witness.basic("alice", "ecila");
      const issued = await witness.send(
        "/token?offline_token=true&scope=registry:catalog:*",
        good,
        {},
        true,
      );
      const { token, refresh_token } = JSON.parse(issued);
      for (const { d, x } of JSON.parse(await Deno.readTextFile(keys)).keys) {
        for (const secret of [d, x]) witness.secrets.add(secret);
      }
      const sent = [
        good,
        witness.basic("alice", WRONG),
        witness.basic(WRONG, ""),
        `Basic ${WRONG}`,
        `Digest username="alice", response="${WRONG}"`,
        witness.bearer(token),
        witness.bearer(refresh_token),
        witness.bearer(`${token}x`),
        witness.bearer(WRONG),
      ];
      for (const authorization of sent) {
        for (const each of PATHS) await witness.send(each, authorization);
        await witness.send("/v2/a/blobs/uploads/", authorization, { method: "POST" });
      }
      for (const wrong of [witness.basic("alice", WRONG), `Basic ${WRONG}`]) {
        await witness.send("/token", wrong);
      }
      const password = { grant_type: "password", username: "alice", password: WRONG };
      const refresh = { grant_type: "refresh_token", refresh_token: WRONG };
      for (const form of [password, refresh, { grant_type: WRONG }, { password: WRONG }]) {
        await witness.send("/token", null, formOf(form));
      }
      await sendRaw(server, `GET http://alice:${WRONG}@${server.host}/v2/ HTTP/1.1`);
      await sendRaw(server, `GET http://alice:${WRONG}@${server.host}/v2/a/manifests/x HTTP/1.1`);
      assert(witness.statuses.includes(200) && witness.statuses.includes(401));

      await Deno.writeTextFile(path, `${LOOSE} without a colon\n`);
      await Deno.writeTextFile(keys, `{"keys": ["${LOOSE}"]}`);
      const deadline = Date.now() + NOTICE_TIMEOUT_MS;
      while (!witness.statuses.includes(503)) {
        assert(Date.now() < deadline, server.log());
        for (const authorization of sent) await witness.send("/v2/a/tags/list", authorization);
        await witness.send("/token", good, {}, true);
      }
    });
  });
});

testWithPrograms(
  ["openssl", DENO_2_9],
  "berth serve repeats no token of a token server",
  () =>
    withTempDir("secrets", async (directory) => {
      const signer = await makeSigner(
        `${directory}/signer`,
        await makeAuthority(`${directory}/root`),
      );
      const { realm, service, issuer, rootcertbundle } = tokenOptions(
        "https://auth.test/token",
        `${directory}/root.pem`,
      );
      const sections = { auth: { token: { realm, service, issuer, rootcertbundle } } };
      await withWitness(sections, directory, async (witness) => {
        const x5c = chainOf(signer);
        const access = [{ type: "repository", name: "a", actions: ["pull", "push"] }];
        const tokens = [
          signToken(signer.key, { x5c }, claimsNow(access)),
          signToken(signer.key, { x5c }, claimsNow(access, { exp: 1 })),
          signToken(signer.key, { x5c: [LOOSE] }, claimsNow(access)),
          signToken(signer.key, { kid: LOOSE }, claimsNow(access)),
          `${WRONG}.${WRONG}.${WRONG}`,
        ];
        for (const token of tokens) {
          const authorization = witness.bearer(token);
          for (const path of PATHS) await witness.send(path, authorization);
          await witness.send("/v2/a/blobs/uploads/", authorization, { method: "POST" });
        }
        assertEquals(new Set(witness.statuses), new Set([200, 202, 401, 404]));
      });
    }),
);
