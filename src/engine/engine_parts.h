#pragma once

#include <array>
#include <memory>
#include <optional>

#include "engine/connect_queue.h"
#include "engine/destination_cache.h"
#include "engine/engine.h"
#include "engine/external_forwarder.h"
#include "engine/host_table.h"
#include "engine/transport.h"
#include "engine/visitor_cache.h"
#include "host/packet_sender.h"
#include "lan/lan_presence.h"
#include "topology/emulated_network.h"

namespace apiary {

/// The parts of an engine. Each may use those before it. They point to `honeynet`, `settings` and
/// `counters`, which are the engine's.
struct Engine::Parts {
  Parts(const std::shared_ptr<const Honeynet>& honeynet, EngineSettings& settings,
        Counters& counters)
      : network(honeynet->topology(), settings.seed),
        outlet(settings.interfaces, settings.limits, network, counters),
        forwarder(settings.limits, settings.table_key(), *honeynet, settings.interfaces),
        lan({.honeynet = honeynet,
             .claimed = settings.claimed,
             .interfaces = settings.interfaces,
             .host_key = settings.host_key,
             .outlet = outlet,
             .share = settings.share},
            settings.arp, settings.limits, settings.table_key(), settings.seed),
        hosts({.honeynet = honeynet,
               .settings = settings,
               .leases = lan.dhcp_clients(),
               .outlet = outlet,
               .counters = counters}),
        transport(settings, hosts, counters),
        connects({.settings = settings,
                  .hosts = hosts,
                  .lan = lan,
                  .forwarder = forwarder,
                  .transport = transport,
                  .outlet = outlet}) {}

  static constexpr std::size_t max_expected = 16;
  std::array<std::optional<FlowKey>, max_expected> expected_flows{};  // of the batch's next frames
  DestinationCache destinations;
  VisitorCache visitors;
  EmulatedNetwork network;
  PacketSender outlet;
  ExternalForwarder forwarder;
  LanPresence lan;
  HostTable hosts;
  Transport transport;
  ConnectQueue connects;
};

}  // namespace apiary
