// Replays bytes as a capture file. For any file, the engine sends only valid packets.
#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdlib>

#include "device/capture_file.h"
#include "packet_check.h"
#include "posix/file_descriptor.h"
#include "service_source.h"
#include "storm.h"

namespace apiary::simulation {
namespace {

class Replaying {
 public:
  explicit Replaying(std::shared_ptr<const Honeynet> honeynet)
      : settings_(storm_settings(1)), engine_(std::move(honeynet), settings_) {}

  void run(CaptureReader& reader) {
    const InterfaceId interface {
      static_cast<std::uint8_t>(reader.link_layer() != LinkLayer::raw_ip)
    };
    while (const auto captured = reader.next().value_or(std::nullopt)) {
      let_time_pass(std::clamp(captured->at, now_, now_ + minutes{1}));
      engine_.on_frame(now_, interface, captured->frame, out_);
      execute_command();
    }
    let_time_pass(now_ + minutes{1});
  }

 private:
  void let_time_pass(Instant until) {
    while (engine_.next_deadline() <= until) {
      now_ = std::max(now_, engine_.next_deadline());
      engine_.on_time(now_, out_);
      execute_command();
    }
    now_ = until;
  }
  void execute_command() {
    for (const Packet& packet : out_.packets)
      if (const auto fault = fault_of(packet, settings_)) give_up(*fault);
    for (const ServiceCommand& command : out_.services)
      if (const auto fault = services_.take(command)) give_up(*fault);
    out_.clear();
  }
  [[noreturn]] static void give_up(const std::string& fault) {
    fmt::print(stderr, "{}\n", fault);
    std::abort();
  }

  EngineSettings settings_;
  Engine engine_;
  Outbox out_;
  ServiceSource services_{1};
  Instant now_{seconds{1'700'000'000}};
};

}  // namespace
}  // namespace apiary::simulation

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace apiary;
  static const auto honeynet = simulation::storm_honeynet().value();
  static const FileDescriptor file(memfd_create("capture", MFD_CLOEXEC));
  if (ftruncate(file.get(), 0) != 0 || pwrite(file.get(), data, size, 0) < 0) std::abort();
  auto reader = CaptureReader::open(fmt::format("/proc/self/fd/{}", file.get()));
  if (reader) simulation::Replaying(honeynet).run(*reader);
  return 0;
}
