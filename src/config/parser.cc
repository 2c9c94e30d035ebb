#include "config/parser.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>

#include "config/foreign_syntax.h"
#include "config/keywords.h"
#include "config/lexer.h"
#include "config/parse_bind.h"
#include "config/parse_daemon.h"
#include "config/parse_route.h"
#include "config/parse_set.h"
#include "config/parse_template.h"
#include "config/token_reader.h"

namespace apiary {
namespace {

/// Reports that no statement begins with the next word.
std::nullopt_t fail_unknown_statement(TokenReader& reader) {
  const Token& token = reader.next();
  // For words that could continue the last statement.
  const std::string after_last = reader.did_you_mean();
  reader.take();
  if (token.kind != TokenKind::word)
    return reader.fail(token.place,
                       {fmt::format("expected a statement, found {}", quoted_in_message(token))});
  const std::string_view nearest = nearest_statement_word(token.text);
  std::string hint = foreign_word_hint(token.text);
  if (hint.empty() && is_trait_word(token.text))
    hint = fmt::format("every statement names its template: set NAME {} ...", token.text);
  if (hint.empty() && (token.text == "tcp" || token.text == "udp" || token.text == "port"))
    hint = "every statement names its template: add NAME tcp port ...";
  if (hint.empty() && !nearest.empty()) hint = fmt::format("did you mean '{}'?", nearest);
  if (hint.empty()) hint = after_last;
  if (hint.empty())
    hint = "statements begin with create, set, add, bind, route or another word of apiary.conf(5)";
  return reader.fail(token.place, {fmt::format("unknown statement {}", quoted_in_message(token)),
                                   std::move(hint)});
}

struct StatementParser {
  std::string_view word;
  std::optional<StatementContent> (*parse)(TokenReader& reader);
};
constexpr StatementParser statement_parsers[] = {
    {"bind", parse_bind},           {"add", parse_add},           {"set", parse_set},
    {"route", parse_route},         {"create", parse_create},     {"clone", parse_clone},
    {"dynamic", parse_dynamic},     {"delete", parse_delete},     {"include", parse_include},
    {"dhcp", parse_dhcp},           {"annotate", parse_annotate}, {"option", parse_option},
    {"broadcast", parse_broadcast}, {"list", parse_query},        {"debug", parse_query},
};

std::optional<StatementContent> parse_statement(TokenReader& reader) {
  const Token& first = reader.next();
  if (first.kind != TokenKind::word || !is_statement_word(first.text))
    return fail_unknown_statement(reader);
  reader.take();
  for (const StatementParser& parser : statement_parsers)
    if (first.text == parser.word) return parser.parse(reader);
  assert(false);  // every statement word is in the table
  return {};
}

/// Skips to the next line that starts like a statement, even a misspelt one.
void skip_to_next_statement(TokenReader& reader) {
  while (reader.next().kind != TokenKind::end) {
    const Token& token = reader.next();
    if (token.starts_line && token.kind == TokenKind::word &&
        (is_statement_word(token.text) ||
         (!is_reserved_word(token.text) && !nearest_statement_word(token.text).empty())))
      return;
    reader.take();
  }
}

bool runs_command(const StatementContent& statement) {
  const auto* const add = std::get_if<AddPort>(&statement);
  const auto* const set = trait_in<traits::DefaultAction>(statement);
  if (add == nullptr && set == nullptr) return false;
  const ActionSpec& action = add != nullptr ? add->action.value : set->action;
  const auto* const service = std::get_if<std::shared_ptr<const ServiceSpec>>(&action.action);
  return service != nullptr && std::holds_alternative<Script>(**service);
}

/// A hint about words after a statement that start no other.
std::string hint_on_rest(const TokenReader& reader, const StatementContent& statement) {
  const Token& token = reader.next();
  if (std::string meant = reader.did_you_mean(); !meant.empty()) return meant;
  if (token.kind == TokenKind::word)
    if (std::string hint = foreign_word_hint(token.text); !hint.empty()) return hint;
  if (runs_command(statement)) return "put a command of several words in quotes";
  if (trait_in<traits::Uptime>(statement) != nullptr) return "an uptime is a number of seconds";
  const auto* const created = std::get_if<CreateTemplate>(&statement);
  if (created != nullptr && token.kind == TokenKind::word && is_trait_word(token.text))
    return fmt::format("write a statement of its own: set {} {} ...", created->name.value,
                       token.text);
  return {};
}

/// Reports and skips words after a statement on its line that start no other.
void check_end_of_statement(TokenReader& reader, const StatementContent& statement) {
  const Token& token = reader.next();
  if (token.kind == TokenKind::end || token.starts_line) return;
  if (token.kind == TokenKind::word && is_statement_word(token.text)) return;
  std::string hint = hint_on_rest(reader, statement);
  reader.fail(token.place,
              {fmt::format("expected the end of the statement, found {}", quoted_in_message(token)),
               std::move(hint)});
  skip_to_next_statement(reader);
}

BrokenStatement broken_statement(const TokenReader& reader, std::size_t begin) {
  BrokenStatement broken;
  for (std::size_t i = begin; i < reader.position(); ++i)
    broken.words.push_back(reader.tokens()[i].text);
  const std::string_view first = broken.words.front();
  broken.keyword = is_statement_word(first) ? first : nearest_statement_word(first);
  return broken;
}

/// The path of `name` in `file`: relative to the folder of `file`.
std::string path_from(const SourceFile& file, const std::string& name) {
  const std::size_t slash = file.name.rfind('/');
  if (name.starts_with('/') || slash == std::string::npos) return name;
  return file.name.substr(0, slash + 1) + name;
}

/// Parses a file, and included files in place of their `include`.
class FileParser {
 public:
  FileParser(SourceText& source, const ParseSettings& settings, ParsedText& parsed)
      : source_(source), settings_(settings), parsed_(parsed) {}

