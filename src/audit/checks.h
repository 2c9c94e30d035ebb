#pragma once

#include "audit/tell.h"

namespace apiary {

// The checks; see all_tells() and docs/audit.md.
#define APIARY_TELL(name) \
  TellResult name(const Observations& observations, const AuditKnowledge& knowledge)
APIARY_TELL(judge_banner_system);
APIARY_TELL(judge_nmap_honeypots);
APIARY_TELL(judge_retransmissions);
APIARY_TELL(judge_syn_answers);
APIARY_TELL(judge_fragments);
APIARY_TELL(judge_clock_skew);
APIARY_TELL(judge_boot_times);
APIARY_TELL(judge_shared_ids);
APIARY_TELL(judge_isns);
APIARY_TELL(judge_round_trips);
APIARY_TELL(judge_light_distance);
APIARY_TELL(judge_tarpits);
APIARY_TELL(judge_density);
APIARY_TELL(judge_ipv6);
APIARY_TELL(judge_identities);
APIARY_TELL(judge_time_agreement);
APIARY_TELL(judge_mac_addresses);
APIARY_TELL(judge_silence);
APIARY_TELL(judge_dhcp);
APIARY_TELL(judge_icmp);
APIARY_TELL(judge_established);
APIARY_TELL(judge_ssh);
APIARY_TELL(judge_wrong_inputs);
APIARY_TELL(judge_silent_ports);
APIARY_TELL(judge_logins);
APIARY_TELL(judge_reply_times);
APIARY_TELL(judge_load);
APIARY_TELL(judge_paths);
APIARY_TELL(judge_path_mtu);
APIARY_TELL(judge_default_strings);
#undef APIARY_TELL

}  // namespace apiary
