/*
 * A server of chats and completions that answers at scripted times and writes down when it really sent each token.
 *
 *   truth_server --ttft-ms 50 --gap-ms 10 --mode independent --log FILE
 *
 * HTTP/1.1 with keep-alive on a free port of 127.0.0.1, which is printed; one thread, epoll.
 * Streams have the shape of vLLM's: head at once, then a role chunk with the first token, one token
 * a chunk, then finish, usage and [DONE] with the last one; "max_tokens" of the body decides how many.
 * `independent`: token k of a request is due ttft + part of a gap + k * gap after the request came;
 * the part is another for each request, so that the tokens of streams that began together do not
 * come together. `step`: all streams' tokens leave in one burst each gap, from ttft on.
 * A GET is told the model, whatever the path; another POST than a chat gets a 404.
 * usage.prompt_tokens is the number of the request, by which client and log are paired.
 *
 * It ends when its standard input does and then writes one line a request to the log: its number,
 * when the kernel had it, when its first token was due, then when each was sent. Milliseconds of
 * CLOCK_MONOTONIC, for tokens taken just before send(2).
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include "vllm_frames.h"

#define MOST_STREAMS 20000
#define REQUEST_BYTES 65536

typedef struct request {
  int number, tokens, sent, is_chat;
  double came_ms, due_ms;
  double *sent_ms;
  struct request *next;
} request;

typedef struct {
  int fd, used, heap_at; /* heap_at: its place in the heap, -1 while nothing is due */
  double due_ms;
  request *request;
  char in[REQUEST_BYTES];
} stream;

static double ttft_ms, gap_ms, grid_ms;
static int step_mode, epoll_fd, timer_fd, requests, due_count;
static request *first, **last = &first;
static stream *due[MOST_STREAMS], *streams[MOST_STREAMS];

static double in_ms(struct timespec t) { return t.tv_sec * 1e3 + t.tv_nsec / 1e6; }

static double clock_ms(clockid_t clock) {
  struct timespec t;
  clock_gettime(clock, &t);
  return in_ms(t);
}

static double now_ms(void) { return clock_ms(CLOCK_MONOTONIC); }

static void die(const char *what) {
  perror(what);
  exit(1);
}

/* A binary heap of the streams by the time of their next token. */
static void put(int at, stream *s) { due[at] = s, s->heap_at = at; }

static void sift(int at, stream *s) {
  while (at > 0 && due[(at - 1) / 2]->due_ms > s->due_ms) put(at, due[(at - 1) / 2]), at = (at - 1) / 2;
  for (int child; (child = 2 * at + 1) < due_count; at = child) {
    if (child + 1 < due_count && due[child + 1]->due_ms < due[child]->due_ms) child++;
    if (due[child]->due_ms >= s->due_ms) break;
    put(at, due[child]);
  }
  put(at, s);
}

static void unschedule(stream *s) {
  if (s->heap_at < 0) return;
  int at = s->heap_at;
  stream *moved = due[--due_count];
  s->heap_at = -1;
  if (moved != s) sift(at, moved);
}

static void hang_up(stream *s) {
  unschedule(s);
  streams[s->fd] = NULL;
  close(s->fd);
  free(s);
}

static void send_all(stream *s, const char *bytes, int length) {
  if (send(s->fd, bytes, length, MSG_NOSIGNAL) == length) return;
  if (errno != EPIPE && errno != ECONNRESET) die("send: the client does not read");
}

static void send_token(stream *s) {
  static char out[4096];
  request *r = s->request;
  int n = token(out, r->number, r->sent, r->tokens, r->is_chat);
  r->sent_ms[r->sent++] = now_ms();
  send_all(s, out, n);
  if (r->sent == r->tokens) return s->request = NULL, unschedule(s);
  s->due_ms += gap_ms;
  sift(s->heap_at, s);
}

static void answer(stream *s, const char *body, double came_ms) {
  static const char OK[] = "HTTP/1.1 200 OK\r\nserver: uvicorn\r\ncontent-type: text/event-stream; charset=utf-8\r\n"
                           "transfer-encoding: chunked\r\n\r\n";
  const char *asked = strstr(body, "\"max_tokens\":");
  if (!asked && (asked = strstr(body, "\"max_completion_tokens\":"))) asked += 11;
  request *r = calloc(1, sizeof *r);
  *last = r, last = &r->next;
  r->number = ++requests;
  r->tokens = asked ? atoi(asked + 13) : 16;
  if (r->tokens < 1) r->tokens = 1;
  r->is_chat = strncmp(s->in, CHAT, sizeof CHAT - 1) == 0;
  r->sent_ms = calloc(r->tokens, sizeof(double));
  r->came_ms = came_ms;
  double part = r->number * 0.6180339887;
  r->due_ms = r->came_ms + ttft_ms + (step_mode ? 0 : (part - (int)part) * gap_ms);
  if (step_mode) r->due_ms = grid_ms + gap_ms * (1 + (long)((r->due_ms - grid_ms) / gap_ms));
  s->request = r;
  s->due_ms = r->due_ms;
  send_all(s, OK, sizeof OK - 1);
  sift(due_count++, s);
}

