/* A library that is preloaded into a proxy (snapshot.py). SIGUSR2 makes a copy of the process, like a snapshot of a machine's
   memory, with the same state and the same future random numbers. The copy's process number is written to the file
   $SNAPSHOT_FILE, and the copy stops until SIGCONT. With $SNAPSHOT_NAMESPACE (a path) the copy runs in that network namespace
   with its own sockets, like a clone on another machine. Otherwise it has the sockets of the original, which must have ended
   before the copy continues. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

static int number_of(int socket, int level, int option) {
  int value = -1;
  socklen_t size = sizeof value;
  return getsockopt(socket, level, option, &value, &size) < 0 ? -1 : value;
}

static void set(int socket, int level, int option, int value) { setsockopt(socket, level, option, &value, sizeof value); }

static void join_netlink_groups(int original, int fresh) {
  unsigned groups[64];
  socklen_t size = sizeof groups;
  struct sockaddr_nl any = {.nl_family = AF_NETLINK};
  bind(fresh, (struct sockaddr *)&any, sizeof any);
  if (getsockopt(original, SOL_NETLINK, NETLINK_LIST_MEMBERSHIPS, groups, &size) < 0) return;
  for (int group = 0; group < (int)size * 8 && group < 64 * 32; group++)
    if (groups[group / 32] >> group % 32 & 1) set(fresh, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, group + 1);
}

static void join_multicast_group(int original, int fresh) {
  struct sockaddr_in6 name = {0};
  socklen_t size = sizeof name;
  int interface = (int)if_nametoindex("eth2");
  getsockname(original, (struct sockaddr *)&name, &size);
  if (name.sin6_scope_id != 0) name.sin6_scope_id = interface;
  set(fresh, SOL_SOCKET, SO_REUSEADDR, 1);
  bind(fresh, (struct sockaddr *)&name, size);
  if (name.sin6_family != AF_INET6 || !IN6_IS_ADDR_MULTICAST(&name.sin6_addr)) return;
  struct ipv6_mreq member = {.ipv6mr_multiaddr = name.sin6_addr, .ipv6mr_interface = interface};
  setsockopt(fresh, IPPROTO_IPV6, IPV6_JOIN_GROUP, &member, sizeof member);
  set(fresh, IPPROTO_IPV6, IPV6_MULTICAST_IF, interface);
  set(fresh, IPPROTO_IPV6, IPV6_MULTICAST_LOOP, 0);
  set(fresh, IPPROTO_IPV6, IPV6_MULTICAST_HOPS, number_of(original, IPPROTO_IPV6, IPV6_MULTICAST_HOPS));
}

static void listen_under_the_same_name(int original, int fresh) {
  struct sockaddr_un name = {0};
  socklen_t size = sizeof name;
  getsockname(original, (struct sockaddr *)&name, &size);
  bind(fresh, (struct sockaddr *)&name, size);
  listen(fresh, 16);
}

/* A socket like the given one, in the current network namespace of the process. */
static void replace(int descriptor) {
  int domain = number_of(descriptor, SOL_SOCKET, SO_DOMAIN), type = number_of(descriptor, SOL_SOCKET, SO_TYPE);
  int is_server = domain == AF_UNIX && number_of(descriptor, SOL_SOCKET, SO_ACCEPTCONN) == 1;
  if (domain != AF_NETLINK && domain != AF_INET6 && domain != AF_INET && !is_server) return;
  int fresh = socket(domain, type | SOCK_CLOEXEC, domain == AF_UNIX ? 0 : number_of(descriptor, SOL_SOCKET, SO_PROTOCOL));
  if (fresh < 0) return;
  set(fresh, SOL_SOCKET, SO_RCVBUFFORCE, number_of(descriptor, SOL_SOCKET, SO_RCVBUF) / 2);
  fcntl(fresh, F_SETFL, fcntl(descriptor, F_GETFL));
  if (domain == AF_NETLINK) join_netlink_groups(descriptor, fresh);
  else if (is_server) listen_under_the_same_name(descriptor, fresh);
  else join_multicast_group(descriptor, fresh);
  dup3(fresh, descriptor, O_CLOEXEC);
  close(fresh);
}

/* The raw system call, because glibc's fork would take locks that the interrupted code may hold. */
static void copy(int number) {
  (void)number;
  long process = syscall(SYS_clone, SIGCHLD, 0L, 0L, 0L, 0L);
  if (process > 0) {
    int file = open(getenv("SNAPSHOT_FILE"), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    dprintf(file, "%ld\n", process);
    close(file);
    return;
  }
  const char *namespace = getenv("SNAPSHOT_NAMESPACE");
  if (namespace != NULL) {
    int other = open(namespace, O_RDONLY | O_CLOEXEC);
    setns(other, CLONE_NEWNET);
    close(other);
    for (int descriptor = 3; descriptor < 256; descriptor++) replace(descriptor);
  }
  kill(getpid(), SIGSTOP);
}

__attribute__((constructor)) static void prepare(void) {
  struct sigaction action = {.sa_handler = copy};
  sigaction(SIGUSR2, &action, NULL);
}
