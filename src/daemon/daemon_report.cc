#include "daemon/daemon_report.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "base/counted.h"
#include "honeynet/honeynet.h"

namespace apiary {

std::string start_sentence(const ShardSet& shards,
                           std::span<const std::unique_ptr<Device>> devices) {
  std::string names;
  for (const auto& device : devices) names += (names.empty() ? "" : ", ") + device->name();
  const AddressSet& claimed = shards.claimed();
  const std::size_t dhcp_hosts = shards.honeynet()->parts().dhcp.size();
  std::string subjects;
  if (!claimed.empty())
    subjects = fmt::format("{} ({})", to_string(claimed), counted(claimed.size(), "address"));
  if (dhcp_hosts > 0)
    subjects += fmt::format("{}the leases of {}", subjects.empty() ? "" : " and ",
                            counted(dhcp_hosts, "host"));
  return fmt::format("answering for {} on {}", subjects, names);
}

std::string stop_sentence(const Counters& counters) {
  return fmt::format("stopping: {} received, {} sent",
                     counted(counters.received.all_packets(), "packet"),
                     counters.sent.all_packets());
}

void log_end(spdlog::logger& log, const ShardStatus& shards,
             std::span<const std::unique_ptr<Device>> devices, std::span<const SinkStatus> sinks) {
  const Counters& counters = shards.engine.counters;
  log.info("{}", stop_sentence(counters));
  for (std::size_t i = 0; i < counters.drops.size(); ++i)
    if (counters.drops[i] > 0)
      log.info("  {} dropped: {}", counters.drops[i], describe(static_cast<DropReason>(i)));
  if (shards.untransmitted > 0)
    log.warn("  {} not sent: the interface refused them", shards.untransmitted);
  for (const auto& device : devices) {
    const DeviceCounters lost = device->counters();
    if (lost.receive_drops > 0)
      log.warn("  {} dropped by the kernel on {}: receive ring full", lost.receive_drops,
               device->name());
    if (lost.skipped > 0) log.warn("  {} refused by {}", lost.skipped, device->name());
  }
  // The daemon waits only a limited time for a sink that cannot write.
  for (const SinkStatus& sink : sinks)
    if (sink.lost > 0)
      log.warn("  {} lost by {}{}{}", sink.lost, sink.name, sink.trouble.empty() ? "" : "; ",
               sink.trouble);
}

}  // namespace apiary