/*
 * recv(2) that also tells when the kernel had the bytes, so that a late turn of this loop does not count.
 * The clocks are read in such an order that a pause between them makes that time late and never early:
 * no request comes before it was sent.
 */
static int receive(stream *s, double *came_ms) {
  char control[CMSG_SPACE(sizeof(struct timespec))];
  struct iovec rest = {s->in + s->used, REQUEST_BYTES - 1 - s->used};
  struct msghdr message = {.msg_iov = &rest, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
  int n = recvmsg(s->fd, &message, 0);
  struct cmsghdr *stamp = n > 0 ? CMSG_FIRSTHDR(&message) : NULL;
  double age_ms = stamp ? clock_ms(CLOCK_REALTIME) - in_ms(*(struct timespec *)CMSG_DATA(stamp)) : 0;
  *came_ms = now_ms() - age_ms;
  return n;
}

/* Reads what has come and answers if it is a whole request. */
static void hear(stream *s) {
  double came_ms;
  int n = receive(s, &came_ms);
  if (n < 0 && errno == EAGAIN) return;
  if (n <= 0) return hang_up(s);
  s->in[s->used += n] = 0;
  char *body = strstr(s->in, "\r\n\r\n");
  if (!body) return;
  body += 4;
  char *length = strcasestr(s->in, "content-length:");
  int expected = length && length < body ? atoi(length + 15) : 0;
  if (s->used < body - s->in + expected) {
    if (body - s->in + expected >= REQUEST_BYTES) hang_up(s);
    return;
  }
  if (s->request) return hang_up(s);
  s->used = 0;
  if (strncmp(s->in, "GET ", 4) == 0) return send_all(s, MODELS, sizeof MODELS - 1);
  if (strncmp(s->in, CHAT, sizeof CHAT - 1) && strncmp(s->in, COMPLETION, sizeof COMPLETION - 1))
    return send_all(s, NOT_HERE, sizeof NOT_HERE - 1);
  answer(s, body, came_ms);
}

static void welcome(int listener) {
  for (int fd; (fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0;) {
    if (fd >= MOST_STREAMS) die("too many connections");
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
    setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &(int){1}, sizeof(int));
    stream *s = streams[fd] = calloc(1, sizeof *s);
    s->fd = fd, s->heap_at = -1;
    epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &(struct epoll_event){EPOLLIN, {.fd = fd}});
  }
}

static void write_log(const char *path) {
  FILE *log = fopen(path, "w");
  if (!log) die(path);
  for (request *r = first; r; r = r->next) {
    fprintf(log, "%d %.4f %.4f", r->number, r->came_ms, r->due_ms);
    for (int i = 0; i < r->sent; i++) fprintf(log, " %.4f", r->sent_ms[i]);
    fputc('\n', log);
  }
  fclose(log);
}

static void sleep_until(double at_ms) {
  struct itimerspec t = {{0}, {(time_t)(at_ms / 1e3), 0}};
  t.it_value.tv_nsec = (long)((at_ms - t.it_value.tv_sec * 1e3) * 1e6);
  timerfd_settime(timer_fd, TFD_TIMER_ABSTIME, &t, NULL);
}

int main(int argc, char **argv) {
  const char *log = NULL;
  for (int i = 1; i + 1 < argc; i += 2) {
    if (!strcmp(argv[i], "--ttft-ms")) ttft_ms = atof(argv[i + 1]);
    if (!strcmp(argv[i], "--gap-ms")) gap_ms = atof(argv[i + 1]);
    if (!strcmp(argv[i], "--mode")) step_mode = !strcmp(argv[i + 1], "step");
    if (!strcmp(argv[i], "--log")) log = argv[i + 1];
  }
  if (gap_ms <= 0 || !log) return fputs("see the head of truth_server.c for its options\n", stderr), 2;
  struct sockaddr_in address = {AF_INET, 0, {htonl(INADDR_LOOPBACK)}, {0}};
  int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  setsockopt(listener, SOL_SOCKET, SO_TIMESTAMPNS, &(int){1}, sizeof(int));
  if (bind(listener, (void *)&address, sizeof address) || listen(listener, 4096)) die("listen");
  getsockname(listener, (void *)&address, &(socklen_t){sizeof address});
  printf("%d\n", ntohs(address.sin_port));
  fflush(stdout);
  epoll_fd = epoll_create1(0);
  timer_fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
  int watched[] = {listener, timer_fd, STDIN_FILENO};
  for (int i = 0; i < 3; i++)
    epoll_ctl(epoll_fd, EPOLL_CTL_ADD, watched[i], &(struct epoll_event){EPOLLIN, {.fd = watched[i]}});
  struct rlimit files;
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
  for (grid_ms = now_ms();;) {
    while (due_count && due[0]->due_ms <= now_ms()) send_token(due[0]);
    if (due_count) sleep_until(due[0]->due_ms);
    struct epoll_event events[256];
    int n = epoll_wait(epoll_fd, events, 256, -1);
    for (int i = 0; i < n; i++) {
      int fd = events[i].data.fd;
      if (fd == STDIN_FILENO) return write_log(log), 0;
      if (fd == listener) welcome(listener);
      else if (fd == timer_fd) (void)!read(timer_fd, &(long){0}, 8);
      else if (streams[fd]) hear(streams[fd]);
    }
  }
}
