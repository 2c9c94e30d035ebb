#include "host/reassembly.h"

#include <algorithm>

namespace apiary {

std::optional<IpDatagram> Reassembly::add(Instant now, const IpDatagram& fragment) {
  on_time(now);
  const Key key{fragment.source, fragment.destination, fragment.identification, fragment.protocol};
  Pending* pending = pending_.find(key);  // its age is that of its first fragment
  if (pending == nullptr) {
    if (pending_.size() >= pending_.capacity()) discard(*pending_.oldest().first);
    pending = &pending_.insert(key, Pending{.since = now});
  }
  const std::size_t cost = pending->cost_bytes;
  const bool stored = store(*pending, fragment);
  held_bytes_ += pending->cost_bytes - cost;
  if (!stored) {
    discard(key);
    return {};
  }
  auto whole = finish(*pending);
  if (whole) {
    held_bytes_ -= pending->cost_bytes;
    pending_.erase(key);
  } else {
    make_room();
  }
  return whole;
}

/// Keeps the fragment. Returns whether the datagram may still become whole.
bool Reassembly::store(Pending& pending, const IpDatagram& fragment) {
  const std::size_t offset = fragment.fragment_offset_bytes;
  const std::size_t end = offset + fragment.payload.size();
  if (!fragment.more_fragments) {
    if (pending.total_bytes != 0 && pending.total_bytes != end) return false;
    pending.total_bytes = end;
  }
  if (pending.total_bytes != 0 &&
      (end > pending.total_bytes ||
       (!pending.pieces.empty() && pending.pieces.back().end() > pending.total_bytes)))
    return false;

  auto& pieces = pending.pieces;
  const auto at = std::partition_point(pieces.begin(), pieces.end(),
                                       [&](const Piece& piece) { return piece.end() <= offset; });
  if (at != pieces.end() && at->offset < end)
    return at->offset == offset && at->end() == end;  // the same again
  if (pieces.size() >= pieces_limit) return false;

  if (offset == 0) {
    const Bytes header = fragment.whole.first(ipv4_header_size_bytes(fragment));
    pending.header.assign(header.begin(), header.end());
  }
  pieces.insert(at, Piece{offset, {fragment.payload.begin(), fragment.payload.end()}});
  pending.cost_bytes += fragment.payload.size() + cost_per_piece_bytes;
  return true;
}

std::optional<IpDatagram> Reassembly::finish(const Pending& pending) {
  if (pending.total_bytes == 0 || pending.header.empty()) return {};
  std::size_t reached = 0;
  for (const Piece& piece : pending.pieces) {
    if (piece.offset != reached) return {};
    reached = piece.end();
  }
  if (reached != pending.total_bytes || reached + pending.header.size() > 65535) return {};

  // The whole datagram as it would have come in one piece, so that errors about it quote sense.
  whole_.assign(pending.header.begin(), pending.header.end());
  for (const Piece& piece : pending.pieces)
    whole_.insert(whole_.end(), piece.bytes.begin(), piece.bytes.end());
  const auto first = wire::read<wire::Ipv4Header>(whole_);
  IpDatagram header{.source = IpAddress::v4(first.source),
                    .destination = IpAddress::v4(first.destination),
                    .protocol = first.protocol,
                    .ttl = first.time_to_live,
                    .type_of_service = first.type_of_service,
                    .identification = first.identification};
  const std::vector<std::uint8_t> options(pending.header.begin() + sizeof first,
                                          pending.header.end());
  header.options = options;
  emit_ipv4_header(header, pending.total_bytes, whole_);
  const auto parsed = parse_ipv4(whole_);
  return parsed ? std::optional{*parsed} : std::nullopt;
}

void Reassembly::discard(const Key& key) {
  const Key gone = key;  // `key` may lie in what is erased
  held_bytes_ -= pending_.find(gone)->cost_bytes;
  pending_.erase(gone);
  counters_.count(DropReason::reassembly_limit);
}

void Reassembly::make_room() {
  while (held_bytes_ > limits_.reassembly_bytes) discard(*pending_.oldest().first);
}

void Reassembly::on_time(Instant now) {
  while (next_due() <= now) discard(*pending_.oldest().first);
}

Instant Reassembly::next_due() {
  const auto [key, pending] = pending_.oldest();
  return pending == nullptr ? Instant::max() : pending->since + limits_.reassembly_time;
}

}  // namespace apiary
