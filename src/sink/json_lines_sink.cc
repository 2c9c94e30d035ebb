#include "sink/json_lines_sink.h"

#include "sink/sink_spec.h"

namespace apiary {

const SinkKind json_lines_kind = {
    .name = "json",
    .place = "FILE",
    .target = SinkKind::Target::rotated_file,
    .parse = parse_file_place,
    .open =
        [](const SinkSpec& spec, const SinkSettings& settings) {
          return open_text_file_sink<JsonLinesSink>(spec.where, settings, settings.encoder);
        },
};

}  // namespace apiary
