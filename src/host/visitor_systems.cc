#include "host/visitor_systems.h"

#include <algorithm>
#include <limits>

namespace apiary {
namespace {

std::uint32_t seconds_at(Instant now) {
  return static_cast<std::uint32_t>(
      std::chrono::duration_cast<seconds>(now.time_since_epoch()).count());
}

}  // namespace

std::shared_ptr<const SignatureDatabase> VisitorSystems::adopt(
    std::shared_ptr<const SignatureDatabase> next) {
  ids_.clear();
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
  SynSlot& last = syns_[at.syn_slot];
  last = {at.tag, seconds_at(now), shape_of(datagram, syn)};
  const auto matched = database_->match(last.syn);
  if (!matched) return;
  slots_[at.slot] = {at.tag, seconds_at(now), ids_[*matched]};
}

std::optional<SynShape> VisitorSystems::syn_of(const IpAddress& visitor, Instant now) const {
  if (ids_.empty()) return {};
  const Found at = find(visitor);
  const SynSlot& slot = syns_[at.syn_slot];
  if (slot.tag != at.tag || seconds{seconds_at(now)} - seconds{slot.noted} > known_for) return {};
  return slot.syn;
}

SystemId VisitorSystems::of(const IpAddress& visitor, Instant now) const {
  if (ids_.empty()) return {};
  const Found at = find(visitor);
  const Slot& slot = slots_[at.slot];
  const bool is_known =
      slot.tag == at.tag && seconds{seconds_at(now)} - seconds{slot.noted} <= known_for;
  return is_known ? slot.system : SystemId{};
}

}  // namespace apiary
