#pragma once

#include <tl/expected.hpp>

#include "posix/file_descriptor.h"
#include "posix/system_error.h"

namespace apiary {

/// Hears from the kernel that its IPv4 routes may have changed. What they are is then to be read
/// (read_routes()), so nothing is missed when there was too much to hear.
class RouteMonitor {
 public:
  static tl::expected<RouteMonitor, SystemError> open();

  int descriptor() const { return socket_.get(); }  ///< readable when take_changes() may be true
  /// Whether something may have changed since the last call.
  bool take_changes();

 private:
  explicit RouteMonitor(FileDescriptor socket) : socket_(std::move(socket)) {}

  FileDescriptor socket_;
};

}  // namespace apiary
