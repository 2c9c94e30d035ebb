#include "setup/active_config_text.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>

#include "base/printable.h"
#include "config/source_snippet.h"

namespace apiary {
namespace {

constexpr std::string_view added_heading = "\n# Added by apiary ctl:\n";
constexpr const char* statement_name = "ctl";

/// Renders diagnostics of a text whose last part, from `begin` on, is a statement of apiary ctl.
class StatementRenderer {
 public:
  StatementRenderer(const SourceText& whole, std::uint32_t begin)
      : whole_(whole),
        begin_(begin),
        end_(whole.first_file().end()),
        statement_(statement_name, std::string(whole.text({begin, end_}))) {}

  /// `only_statement`: leaves out diagnostics of the text before it.
  std::string show(const Diagnostics& diagnostics, bool only_statement) const {
    std::string text;
    for (const Diagnostic& diagnostic : diagnostics)
      if (is_of_statement(diagnostic.place))
        text += show_of_statement(diagnostic);
      else if (!only_statement)
        text += render(diagnostic, whole_);
    return text;
  }

 private:
  /// Included files follow the first one, which ends with the statement.
  bool is_of_statement(Span place) const { return place.begin >= begin_ && place.begin <= end_; }

  std::string show_of_statement(Diagnostic diagnostic) const {
    diagnostic.place = {diagnostic.place.begin - begin_, diagnostic.place.end - begin_};
    const std::vector<DiagnosticNote> notes = std::move(diagnostic.notes);
    diagnostic.notes.clear();
    std::string elsewhere;
    for (const DiagnosticNote& note : notes)
      if (is_of_statement(note.place))
        diagnostic.notes.push_back(
            {{note.place.begin - begin_, note.place.end - begin_}, note.message});
      else
        elsewhere += show_note(note);
    return render(diagnostic, statement_) + elsewhere;
  }

  std::string show_note(const DiagnosticNote& note) const {
    const LineColumn at = whole_.locate(note.place.begin);
    const SourceSnippet snippet = snippet_of(whole_, note.place);
    return fmt::format("{}:{}:{}: note: {}\n{}\n{}\n", whole_.name(), at.line, at.column,
                       printable(note.message), snippet.line, snippet.underline);
  }

  const SourceText& whole_;
  std::uint32_t begin_, end_;
  SourceText statement_;
};

/// A hint about a file that the daemon could read at its start but cannot read now; empty for other
/// problems.
std::string hint_if_unreadable(const std::string& path) {
  if (geteuid() == 0 || access(path.c_str(), R_OK) == 0 || errno != EACCES) return "";
  return "hint: the daemon no longer runs as root; allow the user that it runs as now "
         "(--daemon-user) to read the file and enter its folder\n";
}

}  // namespace

std::string whole_text(const ActiveConfigText& active, const ConfigurationSources& sources) {
  if (active.included.empty()) return active.text;
  SourceText source(sources.configuration, active.text);
  ParseSettings settings = machine_settings().parsing;
  settings.load_file = loader_of(active.included);
  parse(source, settings);
  return without_includes(source);
}

namespace {

tl::expected<BuiltText, std::string> build_text_of_file(tl::expected<std::string, std::string> text,
                                                        const ConfigurationSources& sources) {
  if (!text) return tl::unexpected(text.error() + "\n" + hint_if_unreadable(sources.configuration));
  auto examined = examine_text(*std::move(text), sources, read_file);
  if (!examined) return tl::unexpected(examined.error() + "\n");
  std::string said = render(*examined);
  if (examined->is_broken()) return tl::unexpected(std::move(said));
  return BuiltText{{examined->source->first_file().text, examined->included()},
                   std::move(examined->configuration),
                   std::move(said)};
}

}  // namespace

tl::expected<BuiltText, std::string> build_file(const ConfigurationSources& sources) {
  return build_text_of_file(read_input(sources.configuration), sources);
}

tl::expected<BuiltText, std::string> build_file_again(const ConfigurationSources& sources) {
  return build_text_of_file(read_file(sources.configuration), sources);
}

tl::expected<BuiltText, std::string> build_in_place(const ActiveConfigText& present,
                                                    std::string text,
                                                    const ConfigurationSources& sources) {
  auto examined = examine_text(std::move(text), sources, loader_of(present.included));
  if (!examined) return tl::unexpected(examined.error() + "\n");
  std::string said = render(*examined);
  if (examined->is_broken()) return tl::unexpected(std::move(said));
  return BuiltText{
      {examined->source->first_file().text, examined->included(), present.statements_since + 1},
      std::move(examined->configuration),
      std::move(said)};
}

tl::expected<BuiltText, std::string> build_with(const ActiveConfigText& present,
                                                std::string_view statement,
                                                const ConfigurationSources& sources) {
  ActiveConfigText next = present;
  if (!next.text.empty() && next.text.back() != '\n') next.text += '\n';
  if (next.statements_since++ == 0) next.text += added_heading;
  const auto begin = static_cast<std::uint32_t>(next.text.size());
  next.text.append(statement) += '\n';

  auto examined = examine_text(next.text, sources, loader_of(present.included));
  if (!examined) return tl::unexpected(examined.error() + "\n");
  const StatementRenderer renderer(*examined->source, begin);
  std::string said = renderer.show(examined->diagnostics, !examined->is_broken());
  if (!examined->is_broken()) {
    next.included = examined->included();
    return BuiltText{std::move(next), std::move(examined->configuration), std::move(said)};
  }
  if (!examined->problem.empty()) said += examined->problem + "\n";
  return tl::unexpected(std::move(said));
}

std::vector<std::string> files_of(const ActiveConfigText& active,
                                  const ConfigurationSources& sources) {
  std::vector<std::string> files{sources.configuration};
  for (const auto& [name, text] : active.included) files.push_back(name);
  return files;
}

}  // namespace apiary
