#pragma once

#include <span>

#include "audit/probe_round.h"

namespace apiary {

/// Fills `observations`, whose hosts are named, with what `prober` hears of them.
void collect(Prober& prober, const AuditPace& pace, Observations& observations);

/// The ports that each host is asked for: those of common services, and some that nothing uses.
std::span<const Port> audited_ports();
/// The part of them that nothing uses.
std::span<const Port> unused_ports();

// The parts of collect(), one for each kind of probe.
void collect_ports(ProbeRound& round);
void collect_sequences(ProbeRound& round);
void collect_icmp(ProbeRound& round);
void collect_paths(ProbeRound& round);
void collect_connections(ProbeRound& round);
void collect_services(ProbeRound& round);
void collect_load(ProbeRound& round);

}  // namespace apiary
