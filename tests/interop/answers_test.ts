import { assertEquals } from "@std/assert";
import { USERS_FILE } from "../../registry/auth/auth_kit.ts";
import { chainOf, claimsNow, makeAuthority, makeSigner, signToken } from "../auth/authority.ts";
import { challengeInOrder } from "../auth/challenges.ts";
import { tokenOptions } from "../auth/server.ts";
import {
  type RunningServer,
  startDistribution,
  startLikeDistribution,
  withTempDir,
} from "../harness.ts";
import { testWithPrograms } from "../programs.ts";
import { ANSWER_DIFFERENCES } from "./answer_differences.ts";
import { filesBelow, writeApp } from "./oddities.ts";
import { type AskedRequest, NO_UPLOAD, REQUESTS } from "./requests.ts";

/** A configuration, and who asks: what is sent as `Authorization`, of which the last may do everything. */
interface Scene {
  readonly config?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly prefix?: string;
  readonly callers?: readonly (string | null)[];
}

const ANYBODY = [null];

/** Scenes by name, some of which need files. */
const SCENES: Readonly<Record<string, (directory: string) => Promise<Scene> | Scene>> = {
  open: () => ({}),
  silly: () => ({
    config: ["auth: {silly: {realm: r, service: s}}"],
    callers: [null, "anything at all"],
  }),
  async htpasswd(directory): Promise<Scene> {
    const path = `${directory}/htpasswd`;
    await Deno.writeTextFile(path, USERS_FILE);
    return {
      config: [`auth: {htpasswd: {realm: r, path: ${JSON.stringify(path)}}}`],
      callers: [null, `Basic ${btoa("alice:wrong")}`, `Basic ${btoa("alice:ecila")}`],
    };
  },
  async token(directory): Promise<Scene> {
    const root = await makeAuthority(`${directory}/root`);
    const signer = await makeSigner(`${directory}/signer`, root);
    const { realm, service, issuer, rootcertbundle } = tokenOptions(
      "https://auth.test/token",
      `${directory}/root.pem`,
    );
    const tokenFor = (access: readonly unknown[]): string => {
      return `Bearer ${signToken(signer.key, { x5c: chainOf(signer) }, claimsNow(access))}`;
    };
    const all = ["app", "nobody", "APP", "NOBODY"].map((name) => {
      return { type: "repository", name, actions: ["pull", "push", "delete"] };
    });
    return {
      config: [`auth: {token: ${JSON.stringify({ realm, service, issuer, rootcertbundle })}}`],
      callers: [
        null,
        "Bearer x",
        tokenFor([{ type: "repository", name: "app", actions: ["pull"] }]),
        tokenFor([...all, { type: "registry", name: "catalog", actions: ["*"] }]),
      ],
    };
  },
  "read-only": () => ({
    env: { REGISTRY_STORAGE_MAINTENANCE_READONLY: "{enabled: true}" },
  }),
  "without deletes": () => ({ env: { REGISTRY_STORAGE_DELETE_ENABLED: "false" } }),
  "below a prefix": () => ({ env: { REGISTRY_HTTP_PREFIX: "/r/" }, prefix: "/r/" }),
  "with headers": () => ({ env: { REGISTRY_HTTP_HEADERS: "{X-A: [b]}" } }),
};

/** What a request is told: the status, the code of an error, the challenge, and the header of the configuration. */
async function ask(
  server: RunningServer,
  request: AskedRequest,
  { prefix = "/", callers = ANYBODY }: Scene,
  caller: string | null,
): Promise<string> {
  const send = (method: string, path: string, init: RequestInit): Promise<Response> => {
    return fetch(new URL(path, server.url), { ...init, method, redirect: "manual" });
  };
  const headersOf = (who: string | null): Record<string, string> => {
    return { ...request.headers, ...who === null ? {} : { Authorization: who } };
  };
  const below = (path: string): string => `${prefix}${path.slice(1)}`;
  let path = below(request.path);
  if (request.path.startsWith("{upload}")) {
    const headers = headersOf(callers.at(-1) ?? null);
    const begun = await send("POST", below("/v2/app/blobs/uploads/"), { headers });
    await begun.body?.cancel();
    path = begun.headers.get("Location") ?? below(NO_UPLOAD);
    const [, query = ""] = request.path.split("?");
    if (query !== "") path += `${path.includes("?") ? "&" : "?"}${query}`;
  }
  const init = { headers: headersOf(caller), body: request.body ?? null };
  const { status, headers, text } = await read(await send(request.method, path, init));
  const challenge = challengeInOrder(headers.get("WWW-Authenticate"));
  const added = headers.has("X-A") ? `X-A: ${headers.get("X-A")}` : null;
  return [status, status < 400 ? null : codeOf(text), challenge, added]
    .filter((part) => part !== null).join(" ");
}

async function read(
  response: Response,
): Promise<{ readonly status: number; readonly headers: Headers; readonly text: string }> {
  const { status, headers } = response;
  // distribution tells the length of the blob with its 416, and sends a line.
  return { status, headers, text: await response.text().catch(() => "cut off") };
}

/** The codes of an error body; `null` for none, `text` for what is no such body. */
function codeOf(body: string): string | null {
  if (body === "") return null;
  try {
    const { errors } = JSON.parse(body);
    return (errors as { readonly code: string }[]).map(({ code }) => code).join();
  } catch {
    return "text";
  }
}

/** Asks both registries everything, and returns a line for what they tell otherwise. */
async function differencesIn(scene: Scene, directory: string): Promise<readonly string[]> {
  const start = async (
    name: string,
    starter: typeof startDistribution,
  ): Promise<RunningServer> => {
    const root = `${directory}/${name}`;
    await writeApp(filesBelow(root));
    return await starter({ root, config: scene.config ?? [], env: scene.env ?? {} });
  };
  const distribution = await start("distribution", startDistribution);
  const berth = await start("berth", startLikeDistribution);
  const lines: string[] = [];
  try {
    for (const caller of scene.callers ?? ANYBODY) {
      for (const request of REQUESTS) {
        const { method, path, note } = request;
        const asked = `${method} ${path}${note === undefined ? "" : ` (${note})`}`;
        const wanted = await ask(distribution, request, scene, caller);
        const told = await ask(berth, request, scene, caller);
        if (told !== wanted) lines.push(`${asked} | ${wanted} | ${told}`);
      }
    }
  } finally {
    await Promise.all([distribution.stop(), berth.stop()]);
  }
  return lines;
}

for (const [name, prepare] of Object.entries(SCENES)) {
  testWithPrograms(
    ["docker-registry", ...name === "token" ? ["openssl"] : []],
    `berth and distribution answer ${REQUESTS.length} requests alike (${name}), or it is known why not`,
    () =>
      withTempDir("answers", async (directory) => {
        const lines = await differencesIn(await prepare(directory), directory);
        const unknown = lines.filter((line) => {
          return !ANSWER_DIFFERENCES.some((difference) => difference.line.test(line));
        });
        assertEquals(unknown, []);
        const gone = ANSWER_DIFFERENCES.filter(({ line, scene }) => {
          return scene === name && !lines.some((each) => line.test(each));
        });
        assertEquals(gone, []);
      }),
  );
}
