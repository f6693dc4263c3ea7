/**
 * Stands in for vLLM whose engine core dies: answers some chat completions, then breaks off as vLLM
 * does: an error in the stream, status 500 for a second, its log, exit 0.
 *
 *   dying_vllm.ts LOG ANSWERS serve MODEL --port PORT …
 */
const [log, answers, _serve, model] = Deno.args;
const port = Number(Deno.args[Deno.args.indexOf("--port") + 1]);
let requests = 0;

const frame = (data: unknown) => `data: ${JSON.stringify(data)}\n\n`;
const token = (content: string) => frame({ choices: [{ index: 0, delta: { content } }] });
const usage = { prompt_tokens: 5, completion_tokens: 2, total_tokens: 7 };
const answered = `${token("a")}${token("b")}${frame({ choices: [], usage })}data: [DONE]\n\n`;
const broken = `${token("a")}${frame({ error: { message: "EngineCore", code: 500 } })}`;

Deno.serve({ hostname: "127.0.0.1", port, onListen() {} }, (request) => {
  const { pathname } = new URL(request.url);
  if (pathname === "/health") return new Response("");
  if (pathname === "/metrics") return new Response("");
  if (pathname === "/v1/models") return Response.json({ data: [{ id: model }] });
  const headers = { "content-type": "text/event-stream" };
  requests++;
  if (requests <= Number(answers)) return new Response(answered, { headers });
  if (requests > Number(answers) + 1) return new Response("dead", { status: 500 });
  setTimeout(() => {
    console.log(Deno.readTextFileSync(log!));
    Deno.exit(0);
  }, 1000);
  return new Response(`${broken}data: [DONE]\n\n`, { headers });
});
