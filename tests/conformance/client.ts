/**
 * A registry client that sends one request and keeps the whole answer. It checks nothing: the cases do.
 *
 * @module
 */

/** Longest wait for one answer with its body, in milliseconds. */
const REQUEST_TIMEOUT_MS = 60_000;

/** How much of a query a message shows: a session URL can carry a long state. */
const SHOWN_QUERY_CHARACTERS = 60;

/** What a registry answered. */
export interface Answer {
  /** Method, path and the beginning of the query of the request, for messages. */
  readonly request: string;
  /** Where the answer came from, after redirects; a relative `Location` is resolved against it. */
  readonly url: URL;
  readonly status: number;
  readonly headers: Headers;
  readonly body: Uint8Array<ArrayBuffer>;
}

export interface SendOptions {
  readonly headers?: Readonly<Record<string, string>>;
  /** Added behind the query that the target has; a pair for each value. */
  readonly query?: readonly (readonly [name: string, value: string])[];
  /** A stream is sent without `Content-Length`. */
  readonly body?: Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array>;
}

/** Speaks to the registry at a URL; a user and password in the URL are sent as Basic credentials. */
export class RegistryClient {
  readonly #base: URL;
  readonly #credentials: string | null;

  constructor(url: string) {
    const base = new URL("/", url);
    const { username, password } = base;
    this.#credentials = username === ""
      ? null
      : `Basic ${btoa(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`)}`;
    base.username = "";
    base.password = "";
    this.#base = base;
  }

  /** Sends a request to a URL, or to a path of this registry. Throws when no whole answer comes. */
  async send(method: string, target: string | URL, options: SendOptions = {}): Promise<Answer> {
    const url = new URL(target, this.#base);
    for (const pair of options.query ?? []) {
      // A session's own query has to stay as it is to the letter, so the pairs are put behind it.
      url.search += `${url.search === "" ? "?" : "&"}${new URLSearchParams([[...pair]])}`;
    }
    const request = `${method} ${url.pathname}${url.search.slice(0, SHOWN_QUERY_CHARACTERS)}`;
    const timeout = new AbortController();
    const timer = setTimeout(() => timeout.abort(), REQUEST_TIMEOUT_MS);
    try {
      const response = await fetch(url, {
        method,
        headers: this.#headersFor(url, options.headers),
        body: options.body ?? null,
        signal: timeout.signal,
      });
      const body = await response.bytes();
      const { status, headers } = response;
      return { request, url: new URL(response.url), status, headers, body };
    } catch (error) {
      throw new Error(`${request} got no whole answer: ${error}`, { cause: error });
    } finally {
      clearTimeout(timer);
    }
  }

  /** The same client, for targets inside one repository. */
  repository(name: string): Repository {
    return new Repository(this, name);
  }

  #headersFor(url: URL, headers: Readonly<Record<string, string>> = {}): Headers {
    // Compressed answers would hide the `Content-Length` that cases look at.
    const all = new Headers({ "Accept-Encoding": "identity", ...headers });
    if (this.#credentials !== null && url.origin === this.#base.origin) {
      all.set("Authorization", this.#credentials);
    }
    return all;
  }
}

/** Speaks to one repository: a target is a path below `/v2/<name>/`, or a URL that the registry gave. */
export class Repository {
  readonly name: string;
  readonly #registry: RegistryClient;

  constructor(registry: RegistryClient, name: string) {
    this.name = name;
    this.#registry = registry;
  }

  send(method: string, target: string | URL, options: SendOptions = {}): Promise<Answer> {
    const place = typeof target === "string" ? `/v2/${this.name}/${target}` : target;
    return this.#registry.send(method, place, options);
  }
}
