#pragma once

#include <string>

#include "sink/sink.h"

namespace apiary {

/// Takes all events and keeps none.
class NullSink final : public Sink {
 public:
  const std::string& name() const override { return name_; }
  WriteResult write(EventPointers events) override { return {events.size()}; }

 private:
  const std::string name_ = "nothing";
};

}  // namespace apiary
