#include "config/parse_daemon.h"

#include <utility>

namespace apiary {
namespace {

using Content = std::optional<StatementContent>;

}  // namespace

Content parse_annotate(TokenReader& reader) {
  Annotate annotate;
  if (reader.accept("random")) {
    reader.warn(reader.previous().place, {"'random' names no operating system: this does nothing",
                                          "name one, as in: annotate \"Linux 5.4\" no finscan"});
  } else {
    annotate.personality = reader.quoted("the name of an operating system in quotes");
    if (!annotate.personality) return {};
  }
  if (reader.accept("no")) {
    if (!reader.accept("finscan")) return reader.fail_expected("'finscan'");
    annotate.what = "no finscan";
    return annotate;
  }
  if (reader.accept("finscan")) {
    annotate.what = "finscan";
    return annotate;
  }
  if (!reader.accept("fragment")) return reader.fail_expected("'finscan', 'no' or 'fragment'");
  for (const auto& [word, what] :
       {std::pair{"drop", "fragment drop"}, std::pair{"old", "fragment old"},
        std::pair{"new", "fragment new"}})
    if (reader.accept(word)) {
      annotate.what = what;
      return annotate;
    }
  return reader.fail_expected("'drop', 'old' or 'new'");
}

Content parse_option(TokenReader& reader) {
  PluginOption option;
  const auto plugin = reader.plain_word("the name of a plugin");
  if (!plugin) return {};
  option.plugin = plugin->value;
  if (reader.at_statement_end() || reader.next().kind != TokenKind::word)
    return reader.fail_expected("the name of an option");
  option.name = reader.take().text;  // may be a word like `port`
  if (reader.at_statement_end()) return reader.fail_expected("a value");
  const Token& value = reader.take();
  option.value = {unescaped(value), value.place};
  return option;
}

Content parse_include(TokenReader& reader) {
  if (reader.at_statement_end()) return reader.fail_expected("the name of a file");
  const Token& file = reader.take();
  if (file.text.empty()) reader.report_bad_value(file.place, {"the name of the file is empty"});
  return Include{
      {file.kind == TokenKind::quoted ? unescaped(file) : std::string{file.text}, file.place}};
}

Content parse_query(TokenReader& reader) {
  DaemonQuery question{{reader.previous().text}};
  while (reader.next().kind != TokenKind::end && !reader.next().starts_line)
    question.words.push_back(reader.take().text);
  return question;
}

}  // namespace apiary
