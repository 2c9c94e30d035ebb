#include "host/visitor_systems.h"

#include <algorithm>
#include <limits>

namespace apiary {
namespace {

std::uint32_t seconds_at(Instant now) {
  return static_cast<std::uint32_t>(
      std::chrono::duration_cast<seconds>(now.time_since_epoch()).count());
}

/// Whether a slot is of the visitor with `tag`, and not too old. Times in seconds.
bool is_valid(std::uint32_t slot_tag, std::uint32_t noted, std::uint32_t tag, std::uint32_t now) {
  return slot_tag == tag && seconds{now} - seconds{noted} <= VisitorSystems::known_for;
}

}  // namespace

std::shared_ptr<const SignatureDatabase> VisitorSystems::adopt(
    std::shared_ptr<const SignatureDatabase> next) {
  ids_.clear();
  last_match_.reset();
  for (const std::string& name : next->systems()) ids_.push_back(id_of(name));
  return std::exchange(database_, std::move(next));
}

/// A name keeps its number, since conversations and slots refer to it. The numbers are bounded by
/// the names in the files.
SystemId VisitorSystems::id_of(const std::string& name) {
  const auto found = std::ranges::find(names_, name);
  const auto number = static_cast<std::size_t>(found - names_.begin());
  if (number > std::numeric_limits<std::uint16_t>::max()) return {};
  if (found == names_.end()) names_.push_back(name);
  return {static_cast<std::uint16_t>(number)};
}

void VisitorSystems::note(Instant now, const IpDatagram& datagram, const TcpSegment& syn) {
  if (ids_.empty()) return;
  const Found at = find(datagram.source);
  const SynShape shape = shape_of(datagram, syn);
  syns_[at.syn_slot] = {at.tag, seconds_at(now), shape};
  if (!last_match_ || !(last_match_->syn == shape)) last_match_ = {shape, database_->match(shape)};
  if (last_match_->system) slots_[at.slot] = {at.tag, seconds_at(now), ids_[*last_match_->system]};
}

std::optional<SynShape> VisitorSystems::syn_of(const IpAddress& visitor, Instant now) const {
  if (ids_.empty()) return {};
  return syn_at(find(visitor), seconds_at(now));
}

SystemId VisitorSystems::of(const IpAddress& visitor, Instant now) const {
  if (ids_.empty()) return {};
  return system_at(find(visitor), seconds_at(now));
}

VisitorSystems::Visitor VisitorSystems::known(const IpAddress& visitor, Instant now) const {
  if (ids_.empty()) return {};
  const Found at = find(visitor);
  const std::uint32_t second = seconds_at(now);
  return {name(system_at(at, second)), syn_at(at, second)};
}

SystemId VisitorSystems::system_at(const Found& at, std::uint32_t now) const {
  const Slot& slot = slots_[at.slot];
  return is_valid(slot.tag, slot.noted, at.tag, now) ? slot.system : SystemId{};
}

std::optional<SynShape> VisitorSystems::syn_at(const Found& at, std::uint32_t now) const {
  const SynSlot& slot = syns_[at.syn_slot];
  if (!is_valid(slot.tag, slot.noted, at.tag, now)) return {};
  return slot.syn;
}

}  // namespace apiary
