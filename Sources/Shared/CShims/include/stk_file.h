/// Files, directories and extended attributes.
#ifndef STACKER_CSHIMS_FILE_H
#define STACKER_CSHIMS_FILE_H

#include <dirent.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/xattr.h>

struct stk_open_how {
    uint64_t flags;
    uint64_t mode;
    uint64_t resolve;
};

/// openat2(2), Linux 5.6.
int stk_openat2(int dirfd, const char *path, const struct stk_open_how *how);
extern const uint64_t stk_resolve_no_magiclinks, stk_resolve_no_symlinks, stk_resolve_beneath, stk_resolve_in_root;
/// O_PATH, which Glibc's Swift module lacks without _GNU_SOURCE.
extern const int stk_o_path, stk_at_empty_path;

/// openat(2) with a mode; variadic in C.
int stk_openat(int dirfd, const char *path, int flags, mode_t mode);

/// ioctl(fd, FICLONE, source): shares the source's extents.
int stk_ficlone(int fd, int source);

/// renameat2(2); the flags below.
int stk_renameat2(int old_directory, const char *old_name, int new_directory, const char *new_name, unsigned flags);
extern const unsigned stk_rename_noreplace, stk_rename_exchange;

/// A device number from its two halves, and back; macros in C.
dev_t stk_makedev(unsigned major, unsigned minor);
unsigned stk_major(dev_t device);
unsigned stk_minor(dev_t device);

/// The name in a directory entry, NUL-terminated; a tuple in Swift.
const char *stk_dirent_name(const struct dirent *entry);

/// memfd_create(2) with MFD_CLOEXEC.
int stk_memfd_create(const char *name);

/// copy_file_range(2) at the current offsets of both descriptors.
/// For lseek(2): hidden without _GNU_SOURCE.
extern const int stk_seek_data, stk_seek_hole;

ssize_t stk_copy_file_range(int input, int output, size_t length);

/// fcntl(pipe, F_SETPIPE_SZ, bytes): rounded up to pages.
int stk_set_pipe_size(int pipe, int bytes);

/// ioctl(pipe, FIONREAD): bytes that were written and not read.
int stk_unread_bytes(int pipe, int *bytes);

#endif
