// Functions and headers that Swift's Glibc module lacks.
#pragma once
#include <netpacket/packet.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/types.h>

/// Returns an argument of main(), where 0 is the program's name, or NULL if there are not as many. The argument stays
/// valid. (Swift's CommandLine reads /proc, which a chroot may lack.)
const char *clinux_argument(int index);

/// Returns the path by which the program was executed, or NULL. Symbolic links in it are not resolved.
const char *clinux_executed_path(void);

/// Returns the MTU of an interface in bytes, or -1 with errno set. `descriptor` is any socket.
int clinux_interface_mtu(int descriptor, const char *name);

/// Returns the index of the interface that the kernel's routes choose for an address: 4 bytes for AF_INET, 16 for
/// AF_INET6. Returns 0 if there is no route to it. Waits for the kernel's answer, which is immediate.
unsigned clinux_route_interface(int family, const void *address);

/// The route that the kernel chooses for an address.
struct clinux_route {
  /// RTN_UNICAST, RTN_LOCAL, …: see rtnetlink(7).
  unsigned char type;
  /// The index of the interface; 0 if the route has none.
  unsigned interface;
  /// Whether the route leads through another router.
  bool has_gateway;
};

/// Looks up the route to an address: 4 bytes for AF_INET, 16 for AF_INET6. Returns 0, or -1 if there is no route to it.
/// Waits for the kernel's answer, which is immediate.
int clinux_route(int family, const void *address, struct clinux_route *route);

/// Whether a feature of an interface, named as `ethtool -k` names it, is on: 1 if so, 0 if it is off or does not exist,
/// or -1 with errno set. `descriptor` is any socket.
int clinux_feature_is_on(int descriptor, const char *interface, const char *feature);

/// Whether the system clock is synchronized with another clock (adjtimex(2)).
bool clinux_clock_is_synchronized(void);

/// A datagram that clinux_receive_datagrams received.
struct clinux_datagram {
  /// The datagram's real size in bytes, even if it did not fit.
  size_t length;
  /// The sender's IPv6 address; an IPv4 address is mapped (RFC 4291 2.5.5.2).
  unsigned char source[16];
  /// The interface index of a link-local source; 0 for other sources.
  unsigned scope;
  /// The time at which the kernel received the datagram, in nanoseconds since 1970. 0 if clinux_stamp_datagrams was not
  /// called for the socket.
  long long stamp;
};

/// Has the kernel record the time at which it receives each datagram (SO_TIMESTAMPNS). Returns 0, or -1 with errno set.
int clinux_stamp_datagrams(int descriptor);

/// Receives up to `count` datagrams into `buffer` with recvmmsg(2), datagram i at `i * stride`. Does not block. Returns
/// the number of received datagrams, or -1 with errno set. `count` is at most 64.
int clinux_receive_datagrams(int descriptor, void *buffer, size_t stride, struct clinux_datagram *datagrams, unsigned count);

/// The process at the other end of a Unix socket. (The C library declares struct ucred only for _GNU_SOURCE, which
/// Swift does not define.)
struct clinux_peer {
  /// The process ID; 0 for a process of another PID namespace.
  pid_t process;
  uid_t user;
};

/// Reads the process that connected a Unix socket, or that called listen(2) for it (SO_PEERCRED). Returns 0, or -1 with
/// errno set.
int clinux_peer_of(int descriptor, struct clinux_peer *peer);

/// Gives the file of a Unix socket a mode, an owner and a group, in this order, and describes the file. Does not follow a
/// link that has taken the file's place. Returns 0, or -1 with errno set, for example to ENOTSOCK if it is another file.
int clinux_give_socket(const char *path, mode_t mode, uid_t user, gid_t group, struct stat *status);

/// The identity that clinux_begin_acting replaced.
struct clinux_identity {
  uid_t user;
  gid_t group;
  gid_t *groups;
  int group_count;
};

/// Switches to another user's rights for opening files, without supplementary groups, until clinux_end_acting. Only for
/// a process with one thread. Returns 0, or -1 with errno set; then nothing has changed.
int clinux_begin_acting(uid_t user, gid_t group, struct clinux_identity *previous);

/// Restores the identity that clinux_begin_acting replaced. Returns 0, or -1 with errno set.
int clinux_end_acting(struct clinux_identity *previous);

/// Switches to another user permanently, without supplementary groups, and without any capability but CAP_NET_ADMIN, which
/// is kept on request. Only for a process with one thread. Returns 0, or -1 with errno set.
int clinux_become(uid_t user, gid_t group, bool keeps_net_admin);
