import { assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import { blobsOf, makeImage, makeLayer, noise, writeLayout } from "../images.ts";
import { testWithPrograms } from "../programs.ts";
import { type Command, type Outcome, type Toolbox, withTools } from "./toolbox.ts";
import { onWay, type Place, WAYS } from "./ways.ts";

/** What a client does, as commands. */
interface Client {
  readonly program: string;
  /** Makes an image, and returns by what it is known again. */
  readonly make: (tools: Toolbox) => Promise<string>;
  readonly push: (image: string, reference: string) => Command;
  readonly pull: (reference: string) => Command;
  /** What a pull has brought, as `make` names it. */
  readonly pulled: (tools: Toolbox, outcome: Outcome) => Promise<string>;
}

const CLIENTS: readonly Client[] = [
  {
    program: "skopeo",
    async make({ directory }): Promise<string> {
      const files = [{ path: "a.bin", content: noise(1, 100_000) }];
      const image = makeImage("oci", "amd64", [makeLayer("oci", "gzip", files)]);
      await writeLayout(`${directory}/made`, "v1", image.manifest, blobsOf(image));
      return image.manifest.digest;
    },
    push: (_image, reference) => ["skopeo", "copy", "oci:made:v1", `docker://${reference}`],
    pull: (reference) => ["skopeo", "copy", `docker://${reference}`, "oci:pulled:v1"],
    async pulled({ directory }): Promise<string> {
      const { manifests } = JSON.parse(await Deno.readTextFile(`${directory}/pulled/index.json`));
      return manifests[0].digest;
    },
  },
  {
    program: "buildah",
    async make(tools): Promise<string> {
      await Deno.writeFile(`${tools.directory}/a.bin`, noise(2, 100_000));
      const container = (await tools.run("buildah", "from", "scratch")).trim();
      await tools.run("buildah", "add", container, "a.bin", "/a.bin");
      return (await tools.run("buildah", "commit", "--quiet", container)).trim();
    },
    push: (image, reference) => ["buildah", "push", image, `docker://${reference}`],
    pull: (reference) => ["buildah", "pull", "--quiet", reference],
    pulled: (_tools, { stdout }) => Promise.resolve(stdout.trim()),
  },
];

/** Tells the programs of a toolbox how to speak to the registry: by plain HTTP, or trusting its authority. */
async function introduce(
  { directory }: Toolbox,
  { host, authority, client }: Place,
): Promise<void> {
  const settings = `${directory}/home/.config/containers`;
  if (authority === null) {
    const registry = `[[registry]]\nlocation = "${host}"\ninsecure = true\n`;
    await Deno.writeTextFile(`${settings}/registries.conf`, registry, { append: true });
    return;
  }
  await Deno.mkdir(`${settings}/certs.d/${host}`, { recursive: true });
  await Deno.copyFile(authority, `${settings}/certs.d/${host}/ca.crt`);
  if (client === undefined) return;
  await Deno.copyFile(`${client}.pem`, `${settings}/certs.d/${host}/client.cert`);
  await Deno.copyFile(`${client}.key`, `${settings}/certs.d/${host}/client.key`);
}

/** Runs a function on a machine that knows the registry and has no login. */
function onNewMachine(place: Place, body: (tools: Toolbox) => Promise<void>): Promise<void> {
  return withTools(async (tools) => {
    await introduce(tools, place);
    await body(tools);
  });
}

async function assertRefused(tools: Toolbox, command: Command, place: Place): Promise<void> {
  const { code, stderr } = await tools.attempt(...command);
  const line = `${command.join(" ")}: ${stderr}\n${place.berth.log()}`;
  assertNotEquals(code, 0, line);
  assertMatch(stderr, /unauthorized|authentication required|denied|invalid username/, line);
}

async function assertPulls(
  client: Client,
  tools: Toolbox,
  name: string,
  image: string,
): Promise<void> {
  const outcome = await tools.attempt(...client.pull(name));
  assertEquals(outcome.code, 0, outcome.stderr);
  assertEquals(await client.pulled(tools, outcome), image);
}

async function tryOut(client: Client, place: Place): Promise<void> {
  const { host } = place;
  const login = (user: string, password: string): Command => {
    return [client.program, "login", `--username=${user}`, `--password=${password}`, host];
  };
  const [open, closed] = [`${host}/public/app:v1`, `${host}/team/app:v1`];
  let image = "";
  await onNewMachine(place, async (tools) => {
    image = await client.make(tools);
    await assertRefused(tools, client.push(image, open), place);
    await assertRefused(tools, login("alice", "wrong"), place);
    await assertRefused(tools, login("mallory", "ecila"), place);
    assertMatch(await tools.run(...login("alice", "ecila")), /Login Succeeded/);
    for (const name of [open, closed]) await tools.run(...client.push(image, name));
    await assertPulls(client, tools, closed, image);
  });
  await onNewMachine(place, async (stranger) => {
    await assertPulls(client, stranger, open, image);
    await assertRefused(stranger, client.pull(closed), place);
  });
  if (place.authority === null) return;
  await withTools(async (other) => {
    const { code, stderr } = await other.attempt(...client.pull(open));
    assertNotEquals(code, 0);
    assertMatch(stderr, /unknown authority/, "who does not trust the authority is not talked to");
  });
}

for (const way of WAYS) {
  for (const client of CLIENTS) {
    testWithPrograms(
      [client.program, ...way.programs],
      `${client.program} logs in, pushes and pulls ${way.name}, and a stranger pulls what is public`,
      () => onWay(way, (place) => tryOut(client, place)),
    );
  }
}
