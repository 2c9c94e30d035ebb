#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "base/address_set.h"
#include "base/keyed_hash.h"
#include "base/shard_share.h"
#include "host/interface_settings.h"
#include "host/limits.h"
#include "lan/arp_mode.h"
#include "session/session_id.h"
#include "session/subsystems.h"

namespace apiary {

struct ReversePaths;

struct EngineSettings {
  std::vector<InterfaceSettings> interfaces;
  AddressSet claimed;  // the addresses to answer for
  ArpMode arp = ArpMode::ask_first;
  Limits limits;
  HashKey host_key;        // the same key makes the same hosts
  std::uint64_t seed = 0;  // of random numbers: loss on links, hash tables
  ShardId shard{};         // part of the session ids
  ShardShare share{};      // of the claimed addresses: only these hosts answer
  std::shared_ptr<const ReversePaths> reverse_paths{};  // null: any source is allowed

  std::shared_ptr<const ListeningPorts> listening = std::make_shared<const ListeningPorts>();

  /// The settings of shard `index` of `count`: its id, and its parts of the addresses and of the
  /// daemon's limits.
  EngineSettings of_shard(std::size_t index, std::size_t count) const {
    EngineSettings settings = *this;
    settings.shard = ShardId{static_cast<std::uint8_t>(index)};
    settings.share = {static_cast<std::uint8_t>(index), static_cast<std::uint8_t>(count)};
    settings.limits = limits.per_shard(count);
    if (index > 0) settings.seed = mix_bits(seed + index);
    return settings;
  }

  /// The key of the tables whose keys unvalidated peers choose.
  HashKey table_key() const {
    return {mix_bits(seed ^ host_key.low), mix_bits(~seed ^ host_key.high)};
  }
};

}  // namespace apiary
