/**
 * The end of a server between two requests.
 *
 * @module
 */

import type { App } from "../registry/app.ts";
import { RegistryError } from "../registry/errors.ts";
import { isProbe } from "../registry/handlers/probes.ts";
import { type Answer, respondError } from "../registry/respond.ts";
import { after, type Awaitable } from "../storage/awaitable.ts";
import { RETRY_AFTER_SECONDS } from "../storage/limits.ts";

/** An app that can be brought to its end: it goes on with what it has begun, and begins nothing else. */
export interface DrainableApp {
  readonly app: App;
  /** Turns down every request but probes from now on, and resolves when those under way are answered. */
  drain(): Promise<void>;
}

/**
 * Makes an app drainable. `Deno.serve` cannot do it alone: in Deno 2.9 `shutdown()` cuts off the bodies that are
 * being read (denoland/deno #36809), so it must not be called before the last upload under way has ended.
 */
export function drainable(app: App): DrainableApp {
  let underWay = 0;
  let isDraining = false;
  const idle = Promise.withResolvers<void>();
  const settle = (): void => {
    if (isDraining && underWay === 0) idle.resolve();
  };
  return {
    app(request, observation): Awaitable<Answer> {
      if (isDraining && !isProbe(request)) return turnDown();
      underWay++;
      return after(app(request, observation), (answer) => {
        underWay--;
        settle();
        return answer;
      });
    },
    drain(): Promise<void> {
      isDraining = true;
      settle();
      return idle.promise;
    },
  };
}

function turnDown(): Answer {
  return respondError(
    new RegistryError("UNAVAILABLE", {
      message: "the server is about to end; try again",
      headers: { "Connection": "close", "Retry-After": `${RETRY_AFTER_SECONDS}` },
    }),
  );
}
