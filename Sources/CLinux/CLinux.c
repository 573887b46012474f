// A target needs a source file; everything of this one is in its header.
#include "CLinux.h"
