#include "cli/topology_command.h"

#include <fmt/format.h>

#include <cerrno>

#include "chart/chart.h"
#include "posix/run_program.h"
#include "posix/system_error.h"

namespace apiary {
namespace {

/// Runs Graphviz.
int print_svg(const std::string& dot) {
  const auto drawn = run_program({"dot", "-Tsvg"}, dot, false);
  if (!drawn && drawn.error().number == ENOENT)
    return fail(
        "--svg needs the program 'dot' of Graphviz: apt install graphviz (or run dot on another "
        "machine with the output of --dot)");
  if (!drawn) return fail(to_string(drawn.error()));
  if (drawn->status != 0) return fail(fmt::format("dot failed with status {}", drawn->status));
  fmt::print("{}", drawn->output);
  return 0;
}

}  // namespace

int run_topology(const TopologyOptions& options) {
  const auto examined = examine_configuration({options.configuration, options.personalities});
  if (!examined) return fail(examined.error());
  if (examined->is_broken()) return fail(render(*examined));
  SourceText source(options.configuration, examined->source->first_file().text);
  const ParsedText parsed = parse(source, machine_settings().parsing);
  const Chart chart = make_chart(parsed.statements, source, *examined->configuration.honeynet);
  if (options.svg) return print_svg(chart_dot(chart));
  fmt::print("{}", options.dot ? chart_dot(chart)
                               : chart_text(chart, options.all ? unfolded : ChartFolding{}));
  return 0;
}

}  // namespace apiary
