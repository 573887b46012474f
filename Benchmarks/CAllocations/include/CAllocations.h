#ifndef CALLOCATIONS_H
#define CALLOCATIONS_H

#include <stdint.h>

/// How often the calling thread has allocated memory since it began.
uint64_t allocations_of_this_thread(void);

#endif