  void run(const SourceFile& file) {
    open_.push_back(&file);
    LexedText lexed = lex(file);
    auto& diagnostics = parsed_.diagnostics;
    diagnostics.insert(diagnostics.end(), lexed.diagnostics.begin(), lexed.diagnostics.end());
    parsed_.comments.insert(parsed_.comments.end(), lexed.comments.begin(), lexed.comments.end());
    parsed_.statements.reserve(parsed_.statements.size() + lexed.tokens.size() / 4);
    TokenReader reader(std::move(lexed.tokens), settings_.port_names, diagnostics);
    while (reader.next().kind != TokenKind::end) run_statement(reader);
    open_.pop_back();
  }

 private:
  void run_statement(TokenReader& reader) {
    const std::size_t begin = reader.position();
    const Span first = reader.next().place;
    reader.begin_statement();
    auto content = parse_statement(reader);
    if (!content) skip_to_next_statement(reader);
    if (!content || reader.has_bad_value()) content = broken_statement(reader, begin);
    const Span place = joined(first, reader.previous().place);
    const std::size_t index = parsed_.statements.size();
    parsed_.statements.push_back({place, *std::move(content)});
    check_end_of_statement(reader, parsed_.statements.back().content);
    if (std::holds_alternative<Include>(parsed_.statements[index].content)) include(index);
  }

  void include(std::size_t index) {
    if (!settings_.load_file) return;
    Statement& statement = parsed_.statements[index];
    const Located<std::string> asked = std::get<Include>(statement.content).file;
    const std::string path = path_from(*open_.back(), asked.value);
    std::string problem;
    if (is_full_) {
      statement.content = BrokenStatement{"include", {"include"}};
      return;
    }
    if (open_.size() > deepest_include) {
      problem = fmt::format("more than {} files include one another", deepest_include);
    } else if (source_.files() > max_includes) {
      problem = fmt::format("files are included more than {} times", max_includes);
      is_full_ = true;
    } else if (std::any_of(open_.begin(), open_.end(),
                           [&](const SourceFile* file) { return file->name == path; })) {
      problem = fmt::format("{} is being read already: it would include itself", path);
    } else if (auto text = settings_.load_file(path); !text) {
      problem = text.error();
    } else if (source_.first_file().text.size() + included_bytes_ + text->size() > max_bytes) {
      problem = fmt::format("all files together are larger than {} MiB", max_bytes >> 20);
      is_full_ = true;
    } else {
      included_bytes_ += text->size();
      return run(*source_.include(path, *std::move(text), statement.place));
    }
    parsed_.diagnostics.push_back({.place = asked.place, .message = std::move(problem)});
    statement.content = BrokenStatement{"include", {"include"}};
  }

  static constexpr std::size_t deepest_include = 10;
  // Files that include others several times could otherwise grow exponentially.
  static constexpr std::size_t max_includes = 1'000, max_bytes = std::size_t{128} << 20;

  SourceText& source_;
  const ParseSettings& settings_;
  ParsedText& parsed_;
  std::vector<const SourceFile*> open_;
  std::size_t included_bytes_ = 0;
  bool is_full_ = false;  // a limit was reported: includes nothing more
};

}  // namespace

ParsedText parse(SourceText& source, const ParseSettings& settings) {
  ParsedText parsed;
  FileParser(source, settings, parsed).run(source.first_file());
  sort_by_place(parsed.diagnostics);
  return parsed;
}

}  // namespace apiary
