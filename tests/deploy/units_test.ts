import { assertEquals, assertMatch } from "@std/assert";
import { withTempDir } from "../harness.ts";
import { testWithPrograms } from "../programs.ts";
import { runBerth, runProgram } from "../run_berth.ts";
import { deployed, INSTALLED, readDeployed } from "./install.ts";

const UNITS = ["berth.service", "berth-gc.service", "berth-gc.timer"];

/** How exposed a service may be, in tenths, as systemd reckons it: 0 is not at all, 100 wholly. */
const EXPOSURE_MAX = 20;

testWithPrograms(
  ["systemd-analyze"],
  "systemd has nothing against the units",
  () =>
    withTempDir("units", async (directory) => {
      const paths = UNITS.map((name) => `${directory}/${name}`);
      for (const name of UNITS) {
        // It looks for the executable where the unit says.
        const text = readDeployed(`systemd/${name}`).replaceAll(INSTALLED, Deno.execPath());
        await Deno.writeTextFile(`${directory}/${name}`, text);
      }
      const verify = await runProgram("systemd-analyze", ["verify", "--man=no", ...paths]);
      assertEquals(verify, { code: 0, stdout: "", stderr: "" });
      const unknown = `${directory}/wrong.service`;
      await Deno.writeTextFile(unknown, `[Service]\nExecStart=${Deno.execPath()}\nNoSuch=yes\n`);
      const wrong = await runProgram("systemd-analyze", ["verify", "--man=no", unknown]);
      assertMatch(wrong.stderr, /NoSuch/);
    }),
);

testWithPrograms(["systemd-analyze"], "systemd reckons the services safe", async () => {
  for (const name of UNITS.filter((unit) => unit.endsWith(".service"))) {
    const args = ["security", "--offline=true", `--threshold=${EXPOSURE_MAX}`];
    const { code, stdout } = await runProgram("systemd-analyze", [
      ...args,
      deployed(`systemd/${name}`),
    ]);
    assertEquals(code, 0, stdout);
  }
});

/** Command lines that are installed, without the configuration that they name. */
function commandLines(text: string): readonly (readonly string[])[] {
  return [...text.matchAll(new RegExp(`${INSTALLED} (.+)`, "g"))]
    .map(([, line = ""]) => line.split(" "));
}

Deno.test("what units and cron run are command lines that berth takes", () =>
  withTempDir("units", async (root) => {
    const lines = ["systemd/berth.service", "systemd/berth-gc.service", "cron/berth"]
      .flatMap((path) => commandLines(readDeployed(path)));
    assertEquals(lines.map(([command]) => command), ["serve", "gc", "gc"]);
    const [config, store] = [`${root}/config.yml`, `${root}/store`];
    await Deno.mkdir(store);
    await Deno.writeTextFile(config, readDeployed("config.yml").replace("/var/lib/berth", store));
    for (const line of lines) {
      const args = line.map((word) => word === "/etc/berth/config.yml" ? config : word);
      const check = args[0] === "serve" ? ["--check"] : [];
      const { code, stderr } = await runBerth([...args, ...check], { runner: ["env", "-i"] });
      assertEquals([code, stderr], [0, ""], line.join(" "));
    }
  }));

Deno.test("the crontab has a time, a user and a command", () => {
  const rows = readDeployed("cron/berth").split("\n").filter((row) => /^[^#\s]/.test(row));
  assertEquals(rows.length, 1);
  assertMatch(rows[0] ?? "", /^\d+ \d+ \* \* \* +berth +\/usr\/local\/bin\/berth gc /);
});

Deno.test("the configuration to start from can be used", async () => {
  const { code, stderr } = await runBerth(["serve", "--check", deployed("config.yml")]);
  assertEquals([code, stderr], [0, ""]);
});
