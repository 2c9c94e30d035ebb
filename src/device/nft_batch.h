#pragma once

#include <libnftnl/rule.h>
#include <libnftnl/set.h>

#include <cstdint>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "posix/file_descriptor.h"
#include "posix/system_error.h"

namespace apiary {

/// A transaction of nf_tables: the kernel carries out all of its messages or none.
class NftBatch {
 public:
  explicit NftBatch(std::uint16_t family);

  void add_table(const std::string& table, std::uint32_t flags);
  /// A base chain of type filter at the ingress of `device`.
  void add_ingress_chain(const std::string& table, const std::string& chain,
                         const std::string& device, std::int32_t priority);
  void add(nftnl_rule& rule);
  void add(nftnl_set& set);
  /// Adds the elements of `part`: at most about two thousand, which fit one attribute.
  void add_elements(nftnl_set& part);
  void remove_elements(nftnl_set& part);

  /// Sends the batch over `socket` (NETLINK_NETFILTER) and waits for the result. Error: the kernel
  /// rejected a message, and has changed nothing.
  tl::expected<void, SystemError> commit(const FileDescriptor& socket, const std::string& what);
  /// Asks the kernel whether it would accept the batch. Changes nothing.
  tl::expected<void, SystemError> check(const FileDescriptor& socket, const std::string& what);

 private:
  template <class Build>
  void append(std::uint16_t type, std::uint16_t flags, Build build);
  tl::expected<void, SystemError> send(const FileDescriptor& socket, const std::string& what);

  std::uint16_t family_;
  std::vector<char> bytes_;
  std::vector<char> message_;  // under construction
};

/// A socket for NftBatch. Errors: no CAP_NET_ADMIN, no netfilter in the kernel.
tl::expected<FileDescriptor, SystemError> open_nft_socket();

}  // namespace apiary
