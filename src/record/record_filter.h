#pragma once

#include <optional>
#include <string>

#include "record/record.h"

namespace apiary {

/// Which records somebody wants to see; all, as it is.
struct RecordFilter {
  RecordKinds kinds = RecordKinds::all();
  std::optional<IpPrefix> source{}, host{};
  std::optional<std::uint16_t> port{};  // of the host
  std::string text{};                   // somewhere in the sentence, in small letters

  bool lets_through(const Record& record) const;
};

/// "contact,scan". Nothing when one of them is no kind.
std::optional<RecordKinds> parse_record_kinds(std::string_view names);

}  // namespace apiary
