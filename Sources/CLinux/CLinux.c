#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <sys/stat.h>
#include <stdio.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/ethtool.h>
#include <linux/rtnetlink.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/timex.h>
#include <time.h>
#include <unistd.h>

static int argument_count;
static char **arguments;

// glibc passes main's arguments to constructors, too.
__attribute__((constructor)) static void keep_arguments(int count, char **values) {
  argument_count = count;
  arguments = values;
}

const char *clinux_argument(int index) { return index < argument_count ? arguments[index] : NULL; }

const char *clinux_executed_path(void) { return (const char *)getauxval(AT_EXECFN); }

static void copy_address(const struct sockaddr_storage *source, unsigned char *address) {
  memset(address, 0, 16);
  if (source->ss_family == AF_INET6) {
    memcpy(address, &((const struct sockaddr_in6 *)source)->sin6_addr, 16);
  } else if (source->ss_family == AF_INET) {
    address[10] = address[11] = 0xff;
    memcpy(address + 12, &((const struct sockaddr_in *)source)->sin_addr, 4);
  }
}

int clinux_stamp_datagrams(int descriptor) {
  int on = 1;
  return setsockopt(descriptor, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof(on));
}

static long long stamp_of(struct msghdr *message) {
  for (struct cmsghdr *part = CMSG_FIRSTHDR(message); part; part = CMSG_NXTHDR(message, part)) {
    struct timespec time;
    if (part->cmsg_level != SOL_SOCKET || part->cmsg_type != SCM_TIMESTAMPNS) continue;
    if (part->cmsg_len < CMSG_LEN(sizeof(time))) continue;
    memcpy(&time, CMSG_DATA(part), sizeof(time));
    return time.tv_sec * 1000000000LL + time.tv_nsec;
  }
  return 0;
}

int clinux_receive_datagrams(int descriptor, void *buffer, size_t stride, struct clinux_datagram *datagrams, unsigned count) {
  struct mmsghdr messages[64];
  struct iovec vectors[64];
  struct sockaddr_storage sources[64];
  union {
    struct cmsghdr header;
    char bytes[CMSG_SPACE(sizeof(struct timespec))];
  } controls[64];
  if (count > 64) count = 64;
  memset(messages, 0, sizeof(messages));
  for (unsigned i = 0; i < count; i++) {
    vectors[i].iov_base = (char *)buffer + i * stride;
    vectors[i].iov_len = stride;
    messages[i].msg_hdr.msg_iov = &vectors[i];
    messages[i].msg_hdr.msg_iovlen = 1;
    messages[i].msg_hdr.msg_name = &sources[i];
    messages[i].msg_hdr.msg_namelen = sizeof(sources[i]);
    messages[i].msg_hdr.msg_control = &controls[i];
    messages[i].msg_hdr.msg_controllen = sizeof(controls[i]);
  }
  int received = recvmmsg(descriptor, messages, count, MSG_DONTWAIT | MSG_TRUNC, NULL);
  for (int i = 0; i < received; i++) {
    datagrams[i].length = messages[i].msg_len;
    copy_address(&sources[i], datagrams[i].source);
    datagrams[i].scope =
        sources[i].ss_family == AF_INET6 ? ((const struct sockaddr_in6 *)&sources[i])->sin6_scope_id : 0;
    datagrams[i].stamp = stamp_of(&messages[i].msg_hdr);
  }
  return received;
}

int clinux_peer_of(int descriptor, struct clinux_peer *peer) {
  struct ucred credentials;
  socklen_t length = sizeof(credentials);
  if (getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &credentials, &length) != 0) return -1;
  *peer = (struct clinux_peer){.process = credentials.pid, .user = credentials.uid};
  return 0;
}

int clinux_give_socket(const char *path, mode_t mode, uid_t user, gid_t group, struct stat *status) {
  int file = open(path, O_PATH | O_NOFOLLOW | O_CLOEXEC);
  if (file < 0) return -1;
  int code = fstat(file, status);
  if (code == 0 && !S_ISSOCK(status->st_mode)) {
    errno = ENOTSOCK;
    code = -1;
  }
  // fchmod(2) refuses such a descriptor.
  char name[32];
  snprintf(name, sizeof name, "/proc/self/fd/%d", file);
  if (code == 0) code = chmod(name, mode);
  if (code == 0 && (status->st_uid != user || status->st_gid != group)) code = fchownat(file, "", user, group, AT_EMPTY_PATH);
  int error = errno;
  close(file);
  errno = error;
  return code;
}

int clinux_interface_mtu(int descriptor, const char *name) {
  struct ifreq request = {0};
  strncpy(request.ifr_name, name, sizeof(request.ifr_name) - 1);
  return ioctl(descriptor, SIOCGIFMTU, &request) == 0 ? request.ifr_mtu : -1;
}

int clinux_end_acting(struct clinux_identity *previous) {
  int result = seteuid(previous->user);
  if (setegid(previous->group) != 0) result = -1;
  if (setgroups(previous->group_count, previous->groups) != 0) result = -1;
  free(previous->groups);
  previous->groups = NULL;
  return result;
}

