#include "stk_file.h"

#include <fcntl.h>
#include <linux/fs.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

int stk_openat2(int dirfd, const char *path, const struct stk_open_how *how) {
    return (int)syscall(SYS_openat2, dirfd, path, how, sizeof *how);
}
const uint64_t stk_resolve_no_magiclinks = RESOLVE_NO_MAGICLINKS, stk_resolve_no_symlinks = RESOLVE_NO_SYMLINKS,
               stk_resolve_beneath = RESOLVE_BENEATH, stk_resolve_in_root = RESOLVE_IN_ROOT;
const int stk_o_path = O_PATH, stk_at_empty_path = AT_EMPTY_PATH;

int stk_openat(int dirfd, const char *path, int flags, mode_t mode) { return openat(dirfd, path, flags, mode); }

int stk_ficlone(int fd, int source) { return ioctl(fd, FICLONE, source); }

int stk_renameat2(int old_directory, const char *old_name, int new_directory, const char *new_name, unsigned flags) {
    return renameat2(old_directory, old_name, new_directory, new_name, flags);
}
const unsigned stk_rename_noreplace = RENAME_NOREPLACE, stk_rename_exchange = RENAME_EXCHANGE;

dev_t stk_makedev(unsigned major_number, unsigned minor_number) { return makedev(major_number, minor_number); }
unsigned stk_major(dev_t device) { return major(device); }
unsigned stk_minor(dev_t device) { return minor(device); }

const char *stk_dirent_name(const struct dirent *entry) { return entry->d_name; }

int stk_memfd_create(const char *name) { return memfd_create(name, MFD_CLOEXEC); }

const int stk_seek_data = SEEK_DATA, stk_seek_hole = SEEK_HOLE;

ssize_t stk_copy_file_range(int input, int output, size_t length) {
    return copy_file_range(input, NULL, output, NULL, length, 0);
}

int stk_set_pipe_size(int pipe, int bytes) { return fcntl(pipe, F_SETPIPE_SZ, bytes); }

int stk_unread_bytes(int pipe, int *bytes) { return ioctl(pipe, FIONREAD, bytes); }
