/* Questions about files that other calls ask. */
#pragma once

#include <stdint.h>

/* 0 if both are regular files; -EISDIR, -EINVAL or -EBADF as copy_file_range(2) has them. */
int64_t regular_files(int64_t first, int64_t second);
