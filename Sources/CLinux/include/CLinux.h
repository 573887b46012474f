// What Swift's Glibc module lacks.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <sys/signalfd.h>
#include <sys/types.h>

/// The MTU of an interface, or -1 with errno set. `descriptor` is any socket.
int clinux_interface_mtu(int descriptor, const char *name);

/// The index of the interface that the kernel's routes choose for an address: 4 bytes for AF_INET, 16 for AF_INET6.
/// 0 if no route leads there. Waits for the kernel's answer, which is immediate.
unsigned clinux_route_interface(int family, const void *address);

/// One datagram that clinux_receive_datagrams received.
struct clinux_datagram {
  /// Its real size, also if it did not fit.
  size_t length;
  /// The address it came from, of IPv6; IPv4 is mapped (RFC 4291 2.5.5.2).
  unsigned char source[16];
  /// The interface of a link-local source; 0 for others.
  unsigned scope;
  /// When the kernel received it, in nanoseconds since 1970. 0 if the socket was not told to say so.
  long long stamp;
};

/// Has the kernel say when it received each datagram (SO_TIMESTAMPNS). Returns 0, or -1 with errno set.
int clinux_stamp_datagrams(int descriptor);

/// recvmmsg(2) without waiting: up to `count` datagrams into `buffer`, datagram i at `i * stride`.
/// Returns how many came, or -1 with errno set. `count` is at most 64.
int clinux_receive_datagrams(int descriptor, void *buffer, size_t stride, struct clinux_datagram *datagrams, unsigned count);

/// What clinux_begin_acting changed.
struct clinux_identity {
  uid_t user;
  gid_t group;
  gid_t *groups;
  int group_count;
};

/// Opens files with another user's rights, without other groups, until clinux_end_acting. For a process of one thread.
/// Returns 0, or -1 with errno set; then nothing has changed.
int clinux_begin_acting(uid_t user, gid_t group, struct clinux_identity *previous);

/// Restores what clinux_begin_acting changed. Returns 0, or -1 with errno set.
int clinux_end_acting(struct clinux_identity *previous);

/// Becomes another user, for good, without other groups, and with CAP_NET_ADMIN as its only right. For a process of one thread.
/// Returns 0, or -1 with errno set.
int clinux_keep_net_admin(uid_t user, gid_t group);
