import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import configuration from "../deno.json" with { type: "json" };
import { digestBytes } from "../storage/digest.ts";
import {
  BERTH_BINARY,
  berthCommand,
  freePort,
  type RunningServer,
  startBerth,
  withBerth,
  withTempDir,
} from "./harness.ts";
import { runBerth } from "./run_berth.ts";

/** Reads an answer to its end, so that its connection is free. */
async function statusOf(url: string, init: RequestInit = {}): Promise<number> {
  const response = await fetch(url, init);
  await response.body?.cancel();
  return response.status;
}

async function startUpload(server: RunningServer): Promise<string> {
  const response = await fetch(`${server.url}/v2/test/app/blobs/uploads/`, { method: "POST" });
  await response.body?.cancel();
  assertEquals(response.status, 202);
  return new URL(response.headers.get("Location") ?? "", server.url).href;
}

Deno.test("berth --help and --version say what they are asked on stdout", async () => {
  const [help, version, serveHelp] = await Promise.all([
    runBerth(["--help"]),
    runBerth(["--version"]),
    runBerth(["serve", "--help"]),
  ]);
  assertEquals([help.code, help.stderr], [0, ""]);
  assertStringIncludes(help.stdout, "serve");
  assertEquals([version.code, version.stderr], [0, ""]);
  const origin = BERTH_BINARY === null ? "from source" : "commit \\S+";
  const number = configuration.version.replaceAll(".", "\\.");
  assertMatch(
    version.stdout,
    new RegExp(`^berth ${number} \\(${origin}, Deno [\\d.]+, V8 \\S+\\)\n$`),
  );
  assertEquals([serveHelp.code, serveHelp.stderr], [0, ""]);
  assertStringIncludes(serveHelp.stdout, "--root DIR");
  assertStringIncludes(serveHelp.stdout, "Examples:");
});

