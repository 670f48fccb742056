/// File systems.
#ifndef STACKER_CSHIMS_FILESYSTEM_H
#define STACKER_CSHIMS_FILESYSTEM_H

#include <stdint.h>

/// statfs(2), which Glibc's Swift module lacks; stores `f_type`, the magic number.
int stk_statfs_type(const char *path, uint32_t *type);

/// fstatfs(2), in the same way.
int stk_fstatfs_type(int fd, uint32_t *type);

#endif
