import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import { billOfMaterials, type Materials } from "./bill_of_materials.ts";
import { BuildError } from "./run.ts";

const MATERIALS: Materials = {
  facts: { version: "1.2.3", commit: "0123456789ab", committedAt: "2026-11-20T00:00:00Z" },
  runtime: { deno: "2.9.6", v8: "15.0.245.2-rusty" },
  packages: [{ name: "@a/b", version: "1.0.0" }, { name: "jose", version: "6.2.17" }],
  lock: {
    npm: {
      "@a/b@1.0.0": { integrity: `sha512-${btoa("\x00".repeat(64))}` },
      "jose@6.2.17": { integrity: `sha512-${btoa("\xff".repeat(64))}` },
      "only-for-tests@1.0.0": { integrity: "sha512-" },
    },
  },
  licenseOf: ({ name }) => name === "jose" ? "MIT" : null,
};

/** What SPDX 2.3 requires of a document, its packages and its relationships (sections 6, 7 and 11). */
const REQUIRED = {
  document: {
    spdxVersion: /^SPDX-2\.3$/,
    dataLicense: /^CC0-1\.0$/,
    SPDXID: /^SPDXRef-DOCUMENT$/,
    name: /./,
    documentNamespace: /^https:\/\/[^#]+$/,
  },
  package: { name: /./, SPDXID: /^SPDXRef-[A-Za-z0-9.-]+$/, downloadLocation: /^NOASSERTION$/ },
  relationship: {
    spdxElementId: /^SPDXRef-/,
    relationshipType: /^(DESCRIBES|CONTAINS)$/,
    relatedSpdxElement: /^SPDXRef-/,
  },
};

function assertFields(value: unknown, fields: Readonly<Record<string, RegExp>>): void {
  assert(typeof value === "object" && value !== null);
  const given = new Map(Object.entries(value));
  for (const [name, pattern] of Object.entries(fields)) {
    assertMatch(String(given.get(name)), pattern, name);
  }
}

/** The fields that are looked at below. */
interface Bill {
  readonly creationInfo: { readonly created: string; readonly creators: readonly string[] };
  readonly packages: readonly {
    readonly SPDXID: string;
    readonly name: string;
    readonly versionInfo: string;
    readonly licenseDeclared: string;
    readonly checksums?: readonly unknown[];
    readonly externalRefs?: readonly { readonly referenceLocator: string }[];
  }[];
  readonly relationships: readonly { readonly relatedSpdxElement: string }[];
}

function written(materials: Materials): Bill {
  return JSON.parse(JSON.stringify(billOfMaterials(materials)));
}

Deno.test("billOfMaterials() has every field that SPDX 2.3 requires", () => {
  const bill = written(MATERIALS);
  assertFields(bill, REQUIRED.document);
  assertMatch(bill.creationInfo.created, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  assertMatch(bill.creationInfo.creators[0] ?? "", /^Tool: \S+-\S+$/);
  for (const each of bill.packages) assertFields(each, REQUIRED.package);
  for (const each of bill.relationships) assertFields(each, REQUIRED.relationship);
});

Deno.test("billOfMaterials() names each part once, and relates it to the program", () => {
  const bill = written(MATERIALS);
  const ids = bill.packages.map((each) => each.SPDXID);
  assertEquals(new Set(ids).size, ids.length);
  const names = bill.packages.map((each) => `${each.name} ${each.versionInfo}`);
  assertEquals(names, [
    "berth 1.2.3+0123456789ab",
    "deno 2.9.6",
    "v8 15.0.245.2-rusty",
    "@a/b 1.0.0",
    "jose 6.2.17",
  ]);
  const related = bill.relationships.map((each) => each.relatedSpdxElement);
  assertEquals(related, ids);
});

Deno.test("billOfMaterials() has checksum, address and license of a package", () => {
  const [, , , scoped, jose] = written(MATERIALS).packages;
  assertEquals(jose?.checksums, [{ algorithm: "SHA512", checksumValue: "ff".repeat(64) }]);
  assertEquals(jose?.licenseDeclared, "MIT");
  assertEquals(scoped?.licenseDeclared, "NOASSERTION");
  assertEquals(scoped?.externalRefs?.[0]?.referenceLocator, "pkg:npm/%40a/b@1.0.0");
});

Deno.test("billOfMaterials() refuses a package that is not locked", () => {
  const packages = [{ name: "jose", version: "7.0.0" }];
  assertThrows(
    () => billOfMaterials({ ...MATERIALS, packages }),
    BuildError,
    "deno.lock does not lock jose@7.0.0",
  );
});
