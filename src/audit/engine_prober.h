#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>

#include "audit/prober.h"
#include "engine/engine.h"
#include "honeynet/honeynet.h"

namespace apiary {

/// Answers what an engine asks of its services.
class AuditServices {
 public:
  virtual ~AuditServices() = default;
  /// Executes `command`. What the service sends is passed to the engine by `take()`.
  virtual void execute(const ServiceCommand& command, Instant now) = 0;
  /// Calls `give` with each message that services have for the engine.
  virtual void take(const std::function<void(const ServiceMessage&)>& give) = 0;

 protected:
  AuditServices() = default;
  AuditServices(const AuditServices&) = default;
  AuditServices& operator=(const AuditServices&) = default;
};

/// A Prober whose network is an engine in memory, with a simulated clock.
class EngineProber final : public Prober {
 public:
  /// `services`: null: no service says anything. It outlives the prober.
  EngineProber(const std::shared_ptr<const Honeynet>& honeynet, const EngineSettings& settings,
               Instant start, AuditServices* services);

  IpAddress source() const override { return source_; }
  Instant now() override { return now_; }
  void send(Bytes datagram) override;
  void ask_mac(const IpAddress& target) override;
  void wait(Duration time) override;
  std::vector<Heard> take() override;

 private:
  void receive(Bytes content, EtherType type, const MacAddress& to);
  void collect();
  MacAddress next_hop(const IpAddress& target);

  Engine engine_;
  Outbox out_;
  AuditServices* services_;
  bool has_routers_;
  IpAddress source_;
  Instant now_;
  std::vector<Heard> heard_;
  std::map<IpAddress, MacAddress> neighbours_;
};

/// The MAC address of the interface of an engine in memory.
inline constexpr MacAddress audited_mac{{0x00, 0x16, 0x3e, 0x61, 0x70, 0x69}};

}  // namespace apiary
