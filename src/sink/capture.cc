#include "sink/capture.h"

#include <chrono>

#include "posix/without_signals.h"
#include "sink/wall_clock.h"

namespace apiary {
namespace {

constexpr auto capture_period = std::chrono::milliseconds(100);
constexpr std::size_t capture_piece_bytes = std::size_t{1}
                                            << 20;  // written when it reaches this size

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
  auto file =
      RotatingFile::open(options.path, options.rotation, now, false, head_of(interfaces, version));
  if (!file) return tl::unexpected(to_string(file.error()));
  return std::unique_ptr<Capture>(new Capture(std::move(*file), std::move(filters)));
}

Capture::Capture(RotatingFile file, std::vector<CaptureFilter> filters)
    : name_("packets to " + file.path()),
      filters_(std::move(filters)),
      file_(std::move(file)),
      health_(name_) {
  const WithoutSignals meanwhile;
  thread_ = std::thread([this] { work(); });
}

void Capture::finish() {
  {
    const std::lock_guard lock(mutex_);
    if (!is_stopping_) last_try_ = Clock::now() + SinkThread::last_patience;
    is_stopping_ = true;
  }
  changed_.notify_one();
  if (thread_.joinable()) thread_.join();
}

void Capture::add(const CapturedPacket& packet) {
  bool is_pressing = false;
  {
    const std::lock_guard lock(mutex_);
    if (waiting_bytes_ + packet.bytes.size() > capacity_bytes) {
      ++lost_;
      ++lost_unreported_;
      return;
    }
    if (pieces_.empty() || pieces_.back().blocks.size() >= capture_piece_bytes) {
      pieces_.emplace_back();
      is_pressing = pieces_.size() > 1;
    }
    Piece& piece = pieces_.back();
    const std::size_t before = piece.blocks.size();
    append_packet(piece.blocks, packet);
    ++piece.packets;
    ++waiting_;
    waiting_bytes_ += piece.blocks.size() - before;
  }
  if (is_pressing) changed_.notify_one();
}

void Capture::rotate(std::shared_ptr<RotationRound> round) {
  {
    const std::lock_guard lock(mutex_);
    rotations_.push_back(std::move(round));
  }
  changed_.notify_one();
}

std::vector<EventBody> Capture::take_events() {
  const std::lock_guard lock(mutex_);
  std::vector<EventBody> events = health_.take_events();
  if (lost_unreported_ > 0 && waiting_bytes_ <= capacity_bytes / 2)
    events.emplace_back(
        events::EventsLost{name_, {{EventKind::packet, std::exchange(lost_unreported_, 0)}}});
  return events;
}

SinkStatus Capture::status() const {
  const std::lock_guard lock(mutex_);
  return {.name = name_,
          .written = written_,
          .lost = lost_,
          .waiting = waiting_,
          .waiting_bytes = waiting_bytes_,
          .capacity_bytes = capacity_bytes,
          .trouble = health_.trouble()};
}

void Capture::work() {
  Piece piece;  // it retries until this is written
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait_for(lock, capture_period, [this] { return has_work(Clock::now()); });
    if (is_stopping_ && (waiting_ == 0 || Clock::now() >= last_try_)) return give_up();
    const bool may_write = Clock::now() >= health_.next_try();
    if (may_write && piece.packets == 0 && !pieces_.empty()) {
      piece = std::move(pieces_.front());
      pieces_.pop_front();
    }
    const bool writes = may_write && piece.packets > 0;
    std::vector<std::shared_ptr<RotationRound>> rotations = std::exchange(rotations_, {});
    lock.unlock();

    const Instant now = wall_clock();
    RotatingFile::Appended appended;
    if (writes) appended = file_.append(piece.blocks, now);
    tl::expected<std::string, SystemError> rotated;
    if (!rotations.empty()) rotated = file_.rotate(now);
    const Upkeep upkeep = file_.on_time(now);

    lock.lock();
    if (writes) note_write(appended.trouble, piece);
    health_.on_upkeep(upkeep);
    if (rotations.empty()) continue;
    const std::string failure = rotated ? "" : health_.on_failed_rotation(rotated.error());
    lock.unlock();
    for (const auto& round : rotations)
      if (!failure.empty())
        round->note_failure(failure);
      else if (!rotated->empty())
        round->note_remark(name_ + ": " + *rotated);
    rotations.clear();
    lock.lock();
  }
}

bool Capture::has_work(Clock::time_point now) const {
  if (is_stopping_ && (waiting_ == 0 || now >= last_try_)) return true;
  if (!rotations_.empty()) return true;
  return now >= health_.next_try() && (pieces_.size() > 1 || is_stopping_);
}

void Capture::note_write(const std::optional<SystemError>& trouble, Piece& piece) {
  health_.on_write({trouble ? 0 : piece.packets, trouble}, lost_);
  if (trouble) return;
  written_ += piece.packets;
  waiting_ -= piece.packets;
  waiting_bytes_ -= piece.blocks.size();
  piece = {};
}

void Capture::give_up() {
  lost_ += waiting_;
  lost_unreported_ += std::exchange(waiting_, 0);
  waiting_bytes_ = 0;
  pieces_.clear();
  rotations_.clear();
}

}  // namespace apiary
