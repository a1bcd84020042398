import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { redact, redactArguments } from "./redact.ts";

describe("redact", () => {
  it.each([
    ["--password hunter2 --verbose", "--password [redacted] --verbose"],
    ["--token=abc next", "--token=[redacted] next"],
    ["API_KEY=abc make", "API_KEY=[redacted] make"],
    ["DB_PWD=abc", "DB_PWD=[redacted]"],
    [`curl -H "Authorization: Bearer abc.def" https://x`, `curl -H "Authorization: [redacted]" https://x`],
    ["authorization: Basic dXNlcjpwYXNz\nnext", "authorization: [redacted]\nnext"],
    ["Cookie: a=b; session=c", "Cookie: [redacted]"],
    [`{"clientSecret": "a\\"b", "n": 1}`, `{"clientSecret": "[redacted]", "n": 1}`],
    ["secret: 'a b' # yaml", "secret: '[redacted]' # yaml"],
    [
      "https://user:pa55@host/x?a=1&access_token=abc&b=2",
      "https://[redacted]@host/x?a=1&access_token=[redacted]&b=2",
    ],
    ["docker login user:pa55@registry.example.com", "docker login user:[redacted]@registry.example.com"],
    ["curl -u user:pa55 x", "curl -u user:[redacted] x"],
    ["a ghp_0123456789abcdefABCDEF b", "a [redacted] b"],
    ["glpat-0123456789abcdef", "[redacted]"],
    ["xoxb-123456789-abcdef", "[redacted]"],
    ["AKIAIOSFODNN7EXAMPLE", "[redacted]"],
    ["sk-abcdefghijklmnopqrstuvwx", "[redacted]"],
    ["jwt eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln end", "jwt [redacted] end"],
    ["-----BEGIN RSA PRIVATE KEY-----\nabc\n-----END RSA PRIVATE KEY-----\nrest", "[redacted]\nrest"],
    ["-----BEGIN PRIVATE KEY-----\ncut off", "[redacted]"],
    ["MIIEvQIB\nc29tZQ==\n-----END PRIVATE KEY-----\nrest", "[redacted]\nrest"],
    ["curl -ua:pa55 -U b:pa55 -sSu c:123 x", "curl -ua:[redacted] -U b:[redacted] -sSu c:[redacted] x"],
    ["docker login -u bob -p pa55 host", "docker login -u bob -p [redacted] host"],
    ["mysql -uroot -ppa55 db", "mysql -uroot -p[redacted] db"],
    [`sh -c "curl -d {\\"password\\":\\"pa55\\"}"`, `sh -c "curl -d {\\"password\\":\\"[redacted]\\"}"`],
    [JSON.stringify(JSON.stringify({ token: 'a"b\nc', n: 1 })), '"{\\"token\\":\\"[redacted]\\",\\"n\\":1}"'],
    ["<password>pa55</password>", "<password>[redacted]</password>"],
    [":password => 'pa55'", ":password => '[redacted]'"],
    ["postgres://u:p@55@host/db", "postgres://[redacted]@host/db"],
    ["https://s3/x?X-Amz-Signature=abc&a=1", "https://s3/x?X-Amz-Signature=[redacted]&a=1"],
    ["https://hooks.slack.com/services/T0/B0/abc", "https://hooks.slack.com/services/[redacted]"],
    ["glrt-0123456789abcdef xapp-1-A1-2-abc", "[redacted] [redacted]"],
  ])("takes the secret out of %j", (text, shown) => {
    expect(redact(text)).toBe(shown);
  });

  it.each([
    "12 passed, 0 failed; tests passed: 12",
    "PWD=/workspace OLDPWD=/",
    "docker pull nginx:1.25@sha256:0123456789abcdef",
    "docker run -u 1000:1000 image",
    "mkdir -p a/b && ssh -p 2222 host",
    "git log -u https://host/x",
    "tokenizer: fast, tokens: 12",
    "src/main.ts:12:3 - error TS2345: Argument",
    "git@github.com:org/repo.git",
    "npm install left-pad@1.0.0",
    "--no-password --verbose",
    "2026-08-18T09:15:02Z task-runner sk-short done",
  ])("leaves %j as it is", (text) => {
    expect(redact(text)).toBe(text);
  });

  it("takes out what other patterns match, wherever it is and however often", () => {
    expect(redact("id 4711 and 4712", [/47\d\d/])).toBe("id [redacted] and [redacted]");
    expect(redact("4711 4712", [/47\d\d/y])).toBe("[redacted] [redacted]");
  });

  it("changes nothing in what it has seen already", () => {
    const part = fc.constantFrom(
      "token",
      "=",
      ": ",
      '"',
      "'",
      " ",
      "-u",
      "a:b@c.d",
      "://",
      "eyJ",
      ".",
      "Bearer ",
      "login",
      "-p",
      "\\",
      "<token>",
      "-----END A-----",
      "\n",
      "x",
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 30 }), (parts) => {
        const once = redact(parts.join(""));
        expect(redact(once)).toBe(once);
      }),
    );
  });

  it("is done with a megabyte of the worst text, which patterns that look twice would take hours for", () => {
    const worst = [
      "eyJ",
      "a-",
      "-----BEGIN A",
      "://a",
      "token",
      "token=",
      `token="\\`,
      "a:",
      "-u ",
      "login ",
      "mysql -p",
      "<token>",
      "AAAA-----END ",
      "bearer ",
      "ghp_",
      " ",
    ];
    for (const part of worst) expect(redact(part.repeat(1_000_000 / part.length))).toBeDefined();
  });
});

describe("redactArguments", () => {
  it.each([
    [
      ["mysql", "--password", "a b", "db"],
      ["mysql", "--password", "[redacted]", "db"],
    ],
    [
      ["curl", "-u", "user:pa55", "x"],
      ["curl", "-u", "user:[redacted]", "x"],
    ],
    [
      ["curl", "--proxy-user", "user:12345", "x"],
      ["curl", "--proxy-user", "user:[redacted]", "x"],
    ],
    [
      ["/usr/bin/docker", "login", "-u", "bob", "-p", "pa55", "-ppa55"],
      ["/usr/bin/docker", "login", "-u", "bob", "-p", "[redacted]", "-p[redacted]"],
    ],
    [
      ["mysql", "-uroot", "-ppa55", "db"],
      ["mysql", "-uroot", "-p[redacted]", "db"],
    ],
    [
      ["mkdir", "-p", "a"],
      ["mkdir", "-p", "a"],
    ],
    [
      ["kubectl", "create", "secret", "generic", "x", "--from-literal", "a=pa55"],
      ["kubectl", "create", "secret", "generic", "x", "--from-literal", "a=[redacted]"],
    ],
    [
      ["aws", "configure", "set", "aws_secret_access_key", "wJalr"],
      ["aws", "configure", "set", "aws_secret_access_key", "[redacted]"],
    ],
    [
      ["curl", "-H", "Authorization: Bearer abc"],
      ["curl", "-H", "Authorization: [redacted]"],
    ],
    [
      ["deploy", "--token", "--verbose"],
      ["deploy", "--token", "--verbose"],
    ],
    [
      ["kubectl", "create", "secret", "generic", "x"],
      ["kubectl", "create", "secret", "generic", "x"],
    ],
    [
      ["env", "GITHUB_TOKEN=abc", "make"],
      ["env", "GITHUB_TOKEN=[redacted]", "make"],
    ],
  ])("shows %j without its secrets", (argv, shown) => {
    expect(redactArguments(argv)).toEqual(shown);
  });
});
