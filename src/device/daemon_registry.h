#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "base/address_set.h"
#include "posix/file_descriptor.h"

namespace apiary {

/// Addresses that a daemon answers for on an interface. All TUN interfaces are one, "tun": the
/// machine routes an address into one of them only.
struct Holding {
  std::string interface;
  AddressSet addresses;
};

/// The daemons of this network namespace: each has a number that no other has while it lives, by
/// which all that it leaves in the kernel is marked, and says what it holds to the others. The
/// number is the name of an abstract socket, which ends with its daemon however that ends.
///
/// Anybody on the machine can take such a name. Who does is passed over, unless root or our own
/// user has it or a packet socket proves that it may be a daemon. Who takes all of them keeps a
/// daemon from starting; the refusal names the process.
class DaemonRegistry {
 public:
  /// Numbers are from 1 to this.
  static constexpr unsigned most = 64;

  /// Takes the lowest free number and holds `holdings`. Waits some seconds for daemons that are
  /// about to do the same. Error: a sentence; another daemon holds an address on the same
  /// interface, or does not say what it holds.
  static tl::expected<std::unique_ptr<DaemonRegistry>, std::string> join(
      const std::vector<Holding>& holdings);
  /// Holds `holdings` from now on, or what it held on an error, as of join(). From any thread.
  tl::expected<void, std::string> change_to(const std::vector<Holding>& holdings);

  unsigned number() const { return number_; }
  /// Whether a daemon that lives has `number`.
  static bool is_alive(unsigned number);

  /// Readable when answer() has something to do: another daemon wants to know what is held.
  int descriptor() const { return socket_.get(); }
  void answer();

 private:
  DaemonRegistry(unsigned number, FileDescriptor socket, FileDescriptor proof)
      : number_(number), socket_(std::move(socket)), proof_(std::move(proof)) {}
  tl::expected<void, std::string> hold(const std::vector<Holding>& holdings);

  const unsigned number_;
  const FileDescriptor socket_;
  const FileDescriptor proof_;  // that we may be a daemon; none where only an interface is made
  std::mutex mutex_;            // guards what follows
  FileDescriptor held_;         // a file in memory with what is held, a line for each interface
};

}  // namespace apiary
