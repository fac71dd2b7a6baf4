#include "CAllocator.h"

#include <features.h>

#ifdef __GLIBC__
#include <malloc.h>
void headgate_give_back_freed_memory(void) { malloc_trim(0); }
#else
void headgate_give_back_freed_memory(void) {}
#endif
