#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "session/service_spec.h"
#include "wire/tcp_options.h"

namespace apiary {

/// State until the connection is established: the SYN/ACK, or the SYN of an active open, for
/// retransmissions, and the service that will answer.
struct Handshake {
  const std::shared_ptr<const ServiceSpec>* service;  // of the template; null: none
  TcpOptionBytes options;
  std::uint16_t window = 0, urgent_pointer = 0;
  std::uint8_t flags = 0, reserved = 0;
  std::string_view visitor_system{};
  // For an active open: the request, and the server that made it.
  std::uint64_t request = 0;
  std::shared_ptr<const ServiceSpec> server{};
};

}  // namespace apiary
