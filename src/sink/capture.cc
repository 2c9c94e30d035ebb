#include "sink/capture.h"

#include <chrono>

#include "posix/without_signals.h"
#include "sink/wall_clock.h"

namespace apiary {
namespace {

constexpr auto patience = std::chrono::milliseconds(100);
constexpr std::size_t enough_bytes = std::size_t{1} << 20;  // to be written at once

std::string head_of(std::span<const Capture::Interface> interfaces, const std::string& version) {
  std::string head;
  append_section_header(head, "Apiary " + version);
  for (const Capture::Interface& interface : interfaces)
    append_interface(head, interface.name, interface.link_layer);
  return head;
}

}  // namespace

tl::expected<std::unique_ptr<Capture>, std::string> Capture::open(
    const CaptureOptions& options, std::span<const Interface> interfaces,
    const std::string& version, Instant now) {
  std::vector<CaptureFilter> filters;
  for (const Interface& interface : interfaces) {
    auto filter = CaptureFilter::compile(options.filter, interface.link_layer);
    if (!filter) return tl::unexpected(filter.error());
    filters.push_back(std::move(*filter));
  }
  const std::string head = head_of(interfaces, version);
  auto file = RotatingFile::open(options.path, options.rotation, now, false, head);
  if (!file) return tl::unexpected(to_string(file.error()));
  // Another section might have other interfaces, or a packet torn by the daemon's end before it.
  if (file->size_bytes() != head.size())
    if (const auto rotated = file->rotate(now); !rotated)
      return tl::unexpected(to_string(rotated.error()));
  return std::unique_ptr<Capture>(new Capture(std::move(*file), std::move(filters)));
}

Capture::Capture(RotatingFile file, std::vector<CaptureFilter> filters)
    : name_("packets to " + file.path()), filters_(std::move(filters)), file_(std::move(file)) {
  const WithoutSignals meanwhile;
  thread_ = std::jthread([this](const std::stop_token& stop) { work(stop); });
}

Capture::~Capture() {
  thread_.request_stop();
  thread_.join();
}

void Capture::add(const CapturedPacket& packet) {
  bool is_enough = false;
  {
    const std::lock_guard lock(mutex_);
    if (blocks_.size() + packet.bytes.size() > capacity_bytes) {
      ++lost_;
      ++lost_untold_;
      return;
    }
    append_packet(blocks_, packet);
    ++waiting_;
    is_enough = blocks_.size() >= enough_bytes;
  }
  if (is_enough) changed_.notify_one();
}

void Capture::rotate() {
  const std::lock_guard lock(mutex_);
  rotation_wanted_ = true;
}

std::uint64_t Capture::take_loss() {
  const std::lock_guard lock(mutex_);
  return blocks_.size() > capacity_bytes / 2 ? 0 : std::exchange(lost_untold_, 0);
}

SinkStatus Capture::status() const {
  const std::lock_guard lock(mutex_);
  return {.name = name_,
          .written = written_,
          .lost = lost_,
          .waiting = waiting_,
          .waiting_bytes = blocks_.size(),
          .capacity_bytes = capacity_bytes,
          .trouble = trouble_};
}

void Capture::work(const std::stop_token& stop) {
  std::string blocks;
  while (true) {
    std::uint64_t packets = 0;
    bool rotation = false;
    {
      std::unique_lock lock(mutex_);
      changed_.wait_for(lock, stop, patience, [this] { return blocks_.size() >= enough_bytes; });
      if (stop.stop_requested() && blocks_.empty()) return;
      blocks.clear();
      blocks.swap(blocks_);
      packets = waiting_;
      rotation = std::exchange(rotation_wanted_, false);
    }
    const Instant now = wall_clock();
    if (packets > 0) note(file_.append(blocks, now), packets);
    if (rotation) note(file_.rotate(now), 0);
    note(file_.on_time(now), 0);
  }
}

void Capture::note(const tl::expected<void, SystemError>& done, std::uint64_t packets) {
  const std::lock_guard lock(mutex_);
  waiting_ -= packets;
  if (!done) {
    trouble_ = name_ + ": " + to_string(done.error());
    lost_ += packets;
    lost_untold_ += packets;
  } else if (packets > 0) {
    trouble_.clear();
    written_ += packets;
  }
}

}  // namespace apiary
