// dump VERSION PROTOCOL...: asks the module for all sessions of some protocols (0 TCP, 1 UDP, 2 ICMP), page by page, as
// `jool session display` does, and throws them away. Prints the number of pages, and the seconds that they took: the
// module's own part of a listing.
#include <err.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { LIST_SESSIONS = 25, OFFSET = 8, PROTOCOL = 11, JOOL_HEADER = 28, FLAG_ERROR = 1, FLAG_MORE = 8 };
enum { HEADERS = NLMSG_HDRLEN + GENL_HDRLEN, JOOL_HEADERS = HEADERS + JOOL_HEADER };

struct message {
  struct nlmsghdr netlink;
  struct genlmsghdr generic;
  uint8_t rest[1 << 16];
};

static struct message request, answer;
static int module;

static void begin(uint16_t family, uint8_t command) {
  request.netlink = (struct nlmsghdr){.nlmsg_len = HEADERS, .nlmsg_type = family, .nlmsg_flags = NLM_F_REQUEST};
  request.generic = (struct genlmsghdr){.cmd = command, .version = 1};
}

static void add(const void *bytes, size_t size) {
  memcpy((uint8_t *)&request + request.netlink.nlmsg_len, bytes, size);
  request.netlink.nlmsg_len += NLMSG_ALIGN(size);
}

static void add_attribute(uint16_t type, const void *bytes, size_t size) {
  struct nlattr header = {.nla_len = (uint16_t)(NLA_HDRLEN + size), .nla_type = type};
  add(&header, sizeof header);
  add(bytes, size);
}

static void exchange(void) {
  if (send(module, &request, request.netlink.nlmsg_len, 0) < 0) err(1, "cannot ask");
  if (recv(module, &answer, sizeof answer, 0) < (ssize_t)HEADERS) err(1, "no answer");
  if (answer.netlink.nlmsg_type == NLMSG_ERROR) errx(1, "the kernel refused a request");
}

static uint16_t family_of_jool(void) {
  begin(GENL_ID_CTRL, CTRL_CMD_GETFAMILY);
  add_attribute(CTRL_ATTR_FAMILY_NAME, "Jool", sizeof "Jool");
  exchange();
  const uint8_t *end = (const uint8_t *)&answer + answer.netlink.nlmsg_len;
  for (const uint8_t *at = answer.rest; at + NLA_HDRLEN < end; at += NLA_ALIGN(((const struct nlattr *)at)->nla_len))
    if (((const struct nlattr *)at)->nla_type == CTRL_ATTR_FAMILY_ID) return *(const uint16_t *)(at + NLA_HDRLEN);
  errx(1, "the module is not loaded");
}

// The last entry of the answer; NULL if it has none.
static const struct nlattr *last_entry(void) {
  const uint8_t *end = (const uint8_t *)&answer + answer.netlink.nlmsg_len;
  const struct nlattr *last = NULL;
  for (const uint8_t *at = answer.rest + JOOL_HEADER; at + NLA_HDRLEN < end; at += NLA_ALIGN(last->nla_len))
    last = (const struct nlattr *)at;
  return last;
}

static int list(uint16_t family, const uint8_t *header, uint8_t protocol) {
  int pages = 0;
  const struct nlattr *last = NULL;
  do {
    begin(family, LIST_SESSIONS);
    add(header, JOOL_HEADER);
    add_attribute(PROTOCOL, &protocol, 1);
    if (last) add_attribute(OFFSET | NLA_F_NESTED, last + 1, last->nla_len - NLA_HDRLEN);
    exchange();
    if (answer.rest[9] & FLAG_ERROR) errx(1, "the module refused a request");
    last = last_entry();
    pages++;
  } while (last && answer.rest[9] & FLAG_MORE);
  return pages;
}

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

int main(int count, char **words) {
  unsigned major, minor, revision;
  if (count < 3 || sscanf(words[1], "%u.%u.%u", &major, &minor, &revision) != 3) errx(64, "usage: dump VERSION PROTOCOL...");
  const uint8_t header[JOOL_HEADER] = {'j', 'o', 'o', 'l', (uint8_t)major, (uint8_t)minor, (uint8_t)revision, 0, 2, 0, 0, 0,
                                       'd', 'e', 'f', 'a', 'u', 'l', 't'};
  module = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_GENERIC);
  if (module < 0) err(1, "no netlink socket");
  uint16_t family = family_of_jool();
  int pages = 0;
  double begun = now();
  for (int number = 2; number < count; number++) pages += list(family, header, (uint8_t)atoi(words[number]));
  printf("%d %f\n", pages, now() - begun);
}
