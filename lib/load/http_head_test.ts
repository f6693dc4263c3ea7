import assert from "node:assert/strict";
import { parseHead, readHead } from "./http_head.ts";

const head = (...lines: string[]) => parseHead([...lines, "", ""].join("\r\n"));

Deno.test("names are lower case, values trimmed, and a header that came twice is joined", () => {
  assert.deepEqual(head("HTTP/1.1 200 OK", "Content-Length:  5 ", "X-A: 1", "x-a:\t2", "Empty:"), {
    status: 200,
    headers: { "content-length": "5", "x-a": "1, 2", "empty": "" },
    body: 5,
  });
});

Deno.test("the length of the body follows RFC 9112, 6.3", () => {
  const bodies: [string[], unknown][] = [
    [["HTTP/1.1 200 OK", "transfer-encoding: Chunked"], "chunked"],
    [["HTTP/1.1 200 OK"], "until close"],
    [["HTTP/1.1 200 OK", "content-length: 7", "content-length: 7"], 7],
    [["HTTP/1.1 304 Not Modified", "content-length: 7"], 0],
    [["HTTP/1.1 204 No Content"], 0],
    [["HTTP/1.1 100 Continue"], 0],
  ];
  for (const [lines, body] of bodies) {
    const parsed = head(...lines);
    assert.ok(typeof parsed === "object", String(parsed));
    assert.equal(parsed.body, body, lines.join());
  }
});

Deno.test("HTTP/1.0 closes the connection unless it says otherwise", () => {
  const connection = (...lines: string[]) => {
    const parsed = head(...lines);
    return typeof parsed === "object" ? parsed.headers["connection"] : parsed;
  };
  assert.equal(connection("HTTP/1.0 200 OK"), "close");
  assert.equal(connection("HTTP/1.0 200 OK", "Connection: Keep-Alive"), "Keep-Alive");
  assert.equal(connection("HTTP/1.1 200 OK"), undefined);
});

Deno.test("a status line needs no reason", () => {
  for (const line of ["HTTP/1.1 200", "HTTP/1.1 200 ", "HTTP/1.1 200 Fine, thanks"]) {
    assert.equal(typeof head(line), "object", line);
  }
  for (const line of ["HTTP/1.1 20", "HTTP/1.1 099 x", "HTTP/1.1  200", "http/1.1 200 OK", ""]) {
    assert.match(String(head(line)), /does not match the HTTP\/1\.1 protocol/, line);
  }
});

Deno.test("heads that follow each other are each read as what they are", () => {
  const [ok, bad] = ["HTTP/1.1 200 OK\r\nx: 1\r\n\r\n", "HTTP/1.1 500 Oh\r\nx: 1\r\n\r\n"];
  for (const text of [ok, ok, bad, ok, "none", "none"]) {
    assert.deepEqual(readHead(text), parseHead(text));
  }
});
