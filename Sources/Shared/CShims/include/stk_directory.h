/// Directories, read without the help of libc, whose opendir(3) makes calls that a filter may forbid.
#ifndef STACKER_CSHIMS_DIRECTORY_H
#define STACKER_CSHIMS_DIRECTORY_H

#include <stddef.h>
#include <sys/types.h>

/// getdents64(2): entries as the kernel lays them out; 0 is the end.
ssize_t stk_getdents64(int directory, void *buffer, size_t size);

#endif
