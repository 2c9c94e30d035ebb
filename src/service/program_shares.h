#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <tl/expected.hpp>
#include <utility>

#include "base/address.h"
#include "base/tally.h"
#include "service/service_limits.h"

namespace apiary {

/// Counts the programs that run for each virtual host and for the visitors of each /24, so that
/// none of them can take all slots.
class ProgramShares {
 public:
  explicit ProgramShares(const ScriptLimits& limits) : limits_(limits) {}
  ProgramShares(const ProgramShares&) = delete;
  ProgramShares& operator=(const ProgramShares&) = delete;

  /// The share of one program, until this object ends. ProgramShares must outlive it.
  class Slot {
   public:
    Slot(Slot&& other) noexcept
        : shares_(std::exchange(other.shares_, nullptr)),
          host_(other.host_),
          net_(other.net_),
          is_datagram_(other.is_datagram_) {}
    Slot& operator=(Slot&&) = delete;
    ~Slot();

   private:
    friend class ProgramShares;
    Slot(ProgramShares& shares, std::uint32_t host, std::uint32_t net, bool is_datagram)
        : shares_(&shares), host_(host), net_(net), is_datagram_(is_datagram) {}

    ProgramShares* shares_;
    std::uint32_t host_, net_;
    bool is_datagram_;
  };
  /// A slot for a program of this conversation. Error: a sentence on who has too many.
  tl::expected<Slot, std::string> take(const FlowKey& flow);

 private:
  ScriptLimits limits_;
  // By address; of programs that serve UDP; by the first 24 bits of the visitor's address.
  Tally<std::uint32_t> hosts_, datagram_hosts_, nets_;
};

}  // namespace apiary
