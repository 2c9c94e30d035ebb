#pragma once

#include <tl/expected.hpp>

#include "posix/file_descriptor.h"
#include "posix/system_error.h"
#include "service/spawner_link.h"

namespace apiary {

/// The standard streams of a subsystem's program.
struct ServerStreams {
  ProcessStreams theirs;
  FileDescriptor log;  // the end of stdout and stderr that we read
};

tl::expected<ServerStreams, SystemError> make_server_streams();

}  // namespace apiary
