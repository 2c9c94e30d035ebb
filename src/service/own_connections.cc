#include "service/own_connections.h"

#include <utility>

namespace apiary {

OwnConnections::Entry::Entry(Entry&& other) noexcept
    : all_(std::exchange(other.all_, nullptr)), flow_(other.flow_) {}

OwnConnections::Entry& OwnConnections::Entry::operator=(Entry&& other) noexcept {
  std::swap(all_, other.all_);
  std::swap(flow_, other.flow_);
  return *this;
}

OwnConnections::Entry::~Entry() {
  if (all_ != nullptr) all_->flows_.erase(key_of(flow_));
}

OwnConnections::Entry OwnConnections::add(const FlowKey& flow) {
  // The kernel gives no two sockets the same ends; if one is here already, it is the one to remove.
  return flows_.insert(key_of(flow)).second ? Entry(*this, flow) : Entry();
}

}  // namespace apiary
