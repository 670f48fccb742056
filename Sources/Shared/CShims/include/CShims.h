/// Only what Swift cannot call itself: variadic functions, function-like macros, and system calls that
/// glibc 2.36 (Debian 12) does not wrap. No policy lives here; every function is one system call,
/// but for one signal handler, which Swift's runtime could not run in.
/// Functions return what the call returns: -1 with errno set on failure.
#ifndef STACKER_CSHIMS_H
#define STACKER_CSHIMS_H

#include "stk_confine.h"
#include "stk_directory.h"
#include "stk_file.h"
#include "stk_filesystem.h"
#include "stk_mount.h"
#include "stk_process.h"
#include "stk_signal.h"
#include "stk_terminal.h"

#endif
