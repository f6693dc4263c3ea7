/* A chat stream as vLLM 0.32 frames it: each event is a chunk of HTTP/1.1. All give the bytes written. */
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

static int ending(char *out, int number, int tokens) {
  char json[600];
  int n = delta(out, number, "\"content\":\"\"", "\"length\"");
  sprintf(json, HEAD "[],\"usage\":{\"prompt_tokens\":%d,\"total_tokens\":%d,\"completion_tokens\":%d}}",
          number, number, number + tokens, tokens);
  n += chunk(out + n, json);
  n += chunk(out + n, "[DONE]");
  return n + sprintf(out + n, "0\r\n\r\n");
}
