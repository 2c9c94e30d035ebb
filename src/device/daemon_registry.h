#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "base/address_set.h"
#include "posix/file_descriptor.h"

namespace apiary {

/// Addresses that a daemon answers for on an interface. All TUN interfaces count as one, "tun": the
/// machine routes an address into only one of them.
struct Holding {
  std::string interface;
  AddressSet addresses;
};

/// The daemons of this network namespace. Each has a unique number, which marks everything that it
/// leaves in the kernel, and tells the others which addresses it holds. The number is the name of
/// an abstract socket, so the kernel frees it when the daemon ends in any way.
///
/// Any process can take such a name. The registry ignores its owner, unless it runs as root or as
/// our own user, or proves by a packet socket that it may be a daemon. A process that takes all
/// names keeps daemons from starting; the error names the process.
class DaemonRegistry {
 public:
  /// Numbers are from 1 to this.
  static constexpr unsigned max_number = 64;

  /// Takes the lowest free number and holds `holdings`. Waits some seconds for daemons that are
  /// doing the same. Error: a sentence; another daemon holds an address on the same interface, or
  /// does not report what it holds.
  static tl::expected<std::unique_ptr<DaemonRegistry>, std::string> join(
      const std::vector<Holding>& holdings);
  /// Holds `holdings` from now on; on an error, what it held before. Errors: see join(). Any
  /// thread may call it.
  tl::expected<void, std::string> change_to(const std::vector<Holding>& holdings);

  unsigned number() const { return number_; }
  /// Whether a living daemon has `number`.
  static bool is_alive(unsigned number);

  /// Readable when answer() has something to do: another daemon asks what this one holds.
  int descriptor() const { return socket_.get(); }
  void answer();

 private:
  DaemonRegistry(unsigned number, FileDescriptor socket, FileDescriptor proof)
      : number_(number), socket_(std::move(socket)), proof_(std::move(proof)) {}
  tl::expected<void, std::string> hold(const std::vector<Holding>& holdings);

  const unsigned number_;
  const FileDescriptor socket_;
  const FileDescriptor proof_;  // a packet socket; none if the daemon only creates an interface
  std::mutex mutex_;            // guards what follows
  FileDescriptor held_;         // a file in memory that lists the holdings
};

}  // namespace apiary
