// The C library's allocator, as far as Swift's view of the C library leaves it out.
#ifndef HEADGATE_CALLOCATOR_H
#define HEADGATE_CALLOCATOR_H

/// Returns to the system the pages that nothing lives on any more, also those amid others that are in use.
void headgate_give_back_freed_memory(void);

#endif
