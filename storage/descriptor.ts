/**
 * Descriptors: how one document names another, by media type, digest and size.
 *
 * @module
 */

import { type Digest, parseDigest } from "./digest.ts";

/** What a manifest runs on (OCI image spec, "Image Index"; `features` is Docker's). */
export interface Platform {
  readonly architecture: string;
  readonly os: string;
  readonly variant?: string;
  readonly "os.version"?: string;
  readonly "os.features"?: readonly string[];
  readonly features?: readonly string[];
}

/** A reference to content (OCI image spec, "Content Descriptors"). */
export interface Descriptor {
  readonly mediaType: string;
  readonly digest: Digest;
  /** Bytes of the content, as the document says it. */
  readonly size: number;
  readonly artifactType?: string;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly urls?: readonly string[];
  readonly platform?: Platform;
}

/** A JSON object, with nothing known of its members. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Tells a JSON object from the other JSON values, arrays included. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Tells whether a value can be the size of content: a whole number of bytes that a number holds exactly. */
export function isSize(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

/**
 * Reads annotations; `null` when the value is not an object. Members that are not strings are left out, and a
 * member named `__proto__` is a member like any other.
 */
export function readAnnotations(value: unknown): Readonly<Record<string, string>> | null {
  if (!isJsonObject(value)) return null;
  const texts = Object.entries(value).filter((entry): entry is [string, string] =>
    typeof entry[1] === "string"
  );
  return Object.fromEntries(texts);
}

/**
 * Reads a descriptor that may be damaged; `null` when it is not an object with a good digest. A missing media
 * type is read as `""`, a bad size as 0, and optional members of the wrong type as absent.
 */
export function readDescriptor(value: unknown): Descriptor | null {
  if (!isJsonObject(value)) return null;
  const digest = parseDigest(readText(value.digest));
  if (digest === null) return null;
  const annotations = readAnnotations(value.annotations);
  const urls = readTexts(value.urls);
  const platform = readPlatform(value.platform);
  return {
    mediaType: readText(value.mediaType),
    digest,
    size: isSize(value.size) ? value.size : 0,
    ...(typeof value.artifactType === "string" ? { artifactType: value.artifactType } : {}),
    ...(annotations === null ? {} : { annotations }),
    ...(urls === null ? {} : { urls }),
    ...(platform === null ? {} : { platform }),
  };
}

function readPlatform(value: unknown): Platform | null {
  if (!isJsonObject(value)) return null;
  const osFeatures = readTexts(value["os.features"]);
  const features = readTexts(value.features);
  return {
    architecture: readText(value.architecture),
    os: readText(value.os),
    ...(typeof value.variant === "string" ? { variant: value.variant } : {}),
    ...(typeof value["os.version"] === "string" ? { "os.version": value["os.version"] } : {}),
    ...(osFeatures === null ? {} : { "os.features": osFeatures }),
    ...(features === null ? {} : { features }),
  };
}

function readText(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function readTexts(value: unknown): readonly string[] | null {
  if (!Array.isArray(value)) return null;
  return value.filter((item): item is string => typeof item === "string");
}
