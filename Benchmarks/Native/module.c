// Answers generic netlink requests in the place of the Jool module. The attributes of each answer are a file in the folder
// $REPLAY_TABLE, which tables.py writes:
//
//   family                     the controller's answer to "Which family is Jool?"
//   refusal                    the module's answer to a client of version 0.0.0
//   hello, globals, statistics
//   session.0 … session.2      TCP, UDP and ICMP sessions, in the module's order; bib.0 … bib.2 the same of the BIB
//   multicasts                 whole netlink messages of the group "joold", one after the other
//
// With $REPLAY_PAGES, the program stops (SIGSTOP) when it asks for another page after that many.
#include "module.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/socket.h>
#include <unistd.h>

enum { FAMILY = 32, JOOL_HEADER = 28, HEADERS = NLMSG_HDRLEN + GENL_HDRLEN + JOOL_HEADER };
enum { VERSION_AT = 4, FLAGS_AT = 9, FLAG_ERROR = 1, FLAG_MORE = 8 };  // in Jool's header
enum { HELLO = 2, STATISTICS = 7, GLOBALS = 8, BIB = 22, SESSION = 25, ACKNOWLEDGE = 29 };
enum { OFFSET = 8, PROTOCOL = 11 };  // root attributes of a request for a list
// As many bytes of attributes as a kernel with pages of 4 KiB puts into one answer: 26 sessions, or 51 BIB entries.
enum { PAGE = 3776 - HEADERS };

struct file {
  const uint8_t *bytes;
  size_t size, position;
  int is_mapped;
};

// A list. It is read page by page, so that the program's memory does not grow with it.
struct table {
  int descriptor, is_open;
  off_t size, position;
  uint8_t page[PAGE];   // the last page that was sent
  const uint8_t *last;  // the last entry in it
};

struct answer {
  struct nlmsghdr netlink;
  struct genlmsghdr generic;
  uint8_t jool[JOOL_HEADER];
};

static struct file family, refusal, hello, globals, statistics, multicasts;
static struct table bib[3], session[3];

void module_fail(const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  fputs("replay: ", stderr);
  vfprintf(stderr, format, arguments);
  fputc('\n', stderr);
  va_end(arguments);
  _exit(99);
}

// Opens a file of the folder, and returns its descriptor.
static int open_file(const char *name, off_t *size) {
  const char *folder = getenv("REPLAY_TABLE");
  char path[4096];
  snprintf(path, sizeof path, "%s/%s", folder ? folder : ".", name);
  int descriptor = open(path, O_RDONLY | O_CLOEXEC);
  struct stat status;
  if (descriptor < 0 || fstat(descriptor, &status)) module_fail("%s: %s", path, strerror(errno));
  *size = status.st_size;
  return descriptor;
}

static void map(struct file *file, const char *name) {
  if (file->is_mapped) return;
  file->is_mapped = 1;
  off_t size;
  int descriptor = open_file(name, &size);
  file->size = (size_t)size;
  if (file->size) {
    file->bytes = mmap(NULL, file->size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, descriptor, 0);
    if (file->bytes == MAP_FAILED) module_fail("%s: %s", name, strerror(errno));
  }
  syscall(SYS_close, descriptor);
}

static void deliver(int end, const void *header, size_t header_size, const uint8_t *attributes, size_t size) {
  struct iovec parts[] = {{(void *)header, header_size}, {(void *)attributes, size}};
  struct msghdr message = {.msg_iov = parts, .msg_iovlen = size ? 2 : 1};
  if (syscall(SYS_sendmsg, end, &message, 0) < 0) module_fail("cannot answer: %s", strerror(errno));
}

static void deliver_answer(int end, struct answer *answer, const uint8_t *attributes, size_t size) {
  answer->netlink.nlmsg_len = (uint32_t)(HEADERS + size);
  deliver(end, answer, HEADERS, attributes, size);
}

static void deliver_file(int end, struct answer *answer, struct file *file, const char *name) {
  map(file, name);
  deliver_answer(end, answer, file->bytes, file->size);
}

// ---------------------------------------------------------------------------------------------------------- attributes

struct span {
  const uint8_t *bytes;  // NULL if there is no such attribute
  size_t size;
};

// The payload of the first attribute of a type in a run of attributes.
static struct span find(struct span run, uint16_t type) {
  while (run.size >= NLA_HDRLEN) {
    const struct nlattr *header = (const void *)run.bytes;
    if (header->nla_len < NLA_HDRLEN || header->nla_len > run.size) break;
    if ((header->nla_type & NLA_TYPE_MASK) == type)
      return (struct span){run.bytes + NLA_HDRLEN, header->nla_len - NLA_HDRLEN};
    size_t step = NLA_ALIGN(header->nla_len);
    if (step >= run.size) break;
    run = (struct span){run.bytes + step, run.size - step};
  }
  return (struct span){NULL, 0};
}

static int are_equal(struct span a, struct span b) {
  return a.bytes && b.bytes && a.size == b.size && memcmp(a.bytes, b.bytes, a.size) == 0;
}

// -------------------------------------------------------------------------------------------------------------- tables

// The module goes on after the entry that the offset names. It looks at the IPv4 transport addresses only: attributes 3
// and 4 of a session, 2 of a BIB entry. A client that names another entry than the last one would skip or repeat some.
static void check_offset(int operation, struct span offset, const struct table *table) {
  if (!table->last) module_fail("the first request for a list has an offset");
  struct span entry = {table->last + NLA_HDRLEN, ((const struct nlattr *)table->last)->nla_len - NLA_HDRLEN};
  int is_last = operation == SESSION ? are_equal(find(entry, 3), find(offset, 3)) && are_equal(find(entry, 4), find(offset, 4))
                                     : are_equal(find(entry, 2), find(offset, 2));
  if (!is_last) module_fail("the offset is not the last entry that was sent");
}

