#pragma once

#include <set>
#include <tuple>

#include "base/address.h"

namespace apiary {

/// The connections that proxies of this daemon have open to other machines. One that comes back to
/// an address of the honeynet shows a loop. It must outlive its entries.
class OwnConnections {
 public:
  /// An open connection; its destructor removes it.
  class Entry {
   public:
    Entry() = default;  ///< of none
    Entry(Entry&& other) noexcept;
    Entry& operator=(Entry&& other) noexcept;
    ~Entry();

   private:
    friend class OwnConnections;
    Entry(OwnConnections& all, const FlowKey& flow) : all_(&all), flow_(flow) {}

    OwnConnections* all_ = nullptr;
    FlowKey flow_;
  };

  OwnConnections() = default;
  OwnConnections(const OwnConnections&) = delete;
  OwnConnections& operator=(const OwnConnections&) = delete;

  /// Adds the connection from `remote` to `local` of `flow`: as the host there would see it.
  Entry add(const FlowKey& flow);
  /// Whether a proxy of this daemon opened the conversation.
  bool contains(const FlowKey& flow) const { return flows_.contains(key_of(flow)); }

 private:
  using Key = std::tuple<Endpoint, Endpoint, IpProtocol>;
  static Key key_of(const FlowKey& flow) { return {flow.remote, flow.local, flow.protocol}; }

  std::set<Key> flows_;
};

}  // namespace apiary
