import { assert, assertEquals } from "@std/assert";
import { parse } from "@std/yaml";
import configuration from "../../deno.json" with { type: "json" };
import { withTempDir } from "../harness.ts";
import { runBerth } from "../run_berth.ts";
import { readDeployed } from "./install.ts";

interface Labels {
  readonly [label: string]: string;
}

interface Container {
  readonly image: string;
  readonly args: readonly string[];
  readonly ports?: readonly { readonly name: string; readonly containerPort: number }[];
  readonly livenessProbe?: Probe;
  readonly readinessProbe?: Probe;
  readonly securityContext: { readonly readOnlyRootFilesystem: boolean };
  readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string }[];
}

interface Probe {
  readonly httpGet: { readonly path: string; readonly port: string };
}

interface PodTemplate {
  readonly metadata: { readonly labels: Labels };
  readonly spec: {
    readonly terminationGracePeriodSeconds?: number;
    readonly securityContext: { readonly runAsNonRoot: boolean };
    readonly containers: readonly Container[];
    readonly volumes: readonly {
      readonly name: string;
      readonly persistentVolumeClaim?: { readonly claimName: string };
      readonly configMap?: { readonly name: string };
    }[];
  };
}

/** The fields that the tests look at, of the kinds that the manifest has. */
interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly data?: Readonly<Record<string, string>>;
  readonly spec?: {
    readonly selector?: Labels & { readonly matchLabels?: Labels };
    readonly template?: PodTemplate;
    readonly jobTemplate?: { readonly spec: { readonly template: PodTemplate } };
    readonly ports?: readonly { readonly targetPort: string }[];
    readonly concurrencyPolicy?: string;
  };
}

const MANIFESTS = readDeployed("kubernetes/berth.yaml")
  .split(/^---$/m)
  .map((text) => parse(text) as Manifest);

/** The API that has each kind. */
const VERSIONS: Readonly<Record<string, string>> = {
  ConfigMap: "v1",
  PersistentVolumeClaim: "v1",
  Service: "v1",
  Deployment: "apps/v1",
  CronJob: "batch/v1",
};

function only(kind: string): Manifest {
  const found = MANIFESTS.filter((manifest) => manifest.kind === kind);
  assertEquals(found.length, 1, kind);
  return found[0] ?? fail(kind);
}

function fail(what: string): never {
  throw new Error(`No ${what}`);
}

function podOf(kind: string): PodTemplate {
  const { spec } = only(kind);
  return spec?.template ?? spec?.jobTemplate?.spec.template ?? fail(`pod of ${kind}`);
}

function containerOf(kind: string): Container {
  return podOf(kind).spec.containers[0] ?? fail(`container of ${kind}`);
}

Deno.test("the Kubernetes manifest has each kind once, under its API", () => {
  assertEquals(
    Object.fromEntries(MANIFESTS.map(({ kind, apiVersion }) => [kind, apiVersion])),
    VERSIONS,
  );
});

Deno.test("the Kubernetes manifest's selectors find the pod of the server, and no other", () => {
  const server = podOf("Deployment").metadata.labels;
  const collector = podOf("CronJob").metadata.labels;
  for (
    const selector of [
      only("Deployment").spec?.selector?.matchLabels,
      only("Service").spec?.selector,
    ]
  ) {
    const rows = Object.entries(selector ?? fail("selector"));
    assert(rows.every(([label, value]) => server[label] === value));
    assert(!rows.every(([label, value]) => collector[label] === value));
  }
});

Deno.test("the Kubernetes manifest's pods use volumes, ports and an image that are there", () => {
  for (const kind of ["Deployment", "CronJob"]) {
    const { spec } = podOf(kind);
    const container = containerOf(kind);
    assertEquals(container.image, `berth:${configuration.version}`);
    assertEquals(
      container.volumeMounts.map(({ name }) => name),
      spec.volumes.map(({ name }) => name),
    );
    for (const { persistentVolumeClaim, configMap } of spec.volumes) {
      const source = persistentVolumeClaim === undefined ? "ConfigMap" : "PersistentVolumeClaim";
      assertEquals(persistentVolumeClaim?.claimName ?? configMap?.name, only(source).metadata.name);
    }
    assert(spec.securityContext.runAsNonRoot && container.securityContext.readOnlyRootFilesystem);
  }
  const ports = containerOf("Deployment").ports?.map(({ name }) => name) ?? [];
  assertEquals(only("Service").spec?.ports?.map(({ targetPort }) => targetPort), ports);
  const { livenessProbe, readinessProbe } = containerOf("Deployment");
  assertEquals(livenessProbe?.httpGet, { path: "/livez", port: ports[0] ?? "" });
  assertEquals(readinessProbe?.httpGet, { path: "/readyz", port: ports[0] ?? "" });
});

Deno.test("the Kubernetes manifest's pods run what berth takes, on one store", () =>
  withTempDir("kubernetes", async (root) => {
    const text = only("ConfigMap").data?.["config.yml"] ?? fail("config.yml");
    const [store] = containerOf("Deployment").volumeMounts;
    assertEquals(store, containerOf("CronJob").volumeMounts[0]);
    assert(text.includes(`rootdirectory: ${store?.mountPath}\n`));
    const config = `${root}/config.yml`;
    await Deno.mkdir(`${root}/store`);
    await Deno.writeTextFile(config, text.replace(store?.mountPath ?? "", `${root}/store`));
    for (const [kind, check] of [["Deployment", "--check"], ["CronJob", "--dry-run"]] as const) {
      const args = containerOf(kind).args.map((word) =>
        word === "/etc/berth/config.yml" ? config : word
      );
      const { code, stderr } = await runBerth([...args, check]);
      assertEquals([code, stderr], [0, ""], kind);
    }
    assertEquals(only("CronJob").spec?.concurrencyPolicy, "Forbid");
  }));
