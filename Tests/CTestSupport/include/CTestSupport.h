/// What only the tests need of glibc's extensions, which Swift does not see without _GNU_SOURCE.
#ifndef STACKER_CTESTSUPPORT_H
#define STACKER_CTESTSUPPORT_H

#include <spawn.h>
#include <stddef.h>
#include <stdint.h>

/// posix_spawn_file_actions_addchdir_np(3) and posix_spawn_file_actions_addclosefrom_np(3), glibc 2.34.
int tst_spawn_change_directory(posix_spawn_file_actions_t *actions, const char *path);
int tst_spawn_close_from(posix_spawn_file_actions_t *actions, int first);

/// The loop of libFuzzer (compiler-rt, FuzzerInterface.h); only programs that are built with it may call it.
int LLVMFuzzerRunDriver(int *argc, char ***argv, int (*callback)(const uint8_t *data, size_t size));

#endif
