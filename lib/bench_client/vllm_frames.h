/* Streams as vLLM 0.32 frames them: each event is a chunk of HTTP/1.1. All give the bytes written. */
#include <stdio.h>
#include <string.h>

static int chunk(char *out, const char *json) {
  return sprintf(out, "%x\r\ndata: %s\n\n\r\n", (int)strlen(json) + 8, json);
}

#define HEAD "{\"id\":\"chatcmpl-%016x\",\"object\":\"chat.completion.chunk\",\"created\":1795553302,\"model\":\"m\",\"choices\":"

static int delta(char *out, int number, const char *inside, const char *finish) {
  char json[600];
  sprintf(json, HEAD "[{\"index\":0,\"delta\":{%s},\"logprobs\":null,\"finish_reason\":%s,\"token_ids\":null}]}",
          number, inside, finish);
  return chunk(out, json);
}

static const char *WORDS[] = {"\"content\":\" the\"", "\"content\":\" token\"", "\"content\":\"ing\"",
                              "\"content\":\"\\n\"", "\"content\":\" \\\"quoted\\\"\"", "\"content\":\" caf\xc3\xa9\""};

/* The same of a completion; `word` is one of WORDS. */
static int text(char *out, int number, const char *word, const char *finish) {
  char json[600];
  sprintf(json,
          "{\"id\":\"cmpl-%016x\",\"object\":\"text_completion\",\"created\":1795553302,\"model\":\"m\",\"choices\":"
          "[{\"index\":0,\"text\":%s,\"logprobs\":null,\"finish_reason\":%s}]}",
          number, word + strlen("\"content\":"), finish);
  return chunk(out, json);
}

static int ending(char *out, int number, int tokens) {
  char json[600];
  sprintf(json, HEAD "[],\"usage\":{\"prompt_tokens\":%d,\"total_tokens\":%d,\"completion_tokens\":%d}}",
          number, number, number + tokens, tokens);
  int n = chunk(out, json);
  n += chunk(out + n, "[DONE]");
  return n + sprintf(out + n, "0\r\n\r\n");
}

/* Token `sent` of `tokens`, with what comes before the first and after the last. */
static int token(char *out, int number, int sent, int tokens, int is_chat) {
  const char *word = WORDS[(number + sent) % 6];
  int n = 0, ends = sent + 1 == tokens;
  if (is_chat) {
    if (sent == 0) n += delta(out, number, "\"role\":\"assistant\",\"content\":\"\"", "null");
    n += delta(out + n, number, word, "null");
    if (ends) n += delta(out + n, number, "\"content\":\"\"", "\"length\"");
  } else {
    n += text(out, number, word, ends ? "\"length\"" : "null");
  }
  return ends ? n + ending(out + n, number, tokens) : n;
}

static const char CHAT[] = "POST /v1/chat/completions ", COMPLETION[] = "POST /v1/completions ";

/* To a client that asks what is served before it begins, whatever the path. */
static const char MODELS[] = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 54\r\n\r\n"
                             "{\"object\":\"list\",\"data\":[{\"id\":\"m\",\"object\":\"model\"}]}";
static const char NOT_HERE[] = "HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n";