Deno.test("berth api prints the API reference", async () => {
  const { code, stdout, stderr } = await runBerth(["api"]);
  assertEquals([code, stderr], [0, ""]);
  assertMatch(stdout, /^# HTTP API\n/);
});

const MISUSES: readonly [args: readonly string[], message: string][] = [
  [[], "Usage: berth COMMAND"],
  [["serv"], 'Unknown command "serv"; did you mean "serve"?'],
  [["__proto__"], 'Unknown command "__proto__"'],
  [["serve", "--rot", "x"], "Unknown flag --rot; did you mean --root?"],
  [["serve", "--addr", "nowhere"], '--addr: http.addr: cannot use "nowhere"; expected HOST:PORT'],
  [["serve", "--addr", "127.0.0.1:99999"], "expected HOST:PORT"],
  [
    ["serve", "--workers", "0"],
    '--workers: http.workers: cannot use "0"; expected a whole number from 1',
  ],
  [["serve", "--root"], "--root needs a value"],
  [["serve", "--root="], "--root needs a value"],
  [["serve", "--root", "a", "--root", "b"], "--root is given more than once"],
  [["serve", "a", "b"], 'Unexpected argument "b"'],
  [["api", "--format", "pdf"], 'Cannot use --format "pdf": expected one of markdown'],
];

Deno.test("berth answers misuse with exit code 2, and the usage on stderr", async () => {
  for (const [args, message] of MISUSES) {
    const { code, stdout, stderr } = await runBerth(args);
    assertEquals([code, stdout], [2, ""], args.join(" "));
    assertStringIncludes(stderr, message);
    assertStringIncludes(stderr, "Usage: berth");
  }
});

Deno.test("berth serve refuses a value of a variable that it cannot use", async () => {
  const { code, stderr } = await runBerth(["serve", "--check"], {
    env: { REGISTRY_HTTP_ADDR: "nowhere" },
  });
  assertEquals(code, 2);
  assertStringIncludes(
    stderr,
    'REGISTRY_HTTP_ADDR: http.addr: cannot use "nowhere"; expected HOST:PORT',
  );
});

Deno.test("berth serve refuses a store that is a file, or below one", async () => {
  await withTempDir("cli", async (directory) => {
    await Deno.writeTextFile(`${directory}/file`, "");
    for (const root of [`${directory}/file`, `${directory}/file/below`]) {
      const { code, stdout, stderr } = await runBerth(["serve", "--root", root, "--check"]);
      assertEquals([code, stdout], [1, ""], stderr);
      assertEquals(
        stderr,
        `berth serve: Cannot open store "${root}": not a directory; pass a directory with --root\n`,
      );
    }
  });
});

Deno.test({
  name: "berth serve refuses a store that it may not make (not as root, who may everything)",
  ignore: Deno.uid() === 0,
  fn: () =>
    withTempDir("cli", async (directory) => {
      await Deno.mkdir(`${directory}/locked`, { mode: 0o500 });
      const root = `${directory}/locked/store`;
      const { code, stderr } = await runBerth(["serve", "--root", root, "--check"]);
      assertEquals(code, 1);
      assertStringIncludes(stderr, "permission denied; run as the owner or pass --root");
    }),
});

Deno.test("berth serve --check makes the store and ends", async () => {
  await withTempDir("cli", async (directory) => {
    const root = `${directory}/not/yet/there`;
    const { code, stdout, stderr } = await runBerth(["serve", "--root", root, "--check"]);
    assertEquals([code, stderr], [0, ""]);
    assertEquals(stdout, "The settings and the store can be used\n");
    assert((await Deno.stat(root)).isDirectory);
  });
});

Deno.test("berth serve says who to end when the port is taken", async () => {
  await withBerth(async (server) => {
    await withTempDir("cli", async (root) => {
      const { code, stdout, stderr } = await runBerth([
        "serve",
        "--root",
        root,
        "--addr",
        server.host,
      ]);
      assertEquals([code, stdout], [1, ""]);
      assertEquals(
        stderr,
        `berth serve: Cannot listen on ${server.host}: another program listens there; end it or pass --addr\n`,
      );
      assertEquals(await statusOf(`${server.url}/v2/`), 200);
    });
  });
});

Deno.test("berth serve takes a free port for 0, and says which", async () => {
  await withBerth((server) => {
    assertMatch(server.host, /^127\.0\.0\.1:[1-9]\d*$/);
    assertStringIncludes(server.log(), `data in ${server.root}`);
    return Promise.resolve();
  });
});

Deno.test("berth serve takes its settings from variables, and flags come first", async () => {
  await withTempDir("cli", async (root) => {
    const env = {
      REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY: "/nowhere/to/be/found",
      REGISTRY_STORAGE_MAINTENANCE_READONLY_ENABLED: "true",
      REGISTRY_HTTP_WORKERS: "1",
    };
    const server = await startBerth({ root, env });
    try {
      assertStringIncludes(server.log(), "1 worker,");
      const url = `${server.url}/v2/test/app/blobs/uploads/`;
      assertEquals(await statusOf(url, { method: "POST" }), 405);
    } finally {
      await server.stop();
    }
  });
});

for (const workers of [1, 2, 3]) {
  Deno.test(`berth serve --workers ${workers} pushes over one connection and pulls over others`, async () => {
    await withBerth(async (server) => {
      const content = new TextEncoder().encode("content".repeat(1000));
      const digest = digestBytes(content, "sha256");
      const push = async (name: string): Promise<void> => {
        const started = await fetch(`${server.url}/v2/${name}/blobs/uploads/`, { method: "POST" });
        await started.body?.cancel();
        const location = `${server.url}${started.headers.get("Location")}`;
        assertEquals(await statusOf(location, { method: "PATCH", body: content }), 202);
        assertEquals(await statusOf(`${location}?digest=${digest}`, { method: "PUT" }), 201);
      };
      await Promise.all(Array.from({ length: 12 }, (_, index) => push(`test/app${index}`)));
      const pulled = await Promise.all(
        Array.from({ length: 12 }, async (_, index) => {
          const response = await fetch(`${server.url}/v2/test/app${index}/blobs/${digest}`);
          return (await response.arrayBuffer()).byteLength;
        }),
      );
      assertEquals(new Set(pulled), new Set([content.length]));
    }, ["--workers", String(workers)]);
  });
}

for (const workers of [1, 3]) {
  Deno.test(`berth serve with ${workers} workers ends at SIGTERM though connections idle`, async () => {
    await withTempDir("cli", async (root) => {
      const server = await startBerth({ root, args: ["--workers", String(workers)] });
      const [hostname = "", port = ""] = server.host.split(":");
      const idle = await Promise.all(
        Array.from({ length: 6 }, () => Deno.connect({ hostname, port: Number(port) })),
      );
      try {
        const request = new TextEncoder().encode(
          `GET /v2/ HTTP/1.1\r\nHost: ${server.host}\r\n\r\n`,
        );
        for (const connection of idle.slice(1)) {
          await connection.write(request);
          await connection.read(new Uint8Array(1024));
        }
        assertEquals(await server.stop("SIGTERM"), 0);
        assertStringIncludes(server.log(), "draining");
      } finally {
        for (const connection of idle) connection.close();
      }
    });
  });
}

/** A body that is sent as far as a test wants. */
interface SlowBody {
  readonly stream: ReadableStream<Uint8Array>;
  send(text: string): void;
  end(): void;
}

function slowBody(): SlowBody {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const writer = writable.getWriter();
  return {
    stream: readable,
    send: (text) => void writer.write(new TextEncoder().encode(text)).catch(() => {}),
    end: () => void writer.close().catch(() => {}),
  };
}

/** Resolves once something is so that nobody tells of. The test runner ends a wait in vain. */
async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 5));
}

