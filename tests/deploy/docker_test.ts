import { assertEquals, assertMatch } from "@std/assert";
import { copyBelow, librariesOf } from "../binary/fresh_machine.ts";
import { busyboxPath, type Toolbox, withTools } from "../clients/toolbox.ts";
import { BERTH_BINARY, findProgram } from "../harness.ts";
import { deployed } from "./install.ts";

/** What the instructions of the Dockerfile run. */
const APPLETS = ["sh", "mkdir", "chown"];

const missing = ["buildah", "busybox"].filter((program) => findProgram(program) === null);
const reason = BERTH_BINARY === null
  ? " (skipped: BERTH_BINARY names no executable)"
  : missing.length > 0
  ? ` (skipped: not installed: ${missing.join(", ")})`
  : "";

/** In the place of Debian: a shell, and the libraries that the executable is linked to. */
async function makeBase(tools: Toolbox): Promise<string> {
  const root = `${tools.directory}/base`;
  for (const library of await librariesOf(BERTH_BINARY ?? "")) await copyBelow(root, library);
  await Deno.mkdir(`${root}/bin`);
  for (const applet of APPLETS) await Deno.copyFile(busyboxPath(), `${root}/bin/${applet}`);
  const container = (await tools.run("buildah", "from", "scratch")).trim();
  await tools.run("buildah", "copy", container, root, "/");
  await tools.run("buildah", "commit", container, "base");
  return "localhost/base";
}

Deno.test({
  name: `the Dockerfile makes an image that runs berth as nobody in particular${reason}`,
  ignore: reason !== "",
  fn: () =>
    withTools(async (tools) => {
      const base = await makeBase(tools);
      const context = `${tools.directory}/context`;
      await Deno.mkdir(context);
      await Deno.copyFile(BERTH_BINARY ?? "", `${context}/berth`);
      const file = ["--file", deployed("docker/Dockerfile"), "--ignorefile=/dev/null"];
      const build = ["build", "--pull-never", "--isolation=chroot", "--tag=berth", ...file];
      const values = [`--build-arg=BASE=${base}`, "--build-arg=BINARY=berth"];
      await tools.run("buildah", ...build, ...values, context);
      const image = JSON.parse(await tools.run("buildah", "inspect", "--type=image", "berth"));
      assertEquals(image.OCIv1.config, {
        ...image.OCIv1.config,
        User: "65532:65532",
        ExposedPorts: { "5000/tcp": {} },
        Entrypoint: ["/usr/local/bin/berth"],
        Cmd: ["serve", "--root", "/var/lib/registry", "--addr", ":5000"],
        Volumes: { "/var/lib/registry": {} },
      });
      const container = (await tools.run("buildah", "from", "--pull-never", "berth")).trim();
      const run = (...args: string[]): Promise<string> =>
        tools.run("buildah", "run", "--isolation=chroot", container, "--", ...args);
      assertMatch(await run("/usr/local/bin/berth", "--version"), /^berth \d/);
      const check = ["serve", "--root", "/var/lib/registry", "--check"];
      assertEquals(
        await run("/usr/local/bin/berth", ...check),
        "The settings and the store can be used\n",
      );
    }),
});
