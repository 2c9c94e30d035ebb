#include "config/parser.h"

#include <fmt/format.h>

#include "config/lexer.h"
#include "config/parse_route.h"
#include "config/parse_template.h"
#include "config/token_reader.h"
#include "config/words.h"

namespace apiary {
namespace {

/// Reports the next word, with which no statement begins.
std::nullopt_t fail_unknown_statement(TokenReader& reader) {
  const Token& token = reader.next();
  const std::string after_last = reader.did_you_mean();  // of what the last statement might have
  reader.take();
  if (token.kind != TokenKind::word)
    return reader.fail(token.place,
                       {fmt::format("expected a statement, found {}", quoted_in_message(token))});
  const std::string_view nearest = nearest_statement_word(token.text);
  return reader.fail(token.place,
                     {fmt::format("unknown statement {}", quoted_in_message(token)),
                      nearest.empty() ? after_last : fmt::format("did you mean '{}'?", nearest)});
}

std::optional<StatementContent> parse_statement(TokenReader& reader) {
  const Token& first = reader.next();
  if (first.kind != TokenKind::word || !is_statement_word(first.text))
    return fail_unknown_statement(reader);
  reader.take();
  if (first.text == "bind") return parse_bind(reader);
  if (first.text == "add") return parse_add(reader);
  if (first.text == "set") return parse_set(reader);
  if (first.text == "route") return parse_route(reader);
  if (first.text == "create") return parse_create(reader);
  if (first.text == "clone") return parse_clone(reader);
  return reader.fail_unsupported(first, fmt::format("'{}'", first.text));
}

/// Skips to the next line that begins like a statement, even a misspelt one.
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
  if (add == nullptr) return false;
  const auto* const service = std::get_if<std::shared_ptr<const ServiceSpec>>(&add->action.value);
  return service != nullptr && std::holds_alternative<Script>(**service);
}

/// Reports what stands behind a statement on its line and belongs to no other, and skips it.
void check_end_of_statement(TokenReader& reader, const StatementContent& statement) {
  const Token& token = reader.next();
  if (token.kind == TokenKind::end || token.starts_line) return;
  if (token.kind == TokenKind::word && is_statement_word(token.text)) return;
  std::string hint = reader.did_you_mean();
  if (hint.empty() && runs_command(statement)) hint = "a command of several words stands in quotes";
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

}  // namespace

ParsedText parse(const SourceText& source) {
  ParsedText parsed;
  LexedText lexed = lex(source);
  parsed.diagnostics = std::move(lexed.diagnostics);
  TokenReader reader(std::move(lexed.tokens), parsed.diagnostics);

  while (reader.next().kind != TokenKind::end) {
    const std::size_t begin = reader.position();
    const Span first = reader.next().place;
    reader.begin_statement();
    auto content = parse_statement(reader);
    if (!content) skip_to_next_statement(reader);
    if (!content || reader.has_bad_value()) content = broken_statement(reader, begin);
    parsed.statements.push_back({joined(first, reader.previous().place), *std::move(content)});
    check_end_of_statement(reader, parsed.statements.back().content);
  }
  sort_by_place(parsed.diagnostics);
  return parsed;
}

}  // namespace apiary
