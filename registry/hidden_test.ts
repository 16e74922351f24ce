import { assertEquals } from "@std/assert";
import { withoutSecrets } from "./hidden.ts";

Deno.test("withoutSecrets() takes credentials out of URLs, and leaves the rest", () => {
  const cases: readonly [text: string, shown: string][] = [
    ["https://a:b@c.example/d?e=f", "https://***@c.example/d?e=f"],
    ["/v2/?token=abc&n=5", "/v2/?token=***&n=5"],
    ["/v2/?n=5&access_token=abc", "/v2/?n=5&access_token=***"],
    ["/t?PassWord=a%26b&scope=x", "/t?PassWord=***&scope=x"],
    ["/t?refresh_token=a#b", "/t?refresh_token=***#b"],
    ["/b?X-Amz-Signature=ab&X-Amz-Credential=cd", "/b?X-Amz-Signature=***&X-Amz-Credential=***"],
    [
      "error for url (https://u:p@h/?api_key=1) at once",
      "error for url (https://***@h/?api_key=***",
    ],
    ["/v2/token/tags/list?last=token", "/v2/token/tags/list?last=token"],
    ["/v2/a@b/", "/v2/a@b/"],
  ];
  for (const [text, shown] of cases) {
    assertEquals(withoutSecrets(text).slice(0, shown.length), shown);
  }
});
