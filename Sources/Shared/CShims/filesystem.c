#include "stk_filesystem.h"

#include <sys/vfs.h>

int stk_statfs_type(const char *path, uint32_t *type) {
    struct statfs status;
    int result = statfs(path, &status);
    if (result == 0)
        *type = (uint32_t)status.f_type;
    return result;
}

int stk_fstatfs_type(int fd, uint32_t *type) {
    struct statfs status;
    int result = fstatfs(fd, &status);
    if (result == 0)
        *type = (uint32_t)status.f_type;
    return result;
}
