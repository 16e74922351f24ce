/**
 * The ways from a client to a registry: how it proves who it is, and what is in between.
 *
 * @module
 */

import { USERS_FILE } from "../../registry/auth/auth_kit.ts";
import { makeAuthority, makeSigner } from "../auth/authority.ts";
import { serving, tokenOptions } from "../auth/server.ts";
import { tokenServer } from "../auth/token_server.ts";
import { type RunningServer, startServe, withTempDir } from "../harness.ts";
import { makeServerCertificate } from "../ops/certificates.ts";
import { withNginx } from "../ops/nginx.ts";
import { DENO_2_9 } from "../programs.ts";

/** Where clients find the registry. */
export interface Place {
  /** `host:port`. */
  readonly host: string;
  /** PEM file of the authority that clients have to trust; `null` for plain HTTP. */
  readonly authority: string | null;
  /** PEM files of a certificate that clients have to show, without their extensions. */
  readonly client?: string;
  readonly berth: RunningServer;
}

/** One way. With each, alice does everything, bob pulls, and anybody pulls `public`. */
export interface Way {
  readonly name: string;
  readonly login: keyof typeof LOGINS;
  readonly front: keyof typeof FRONTS;
  /** What it needs to be installed. */
  readonly programs: readonly string[];
}

export const WAYS: readonly Way[] = [
  { name: "with a password", login: "password", front: "plain", programs: [] },
  {
    name: "with a token server",
    login: "token server",
    front: "plain",
    programs: ["openssl", DENO_2_9],
  },
  { name: "with berth's own tokens", login: "own tokens", front: "plain", programs: [] },
  {
    name: "with a password, over TLS of a private authority",
    login: "password",
    front: "TLS",
    programs: ["openssl"],
  },
  {
    name: "with berth's own tokens, over TLS of a private authority",
    login: "own tokens",
    front: "TLS",
    programs: ["openssl"],
  },
  {
    name: "with berth's own tokens and a certificate, over TLS",
    login: "own tokens",
    front: "TLS with certificates of clients",
    programs: ["openssl", DENO_2_9],
  },
  {
    name: "with a token server, through nginx with TLS before a unix socket",
    login: "token server",
    front: "nginx",
    programs: ["openssl", "nginx", DENO_2_9],
  },
  {
    name: "with berth's own tokens, through nginx with TLS before a prefix and a unix socket",
    login: "own tokens",
    front: "nginx before a prefix",
    programs: ["openssl", "nginx"],
  },
];

/** Sections of berth's configuration. */
type Sections = Readonly<Record<string, unknown>>;

const ACCESS = {
  rules: [
    { who: "anonymous", may: "pull", repositories: "public/**" },
    { who: "authenticated", may: ["pull", "catalog"] },
    { who: "user:alice", may: ["push", "delete"] },
  ],
};

/** Runs a function with the sections that make a registry ask who is there. */
const LOGINS = {
  async password(directory: string, body: (sections: Sections) => Promise<void>): Promise<void> {
    await body({ auth: { htpasswd: await usersOf(directory) }, access: ACCESS });
  },
  async "own tokens"(
    directory: string,
    body: (sections: Sections) => Promise<void>,
  ): Promise<void> {
    const issuer = { enabled: true, keys: `${directory}/keys.json` };
    await body({ auth: { htpasswd: await usersOf(directory), issuer }, access: ACCESS });
  },
  async "token server"(
    directory: string,
    body: (sections: Sections) => Promise<void>,
  ): Promise<void> {
    const signer = await makeSigner(
      `${directory}/signer`,
      await makeAuthority(`${directory}/tokens`),
    );
    await serving(tokenServer(signer), async (url) => {
      const { realm, service, issuer, rootcertbundle } = tokenOptions(
        `${url}/token`,
        `${directory}/tokens.pem`,
      );
      await body({ auth: { token: { realm, service, issuer, rootcertbundle } } });
    });
  },
};

async function usersOf(directory: string): Promise<Sections> {
  await Deno.writeTextFile(`${directory}/htpasswd`, USERS_FILE);
  return { realm: "berth", path: `${directory}/htpasswd` };
}

const FREE_PORT = "127.0.0.1:0";
const PREFIX = "/registry/";

type Front = (
  directory: string,
  serve: (http: Sections, body: (berth: RunningServer) => Promise<void>) => Promise<void>,
  body: (place: Place) => Promise<void>,
) => Promise<void>;

/** Runs a function with a registry that listens, and with what stands before it. */
const FRONTS = {
  plain: (_directory, serve, body) =>
    serve({ addr: FREE_PORT }, (berth) => body({ host: berth.host, authority: null, berth })),
  async TLS(directory, serve, body): Promise<void> {
    const authority = await makeCertificate(directory, "berth");
    const tls = { certificate: `${directory}/berth.pem`, key: `${directory}/berth.key` };
    await serve(
      { addr: FREE_PORT, tls },
      (berth) => body({ host: berth.host, authority, berth }),
    );
  },
  async "TLS with certificates of clients"(directory, serve, body): Promise<void> {
    const authority = await makeCertificate(directory, "berth");
    const client = `${directory}/client`;
    await makeSigner(client, await makeAuthority(`${directory}/clients`));
    const tls = {
      certificate: `${directory}/berth.pem`,
      key: `${directory}/berth.key`,
      clientcas: [`${directory}/clients.pem`],
    };
    await serve(
      { addr: FREE_PORT, tls },
      (berth) => body({ host: berth.host, authority, client, berth }),
    );
  },
  nginx: (directory, serve, body) => behindNginx("/", directory, serve, body),
  "nginx before a prefix": (directory, serve, body) => behindNginx(PREFIX, directory, serve, body),
} as const satisfies Readonly<Record<string, Front>>;

async function behindNginx(
  prefix: string,
  ...[directory, serve, body]: Parameters<Front>
): Promise<void> {
  const authority = await makeCertificate(directory, "nginx");
  const socket = `${directory}/berth.sock`;
  await serve({ net: "unix", addr: socket, prefix }, async (berth) => {
    await withNginx({ directory, socket, prefix }, (host) => body({ host, authority, berth }));
  });
}

/** The PEM file of an authority that has vouched for a server. */
async function makeCertificate(directory: string, name: string): Promise<string> {
  await makeAuthority(`${directory}/authority`);
  await makeServerCertificate(`${directory}/${name}`, name, `${directory}/authority`);
  return `${directory}/authority.pem`;
}

/** Runs a function with a registry that is reached in one way. */
export async function onWay(
  { login, front }: Way,
  body: (place: Place) => Promise<void>,
): Promise<void> {
  await withTempDir("way", (directory) =>
    LOGINS[login](directory, (sections) =>
      FRONTS[front](
        directory,
        (http, listening) => serveConfigured({ directory, http, sections }, listening),
        body,
      )));
}

async function serveConfigured(
  { directory, http, sections }: {
    readonly directory: string;
    readonly http: Sections;
    readonly sections: Sections;
  },
  body: (berth: RunningServer) => Promise<void>,
): Promise<void> {
  const root = `${directory}/data`;
  const path = `${directory}/config.yml`;
  const storage = { filesystem: { rootdirectory: root } };
  await Deno.writeTextFile(path, JSON.stringify({ version: 0.1, storage, http, ...sections }));
  const berth = await startServe({ root, args: [path] });
  try {
    await body(berth);
  } finally {
    await berth.stop();
  }
}
