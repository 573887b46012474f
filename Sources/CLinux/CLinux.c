#define _GNU_SOURCE
#include "CLinux.h"

#include <string.h>
#include <sys/socket.h>

int clinux_receive_datagrams(int descriptor, void *buffer, size_t stride, struct clinux_datagram *datagrams, unsigned count) {
  struct mmsghdr messages[64];
  struct iovec vectors[64];
  if (count > 64) count = 64;
  memset(messages, 0, sizeof(messages));
  for (unsigned i = 0; i < count; i++) {
    vectors[i].iov_base = (char *)buffer + i * stride;
    vectors[i].iov_len = stride;
    messages[i].msg_hdr.msg_iov = &vectors[i];
    messages[i].msg_hdr.msg_iovlen = 1;
  }
  int received = recvmmsg(descriptor, messages, count, MSG_DONTWAIT | MSG_TRUNC, NULL);
  for (int i = 0; i < received; i++) datagrams[i].length = messages[i].msg_len;
  return received;
}
