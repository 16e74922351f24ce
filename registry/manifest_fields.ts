/**
 * Strict checks of the members of a pushed manifest. Each throws a `RegistryError` that names the member.
 *
 * @module
 */

import { isJsonObject, isSize, type JsonObject } from "../storage/descriptor.ts";
import { parseDigest } from "../storage/digest.ts";
import { DETAIL_CHARACTERS_MAX } from "../storage/limits.ts";
import { RegistryError } from "./errors.ts";

/** What the value of a member has to be. */
interface Shape {
  readonly test: (value: unknown) => boolean;
  readonly expectation: string;
}

const TEXT: Shape = { test: isText, expectation: "has to be a string" };
const TEXT_LIST: Shape = { test: isTextList, expectation: "has to be a list of strings" };
const TEXT_RECORD: Shape = { test: isTextRecord, expectation: "has to be an object of strings" };
const OBJECT: Shape = { test: isJsonObject, expectation: "has to be an object" };

/** Members that a manifest may have. Others are for the client, and kept as they are. */
const MANIFEST_MEMBERS: Readonly<Record<string, Shape>> = {
  mediaType: TEXT,
  artifactType: TEXT,
  annotations: TEXT_RECORD,
};

/** Members that a descriptor may have, beside those that it must have. */
const DESCRIPTOR_MEMBERS: Readonly<Record<string, Shape>> = {
  artifactType: TEXT,
  annotations: TEXT_RECORD,
  data: TEXT,
  platform: OBJECT,
  urls: TEXT_LIST,
};

/** Checks the optional members at the top of a manifest; `null` counts as missing, as it does for distribution. */
export function requireManifestMembers(document: JsonObject): void {
  requireMembers(document, MANIFEST_MEMBERS, "");
}

/** Checks a list of descriptors. One that is missing or `null` is empty, as it is for distribution. */
export function requireDescriptors(document: JsonObject, name: string): void {
  const list = document[name] ?? [];
  if (!Array.isArray(list)) throw malformed(name, "has to be a list");
  list.forEach((item, index) => requireDescriptor(item, `${name}[${index}]`));
}

/** Checks a descriptor that may be missing or `null`. */
export function requireOptionalDescriptor(value: unknown, field: string): void {
  if ((value ?? null) !== null) requireDescriptor(value, field);
}

/** Checks a descriptor: digest, media type and size are there, the rest is well-formed where it is there. */
export function requireDescriptor(value: unknown, field: string): void {
  if (!isJsonObject(value)) throw malformed(field, "has to be a descriptor");
  requireDigest(value.digest, `${field}.digest`);
  if (!isText(value.mediaType) || value.mediaType === "") {
    throw malformed(`${field}.mediaType`, "has to be a media type");
  }
  if (!isSize(value.size)) throw malformed(`${field}.size`, "has to be a whole number of bytes");
  requireMembers(value, DESCRIPTOR_MEMBERS, `${field}.`);
}

function requireDigest(value: unknown, field: string): void {
  if (!isText(value)) throw malformed(field, "has to be a digest");
  if (parseDigest(value) !== null) return;
  const digest = clip(value);
  throw new RegistryError("DIGEST_INVALID", {
    message:
      `Cannot store the manifest: ${field} "${digest}" is malformed or of an unsupported algorithm`,
    detail: { field, digest },
  });
}

function requireMembers(
  value: JsonObject,
  members: Readonly<Record<string, Shape>>,
  prefix: string,
): void {
  for (const [name, shape] of Object.entries(members)) {
    const member = value[name] ?? null;
    if (member !== null && !shape.test(member)) {
      throw malformed(`${prefix}${name}`, shape.expectation);
    }
  }
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}

function isTextList(value: unknown): boolean {
  return Array.isArray(value) && value.every(isText);
}

function isTextRecord(value: unknown): boolean {
  return isJsonObject(value) && Object.values(value).every(isText);
}

function malformed(field: string, expectation: string): RegistryError {
  return invalidManifest(`Cannot store the manifest: ${field} ${expectation}`, { field });
}

/** The error for a manifest that is refused; `detail` is for programs. */
export function invalidManifest(message: string, detail?: unknown): RegistryError {
  return new RegistryError("MANIFEST_INVALID", { message, detail });
}

/** Text of a client as an error may repeat it: not longer than 200 characters. */
export function clip(text: string): string {
  return text.slice(0, DETAIL_CHARACTERS_MAX);
}
