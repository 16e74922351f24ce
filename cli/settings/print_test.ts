import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { withoutCredentials } from "../../registry/hidden.ts";
import { printSettings } from "./print.ts";
import { examine, type ExamineOptions } from "./settings_kit.ts";

function print(yaml: string, options: ExamineOptions = {}): string {
  const read = examine(yaml, options);
  const place = String(read.path);
  return printSettings({ ...read, notices: [] }).replaceAll(place, "config.yml");
}

const YAML = `version: 0.1
storage:
  filesystem: {rootdirectory: "/srv # data"}
http:
  addr: :5000
  headers:
    X-Content-Type-Options: [nosniff]
    "1": ["a: b"]
`;

Deno.test("printSettings() says where each value comes from", () => {
  const lines = print(YAML, {
    environment: { REGISTRY_HTTP_DRAINTIMEOUT: "90s" },
    flags: new Map([["http.workers", { value: "2", from: "--workers" }]]),
  }).split("\n");
  const expected = [
    "version: '0.1' # config.yml:1",
    "    rootdirectory: '/srv # data' # config.yml:3",
    "  addr: ':5000' # config.yml:5",
    "  draintimeout: 90s # REGISTRY_HTTP_DRAINTIMEOUT",
    "  workers: 2 # --workers",
    "  minage: 1h # default",
    "      - nosniff # config.yml:7",
  ];
  for (const line of expected) assert(lines.includes(line), `${line}\n${lines.join("\n")}`);
  assertEquals(lines.at(-1), "");
});

Deno.test("printSettings() leaves out what is not set and has no default", () => {
  const page = print(YAML);
  for (const key of ["s3:", "certificate:", "endpoints:", "htpasswd:"]) {
    assert(!page.includes(key), key);
  }
});

Deno.test("printSettings() keeps a section that says something by being there", () => {
  assertStringIncludes(
    print("version: 0.1\nstorage: inmemory\nhttp: {addr: :0}\n"),
    "inmemory: {}",
  );
});

Deno.test("printSettings() writes texts that YAML could take for something else in quotes", () => {
  const page = print(`version: 0.1
storage: {filesystem: {rootdirectory: "0755"}}
http: {addr: "[::1]:5000", headers: {X: ["yes", "two\\nlines", "*x"]}}
log: {fields: {"a b": [1, {c: null}]}}
`);
  const lines = ["rootdirectory: '0755'", "addr: '[::1]:5000'", "- 'yes'", '- "two\\nlines"'];
  for (const line of [...lines, "- '*x'", '"a b": [1,{"c":null}]']) {
    assertStringIncludes(page, line);
  }
});

Deno.test("printSettings() hides passwords, keys and headers", () => {
  const page = print(`version: 0.1
storage:
  s3: {accesskey: hush, secretkey: hush, region: r}
http: {addr: :1, secret: hush}
notifications:
  endpoints:
    - {name: n, url: "http://me:hush@a.example/", headers: {Authorization: [hush]}}
redis: {password: hush, sentinelpassword: hush}
proxy: {remoteurl: "https://a.example", username: me, password: hush}
middleware: {storage: [{name: cloudfront, options: {privatekey: hush}}]}
log: {hooks: [{type: mail, options: {smtp: {password: hush}}}]}
`);
  assert(!page.includes("hush"), page);
  assertStringIncludes(page, "secretkey: '***' # config.yml:3");
  assertStringIncludes(page, "Authorization: '***'");
  assertStringIncludes(page, "url: 'http://***@a.example/'");
});

Deno.test("withoutCredentials() takes the name and password out of a URL", () => {
  assertEquals(withoutCredentials("https://a:b@c.example/d@e"), "https://***@c.example/d@e");
  assertEquals(withoutCredentials("https://c.example/d@e"), "https://c.example/d@e");
});
