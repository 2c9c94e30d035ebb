#include "telemetry/drop_reason.h"

#include <array>

namespace apiary {
namespace {

struct Words {
  std::string_view name, description;
};

/// In the order of DropReason.
constexpr auto words = std::to_array<Words>({
    {"undecodable", "undecodable"},
    {"bad_checksum", "bad checksum"},
    {"other_vlan", "tagged for a VLAN"},
    {"bad_source_mac", "source MAC address that must not be answered"},
    {"link_broadcast", "broadcast on the link, which the host does not answer"},
    {"not_claimed", "address not claimed"},
    {"bad_source", "source address that must not be answered"},
    {"reverse_path", "source that this machine reaches by another interface"},
    {"not_of_this_network", "no entry router for the destination"},
    {"lost_on_link", "lost on a virtual link"},
    {"link_early_drop", "random early drop in the queue of a virtual link"},
    {"link_queue_full", "queue of a virtual link full"},
    {"too_large", "too large for a virtual link"},
    {"external_link_down", "tunnel or interface to the destination is down"},
    {"no_host", "no host at the address"},
    {"dropped_by_host", "dropped at random by the template"},
    {"source_routed", "source route or malformed IP options"},
    {"blocked", "blocked by the template"},
    {"silent_personality", "personality does not answer it"},
    {"unknown_protocol", "neither ICMP, TCP nor UDP"},
    {"unknown_icmp", "ICMP message that hosts do not answer"},
    {"error_about_error", "ICMP error about an ICMP error or a later fragment"},
    {"icmp_rate_limit", "ICMP errors rate-limited"},
    {"would_amplify", "reply would amplify"},
    {"broadcast_limit", "broadcasts rate-limited"},
    {"no_buffer", "packet buffers full"},
    {"reassembly_limit", "fragments evicted or expired"},
    {"connection_limit", "too many connections"},
    {"send_limit", "send buffers full"},
    {"duplicate_or_stray", "segment that asks for no answer"},
});
static_assert(words.size() == static_cast<std::size_t>(DropReason::count_));

}  // namespace

std::string_view name_of(DropReason reason) { return words[static_cast<std::size_t>(reason)].name; }

std::string_view describe(DropReason reason) {
  return words[static_cast<std::size_t>(reason)].description;
}

}  // namespace apiary
