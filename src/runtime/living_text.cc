#include "runtime/living_text.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>

#include "config/excerpt.h"
#include "runtime/load.h"

namespace apiary {
namespace {

constexpr std::string_view added_heading = "\n# Added by apiary ctl:\n";
constexpr const char* statement_name = "ctl";
constexpr std::size_t longest_text_bytes = 0xffff0000;  // what a Span can address

/// Shows diagnostics of a text whose end, from `begin` on, is a statement of its own.
class StatementRenderer {
 public:
  StatementRenderer(const SourceText& whole, std::uint32_t begin)
      : whole_(whole),
        begin_(begin),
        end_(whole.first_file().end()),
        statement_(statement_name, std::string(whole.text({begin, end_}))) {}

  /// `only_statement`: leaves out what is of the text before it.
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
  /// Included files lie behind the first one, which the statement ends.
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
    const Excerpt excerpt = excerpt_of(whole_, note.place);
    return fmt::format("{}:{}:{}: note: {}\n{}\n{}\n", whole_.name(), at.line, at.column,
                       printable(note.message), excerpt.line, excerpt.underline);
  }

  const SourceText& whole_;
  std::uint32_t begin_, end_;
  SourceText statement_;
};

/// What to do about a file that could be read when the daemon started and cannot be now; empty when
/// that is not the trouble.
std::string hint_if_unreadable(const std::string& path) {
  if (geteuid() == 0 || access(path.c_str(), R_OK) == 0 || errno != EACCES) return "";
  return "hint: the daemon has given up root since it started; let the user it runs as now "
         "(--daemon-user) read the file and enter its folder\n";
}

}  // namespace

tl::expected<BuiltText, std::string> build_file(const TextSources& sources) {
  auto loaded = load_configuration(sources.configuration, sources.personalities);
  if (!loaded) return tl::unexpected(loaded.error() + hint_if_unreadable(sources.configuration));
  return BuiltText{
      {std::move(loaded->text), 0}, std::move(loaded->configuration), std::move(loaded->remarks)};
}

tl::expected<BuiltText, std::string> build_with(const LivingText& present,
                                                std::string_view statement,
                                                const TextSources& sources) {
  LivingText next = present;
  if (!next.text.empty() && next.text.back() != '\n') next.text += '\n';
  if (next.statements_since++ == 0) next.text += added_heading;
  const std::size_t begin = next.text.size();
  if (begin + statement.size() >= longest_text_bytes)
    return tl::unexpected(std::string("the configuration would be larger than 4 GiB\n"));
  next.text.append(statement) += '\n';

  const LoadedPersonalities personalities = load_personalities(sources.personalities);
  SourceText source(sources.configuration, next.text);
  const StatementRenderer renderer(source, static_cast<std::uint32_t>(begin));
  auto built = build_configuration(source, *personalities.catalogue, machine_settings());
  if (!built) {
    std::string wrong = renderer.show(built.error(), false);
    if (!personalities.problem.empty()) wrong += personalities.problem + "\n";
    return tl::unexpected(std::move(wrong));
  }
  std::string remarks = renderer.show(built->remarks, true);
  return BuiltText{std::move(next), std::move(*built), std::move(remarks)};
}

}  // namespace apiary
