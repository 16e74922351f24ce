import { assertEquals } from "@std/assert";
import configuration from "../../deno.json" with { type: "json" };
import { PERMISSIONS } from "./permissions.ts";

Deno.test("the task serve may do what the executable may", () => {
  const flags = configuration.tasks.serve.command.match(/--allow-\S+/g) ?? [];
  assertEquals(flags, [...PERMISSIONS]);
});
