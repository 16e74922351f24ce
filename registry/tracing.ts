/**
 * Traces: what Deno's own OpenTelemetry export, which `OTEL_DENO=true` turns on, is told of requests and of the store.
 *
 * Deno makes a span for each request by itself, as a child of the span that the request's `traceparent` names. It gets
 * its route here, and children for what the store did.
 *
 * @module
 */

import type { Awaitable } from "../storage/awaitable.ts";
import type { StorageAction, StorageWatch } from "../storage/observed_driver.ts";

/** The parts of a span (OpenTelemetry API) that are used. */
export interface Span {
  setAttribute(name: string, value: string | number): unknown;
  updateName(name: string): unknown;
  recordException(exception: unknown): void;
  setStatus(status: { readonly code: number }): unknown;
  end(): void;
}

export interface Tracer {
  startSpan(name: string, options: { readonly attributes: Readonly<Record<string, string>> }): Span;
}

/** The parts of `Deno.telemetry` that are used. */
export interface Telemetry {
  readonly tracerProvider: { getTracer(name: string, version: string): Tracer };
  readonly contextManager: { active(): { getValue(key: symbol): Span | undefined } };
}

/** Under this key the span of a request is in its context (OpenTelemetry API, "context-utils"). */
const SPAN_KEY = Symbol.for("OpenTelemetry Context Key SPAN");
const STATUS_ERROR = 2;

/** Says what the span of a request is about. */
export interface RequestTracing {
  /** `path` is that of the route: names and digests in it would make a span name of each. */
  named(method: string, path: string, name: string, requestId: string): void;
}

/** Traces of requests and of the store. */
export interface Tracing extends RequestTracing {
  /** Makes a span of an action of the store. */
  readonly watch: StorageWatch;
}

/** Traces, where the environment asks Deno for them; `null` elsewhere, so that they cost nothing. */
export function openTracing(
  driver: string,
  version: string,
  telemetry: Telemetry | null = denoTelemetry(),
): Tracing | null {
  if (telemetry === null) return null;
  const { contextManager, tracerProvider } = telemetry;
  const tracer = tracerProvider.getTracer("berth", version);
  const attributes = { "berth.storage.driver": driver };
  return {
    named(method, path, name, requestId): void {
      const span = contextManager.active().getValue(SPAN_KEY);
      if (span === undefined) return;
      span.updateName(`${method} ${path}`);
      span.setAttribute("http.route", path);
      span.setAttribute("berth.request.id", requestId);
      if (name !== "") span.setAttribute("berth.repository", name);
    },
    watch: (action, act) => spanned(tracer.startSpan(`storage.${action}`, { attributes }), act),
  };
}

/** Deno's own; without these variables it refuses to make spans. */
function denoTelemetry(): Telemetry | null {
  const isOn = ["1", "true"].includes(Deno.env.get("OTEL_DENO") ?? "");
  return isOn && Deno.env.get("OTEL_DENO_TRACING") !== "false" ? Deno.telemetry : null;
}

function spanned<T>(span: Span, act: () => Awaitable<T>): Awaitable<T> {
  const fail = (error: unknown): never => {
    span.recordException(error);
    span.setStatus({ code: STATUS_ERROR });
    span.end();
    throw error;
  };
  const end = (value: T): T => {
    span.end();
    return value;
  };
  try {
    const result = act();
    return result instanceof Promise ? result.then(end, fail) : end(result as T);
  } catch (error) {
    return fail(error);
  }
}

/** Watches with the one inside the other. */
export function bothWatches(outer: StorageWatch, inner: StorageWatch): StorageWatch {
  return <T>(action: StorageAction, act: () => Awaitable<T>) =>
    outer(action, () => inner(action, act));
}
