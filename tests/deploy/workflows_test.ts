import { assert, assertEquals } from "@std/assert";
import { parse } from "@std/yaml";
import configuration from "../../deno.json" with { type: "json" };
import { deployed } from "./install.ts";

interface Workflow {
  readonly jobs: Readonly<Record<string, { readonly steps: readonly Step[] }>>;
}

interface Step {
  readonly run?: string;
  readonly uses?: string;
  readonly with?: Readonly<Record<string, string>>;
}

function read(path: string): string {
  return Deno.readTextFileSync(deployed(`../${path}`));
}

const STEPS = ["ok", "release"].flatMap((name) => {
  const { jobs } = parse(read(`.github/workflows/${name}.yml`)) as Workflow;
  return Object.values(jobs).flatMap(({ steps }) => steps);
});

Deno.test("workflows run tasks that are there", () => {
  const tasks = STEPS.flatMap(({ run = "" }) => [...run.matchAll(/deno task (\S+)/g)])
    .map(([, task = ""]) => task);
  assert(tasks.includes("ok") && tasks.includes("release"));
  assertEquals(tasks.filter((task) => !Object.hasOwn(configuration.tasks, task)), []);
});

Deno.test("workflows, .ci/run and the README name one version of Deno", () => {
  const [, version = ""] = /deno@(\d\S+\d)/.exec(read(".ci/run")) ?? [];
  const used = STEPS.filter(({ uses }) => uses?.startsWith("denoland/setup-deno") === true);
  assert(used.length >= 2);
  for (const step of used) assertEquals(step.with?.["deno-version"], version);
  for (const [, named] of read("README.md").matchAll(/deno@(\d[\d.]*\d)/g)) {
    assertEquals(named, version);
  }
});

Deno.test("the change log begins with the version of deno.json", () => {
  const [, version] = /^## (\S+)/m.exec(read("CHANGELOG.md")) ?? [];
  assertEquals(version, configuration.version);
});
