/**
 * The bill of materials of a release: which packages and which runtime are in the executables.
 *
 * @module
 */

import type { BuildFacts } from "./build_facts.ts";
import { BuildError } from "./run.ts";
import type { BundledPackage } from "./tidy_bundle.ts";

/** The part of `deno.lock` that is read: packages by `name@version`. */
export interface LockFile {
  readonly npm: Readonly<Record<string, { readonly integrity: string }>>;
}

/** What the executables run on. */
export interface Runtime {
  readonly deno: string;
  readonly v8: string;
}

interface Package {
  readonly name: string;
  readonly version: string;
  readonly license: string;
  /** A package URL; `null` for what has none. */
  readonly url: string | null;
  /** SHA-512 of the package in hexadecimal; `null` where it is not known. */
  readonly sha512: string | null;
}

const NO_ASSERTION = "NOASSERTION";
const DOCUMENT_ID = "SPDXRef-DOCUMENT";

/** What the bill is written from. */
export interface Materials {
  readonly facts: BuildFacts;
  readonly runtime: Runtime;
  readonly packages: readonly BundledPackage[];
  readonly lock: LockFile;
  /** The SPDX expression of a package's license; `null` when it is not known. */
  readonly licenseOf: (bundled: BundledPackage) => string | null;
}

/**
 * The bill as an SPDX 2.3 document. The same materials give the same document. Throws a `BuildError` for a package that
 * the lock file does not know.
 */
export function billOfMaterials(
  { facts, runtime, packages, lock, licenseOf }: Materials,
): Readonly<Record<string, unknown>> {
  const berth = spdxPackage({
    name: "berth",
    version: `${facts.version}+${facts.commit}`,
    license: "MIT",
    url: null,
    sha512: null,
  });
  const npm = packages.map((bundled) => npmPackage(bundled, lock, licenseOf(bundled)));
  const parts = [...runtimePackages(runtime), ...npm].map(spdxPackage);
  return {
    spdxVersion: "SPDX-2.3",
    dataLicense: "CC0-1.0",
    SPDXID: DOCUMENT_ID,
    name: `berth-${facts.version}`,
    documentNamespace: `https://spdx.org/spdxdocs/berth-${facts.version}-${facts.commit}`,
    creationInfo: { created: facts.committedAt, creators: [`Tool: berth-${facts.version}`] },
    packages: [berth, ...parts],
    relationships: [
      relationship(DOCUMENT_ID, "DESCRIBES", berth.SPDXID),
      ...parts.map((part) => relationship(berth.SPDXID, "CONTAINS", part.SPDXID)),
    ],
  };
}

function runtimePackages({ deno, v8 }: Runtime): readonly Package[] {
  return [
    { name: "deno", version: deno, license: "MIT", url: `pkg:github/denoland/deno@v${deno}` },
    { name: "v8", version: v8, license: "BSD-3-Clause", url: null },
  ].map((each) => ({ ...each, sha512: null }));
}

function npmPackage(
  { name, version }: BundledPackage,
  { npm }: LockFile,
  license: string | null,
): Package {
  const integrity = npm[`${name}@${version}`]?.integrity;
  if (integrity === undefined) throw new BuildError(`deno.lock does not lock ${name}@${version}`);
  return {
    name,
    version,
    license: license ?? NO_ASSERTION,
    url: `pkg:npm/${name.replace("@", "%40")}@${version}`,
    sha512: hexOfIntegrity(integrity),
  };
}

/** `sha512-<base64>`, as npm writes it. */
function hexOfIntegrity(integrity: string): string | null {
  const [algorithm, base64 = ""] = integrity.split("-", 2);
  if (algorithm !== "sha512") return null;
  return [...atob(base64)]
    .map((byte) => byte.charCodeAt(0).toString(16).padStart(2, "0"))
    .join("");
}

interface SpdxPackage {
  readonly SPDXID: string;
  readonly [field: string]: unknown;
}

function spdxPackage({ name, version, license, url, sha512 }: Package): SpdxPackage {
  return {
    // Letters, digits, dots and hyphens (SPDX 2.3, section 3.2).
    SPDXID: `SPDXRef-Package-${`${name}-${version}`.replace(/[^A-Za-z0-9.-]+/g, "-")}`,
    name,
    versionInfo: version,
    downloadLocation: NO_ASSERTION,
    filesAnalyzed: false,
    licenseConcluded: NO_ASSERTION,
    licenseDeclared: license,
    copyrightText: NO_ASSERTION,
    ...sha512 === null ? {} : { checksums: [{ algorithm: "SHA512", checksumValue: sha512 }] },
    ...url === null ? {} : {
      externalRefs: [{
        referenceCategory: "PACKAGE-MANAGER",
        referenceType: "purl",
        referenceLocator: url,
      }],
    },
  };
}

function relationship(from: string, relationshipType: string, to: string): unknown {
  return { spdxElementId: from, relationshipType, relatedSpdxElement: to };
}