static void stop_after_last_page(void) {
  static int asked, last;
  if (!last) last = getenv("REPLAY_PAGES") ? atoi(getenv("REPLAY_PAGES")) : INT_MAX;
  if (asked++ == last) raise(SIGSTOP);
}

static struct table *open_table(int operation, int protocol) {
  struct table *table = (operation == SESSION ? session : bib) + protocol;
  if (table->is_open) return table;
  char name[16];
  snprintf(name, sizeof name, "%s.%d", operation == SESSION ? "session" : "bib", protocol);
  table->descriptor = open_file(name, &table->size);
  table->is_open = 1;
  return table;
}

static void answer_list(int end, int operation, struct answer *answer, struct span request) {
  struct span offset = find(request, OFFSET), protocol = find(request, PROTOCOL);
  if (!protocol.bytes && offset.bytes) protocol = find(offset, operation == SESSION ? 5 : 3);
  if (protocol.size != 1 || *protocol.bytes > 2) module_fail("a request for a list without a protocol");
  struct table *table = open_table(operation, *protocol.bytes);
  stop_after_last_page();
  if (offset.bytes) check_offset(operation, offset, table);
  else table->position = 0;
  ssize_t available = pread(table->descriptor, table->page, PAGE, table->position);
  if (available < 0) module_fail("cannot read a table: %s", strerror(errno));
  size_t size = 0;
  while (size + NLA_HDRLEN <= (size_t)available) {
    const uint8_t *entry = table->page + size;
    size_t step = NLA_ALIGN(((const struct nlattr *)entry)->nla_len);
    if (size + step > (size_t)available) break;
    table->last = entry;
    size += step;
  }
  table->position += (off_t)size;
  if (table->position < table->size) answer->jool[FLAGS_AT] |= FLAG_MORE;
  deliver_answer(end, answer, table->page, size);
}

// ----------------------------------------------------------------------------------------------------------- multicasts

static int group = -1;  // the kernel's end of the socket that joined

static void deliver_multicast(void) {
  if (group < 0 || module_is_silent()) return;
  const uint8_t *message = multicasts.bytes + multicasts.position;
  uint32_t size = ((const struct nlmsghdr *)message)->nlmsg_len;
  multicasts.position += size;
  deliver(group, message, size, NULL, 0);
}

void module_join(int end) {
  group = end;
  map(&multicasts, "multicasts");
  deliver_multicast();
}

int module_is_silent(void) { return multicasts.is_mapped && multicasts.position >= multicasts.size; }

// ------------------------------------------------------------------------------------------------------------ requests

static void answer_controller(int end, const struct nlmsghdr *request) {
  struct { struct nlmsghdr netlink; struct genlmsghdr generic; } head = {
    .netlink = {.nlmsg_type = GENL_ID_CTRL, .nlmsg_seq = request->nlmsg_seq, .nlmsg_pid = request->nlmsg_pid},
    .generic = {.cmd = CTRL_CMD_NEWFAMILY, .version = 2}};
  map(&family, "family");
  head.netlink.nlmsg_len = (uint32_t)(sizeof head + family.size);
  deliver(end, &head, sizeof head, family.bytes, family.size);
  if (!(request->nlmsg_flags & NLM_F_ACK)) return;
  struct { struct nlmsghdr netlink; struct nlmsgerr error; } ack = {
    .netlink = {.nlmsg_len = sizeof ack, .nlmsg_type = NLMSG_ERROR, .nlmsg_seq = request->nlmsg_seq, .nlmsg_pid = request->nlmsg_pid},
    .error = {.msg = *request}};
  deliver(end, &ack, sizeof ack, NULL, 0);
}

void module_receive(int end, const void *bytes, size_t size) {
  const struct nlmsghdr *netlink = bytes;
  if (size < NLMSG_HDRLEN + GENL_HDRLEN || netlink->nlmsg_len != size) module_fail("a request of %zu bytes with a wrong length", size);
  if (netlink->nlmsg_type == GENL_ID_CTRL) {
    answer_controller(end, netlink);
    return;
  }
  if (netlink->nlmsg_type != FAMILY || size < HEADERS) module_fail("a request to family %u", netlink->nlmsg_type);
  struct answer answer = {
    .netlink = {.nlmsg_type = FAMILY, .nlmsg_seq = netlink->nlmsg_seq, .nlmsg_pid = netlink->nlmsg_pid}, .generic = {.version = 2}};
  const struct genlmsghdr *generic = (const void *)((const uint8_t *)bytes + NLMSG_HDRLEN);
  memcpy(answer.jool, (const uint8_t *)generic + GENL_HDRLEN, JOOL_HEADER);
  struct span attributes = {(const uint8_t *)bytes + HEADERS, size - HEADERS};
  if (memcmp(answer.jool + VERSION_AT, "\0\0\0", 3) == 0) {
    answer.jool[FLAGS_AT] |= FLAG_ERROR;
    deliver_file(end, &answer, &refusal, "refusal");
    return;
  }
  switch (generic->cmd) {
  case HELLO: deliver_file(end, &answer, &hello, "hello"); break;
  case STATISTICS: deliver_file(end, &answer, &statistics, "statistics"); break;
  case GLOBALS: deliver_file(end, &answer, &globals, "globals"); break;
  case BIB: case SESSION: answer_list(end, generic->cmd, &answer, attributes); break;
  case ACKNOWLEDGE: deliver_multicast(); break;
  default: module_fail("operation %d has no answer here", generic->cmd);
  }
}
