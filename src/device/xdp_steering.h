#pragma once

#include <cstdint>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "base/address_set.h"
#include "posix/file_descriptor.h"
#include "posix/system_error.h"

namespace apiary {

/// Where the kernel runs an XDP program.
enum class XdpMode : std::uint8_t {
  native,   // in the driver
  generic,  // behind it: every driver can, but it is slower
};

/// The XDP program of an interface that passes IPv4 for claimed addresses to AF_XDP sockets, and
/// everything else to the kernel: see steering_program(). The kernel removes it when this object is
/// destroyed or the process ends, however it ends.
class XdpSteering {
 public:
  /// Loads the program, which needs CAP_BPF and CAP_NET_ADMIN. Errors: no privilege; a kernel
  /// without XDP.
  static tl::expected<XdpSteering, SystemError> load(unsigned queues,
                                                     std::size_t largest_frame_bytes);

  /// Whether load() would succeed. Changes nothing.
  static tl::expected<void, SystemError> check();
  /// Whether the interface has the program of a daemon of ours. Needs the privileges of load().
  static bool is_attached_to(int interface);

  tl::expected<void, SystemError> add_socket(unsigned queue, int socket);
  /// Runs the program on an interface: in the driver if `generic_only` is false and the driver can.
  /// Errors: the interface has an XDP program.
  tl::expected<XdpMode, SystemError> attach(const std::string& interface, int index,
                                            bool generic_only);
  /// Passes frames to exactly `addresses` from now on. Needs no privilege since Linux 5.19. After
  /// an error, it passes frames to all old addresses, and perhaps some new ones.
  tl::expected<void, SystemError> change_to(const AddressSet& addresses);

 private:
  XdpSteering(FileDescriptor claimed, FileDescriptor sockets, FileDescriptor program)
      : claimed_(std::move(claimed)), sockets_(std::move(sockets)), program_(std::move(program)) {}

  FileDescriptor claimed_, sockets_, program_, link_;
  std::vector<IpPrefix> present_;  // in claimed_, ascending
};

}  // namespace apiary