/** Resolves once the server has written that much of an upload. */
function untilUploaded(server: RunningServer, location: string, bytes: number): Promise<void> {
  const id = location.slice(location.lastIndexOf("/") + 1);
  const path = `${server.root}/docker/registry/v2/repositories/test/app/_uploads/${id}/data`;
  return until(() => Deno.statSync(path).size >= bytes);
}

/** Resolves once the server has said something. */
function untilSaid(server: RunningServer, words: string): Promise<void> {
  return until(() => server.log().includes(words));
}

/** More than the piece in which uploads are written, so that it is seen on disk. */
const PIECE = "x".repeat(3 * 1024 * 1024);

Deno.test("berth serve finishes the requests under way at SIGTERM, and takes no others", async () => {
  await withTempDir("cli", async (root) => {
    // Longer than any timer of JavaScript.
    const env = { REGISTRY_HTTP_DRAINTIMEOUT: "30d" };
    const server = await startBerth({ root, env, args: ["--workers", "1"] });
    const location = await startUpload(server);
    const body = slowBody();
    const writing = fetch(location, { method: "PATCH", body: body.stream });
    body.send(PIECE);
    await untilUploaded(server, location, 1024 * 1024);
    const ended = server.stop("SIGTERM");
    await untilSaid(server, "draining");
    assertEquals(await statusOf(`${server.url}/v2/`), 503);
    body.send("the end");
    body.end();
    const answer = await writing;
    await answer.body?.cancel();
    assertEquals(answer.status, 202);
    assertEquals(answer.headers.get("Range"), `0-${PIECE.length + 6}`);
    assertEquals(await ended, 0);
    const refused = await fetch(`${server.url}/v2/`).then(() => false, () => true);
    assert(refused);
  });
});

Deno.test("berth serve finishes the answers under way at SIGTERM", async () => {
  await withTempDir("cli", async (root) => {
    const server = await startBerth({ root, args: ["--workers", "1"] });
    const content = new Uint8Array(32 * 1024 * 1024).fill(7);
    const digest = digestBytes(content, "sha256");
    const url = `${server.url}/v2/test/app/blobs`;
    assertEquals(
      await statusOf(`${url}/uploads/?digest=${digest}`, { method: "POST", body: content }),
      201,
    );
    const answer = await fetch(`${url}/${digest}`);
    const reader = answer.body?.getReader();
    let received = (await reader?.read())?.value?.length ?? 0;
    const ended = server.stop("SIGTERM");
    await untilSaid(server, "draining");
    for (let piece = await reader?.read(); piece?.value !== undefined;) {
      received += piece.value.length;
      piece = await reader?.read();
    }
    assertEquals(received, content.length);
    assertEquals(await ended, 0);
  });
});

Deno.test("berth serve ends at once at the second signal, and keeps what had arrived", async () => {
  await withTempDir("cli", async (root) => {
    const server = await startBerth({ root, args: ["--workers", "1"] });
    const location = await startUpload(server);
    const body = slowBody();
    const writing = fetch(location, { method: "PATCH", body: body.stream }).then(
      (answer) => answer.body?.cancel(),
      () => {},
    );
    body.send(PIECE);
    await untilUploaded(server, location, 1024 * 1024);
    server.kill("SIGINT");
    await untilSaid(server, "draining");
    assertEquals(await server.stop("SIGINT"), 130);
    body.end();
    await writing;
    const again = await startBerth({ root });
    try {
      const path = new URL(location).pathname;
      assertEquals(await statusOf(`${again.url}${path}`), 204);
    } finally {
      await again.stop();
    }
  });
});

