#include "device/ingress_filter.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <libnftnl/expr.h>
#include <linux/if_ether.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/rtnetlink.h>
#include <net/if_arp.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <iterator>
#include <memory>
#include <new>
#include <span>
#include <tuple>
#include <vector>

#include "device/nft_batch.h"

namespace apiary {
namespace {

constexpr const char* claimed_set = "claimed";
constexpr const char* tags_set = "tags";       // the EtherTypes of VLAN tags
constexpr std::int32_t chain_priority = -500;  // before the operator's chains, which may redirect
constexpr std::uint32_t ipv4_address_type = 7, ether_type_type = 10;  // nft's numbers of key types
constexpr std::size_t ranges_in_a_message = 1000;
constexpr std::uint16_t vlan_id_mask = 0x0fff;

template <class T>
T* allocated(T* made) {
  if (made == nullptr) throw std::bad_alloc();
  return made;
}

using SetPointer = std::unique_ptr<nftnl_set, void (*)(const nftnl_set*)>;

/// A set to create, or some elements of one.
SetPointer make_set(const std::string& table, const char* name) {
  SetPointer set(allocated(nftnl_set_alloc()), nftnl_set_free);
  nftnl_set_set_str(set.get(), NFTNL_SET_TABLE, table.c_str());
  nftnl_set_set_str(set.get(), NFTNL_SET_NAME, name);
  return set;
}

template <class Key>
void append_element(nftnl_set& part, Key key_in_network_order, std::uint32_t flags = 0) {
  nftnl_set_elem* const element = allocated(nftnl_set_elem_alloc());
  nftnl_set_elem_set(element, NFTNL_SET_ELEM_KEY, &key_in_network_order, sizeof(Key));
  if (flags != 0) nftnl_set_elem_set_u32(element, NFTNL_SET_ELEM_FLAGS, flags);
  nftnl_set_elem_add(&part, element);
}

/// A rule consists of expressions that pass values in registers; these use only the first.
class Rule {
 public:
  Rule(const std::string& table, const std::string& chain)
      : rule_(allocated(nftnl_rule_alloc()), nftnl_rule_free) {
    nftnl_rule_set_str(rule_.get(), NFTNL_RULE_TABLE, table.c_str());
    nftnl_rule_set_str(rule_.get(), NFTNL_RULE_CHAIN, chain.c_str());
  }

  Rule& load(nft_meta_keys key) {
    nftnl_expr* const meta = begin("meta");
    nftnl_expr_set_u32(meta, NFTNL_EXPR_META_KEY, key);
    nftnl_expr_set_u32(meta, NFTNL_EXPR_META_DREG, NFT_REG_1);
    return *this;
  }
  Rule& load(nft_payload_bases base, std::uint32_t offset, std::uint32_t size) {
    nftnl_expr* const payload = begin("payload");
    nftnl_expr_set_u32(payload, NFTNL_EXPR_PAYLOAD_BASE, base);
    nftnl_expr_set_u32(payload, NFTNL_EXPR_PAYLOAD_OFFSET, offset);
    nftnl_expr_set_u32(payload, NFTNL_EXPR_PAYLOAD_LEN, size);
    nftnl_expr_set_u32(payload, NFTNL_EXPR_PAYLOAD_DREG, NFT_REG_1);
    return *this;
  }
  Rule& mask(std::uint16_t bits) {
    const std::uint16_t mask = htons(bits), none = 0;
    nftnl_expr* const bitwise = begin("bitwise");
    nftnl_expr_set_u32(bitwise, NFTNL_EXPR_BITWISE_SREG, NFT_REG_1);
    nftnl_expr_set_u32(bitwise, NFTNL_EXPR_BITWISE_DREG, NFT_REG_1);
    nftnl_expr_set_u32(bitwise, NFTNL_EXPR_BITWISE_LEN, sizeof mask);
    nftnl_expr_set(bitwise, NFTNL_EXPR_BITWISE_MASK, &mask, sizeof mask);
    nftnl_expr_set(bitwise, NFTNL_EXPR_BITWISE_XOR, &none, sizeof none);
    return *this;
  }
  /// nft lists conditions on the Ethernet header only after this one.
  Rule& is_ethernet() {
    load(NFT_META_IIFTYPE);
    return compare(NFT_CMP_EQ, std::uint16_t{ARPHRD_ETHER});
  }
  Rule& is(std::uint16_t value) { return compare(NFT_CMP_EQ, htons(value)); }
  Rule& is_not(std::uint16_t value) { return compare(NFT_CMP_NEQ, htons(value)); }
  Rule& is_in(const char* set) {
    nftnl_expr* const lookup = begin("lookup");
    nftnl_expr_set_u32(lookup, NFTNL_EXPR_LOOKUP_SREG, NFT_REG_1);
    nftnl_expr_set_str(lookup, NFTNL_EXPR_LOOKUP_SET, set);
    return *this;
  }
  /// The destination is not the machine's own, and not broadcast or multicast.
  Rule& is_to_unicast() {
    nftnl_expr* const fib = begin("fib");
    nftnl_expr_set_u32(fib, NFTNL_EXPR_FIB_FLAGS, NFTA_FIB_F_DADDR);
    nftnl_expr_set_u32(fib, NFTNL_EXPR_FIB_RESULT, NFT_FIB_RESULT_ADDRTYPE);
    nftnl_expr_set_u32(fib, NFTNL_EXPR_FIB_DREG, NFT_REG_1);
    return compare(NFT_CMP_EQ, std::uint32_t{RTN_UNICAST});
  }
  nftnl_rule& drop() { return decide(NF_DROP); }
  nftnl_rule& accept() { return decide(NF_ACCEPT); }

