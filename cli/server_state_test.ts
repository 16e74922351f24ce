import { assertEquals } from "@std/assert";
import { ServerState } from "./server_state.ts";

Deno.test("ServerState is one for all threads that have its memory", () => {
  const state = new ServerState();
  const same = new ServerState(state.buffer);
  assertEquals([same.isDraining, same.isFailing, same.isVerbose], [false, false, false]);
  state.set("isVerbose", true);
  assertEquals([same.isDraining, same.isFailing, same.isVerbose], [false, false, true]);
  state.set("isVerbose", false);
  assertEquals(same.isVerbose, false);
});

Deno.test("ServerState says why no more requests are wanted", () => {
  const state = new ServerState();
  assertEquals(state.unready, null);
  state.set("isFailing", true);
  assertEquals(state.unready, "a health check fails");
  state.set("isDraining", true);
  assertEquals(state.unready, "the server is about to end");
  state.set("isDraining", false);
  state.set("isFailing", false);
  assertEquals(state.unready, null);
});