Deno.test("berth serve cuts requests off that do not end in time, and says so", async () => {
  await withTempDir("cli", async (root) => {
    const env = { REGISTRY_HTTP_DRAINTIMEOUT: "50ms" };
    const server = await startBerth({ root, args: ["--workers", "1"], env });
    const location = await startUpload(server);
    const body = slowBody();
    const writing = fetch(location, { method: "PATCH", body: body.stream }).then(
      (answer) => answer.body?.cancel(),
      () => {},
    );
    body.send(PIECE);
    await untilUploaded(server, location, 1024 * 1024);
    assertEquals(await server.stop("SIGTERM"), 1);
    assertStringIncludes(server.log(), "cut off");
    body.end();
    await writing;
  });
});

Deno.test("berth serve goes on when the directory of the store is removed", async () => {
  await withTempDir("cli", async (directory) => {
    const root = `${directory}/store`;
    const server = await startBerth({ root });
    try {
      await startUpload(server);
      await Deno.remove(root, { recursive: true });
      assertEquals(await statusOf(`${server.url}/v2/`), 200);
      assertEquals(await statusOf(`${server.url}/v2/_catalog`), 200);
      assertEquals(await statusOf(`${server.url}/v2/test/app/tags/list`), 404);
      const content = "content";
      const digest = digestBytes(new TextEncoder().encode(content), "sha256");
      const url = `${server.url}/v2/test/app/blobs/uploads/?digest=${digest}`;
      assertEquals(await statusOf(url, { method: "POST", body: content }), 201);
      assertEquals(await statusOf(`${server.url}/v2/test/app/blobs/${digest}`), 200);
    } finally {
      assertEquals(await server.stop(), 0);
    }
  });
});

Deno.test("berth serve sends what it stores, also to clients that take it compressed", async () => {
  await withBerth(async (server) => {
    const manifest = textBytes(
      JSON.stringify({ schemaVersion: 2, mediaType: INDEX, manifests: [], annotations: LONG }),
    );
    const url = `${server.url}/v2/test/app/manifests/v1`;
    const headers = { "Content-Type": INDEX };
    assertEquals(await statusOf(url, { method: "PUT", headers, body: manifest }), 201);
    // fetch would undo the compression.
    const ask = async (target: string): Promise<readonly string[]> => {
      const headers = `Accept: ${INDEX}\r\nAccept-Encoding: gzip, br\r\n`;
      return (await rawRequest(server, `GET ${target} HTTP/1.1`, headers)).split("\r\n\r\n");
    };
    const [head = "", body] = await ask("/v2/test/app/manifests/v1");
    assertEquals(body, new TextDecoder().decode(manifest));
    assertMatch(head, new RegExp(`^content-length: ${manifest.length}\r?$`, "im"));
    assertMatch(head, new RegExp(`^etag: "${digestBytes(manifest, "sha256")}"\r?$`, "im"));
    const [errorHead = "", error = ""] = await ask("/v2/test/app/manifests/unknown");
    assertStringIncludes(error, "MANIFEST_UNKNOWN");
    for (const each of [head, errorHead]) assert(!/^content-encoding:/im.test(each), each);
  });
});

Deno.test("berth serve hands the target of a request to the registry as it was sent", async () => {
  await withBerth(async (server) => {
    const rows: readonly [target: string, status: number][] = [
      ["/v2/../../etc/passwd", 404],
      ["/v2/a/../b/tags/list", 400],
      ["/v2/%2e%2e/tags/list", 400],
      ["/v2/a%2f..%2fb/tags/list", 400],
      ["/v2/a%00/tags/list", 400],
      [`http://${server.host}/v2/`, 200],
      ["//v2/", 404],
    ];
    for (const [target, status] of rows) {
      const answer = await rawRequest(server, `GET ${target} HTTP/1.1`, "");
      assertMatch(answer, new RegExp(`^HTTP/1\\.1 ${status} `), target);
      assertStringIncludes(answer.toLowerCase(), "docker-distribution-api-version: registry/2.0");
    }
  });
});

const INDEX = "application/vnd.oci.image.index.v1+json";
const LONG = { "org.example.long": "a".repeat(2_000) };

function textBytes(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}

/** Sends a request as it is written and reads the whole answer. */
async function rawRequest(server: RunningServer, line: string, rest: string): Promise<string> {
  const [hostname = "", port = ""] = server.host.split(":");
  const connection = await Deno.connect({ hostname, port: Number(port) });
  const head = `${line}\r\nHost: ${server.host}\r\nConnection: close\r\n`;
  await connection.write(new TextEncoder().encode(`${head}${rest}\r\n`));
  return await new Response(connection.readable).text();
}

