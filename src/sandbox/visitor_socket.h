#pragma once

#include <cstdint>
#include <tl/expected.hpp>

#include "base/address.h"
#include "posix/file_descriptor.h"
#include "posix/system_error.h"

namespace apiary {

/// A connection or datagram socket that a visitor would have.
struct VisitorSocketRequest {
  IpProtocol protocol = IpProtocol::tcp;
  Endpoint visitor, host;
  bool is_connected = true;  // false: UDP that takes answers from any address of the server
  // The number of the OutboundRequest that it fulfills: then the visitor is the machine to which
  // the server connects. 0: none.
  std::uint64_t request_number = 0;
};

/// A socket, without blocking, in the network namespace of the calling process, where any address
/// is local: bound to the visitor's address, and to its port if that is free. Its connection to the
/// host is begun.
tl::expected<FileDescriptor, SystemError> make_visitor_socket(const VisitorSocketRequest& request);

}  // namespace apiary
