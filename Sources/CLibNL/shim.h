// libnl: the netlink socket. Bytes are encoded and decoded in JoolCore/Wire, not here.
#include <netlink/errno.h>
#include <netlink/netlink.h>
#include <netlink/socket.h>
