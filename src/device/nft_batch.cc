#include "device/nft_batch.h"

#include <arpa/inet.h>  // first: the headers of Linux then leave out what it declares
#include <libmnl/libmnl.h>
#include <libnftnl/chain.h>
#include <libnftnl/common.h>
#include <libnftnl/table.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <memory>
#include <new>

#include "posix/socket_option.h"

namespace apiary {
namespace {

// The largest message: an attribute of 64 KiB and headers.
constexpr std::size_t max_message_bytes = 96 << 10;

template <class T>
T* must(T* allocated) {
  if (allocated == nullptr) throw std::bad_alloc();
  return allocated;
}

}  // namespace

tl::expected<FileDescriptor, SystemError> open_nft_socket() {
  FileDescriptor socket(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_NETFILTER));
  if (!socket) return tl::unexpected(last_privileged_error("opening a socket to nf_tables"));
  sockaddr_nl any{};
  any.nl_family = AF_NETLINK;
  if (bind(socket.get(), reinterpret_cast<const sockaddr*>(&any), sizeof any) != 0)
    return tl::unexpected(last_privileged_error("binding a socket to nf_tables"));
  return socket;
}

NftBatch::NftBatch(std::uint16_t family) : family_(family), message_(max_message_bytes) {
  const nlmsghdr* const begin = nftnl_batch_begin(message_.data(), 0);
  bytes_.assign(message_.data(), message_.data() + begin->nlmsg_len);
}

template <class Build>
void NftBatch::append(std::uint16_t type, std::uint16_t flags, Build build) {
  nlmsghdr* const message = nftnl_nlmsg_build_hdr(message_.data(), type, family_, flags, 0);
  build(message);
  bytes_.insert(bytes_.end(), message_.data(), message_.data() + message->nlmsg_len);
}

void NftBatch::add_table(const std::string& table, std::uint32_t flags) {
  const std::unique_ptr<nftnl_table, void (*)(const nftnl_table*)> made(must(nftnl_table_alloc()),
                                                                        nftnl_table_free);
  nftnl_table_set_str(made.get(), NFTNL_TABLE_NAME, table.c_str());
  nftnl_table_set_u32(made.get(), NFTNL_TABLE_FLAGS, flags);
  append(NFT_MSG_NEWTABLE, NLM_F_CREATE | NLM_F_EXCL,
         [&](nlmsghdr* message) { nftnl_table_nlmsg_build_payload(message, made.get()); });
}

void NftBatch::add_ingress_chain(const std::string& table, const std::string& chain,
                                 const std::string& device, std::int32_t priority) {
  const std::unique_ptr<nftnl_chain, void (*)(const nftnl_chain*)> made(must(nftnl_chain_alloc()),
                                                                        nftnl_chain_free);
  nftnl_chain_set_str(made.get(), NFTNL_CHAIN_TABLE, table.c_str());
  nftnl_chain_set_str(made.get(), NFTNL_CHAIN_NAME, chain.c_str());
  nftnl_chain_set_str(made.get(), NFTNL_CHAIN_TYPE, "filter");
  nftnl_chain_set_u32(made.get(), NFTNL_CHAIN_HOOKNUM, NF_NETDEV_INGRESS);
  nftnl_chain_set_s32(made.get(), NFTNL_CHAIN_PRIO, priority);
  nftnl_chain_set_u32(made.get(), NFTNL_CHAIN_POLICY, NF_ACCEPT);
  nftnl_chain_set_str(made.get(), NFTNL_CHAIN_DEV, device.c_str());
  append(NFT_MSG_NEWCHAIN, NLM_F_CREATE | NLM_F_EXCL,
         [&](nlmsghdr* message) { nftnl_chain_nlmsg_build_payload(message, made.get()); });
}

void NftBatch::add(nftnl_rule& rule) {
  append(NFT_MSG_NEWRULE, NLM_F_CREATE | NLM_F_APPEND,
         [&](nlmsghdr* message) { nftnl_rule_nlmsg_build_payload(message, &rule); });
}

void NftBatch::add(nftnl_set& set) {
  append(NFT_MSG_NEWSET, NLM_F_CREATE | NLM_F_EXCL,
         [&](nlmsghdr* message) { nftnl_set_nlmsg_build_payload(message, &set); });
}

void NftBatch::add_elements(nftnl_set& part) {
  append(NFT_MSG_NEWSETELEM, NLM_F_CREATE | NLM_F_EXCL,
         [&](nlmsghdr* message) { nftnl_set_elems_nlmsg_build_payload(message, &part); });
}

void NftBatch::remove_elements(nftnl_set& part) {
  append(NFT_MSG_DELSETELEM, 0,
         [&](nlmsghdr* message) { nftnl_set_elems_nlmsg_build_payload(message, &part); });
}

tl::expected<void, SystemError> NftBatch::commit(const FileDescriptor& socket,
                                                 const std::string& what) {
  const nlmsghdr* const end = nftnl_batch_end(message_.data(), 0);
  bytes_.insert(bytes_.end(), message_.data(), message_.data() + end->nlmsg_len);
  return send(socket, what);
}

tl::expected<void, SystemError> NftBatch::check(const FileDescriptor& socket,
                                                const std::string& what) {
  return send(socket, what);  // the kernel rolls back a batch without an end
}

tl::expected<void, SystemError> NftBatch::send(const FileDescriptor& socket,
                                               const std::string& what) {
  // One datagram of any size. The kernel has queued its errors when send() returns.
  (void)set_option(socket, SOL_SOCKET, SO_SNDBUFFORCE, static_cast<int>(bytes_.size() + 4096));
  sockaddr_nl kernel{};
  kernel.nl_family = AF_NETLINK;
  if (sendto(socket.get(), bytes_.data(), bytes_.size(), 0,
             reinterpret_cast<const sockaddr*>(&kernel), sizeof kernel) < 0)
    return tl::unexpected(last_privileged_error(what));
  int refusal = 0;
  alignas(nlmsghdr) std::array<char, 16'384> answer;
  while (true) {
    const ssize_t size = recv(socket.get(), answer.data(), answer.size(), MSG_DONTWAIT);
    if (size < 0 && errno == EINTR) continue;
    if (size < 0 && errno == EAGAIN) break;
    if (size < 0 && refusal == 0) refusal = errno;
    if (size < 0 && errno != ENOBUFS) break;
    int rest = static_cast<int>(size);
    for (const auto* message = reinterpret_cast<const nlmsghdr*>(answer.data());
         mnl_nlmsg_ok(message, rest); message = mnl_nlmsg_next(message, &rest))
      if (message->nlmsg_type == NLMSG_ERROR && refusal == 0)
        refusal = -static_cast<const nlmsgerr*>(mnl_nlmsg_get_payload(message))->error;
  }
  errno = refusal;
  if (refusal != 0) return tl::unexpected(last_privileged_error(what));
  return {};
}

}  // namespace apiary
