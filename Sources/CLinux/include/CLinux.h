// What Swift's Glibc module lacks. Headers, and inline calls of functions that need _GNU_SOURCE or are macros.
#pragma once
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <sys/signalfd.h>
#include <sys/socket.h>