int clinux_begin_acting(uid_t user, gid_t group, struct clinux_identity *previous) {
  int count = getgroups(0, NULL);
  if (count < 0) return -1;
  *previous = (struct clinux_identity){.user = geteuid(), .group = getegid()};
  previous->groups = malloc((count > 0 ? count : 1) * sizeof(gid_t));
  if (!previous->groups) return -1;
  previous->group_count = getgroups(count, previous->groups);
  if (previous->group_count >= 0 && setgroups(0, NULL) == 0) {
    if (setegid(group) == 0 && seteuid(user) == 0) return 0;
    int error = errno;
    clinux_end_acting(previous);
    errno = error;
    return -1;
  }
  free(previous->groups);
  previous->groups = NULL;
  return -1;
}

int clinux_route(int family, const void *address, struct clinux_route *route) {
  size_t size = family == AF_INET6 ? 16 : 4;
  struct {
    struct nlmsghdr header;
    struct rtmsg route;
    struct rtattr attribute;
    unsigned char address[16];
  } request = {
      .header = {.nlmsg_len = NLMSG_LENGTH(sizeof(struct rtmsg)) + RTA_LENGTH(size), .nlmsg_type = RTM_GETROUTE,
                 .nlmsg_flags = NLM_F_REQUEST},
      .route = {.rtm_family = (unsigned char)family, .rtm_dst_len = (unsigned char)(size * 8)},
      .attribute = {.rta_len = (unsigned short)RTA_LENGTH(size), .rta_type = RTA_DST},
  };
  memcpy(request.address, address, size);
  int descriptor = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
  if (descriptor < 0) return -1;
  union {
    struct nlmsghdr header;
    unsigned char bytes[4096];
  } answer;
  ssize_t count = -1;
  if (send(descriptor, &request, request.header.nlmsg_len, 0) >= 0) {
    count = recv(descriptor, &answer, sizeof(answer), 0);
  }
  close(descriptor);
  if (count < 0 || !NLMSG_OK(&answer.header, count) || answer.header.nlmsg_type != RTM_NEWROUTE) return -1;
  *route = (struct clinux_route){.type = ((struct rtmsg *)NLMSG_DATA(&answer.header))->rtm_type};
  int left = (int)RTM_PAYLOAD(&answer.header);
  for (struct rtattr *item = RTM_RTA(NLMSG_DATA(&answer.header)); RTA_OK(item, left); item = RTA_NEXT(item, left)) {
    if (item->rta_type == RTA_GATEWAY || item->rta_type == RTA_VIA) route->has_gateway = true;
    if (item->rta_type != RTA_OIF || RTA_PAYLOAD(item) != sizeof(route->interface)) continue;
    memcpy(&route->interface, RTA_DATA(item), sizeof(route->interface));
  }
  return 0;
}

unsigned clinux_route_interface(int family, const void *address) {
  struct clinux_route route;
  return clinux_route(family, address, &route) == 0 ? route.interface : 0;
}

static int ethtool(int descriptor, const char *interface, void *command) {
  struct ifreq request = {.ifr_data = command};
  strncpy(request.ifr_name, interface, sizeof(request.ifr_name) - 1);
  return ioctl(descriptor, SIOCETHTOOL, &request);
}

int clinux_feature_is_on(int descriptor, const char *interface, const char *feature) {
  // The structure ends with one number for each set of names that is asked for.
  union {
    struct ethtool_sset_info info;
    unsigned char bytes[sizeof(struct ethtool_sset_info) + sizeof(uint32_t)];
  } set = {.info = {.cmd = ETHTOOL_GSSET_INFO, .sset_mask = 1ull << ETH_SS_FEATURES}};
  if (ethtool(descriptor, interface, &set) != 0) return -1;
  uint32_t count = set.info.data[0], words = (count + 31) / 32;
  struct ethtool_gstrings *names = calloc(1, sizeof(*names) + count * ETH_GSTRING_LEN);
  struct ethtool_gfeatures *state = calloc(1, sizeof(*state) + words * sizeof(state->features[0]));
  int result = -1;
  if (names && state) {
    *names = (struct ethtool_gstrings){.cmd = ETHTOOL_GSTRINGS, .string_set = ETH_SS_FEATURES, .len = count};
    *state = (struct ethtool_gfeatures){.cmd = ETHTOOL_GFEATURES, .size = words};
    if (ethtool(descriptor, interface, names) == 0 && ethtool(descriptor, interface, state) == 0) {
      result = 0;
      for (uint32_t i = 0; i < count && i < names->len && i / 32 < state->size; i++) {
        if (strncmp((char *)names->data + i * ETH_GSTRING_LEN, feature, ETH_GSTRING_LEN) != 0) continue;
        result = state->features[i / 32].active >> (i % 32) & 1;
      }
    }
  }
  int error = errno;
  free(names);
  free(state);
  errno = error;
  return result;
}

bool clinux_clock_is_synchronized(void) {
  struct timex clock = {.modes = 0};
  return adjtimex(&clock) != TIME_ERROR && !(clock.status & STA_UNSYNC);
}

int clinux_become(uid_t user, gid_t group, bool keeps_net_admin) {
  struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
  struct __user_cap_data_struct rights[2] = {0};
  if (keeps_net_admin) rights[0].effective = rights[0].permitted = 1u << CAP_NET_ADMIN;
  if (prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) != 0) return -1;
  if (setgroups(0, NULL) != 0 || setresgid(group, group, group) != 0 || setresuid(user, user, user) != 0) return -1;
  if (syscall(SYS_capset, &header, rights) != 0) return -1;
  return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
}