 private:
  nftnl_expr* begin(const char* name) {
    nftnl_expr* const expression = allocated(nftnl_expr_alloc(name));
    nftnl_rule_add_expr(rule_.get(), expression);
    return expression;
  }
  template <class Value>
  Rule& compare(nft_cmp_ops relation, Value value) {
    nftnl_expr* const cmp = begin("cmp");
    nftnl_expr_set_u32(cmp, NFTNL_EXPR_CMP_SREG, NFT_REG_1);
    nftnl_expr_set_u32(cmp, NFTNL_EXPR_CMP_OP, relation);
    nftnl_expr_set(cmp, NFTNL_EXPR_CMP_DATA, &value, sizeof value);
    return *this;
  }
  nftnl_rule& decide(std::uint32_t verdict) {
    nftnl_expr* const immediate = begin("immediate");
    nftnl_expr_set_u32(immediate, NFTNL_EXPR_IMM_DREG, NFT_REG_VERDICT);
    nftnl_expr_set_u32(immediate, NFTNL_EXPR_IMM_VERDICT, verdict);
    return *rule_;
  }

  std::unique_ptr<nftnl_rule, void (*)(const nftnl_rule*)> rule_;
};

/// The rules have the form that nft itself would write, so that `nft list ruleset` works: nft 1.0.6
/// cannot list every rule that the kernel accepts.
void add_rules(NftBatch& batch, const std::string& table, const std::string& chain) {
  constexpr std::uint32_t ether_type_offset = 12, tag_offset = 14;  // as nft has them
  constexpr std::uint32_t ipv4_destination = 16, arp_operation = 6, arp_target = 24;
  constexpr std::uint16_t arp_request = 1;
  const auto rule = [&] { return Rule(table, chain); };
  // Frames of a VLAN belong to the VLAN's own interface.
  batch.add(rule()
                .is_ethernet()
                .load(NFT_PAYLOAD_LL_HEADER, ether_type_offset, 2)
                .is_in(tags_set)
                .load(NFT_PAYLOAD_LL_HEADER, tag_offset, 2)
                .mask(vlan_id_mask)
                .is_not(0)
                .accept());
  // The kernel removes further priority tags one by one, after this hook.
  batch.add(rule()
                .load(NFT_META_PROTOCOL)
                .is_in(tags_set)
                .load(NFT_PAYLOAD_NETWORK_HEADER, 0, 2)
                .mask(vlan_id_mask)
                .is(0)
                .drop());
  batch.add(rule()
                .load(NFT_META_PROTOCOL)
                .is(ETH_P_IP)
                .load(NFT_PAYLOAD_NETWORK_HEADER, ipv4_destination, 4)
                .is_in(claimed_set)
                .is_to_unicast()
                .drop());
  batch.add(rule()
                .load(NFT_META_PROTOCOL)
                .is(ETH_P_ARP)
                .load(NFT_PAYLOAD_NETWORK_HEADER, arp_operation, 2)
                .is(arp_request)
                .load(NFT_PAYLOAD_NETWORK_HEADER, arp_target, 4)
                .is_in(claimed_set)
                .drop());
}

void add_sets(NftBatch& batch, const std::string& table) {
  const SetPointer claimed = make_set(table, claimed_set);
  nftnl_set_set_u32(claimed.get(), NFTNL_SET_FLAGS, NFT_SET_INTERVAL);
  nftnl_set_set_u32(claimed.get(), NFTNL_SET_KEY_TYPE, ipv4_address_type);
  nftnl_set_set_u32(claimed.get(), NFTNL_SET_KEY_LEN, sizeof(std::uint32_t));
  nftnl_set_set_u32(claimed.get(), NFTNL_SET_ID, 1);
  batch.add(*claimed);

  const SetPointer tags = make_set(table, tags_set);
  nftnl_set_set_u32(tags.get(), NFTNL_SET_KEY_TYPE, ether_type_type);
  nftnl_set_set_u32(tags.get(), NFTNL_SET_KEY_LEN, sizeof(std::uint16_t));
  nftnl_set_set_u32(tags.get(), NFTNL_SET_ID, 2);
  batch.add(*tags);
  const SetPointer both = make_set(table, tags_set);
  append_element(*both, htons(ETH_P_8021Q));
  append_element(*both, htons(ETH_P_8021AD));
  batch.add_elements(*both);
}

/// Calls `take` with `ranges` as elements of the set, in parts that fit a message.
template <class Take>
void for_each_part(const std::string& table, std::span<const AddressRange> ranges, Take take) {
  while (!ranges.empty()) {
    const auto some = ranges.first(std::min(ranges.size(), ranges_in_a_message));
    ranges = ranges.subspan(some.size());
    const SetPointer part = make_set(table, claimed_set);
    for (const AddressRange& range : some) {
      append_element(*part, htonl(range.first.v4_value()));
      // An element marks the end of a range, exclusive. The highest address needs none.
      if (const std::uint32_t last = range.last.v4_value(); last != 0xffffffff)
        append_element(*part, htonl(last + 1), NFT_SET_ELEM_INTERVAL_END);
    }
    take(*part);
  }
}

/// The ranges of `one` that `other` does not have.
std::vector<AddressRange> ranges_only_in(const AddressSet& one, const AddressSet& other) {
  const auto by_address = [](const AddressRange& a, const AddressRange& b) {
    return std::tie(a.first, a.last) < std::tie(b.first, b.last);
  };
  std::vector<AddressRange> rest;
  std::ranges::set_difference(one.ranges(), other.ranges(), std::back_inserter(rest), by_address);
  return rest;
}

void change_elements(NftBatch& batch, const std::string& table, const AddressSet& from,
                     const AddressSet& to) {
  for_each_part(table, ranges_only_in(from, to),
                [&](nftnl_set& part) { batch.remove_elements(part); });
  for_each_part(table, ranges_only_in(to, from),
                [&](nftnl_set& part) { batch.add_elements(part); });
}

/// A unique name: the port ID of a netlink socket is unique.
tl::expected<std::string, SystemError> table_name(const FileDescriptor& socket) {
  sockaddr_nl own{};
  socklen_t size = sizeof own;
  if (getsockname(socket.get(), reinterpret_cast<sockaddr*>(&own), &size) != 0)
    return tl::unexpected(last_system_error("reading the port ID of a netlink socket"));
  return fmt::format("{}{}", nft_table_prefix, own.nl_pid);
}

NftBatch make_table(const std::string& table, const std::string& interface,
                    const AddressSet& addresses) {
  NftBatch batch(NFPROTO_NETDEV);
  batch.add_table(table, NFT_TABLE_F_OWNER);
  add_sets(batch, table);
  change_elements(batch, table, {}, addresses);
  batch.add_ingress_chain(table, interface, interface, chain_priority);  // named like its device
  add_rules(batch, table, interface);
  return batch;
}

std::string installing_at(const std::string& interface) {
  return fmt::format("adding an nftables chain at the ingress of {}", interface);
}

}  // namespace

IngressFilter::IngressFilter(FileDescriptor socket, std::string table)
    : socket_(std::move(socket)), table_(std::move(table)) {}

tl::expected<IngressFilter, SystemError> IngressFilter::install(const std::string& interface,
                                                                const AddressSet& addresses) {
  auto socket = open_nft_socket();
  if (!socket) return tl::unexpected(socket.error());
  auto table = table_name(*socket);
  if (!table) return tl::unexpected(table.error());
  IngressFilter filter(std::move(*socket), std::move(*table));
  NftBatch batch = make_table(filter.table_, interface, addresses);
  if (auto done = batch.commit(filter.socket_, installing_at(interface)); !done)
    return tl::unexpected(done.error());
  filter.covered_ = addresses;
  return filter;
}

tl::expected<void, SystemError> IngressFilter::check(const std::string& interface) {
  const auto socket = open_nft_socket();
  if (!socket) return tl::unexpected(socket.error());
  const auto table = table_name(*socket);
  if (!table) return tl::unexpected(table.error());
  return make_table(*table, interface, {}).check(*socket, installing_at(interface));
}

tl::expected<void, SystemError> IngressFilter::change_to(const AddressSet& addresses) {
  if (addresses.ranges() == covered_.ranges()) return {};
  NftBatch batch(NFPROTO_NETDEV);
  change_elements(batch, table_, covered_, addresses);
  if (auto done = batch.commit(socket_, "changing the addresses of an nftables set"); !done)
    return done;
  covered_ = addresses;
  return {};
}

}  // namespace apiary
