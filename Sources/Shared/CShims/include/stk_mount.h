/// Mounts: the API by descriptor (Linux 5.2 and later) and the older calls.
#ifndef STACKER_CSHIMS_MOUNT_H
#define STACKER_CSHIMS_MOUNT_H

#include <stdint.h>
#include <sys/types.h>

/// fsopen(2), fsconfig(2), fsmount(2), Linux 5.2.
int stk_fsopen(const char *type);
int stk_fsconfig_string(int context, const char *key, const char *value);
int stk_fsconfig_flag(int context, const char *key);
int stk_fsconfig_create(int context);
int stk_fsmount(int context, unsigned attributes);

/// open_tree(2) with OPEN_TREE_CLOEXEC, and OPEN_TREE_CLONE / AT_RECURSIVE as asked.
int stk_open_tree_clone(int directory, const char *path, int recursive);

/// move_mount(2) of a detached mount onto a path, or with an empty path onto the descriptor `to` itself.
int stk_move_mount(int mount, int to, const char *path);

/// mount_setattr(2), Linux 5.12; `path` empty means the descriptor itself.
int stk_mount_setattr(int directory, const char *path, int recursive, uint64_t set, uint64_t clear);
extern const uint64_t stk_attribute_readonly, stk_attribute_nosuid, stk_attribute_nodev, stk_attribute_noexec;

/// pivot_root(2).
int stk_pivot_root(const char *new_root, const char *put_old);

#endif
