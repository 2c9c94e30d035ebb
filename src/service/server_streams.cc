#include "service/server_streams.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>

namespace apiary {

tl::expected<ServerStreams, SystemError> make_server_streams() {
  std::array<int, 2> pair{};
  if (pipe2(pair.data(), O_CLOEXEC) != 0) return tl::unexpected(last_system_error("pipe"));
  ServerStreams streams;
  streams.log = FileDescriptor(pair[0]);
  streams.theirs[1] = FileDescriptor(pair[1]);
  streams.theirs[2] = FileDescriptor(fcntl(pair[1], F_DUPFD_CLOEXEC, 0));
  streams.theirs[0] = FileDescriptor(open("/dev/null", O_RDONLY | O_CLOEXEC));
  if (!streams.theirs[0] || !streams.theirs[2])
    return tl::unexpected(last_system_error("the streams of a subsystem"));
  fcntl(streams.log.get(), F_SETFL, O_NONBLOCK);
  // A server may open /dev/stdout, as another user than ours.
  fchmod(pair[1], S_IWUSR | S_IWGRP | S_IWOTH);
  return streams;
}

}  // namespace apiary
