#include <archive.h>
#include <archive_entry.h>

// The library is opened with dlopen(3); from its header come the types that its functions are called by.
typedef __typeof__(archive_read_new) *archive_read_new_function;
typedef __typeof__(archive_read_free) *archive_read_free_function;
typedef __typeof__(archive_read_support_format_zip) *archive_read_support_function;
typedef __typeof__(archive_read_open_fd) *archive_read_open_fd_function;
typedef __typeof__(archive_read_next_header) *archive_read_next_header_function;
typedef __typeof__(archive_read_data) *archive_read_data_function;
typedef __typeof__(archive_read_data_block) *archive_read_data_block_function;
typedef __typeof__(archive_error_string) *archive_error_string_function;
typedef __typeof__(archive_errno) *archive_errno_function;

typedef __typeof__(archive_entry_pathname) *archive_entry_text_function;
typedef __typeof__(archive_entry_filetype) *archive_entry_mode_function;
typedef __typeof__(archive_entry_size) *archive_entry_integer_function;
typedef __typeof__(archive_entry_size_is_set) *archive_entry_flag_function;
typedef __typeof__(archive_entry_mtime) *archive_entry_seconds_function;
typedef __typeof__(archive_entry_mtime_nsec) *archive_entry_nanoseconds_function;
typedef __typeof__(archive_entry_rdevmajor) *archive_entry_device_function;
typedef __typeof__(archive_entry_xattr_next) *archive_entry_xattr_next_function;
