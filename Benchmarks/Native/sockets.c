// LD_PRELOAD library: connects a program's generic netlink sockets to module.c instead of the kernel. The sockets are real
// ones (pairs of AF_UNIX), so that receiving and polling are the program's own system calls, and netlink's two promises
// hold: datagrams keep their boundaries, and an answer is in the queue when send(2) returns.
#define _GNU_SOURCE
#include <linux/netlink.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "module.h"

enum { MAX_DESCRIPTORS = 1024 };

static int ends[MAX_DESCRIPTORS];  // the kernel's end of a program's socket, plus 1; 0: not ours
static int listener = -1;          // the program's socket that joined the multicast group

static int kernel_end(int fd) { return fd >= 0 && fd < MAX_DESCRIPTORS ? ends[fd] - 1 : -1; }

int socket(int domain, int type, int protocol) {
  if (domain != AF_NETLINK || protocol != NETLINK_GENERIC) return (int)syscall(SYS_socket, domain, type, protocol);
  int pair[2];
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | (type & (SOCK_CLOEXEC | SOCK_NONBLOCK)), 0, pair)) return -1;
  if (pair[0] >= MAX_DESCRIPTORS) module_fail("too many descriptors");
  ends[pair[0]] = pair[1] + 1;
  return pair[0];
}

int close(int fd) {
  int end = kernel_end(fd);
  if (end >= 0) {
    ends[fd] = 0;
    if (fd == listener) listener = -1;
    syscall(SYS_close, end);
  }
  return (int)syscall(SYS_close, fd);
}

int bind(int fd, const struct sockaddr *address, socklen_t length) {
  return kernel_end(fd) >= 0 ? 0 : (int)syscall(SYS_bind, fd, address, length);
}

int getsockname(int fd, struct sockaddr *restrict address, socklen_t *restrict length) {
  if (kernel_end(fd) < 0) return (int)syscall(SYS_getsockname, fd, address, length);
  struct sockaddr_nl own = {.nl_family = AF_NETLINK, .nl_pid = (uint32_t)getpid()};
  memcpy(address, &own, *length < sizeof own ? *length : sizeof own);
  *length = sizeof own;
  return 0;
}

int setsockopt(int fd, int level, int option, const void *value, socklen_t length) {
  if (kernel_end(fd) < 0 || level != SOL_NETLINK) return (int)syscall(SYS_setsockopt, fd, level, option, value, length);
  if (option == NETLINK_ADD_MEMBERSHIP) {
    listener = fd;
    module_join(kernel_end(fd));
  }
  return 0;
}

// ------------------------------------------------------------------------------------------------------------- sending

ssize_t sendto(int fd, const void *bytes, size_t size, int flags, const struct sockaddr *address, socklen_t length) {
  if (kernel_end(fd) < 0) return syscall(SYS_sendto, fd, bytes, size, flags, address, length);
  module_receive(kernel_end(fd), bytes, size);
  return (ssize_t)size;
}

ssize_t send(int fd, const void *bytes, size_t size, int flags) { return sendto(fd, bytes, size, flags, NULL, 0); }

ssize_t sendmsg(int fd, const struct msghdr *message, int flags) {
  if (kernel_end(fd) < 0) return syscall(SYS_sendmsg, fd, message, flags);
  if (message->msg_iovlen != 1) module_fail("a request in %zu parts", message->msg_iovlen);
  return sendto(fd, message->msg_iov->iov_base, message->msg_iov->iov_len, flags, NULL, 0);
}

// ----------------------------------------------------------------------------------------------------------- receiving

// Ends the program, with status 0, when it would wait for a multicast after the last one.
static void exit_after_last_multicast(int fd) {
  char byte;
  if (fd == listener && module_is_silent() && syscall(SYS_recvfrom, fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT, NULL, NULL) < 0)
    exit(0);
}

ssize_t recv(int fd, void *buffer, size_t size, int flags) {
  exit_after_last_multicast(fd);
  return syscall(SYS_recvfrom, fd, buffer, size, flags, NULL, NULL);
}

ssize_t recvmsg(int fd, struct msghdr *message, int flags) {
  exit_after_last_multicast(fd);
  void *sender = message->msg_name;
  ssize_t count = syscall(SYS_recvmsg, fd, message, flags);
  // libnl wants to know that the kernel is the sender; a socket pair does not tell.
  if (count >= 0 && sender && kernel_end(fd) >= 0) {
    struct sockaddr_nl kernel = {.nl_family = AF_NETLINK};
    memcpy(sender, &kernel, sizeof kernel);
    message->msg_namelen = sizeof kernel;
  }
  return count;
}
