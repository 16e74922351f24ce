/**
 * What the operator lets manifests say, beyond what every registry asks of them.
 *
 * @module
 */

import type { Descriptor, Platform } from "../storage/descriptor.ts";
import { DOCKER_CONFIG, DOCKER_PLUGIN_CONFIG, OCI_CONFIG } from "./media_types.ts";
import { RegistryError } from "./errors.ts";
import type { ParsedManifest } from "./manifest.ts";
import { clip, invalidManifest } from "./manifest_fields.ts";

/** A platform that has to be complete. */
export type RequiredPlatform = Pick<Platform, "architecture" | "os">;

/** The rules. The names are those of distribution's configuration. */
export interface ManifestRuleOptions {
  /**
   * `validation.manifests.urls`: patterns of the URLs from which clients may be sent for layers. Each has to match one
   * of `allow`, if there are any, and none of `deny`; without patterns no URL is let through. `null` lets all through.
   */
  readonly urls: { readonly allow: readonly string[]; readonly deny: readonly string[] } | null;
  /** `validation.manifests.indexes`: which of the manifests that an index lists have to exist; no platforms are all. */
  readonly platforms: "all" | "none" | readonly RequiredPlatform[];
  /** `policy.repository.classes`: what images may be, `image` or `plugin`; anything when there are none. */
  readonly classes: readonly string[];
}

/** Classes by the media type of the config, as in distribution. */
const CLASSES: Readonly<Record<string, string>> = {
  [DOCKER_CONFIG]: "image",
  [OCI_CONFIG]: "image",
  [DOCKER_PLUGIN_CONFIG]: "plugin",
};

/** Rules that are ready to be applied. */
export class ManifestRules {
  readonly #allow: readonly RegExp[];
  readonly #deny: readonly RegExp[];
  readonly #options: ManifestRuleOptions;

  /** Throws a `SyntaxError` for a pattern that is no regular expression of JavaScript (with the flag `u`). */
  constructor(options: ManifestRuleOptions) {
    const compile = (patterns: readonly string[]): readonly RegExp[] =>
      patterns.map((pattern) => new RegExp(pattern, "u"));
    this.#allow = compile(options.urls?.allow ?? []);
    this.#deny = compile(options.urls?.deny ?? []);
    this.#options = options;
  }

  /** Throws `MANIFEST_INVALID` for a layer at a URL that is not let through, `DENIED` for a class that is not. */
  check({ content }: ParsedManifest): void {
    for (const { urls = [] } of content.layers) {
      for (const url of urls) this.#checkUrl(url);
    }
    if (content.kind === "image") this.#checkClass(content.config);
  }

  /** Those of the manifests of an index that have to exist. */
  requiredChildren(children: readonly Descriptor[]): readonly Descriptor[] {
    const { platforms } = this.#options;
    if (platforms === "none") return [];
    if (platforms === "all" || platforms.length === 0) return children;
    return children.filter(({ platform }) =>
      platforms.some(({ os, architecture }) =>
        platform?.os === os && platform.architecture === architecture
      )
    );
  }

  #checkUrl(url: string): void {
    if (this.#options.urls === null || this.#isAllowed(url)) return;
    throw invalidManifest("Cannot store the manifest: the registry does not allow a layer's URL", {
      url: clip(url),
    });
  }

  #isAllowed(url: string): boolean {
    const parsed = URL.canParse(url) ? new URL(url) : null;
    if (parsed === null || !/^https?:$/.test(parsed.protocol) || parsed.hash !== "") return false;
    if (this.#allow.length === 0 && this.#deny.length === 0) return false;
    if (this.#allow.length > 0 && !this.#allow.some((pattern) => pattern.test(url))) return false;
    return !this.#deny.some((pattern) => pattern.test(url));
  }

  #checkClass(config: Descriptor | null): void {
    const { classes } = this.#options;
    if (classes.length === 0) return;
    const mediaType = config?.mediaType ?? "";
    const own = Object.hasOwn(CLASSES, mediaType) ? CLASSES[mediaType] : undefined;
    if (own !== undefined && classes.includes(own)) return;
    throw new RegistryError("DENIED", {
      message: own === undefined
        ? `the registry does not allow manifests of an unknown class, with a config of type ${
          clip(mediaType)
        }`
        : `the registry does not allow ${own} manifests`,
    });
  }
}