Deno.test("berth serve keeps nothing of a body that is shorter than its Content-Length", async () => {
  await withBerth(async (server) => {
    const digest = digestBytes(new TextEncoder().encode("content"), "sha256");
    const [hostname = "", port = ""] = server.host.split(":");
    const connection = await Deno.connect({ hostname, port: Number(port) });
    await connection.write(new TextEncoder().encode(
      `POST /v2/test/app/blobs/uploads/?digest=${digest} HTTP/1.1\r\nHost: ${server.host}\r\n` +
        "Content-Length: 7\r\n\r\ncont",
    ));
    await connection.closeWrite();
    await new Response(connection.readable).text().catch(() => {});
    assertEquals(await statusOf(`${server.url}/v2/test/app/blobs/${digest}`), 404);
    assertEquals(await statusOf(`${server.url}/v2/`), 200);
    const uploads = `${server.root}/docker/registry/v2/repositories/test/app/_uploads`;
    await until(() => [...Deno.readDirSync(uploads)].length === 0);
  });
});

async function run(command: string, ...args: readonly string[]): Promise<boolean> {
  const output = await new Deno.Command(command, { args: [...args] }).output();
  return output.success;
}

/** Runs a function with a directory that is a file system of 4 MiB; false when none can be mounted here. */
async function withSmallDisk(body: (root: string) => Promise<void>): Promise<boolean> {
  if (Deno.build.os !== "linux" || Deno.uid() !== 0) return false;
  return await withTempDir("disk", async (root) => {
    if (!await run("mount", "-t", "tmpfs", "-o", "size=4m", "berth", root)) return false;
    try {
      await body(root);
    } finally {
      await run("umount", root);
    }
    return true;
  });
}

const canMount = await withSmallDisk(() => Promise.resolve());

Deno.test({
  name:
    "berth serve answers 503 on a full disk, and the upload goes on (where tmpfs can be mounted)",
  ignore: !canMount,
  fn: async () => {
    await withSmallDisk(async (root) => {
      const server = await startBerth({ root });
      try {
        await Deno.writeFile(`${root}/ballast`, new Uint8Array(2 * 1024 * 1024));
        const location = await startUpload(server);
        const body = new Uint8Array(3 * 1024 * 1024).fill(7);
        assertEquals(await statusOf(location, { method: "PATCH", body }), 503);
        assertEquals(await statusOf(`${server.url}/v2/`), 200);
        await Deno.remove(`${root}/ballast`);
        const status = await fetch(location);
        const [, last = "0"] = (status.headers.get("Range") ?? "").split("-");
        const rest = body.slice(Number(last) + 1);
        const digest = digestBytes(body, "sha256");
        const put = await statusOf(`${location}?digest=${digest}`, { method: "PUT", body: rest });
        assertEquals(put, 201);
      } finally {
        await server.stop();
      }
    });
  },
});

Deno.test({
  name: "berth serve pulls from a store that is mounted read-only (where tmpfs can be mounted)",
  ignore: !canMount,
  fn: async () => {
    await withSmallDisk(async (root) => {
      const digest = digestBytes(new TextEncoder().encode("content"), "sha256");
      const push = (server: RunningServer): Promise<number> =>
        statusOf(`${server.url}/v2/test/app/blobs/uploads/?digest=${digest}`, {
          method: "POST",
          body: "content",
        });
      const writable = await startBerth({ root });
      try {
        assertEquals(await push(writable), 201);
      } finally {
        await writable.stop();
      }
      assert(await run("mount", "-o", "remount,ro", root));
      const server = await startBerth({ root });
      try {
        assertStringIncludes(server.log(), "pulls will work, pushes will be refused");
        assertEquals(await statusOf(`${server.url}/v2/test/app/blobs/${digest}`), 200);
        assertEquals(await statusOf(`${server.url}/v2/_catalog`), 200);
        assertEquals(await push(server), 503);
      } finally {
        await server.stop();
      }
    });
  },
});

Deno.test("berth serve talks on stderr only, and listens on a port that is named", async () => {
  await withTempDir("cli", async (root) => {
    const port = freePort();
    const { command, args } = berthCommand([
      "serve",
      "--root",
      root,
      "--addr",
      `127.0.0.1:${port}`,
    ]);
    const child = new Deno.Command(command, {
      args,
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    })
      .spawn();
    const reader = child.stderr.pipeThrough(new TextDecoderStream()).getReader();
    const { value } = await reader.read();
    assertStringIncludes(value ?? "", `listening on http://127.0.0.1:${port}`);
    child.kill("SIGINT");
    assertEquals((await child.status).code, 0);
    await reader.cancel();
    assertEquals(await new Response(child.stdout).text(), "");
  });
});
