#include "stk_directory.h"

#include <sys/syscall.h>
#include <unistd.h>

ssize_t stk_getdents64(int directory, void *buffer, size_t size) {
    return syscall(SYS_getdents64, directory, buffer, size);
}
