/** Nothing that a server prints or answers tells a password, a token or a key. */

import { assert, assertEquals } from "@std/assert";
import { USERS_FILE } from "../../registry/auth/auth_kit.ts";
import { type RunningServer, startServe, withTempDir } from "../harness.ts";
import { testWithPrograms } from "../programs.ts";
import { chainOf, claimsNow, makeAuthority, makeSigner, signToken } from "./authority.ts";
import { tokenOptions } from "./server.ts";

/** Longest wait for what the server is to notice, in milliseconds. */
const NOTICE_TIMEOUT_MS = 60_000;

/** What is sent and must not be seen again. */
const WRONG = "wr0ng-passw0rd";
const LOOSE = "l00se-secret";

/** What a server was sent, and what it has told. */
class Witness {
  readonly #server: RunningServer;
  /** Everything that must not be repeated. */
  readonly secrets = new Set<string>([WRONG, LOOSE, "ecila"]);
  readonly statuses: number[] = [];
  #told = "";

  constructor(server: RunningServer) {
    this.#server = server;
  }

  /** Sends a request; what comes back counts as told, unless it is what was asked for. */
  async send(
    path: string,
    authorization: string | null,
    init: RequestInit = {},
    isWanted = false,
  ): Promise<string> {
    const headers = authorization === null ? {} : { Authorization: authorization };
    const response = await fetch(`${this.#server.url}${path}`, {
      ...init,
      headers: { ...init.headers, ...headers },
    });
    const text = await response.text();
    this.statuses.push(response.status);
    if (!isWanted) this.#told += `${JSON.stringify([...response.headers])}\n${text}\n`;
    return text;
  }

  basic(user: string, password: string): string {
    const encoded = btoa(`${user}:${password}`);
    this.secrets.add(encoded);
    return `Basic ${encoded}`;
  }

  bearer(token: string): string {
    this.secrets.add(token);
    // The first part says no more than how it is signed.
    for (const part of token.split(".").slice(1)) this.secrets.add(part);
    return `Bearer ${token}`;
  }

  assertDiscreet(): void {
    const told = `${this.#told}\n${this.#server.log()}`;
    for (const secret of this.secrets) assert(!told.includes(secret), `${secret}\n${told}`);
  }
}

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

/** Starts a server with a configuration that asks for every line there is. */
async function withWitness(
  sections: Readonly<Record<string, unknown>>,
  directory: string,
  body: (witness: Witness, server: RunningServer) => Promise<void>,
): Promise<void> {
  const config = {
    version: 0.1,
    log: { level: "debug", accesslog: { disabled: false } },
    storage: { filesystem: { rootdirectory: `${directory}/data` } },
    http: { addr: "127.0.0.1:0", workers: 2, secret: LOOSE },
    ...sections,
  };
  await Deno.writeTextFile(`${directory}/config.yml`, JSON.stringify(config));
  const server = await startServe({ root: directory, args: [`${directory}/config.yml`] });
  try {
    const witness = new Witness(server);
    await body(witness, server);
    await server.stop();
    witness.assertDiscreet();
  } finally {
    await server.stop();
  }
}

/** Paths that ask for all kinds of rights, find something and nothing, and fail. */
const PATHS = ["/v2/", "/v2/_catalog", "/v2/a/tags/list", "/v2/a/manifests/x", "/nowhere"];

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
  ["openssl"],
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
