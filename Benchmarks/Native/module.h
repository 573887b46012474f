// The kernel's end of a generic netlink socket: sockets.c connects programs to it, module.c answers.
#pragma once
#include <stddef.h>

// Takes a request that a program sent, and puts the answer into the program's queue, as the module does within send(2).
// `end` is the kernel's end of the socket.
void module_receive(int end, const void *request, size_t size);

// Puts the first message of the multicast group into the queue of a program that joined it.
void module_join(int end);

// Whether the multicast group has sent its last message.
int module_is_silent(void);

// Ends the program with status 99: it asked for something that the real module would not answer like this.
__attribute__((noreturn, format(printf, 1, 2))) void module_fail(const char *format, ...);
