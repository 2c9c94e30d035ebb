#pragma once

#include <sys/socket.h>

#include "posix/file_descriptor.h"

namespace apiary {

/// setsockopt(2). False: see errno.
template <class Value>
bool set_option(const FileDescriptor& socket, int level, int option, const Value& value) {
  return setsockopt(socket.get(), level, option, &value, sizeof value) == 0;
}

}  // namespace apiary
