#pragma once

#include <set>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "device/kernel_tables.h"
#include "device/own_addresses.h"
#include "posix/file_descriptor.h"
#include "posix/system_error.h"

namespace apiary {

/// What the machine's interfaces and addresses are at a moment.
struct MachineNetwork {
  std::vector<SeenLink> links;
  std::vector<OwnAddress> addresses;

  std::set<int> were_down{};  // interfaces that were down for a moment since the last look
  bool is_first_look = true;  // at all, or after something was missed: any may have been down

  bool was_down(const SeenLink& link) const {
    return is_first_look || !link.is_up || were_down.contains(link.index);
  }
  /// nullptr: there is none.
  const SeenLink* find_link(std::string_view name) const;
  const SeenLink* find_link(int index) const;
};

/// Hears from the kernel that interfaces, IPv4 addresses of the machine, or default routes have
/// changed.
/// What they are now is then to be looked at: nothing is missed when there was too much to hear.
class LinkMonitor {
 public:
  static tl::expected<LinkMonitor, SystemError> open();

  int descriptor() const { return socket_.get(); }  ///< readable when take_changes() may be true
  /// Whether something may have changed since the last call.
  bool take_changes();
  /// What is there now. Errors: the kernel does not list it.
  tl::expected<MachineNetwork, SystemError> look();

 private:
  explicit LinkMonitor(FileDescriptor socket) : socket_(std::move(socket)), buffer_(1 << 16) {}
  void read(Bytes messages);

  FileDescriptor socket_;
  std::vector<std::uint8_t> buffer_;
  std::set<int> were_down_;
  bool missed_some_ = true;
};

}  // namespace apiary
