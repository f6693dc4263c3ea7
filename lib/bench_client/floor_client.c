/*
 * The least that a client can do: a closed loop over epoll, one thread, for comparison.
 *
 *   floor_client --port 8000 --users 100 --requests 1000 --max-tokens 100 --log FILE
 *
 * Each read is stamped and searched for "data: "; nothing is parsed but the count of frames and, at
 * the end, prompt_tokens, the server's number of the request. Prints one JSON object: CPU seconds
 * between the first request and the last answer, and before; seconds of the clock; peak memory.
 * The log has one line a request: its number, when it was sent, when each token had been read.
 * Milliseconds of CLOCK_MONOTONIC.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define READ_BYTES 65536
/* A token's frame comes after the role's, before those of finish, usage and [DONE]. */
#define OTHER_FRAMES 4

typedef struct {
  int number, frames;
  double sent_ms, *frame_ms;
} answer;

typedef struct {
  int fd, tail; /* tail: bytes kept of the last read, in which a mark may have begun */
  answer *answer;
  char kept[64];
} user;

static int port, user_count, request_count, max_tokens, sent, ended, epoll_fd;
static answer *answers;

static double clock_ms(clockid_t clock) {
  struct timespec t;
  clock_gettime(clock, &t);
  return t.tv_sec * 1e3 + t.tv_nsec / 1e6;
}

static void die(const char *what) {
  perror(what);
  exit(1);
}

static void connect_user(user *u) {
  struct sockaddr_in address = {AF_INET, htons(port), {htonl(INADDR_LOOPBACK)}, {0}};
  u->fd = socket(AF_INET, SOCK_STREAM, 0);
  if (connect(u->fd, (void *)&address, sizeof address)) die("connect");
  setsockopt(u->fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
  epoll_ctl(epoll_fd, EPOLL_CTL_ADD, u->fd, &(struct epoll_event){EPOLLIN, {.ptr = u}});
}

static void ask(user *u) {
  if (sent == request_count) return;
  char body[300], out[600];
  u->answer = &answers[sent++];
  u->tail = 0;
  int n = sprintf(body,
                  "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"Question %d.\"}],"
                  "\"max_tokens\":%d,\"ignore_eos\":true,\"stream\":true,"
                  "\"stream_options\":{\"include_usage\":true}}",
                  sent, max_tokens);
  n = sprintf(out,
              "POST /v1/chat/completions HTTP/1.1\r\nhost: 127.0.0.1:%d\r\n"
              "content-type: application/json\r\ncontent-length: %d\r\n\r\n%s",
              port, n, body);
  u->answer->sent_ms = clock_ms(CLOCK_MONOTONIC);
  if (send(u->fd, out, n, 0) != n) die("send");
}

static void hear(user *u) {
  static char in[sizeof u->kept + READ_BYTES];
  memcpy(in, u->kept, u->tail);
  int n = recv(u->fd, in + u->tail, READ_BYTES, 0);
  double at_ms = clock_ms(CLOCK_MONOTONIC);
  if (n <= 0) die("the server closed the connection");
  answer *a = u->answer;
  char *from = in, *end = in + u->tail + n, *found;
  while ((found = memmem(from, end - from, "data: ", 6))) {
    if (a->frames < max_tokens + OTHER_FRAMES) a->frame_ms[a->frames++] = at_ms;
    from = found + 6;
  }
  if ((found = memmem(in, end - in, "\"prompt_tokens\":", 16))) a->number = atoi(found + 16);
  if (end - in >= 5 && memcmp(end - 5, "0\r\n\r\n", 5) == 0) {
    ended++;
    return ask(u);
  }
  /* Marks are found once: what is kept begins after the last one and is shorter than a mark. */
  u->tail = end - from < 5 ? end - from : 5;
  memcpy(u->kept, end - u->tail, u->tail);
}

static void write_log(const char *path) {
  FILE *log = fopen(path, "w");
  if (!log) die(path);
  for (answer *a = answers; a < answers + request_count; a++) {
    fprintf(log, "%d %.4f", a->number, a->sent_ms);
    for (int i = 1; i <= a->frames - OTHER_FRAMES; i++) fprintf(log, " %.4f", a->frame_ms[i]);
    fputc('\n', log);
  }
  fclose(log);
}

/* Of this program alone: ru_maxrss also counts the process that started it. */
static long peak_bytes(void) {
  char line[200];
  long kb = 0;
  FILE *status = fopen("/proc/self/status", "r");
  while (status && fgets(line, sizeof line, status)) sscanf(line, "VmHWM: %ld", &kb);
  return kb * 1024;
}

int main(int argc, char **argv) {
  const char *log = NULL;
  for (int i = 1; i + 1 < argc; i += 2) {
    if (!strcmp(argv[i], "--port")) port = atoi(argv[i + 1]);
    if (!strcmp(argv[i], "--users")) user_count = atoi(argv[i + 1]);
    if (!strcmp(argv[i], "--requests")) request_count = atoi(argv[i + 1]);
    if (!strcmp(argv[i], "--max-tokens")) max_tokens = atoi(argv[i + 1]);
    if (!strcmp(argv[i], "--log")) log = argv[i + 1];
  }
  if (!port || !user_count || !request_count || max_tokens < 1 || !log)
    return fputs("see the head of floor_client.c for its options\n", stderr), 2;
  struct rlimit files;
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
  epoll_fd = epoll_create1(0);
  answers = calloc(request_count, sizeof *answers);
  for (int i = 0; i < request_count; i++)
    answers[i].frame_ms = calloc(max_tokens + OTHER_FRAMES, sizeof(double));
  user *users = calloc(user_count, sizeof *users);
  for (int i = 0; i < user_count; i++) connect_user(&users[i]);

  double cpu_ms = clock_ms(CLOCK_PROCESS_CPUTIME_ID), started_ms = clock_ms(CLOCK_MONOTONIC);
  for (int i = 0; i < user_count; i++) ask(&users[i]);
  while (ended < request_count) {
    struct epoll_event events[256];
    int n = epoll_wait(epoll_fd, events, 256, -1);
    for (int i = 0; i < n; i++) hear(events[i].data.ptr);
  }
  double streaming_ms = clock_ms(CLOCK_PROCESS_CPUTIME_ID) - cpu_ms;
  double elapsed_ms = clock_ms(CLOCK_MONOTONIC) - started_ms;
  printf("{\"startup_cpu_s\":%.6f,\"streaming_cpu_s\":%.6f,\"streaming_s\":%.6f,\"peak_bytes\":%ld}\n",
         cpu_ms / 1e3, streaming_ms / 1e3, elapsed_ms / 1e3, peak_bytes());
  write_log(log);
}
